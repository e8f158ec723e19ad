"use strict";
// An element with a text; for the other script of the page, too.
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

// Shows the pictures of the page, a sheet at a time; filters and sorts them. All text goes in as text, never as markup.
(() => {
  for (const element of document.querySelectorAll("[data-script]")) element.hidden = false;
  const source = document.getElementById("pictures");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const perSheet = 60;
  const byId = id => document.getElementById(id);
  const [grid, search, order, verdict, cellChip] = ["cards", "search", "order", "verdict", "cell"].map(byId);
  const chips = [...document.querySelectorAll("#chips [data-label]")];

  // What a picture's list holds, in its order.
  const pictures = data.pictures.map(([path, thumbnail, labels, probabilities, truth, rank, activation]) =>
    ({ path, thumbnail, labels, probabilities, truth, rank, activation, isRight: truth == null ? null : truth === labels[0] }));
  let label = null;
  let cell = null;
  let sheet = 0;
  let found = [];

  const percent = share => `${(100 * share).toFixed(1)}\u00a0%`;
  const count = number => number.toLocaleString("en");

  const address = path => {
    try {
      const escaped = path.split("/").map(encodeURIComponent).join("/");
      if (path.startsWith("/")) return `file://${escaped}`;
      return /^[A-Za-z]:\//.test(path) ? `file:///${escaped.replace("%3A", ":")}` : data.folder + escaped;
    } catch {
      return null; // The name is no text.
    }
  };

  const card = picture => {
    const article = make("article", "card");
    // What lies over a picture goes into its link, which it is positioned by.
    const link = article.appendChild(make("a", "picture"));
    const target = address(picture.path);
    if (target !== null) link.href = target;
    if (picture.thumbnail === null) {
      link.append(make("div", "noimage", "no picture"));
    } else {
      const image = make("img");
      image.src = `data:image/webp;base64,${picture.thumbnail}`;
      image.alt = picture.path;
      image.loading = "lazy";
      link.append(image);
      if (picture.activation) {
        const colours = link.appendChild(make("img", "activation"));
        colours.src = `data:image/webp;base64,${picture.activation}`;
        colours.alt = "";
      }
    }
    const body = article.appendChild(make("div", "body"));
    const prediction = data.labels[picture.labels[0]];
    if (picture.isRight !== null) {
      body.append(picture.isRight
        ? make("div", "verdict right", `✓ ${prediction} (${percent(picture.probabilities[0])})`)
        : make("div", "verdict wrong", `${data.labels[picture.truth]} → ${prediction} (${percent(picture.probabilities[0])})`));
    }
    body.append(make("div", "name", picture.path));
    const bars = body.appendChild(make("div", "bars"));
    picture.labels.forEach((index, i) => {
      const isTruth = picture.isRight === false && index === picture.truth;
      const name = make("div", `label${i === 0 ? " first" : ""}`, data.labels[index] + (isTruth && picture.rank ? ` (truth, rank ${picture.rank})` : ""));
      const bar = name.appendChild(make("i", isTruth ? "truth" : ""));
      bar.style.setProperty("--p", `${100 * picture.probabilities[i]}%`);
      bars.append(name, make("div", "value", percent(picture.probabilities[i])));
    });
    return article;
  };

  const show = () => {
    const sheets = Math.max(Math.ceil(found.length / perSheet), 1);
    sheet = Math.min(Math.max(sheet, 0), sheets - 1);
    const first = sheet * perSheet;
    const shown = found.slice(first, first + perSheet);
    grid.replaceChildren(...(shown.length > 0 ? shown.map(card) : [make("p", "muted", "No image is like that.")]));
    byId("pager").hidden = sheets === 1;
    byId("range").textContent = `${count(first + 1)}–${count(first + shown.length)} of ${count(found.length)}`;
    byId("previous").disabled = sheet === 0;
    byId("next").disabled = sheet === sheets - 1;
  };

  const update = () => {
    const text = search.value.trim().toLowerCase();
    const wanted = verdict?.value ?? "all";
    found = pictures.filter(picture =>
      (label === null || picture.labels[0] === label)
      && (cell === null || (picture.truth === cell.truth && picture.labels[0] === cell.predicted))
      && (wanted === "all" || picture.isRight === (wanted === "right"))
      && (text === "" || (picture.text ??= [picture.path, ...picture.labels.map(index => data.labels[index])].join(" ").toLowerCase()).includes(text)));
    const sign = { low: 1, high: -1 }[order.value];
    if (sign) found.sort((a, b) => sign * (a.probabilities[0] - b.probabilities[0]));
    byId("shown").textContent = found.length === pictures.length ? count(found.length) : `${count(found.length)} of ${count(pictures.length)}`;
    for (const chip of chips) chip.setAttribute("aria-pressed", String(Number(chip.dataset.label) === label));
    sheet = 0;
    show();
  };

  const setCell = next => {
    const last = cell;
    cell = next;
    cellChip.replaceChildren();
    if (next !== null) {
      verdict.value = next.truth === next.predicted ? "right" : "wrong";
      const chip = cellChip.appendChild(make("button", "", `${data.labels[next.truth]} → ${data.labels[next.predicted]}`));
      chip.type = "button";
      chip.setAttribute("aria-pressed", "true");
      chip.append(make("span", "", "✕"));
      chip.setAttribute("aria-label", `Only ${data.labels[next.truth]} taken for ${data.labels[next.predicted]}; press to show all again`);
      chip.addEventListener("click", () => setCell(null));
    }
    update();
    if (next === null) {
      last?.from.focus();
    } else {
      byId("gallery").scrollIntoView();
      byId("gallery-title").focus({ preventScroll: true });
    }
  };

  const turn = step => {
    sheet += step;
    show();
    byId("gallery").scrollIntoView();
    byId("gallery-title").focus({ preventScroll: true });
  };

  document.addEventListener("confusion", event => setCell(event.detail));
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      const own = Number(chip.dataset.label);
      label = label === own ? null : own;
      update();
    });
  }
  byId("all-chips")?.addEventListener("click", event => {
    const isOpen = byId("chips").classList.toggle("all");
    event.currentTarget.setAttribute("aria-expanded", String(isOpen));
    event.currentTarget.textContent = isOpen ? "fewer" : `${count(chips.filter(chip => chip.classList.contains("more")).length)} more …`;
  });
  byId("activations")?.addEventListener("change", event => {
    grid.classList.toggle("bare", !event.currentTarget.checked);
    byId("colours").hidden = !event.currentTarget.checked;
  });
  search.addEventListener("input", update);
  order.addEventListener("change", update);
  if (verdict) {
    verdict.value = data.verdict;
    if (data.verdict === "wrong") order.value = "high";
    verdict.addEventListener("change", () => cell === null ? update() : setCell(null));
  }
  update();
})();
