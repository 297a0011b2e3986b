"use strict";
// Puts the page together.

opline.makePlots = function () {
  const largest = (key) => Math.max(0, ...opline.series.map((series) => series[key].reduce((a, b) => Math.max(a, b), 0)));
  const xUnit = opline.axisUnit(largest("ops"), opline.opsUnits);
  const yUnit = opline.axisUnit(largest("seconds"), opline.secondsUnits);
  const curve = (series, column) =>
      series.line.curve.map((at) => ({x: at[0] / xUnit[0], y: at[column] / yUnit[0]}));
  const line = (series, column, more) => ({
    type: "line", pointRadius: 0, borderWidth: 0, order: 3, data: curve(series, column),
    borderColor: opline.colour(series.number), ...more,
  });
  const fitted = (series) => {
    if (!series.line) return [];
    const sets = [line(series, 1, {order: 1, borderWidth: 1.75, borderColor: opline.strongColour(series.number)})];
    if (series.line.curve[0][2] === null) return sets;
    return sets.concat([line(series, 2, {}),
                        line(series, 3, {fill: "-1", backgroundColor: opline.colour(series.number, 0.13)})]);
  };
  const zero = (series) => series.line ? [{
    type: "line", pointRadius: 0, borderWidth: 1.25, order: 1, borderColor: opline.style("--muted"),
    data: [{x: series.line.curve[0][0] / xUnit[0], y: 0}, {x: series.line.curve.at(-1)[0] / xUnit[0], y: 0}],
  }] : [];
  return [
    new opline.Scatter(document.getElementById("latency-figure"), {
      xUnit, yUnit, yTitle: "latency in " + yUnit[1], y: (series, row) => series.seconds[row], overlays: fitted,
    }),
    new opline.Scatter(document.getElementById("residual-figure"), {
      xUnit, yUnit: [1, "%"], yTitle: "measured vs. predicted in %",
      y: (series, row) => series.residuals ? series.residuals[row] : NaN, overlays: zero,
    }),
  ];
};

// Colours and sizes for paper, and back.
opline.print = function (printing) {
  document.documentElement.classList.toggle("printing", printing);
  for (const details of document.querySelectorAll("details:not(#all-networks)")) {
    if (printing) details.wasOpen = details.open;
    details.open = printing || details.wasOpen;
  }
  opline.showLegend();
  for (const plot of opline.plots) {
    plot.update();
    if (printing) plot.chart.resize(660, plot.plot.classList.contains("low") ? 220 : 360);
    else plot.chart.resize();
  }
  opline.paintSwatches();
};

opline.paintSwatches = function () {
  for (const swatch of document.querySelectorAll("[data-swatch]")) {
    swatch.hidden = opline.series.length < 2;
    swatch.style.backgroundColor = opline.colour(Number(swatch.dataset.swatch));
  }
};

opline.start = function () {
  opline.load();
  opline.plots = [];
  const all = document.getElementById("all-networks");
  opline.table = new opline.Table(document.getElementById("table"));
  all.hidden = false;
  all.addEventListener("toggle", () => opline.table.update());
  opline.makeFilters(document.getElementById("filters"));
  if (typeof Chart !== "undefined" && document.getElementById("latency-figure")) opline.plots = opline.makePlots();
  opline.applyFilters();
  opline.paintSwatches();
  document.getElementById("network").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    opline.choose(null);
    (document.querySelector(".plot") || all.querySelector("summary")).focus();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    opline.plots.forEach((plot) => plot.update());
    opline.showLegend();
    opline.paintSwatches();
  });
  addEventListener("beforeprint", () => opline.print(true));
  addEventListener("afterprint", () => opline.print(false));
};

opline.start();
