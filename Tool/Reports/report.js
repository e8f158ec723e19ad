"use strict";
// Filters and sorts the cards; without scripts the page shows all of them.
(() => {
  const grid = document.getElementById("cards");
  if (!grid) return;
  const cards = [...grid.children];
  const chips = [...document.querySelectorAll(".labels button")];
  const search = document.getElementById("search");
  const order = document.getElementById("order");
  const shown = document.getElementById("shown");
  let label = null;
  const update = () => {
    const text = search.value.trim().toLowerCase();
    let count = 0;
    for (const card of cards) {
      const fits = (label === null || card.dataset.label === label)
        && (text === "" || card.dataset.text.includes(text));
      card.hidden = !fits;
      card.style.display = fits ? "" : "none";
      count += fits ? 1 : 0;
    }
    shown.textContent = count === cards.length ? `${count}` : `${count} of ${cards.length}`;
    for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.label === label));
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      label = label === chip.dataset.label ? null : chip.dataset.label;
      update();
    });
  }
  search.addEventListener("input", update);
  order.addEventListener("change", () => {
    const sign = { low: 1, high: -1 }[order.value] ?? 0;
    const sorted = sign === 0 ? cards : [...cards].sort((a, b) => sign * (a.dataset.confidence - b.dataset.confidence));
    grid.replaceChildren(...sorted);
  });
  for (const element of document.querySelectorAll("[data-script]")) element.hidden = false;
  update();
})();
