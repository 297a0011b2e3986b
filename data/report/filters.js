"use strict";
// Which series are shown: by space, board and prior.

opline.filterKeys = ["space", "board", "prior"];

opline.makeFilters = function (place) {
  for (const key of opline.filterKeys) {
    const values = Array.from(new Set(opline.series.map((series) => series[key])));
    if (values.length < 2) continue;
    const boxes = values.map((value) => {
      const box = opline.element("input", {type: "checkbox", name: key, checked: ""});
      box.filterValue = value;
      box.addEventListener("change", opline.applyFilters);
      return opline.element("label", {}, box, " " + value);
    });
    const name = key[0].toUpperCase() + key.slice(1);
    place.append(opline.element("fieldset", {}, opline.element("legend", {}, name), ...boxes));
  }
  place.hidden = place.children.length === 0;
};

opline.applyFilters = function () {
  const accepted = {};
  for (const box of document.querySelectorAll("#filters input")) {
    accepted[box.name] = accepted[box.name] || new Set();
    if (box.checked) accepted[box.name].add(box.filterValue);
  }
  let networks = 0;
  for (const series of opline.series) {
    series.visible = Object.entries(accepted).every(([key, values]) => values.has(series[key]));
    if (series.visible) networks += series.count;
    for (const part of document.querySelectorAll(`[data-series="${series.number}"]`)) part.hidden = !series.visible;
  }
  const shown = opline.series.filter((series) => series.visible).length;
  document.getElementById("shown").textContent =
      opline.formatCount(networks) + " measurements in " + shown + " of " + opline.series.length + " series shown.";
  if (opline.chosen && !opline.chosen.series.visible) opline.choose(null);
  opline.showLegend();
  for (const plot of opline.plots) plot.update();
  opline.table.update();
};

// The series of the figures with their symbols.
opline.showLegend = function () {
  if (opline.series.length < 2) return;
  const paths = ["M5 1a4 4 0 1 0 .01 0z", "M5 .5L9.5 9h-9z", "M1.2 1.2h7.6v7.6h-7.6z", "M5 0L10 5L5 10L0 5z"];
  for (const legend of document.querySelectorAll(".legend")) {
    legend.replaceChildren(...opline.series.filter((series) => series.visible).map((series) => {
      const item = opline.element("li", {});
      const svg = opline.bar(0);
      svg.setAttribute("viewBox", "0 0 10 10");
      svg.removeAttribute("class");
      const path = document.createElementNS(svg.namespaceURI, "path");
      path.setAttribute("d", paths[series.number % paths.length]);
      path.setAttribute("fill", opline.colour(series.number));
      svg.replaceChildren(path);
      item.append(svg, series.space + " on " + series.board + ", prior " + series.prior);
      return item;
    }));
  }
};
