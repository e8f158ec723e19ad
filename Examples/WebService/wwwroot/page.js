// Text from the server goes into textContent only, never into markup.

const RequestsAtOnce = 2;
const Tries = 10;

const byId = id => document.getElementById(id);
const cards = byId("cards");
const waiting = [];
let running = 0;
let maxUploadBytes = Infinity;

function copyOf(id) {
  return byId(id).content.firstElementChild.cloneNode(true);
}

function megabytes(bytes) {
  return `${Math.floor(bytes / 1048576)}\u00a0MB`;
}

function percent(probability) {
  return probability < 0.001 ? "< 0.1 %" : `${(100 * probability).toFixed(1)} %`;
}

function add(files) {
  for (const file of files) {
    const card = copyOf("card");
    const image = card.querySelector("img");
    image.src = URL.createObjectURL(file);
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    image.addEventListener("error", () => { image.hidden = true; }, { once: true });
    card.querySelector("h3").textContent = file.name;
    card.querySelector("h3").title = file.name;
    card.classList.add("busy");
    cards.prepend(card);
    waiting.push({ file, card });
  }

  found(cards.childElementCount > 0);
  next();
}

function found(any) {
  byId("results").hidden = !any;
  document.body.classList.toggle("found", any);
}

function next() {
  while (running < RequestsAtOnce && waiting.length > 0) {
    const { file, card } = waiting.shift();
    if (!card.isConnected) {
      continue; // Cleared meanwhile.
    }

    running++;
    classify(file, card).finally(() => {
      running--;
      next();
    });
  }
}

async function classify(file, card) {
  card.querySelector(".message").textContent = "Looking…";
  try {
    const result = await send(file);
    show(card, file, result);
  } catch (error) {
    fail(card, file, error.message);
  } finally {
    card.classList.remove("busy");
  }
}

async function send(file) {
  if (file.size > maxUploadBytes) {
    throw new Error(`The picture has ${megabytes(file.size)}; at most ${megabytes(maxUploadBytes)} are accepted.`);
  }

  for (let attempt = 1; ; attempt++) {
    let response;
    try {
      const form = new FormData(); // Not the bytes alone: with the name, which errors call it by.
      form.append("files", file);
      response = await fetch("classify?top=5", { method: "POST", body: form });
    } catch {
      throw new Error("The server cannot be reached, or the file cannot be read.");
    }

    if (response.ok) {
      return (await response.json()).results[0];
    }

    if (response.status === 503 && attempt < Tries) {
      const seconds = Number(response.headers.get("Retry-After")) || 1;
      await new Promise(resolve => setTimeout(resolve, seconds * 1000));
      continue;
    }

    const problem = await response.json().catch(() => null);
    throw new Error(problem?.detail ?? problem?.title ?? `The server answers with an error ${response.status}.`);
  }
}

function show(card, file, result) {
  const labels = card.querySelector(".labels");
  for (const { label, probability } of result.predictions) {
    const line = copyOf("label");
    line.querySelector(".name").textContent = label;
    line.querySelector(".percent").textContent = percent(probability);
    line.querySelector(".fill").style.width = `${100 * probability}%`;
    labels.append(line);
  }

  const [best] = result.predictions;
  card.querySelector("img").alt = `Probably: ${best.label}`;
  card.querySelector(".message").textContent = `${Math.max(1, Math.round(result.milliseconds))} ms`;
  card.querySelector(".content").append(card.querySelector(".message"));
  byId("status").textContent = `${file.name}: ${best.label}, ${percent(best.probability)}`;
}

function fail(card, file, message) {
  card.classList.add("failed");
  card.querySelector(".message").textContent = message;
  byId("status").textContent = `${file.name}: ${message}`;
}

for (const input of [byId("files"), byId("camera")]) {
  input.addEventListener("change", () => {
    add(input.files);
    input.value = ""; // So that the same file can be chosen again.
  });
}

// The whole page takes what is dropped: a picture that misses a small target would replace the page.
let depth = 0;
const dragging = on => document.body.classList.toggle("dragging", on);
addEventListener("dragenter", () => dragging(++depth > 0));
addEventListener("dragleave", () => dragging(--depth > 0));
addEventListener("dragover", event => event.preventDefault());
addEventListener("drop", event => {
  event.preventDefault();
  depth = 0;
  dragging(false);
  add(event.dataTransfer.files);
});
addEventListener("paste", event => add(event.clipboardData.files));

byId("clear").addEventListener("click", () => {
  cards.replaceChildren();
  found(false);
  byId("status").textContent = "";
  byId("files").focus();
});

const model = await fetch("model").then(response => response.json());
maxUploadBytes = model.maxUploadBytes;
byId("limits").textContent += `, up to ${megabytes(maxUploadBytes)}`;
byId("model").textContent = model.isDemo
  ? `${model.name}, trained for a demonstration: it knows ${model.labels.length} drawn shapes and nothing else.`
  : `${model.name} knows ${model.labels.length} classes, and says how sure it is.`;
const classes = byId("classes");
classes.querySelector("summary").textContent = `The ${model.labels.length} classes`;
classes.querySelector("p").textContent = model.labels.join(" · ");
classes.hidden = false;
