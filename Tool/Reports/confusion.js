// Draws the confusion matrix; a click on a cell, or Enter, asks for its pictures.
(() => {
  const source = document.getElementById("confusion");
  if (!source) return;
  const { classes, counts } = JSON.parse(source.textContent);
  const place = document.getElementById("matrix");
  const order = document.getElementById("class-order");
  const unit = () => document.querySelector("input[name=unit]:checked").value;

  const shareText = share => share === 1 ? "100" : (100 * share).toFixed(share < 0.0995 ? 1 : 0);

  let cells = [];
  const draw = () => {
    const shown = classes.map((_, i) => i);
    if (order.value === "name") shown.sort((a, b) => classes[a].name.localeCompare(classes[b].name));
    const table = make("table", "confusion");
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", "Confusion: rows are the truth, columns the prediction");
    const head = table.createTHead().insertRow();
    head.append(make("th", "corner", "truth \\ prediction"));
    for (const column of shown) {
      const name = head.appendChild(make("th"));
      name.scope = "col";
      name.title = classes[column].name;
      name.append(make("span", "", classes[column].name));
    }
    const body = table.createTBody();
    cells = shown.map(row => {
      const line = body.insertRow();
      const name = line.appendChild(make("th", "", classes[row].name));
      name.scope = "row";
      name.title = classes[row].name;
      return shown.map(column => {
        const number = counts[row][column];
        const cell = line.appendChild(make("td", number === 0 ? "zero" : row === column ? "right-class" : "wrong"));
        cell.tabIndex = -1;
        cell.number = number;
        cell.shares = { row: number / classes[row].row, column: number / classes[column].column };
        cell.detail = { truth: classes[row].label, predicted: classes[column].label, from: cell };
        const text = `${classes[row].name} taken for ${classes[column].name}: ${number} of ${classes[row].row}`;
        cell.title = text;
        cell.setAttribute("aria-label", text);
        return cell;
      });
    });
    cells[0][0].tabIndex = 0;
    fill();
    place.replaceChildren(table);
  };

  const fill = () => {
    const chosen = unit();
    document.getElementById("share-of").textContent = chosen === "column" ? "column" : "row";
    for (const cell of cells.flat()) {
      if (cell.number === 0) continue;
      const share = cell.shares[chosen === "column" ? "column" : "row"];
      cell.textContent = chosen === "count" ? cell.number.toLocaleString("en") : shareText(share);
      // A single mistake among many pictures is still to be seen.
      cell.style.setProperty("--p", String(0.25 + 0.75 * share));
    }
  };

  const ask = cell => {
    if (cell?.number > 0) document.dispatchEvent(new CustomEvent("confusion", { detail: cell.detail }));
  };
  place.addEventListener("click", event => ask(event.target.closest("td")));
  // One cell is in the order of the Tab key, and the arrow keys lead to the others.
  place.addEventListener("focusin", event => {
    if (!event.target.matches("td")) return;
    for (const cell of cells.flat()) cell.tabIndex = cell === event.target ? 0 : -1;
  });
  place.addEventListener("keydown", event => {
    const row = cells.findIndex(line => line.includes(event.target));
    if (row < 0) return;
    const column = cells[row].indexOf(event.target);
    const last = cells.length - 1;
    const [nextRow, nextColumn] = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      Home: [row, 0], End: [row, last], PageUp: [0, column], PageDown: [last, column],
    }[event.key] ?? [];
    if (nextRow !== undefined) {
      cells[nextRow]?.[nextColumn]?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      ask(event.target);
    } else {
      return;
    }
    event.preventDefault();
  });
  order.addEventListener("change", draw);
  document.getElementById("unit").addEventListener("change", fill);
  draw();
})();
