"use strict";
// A scatter plot on a canvas: Chart.js draws axes, points, lines and bands; what moves with the pointer (tooltip, ring,
// zoom box) lies above it, so that moving never redraws 20,000 points.

opline.shapes = ["circle", "triangle", "rect", "rectRot"];
opline.colour = function (number, alpha = 1) {
  const hex = opline.style("--series-" + (number % 8));
  return hex + Math.round(255 * alpha).toString(16).padStart(2, "0");
};
// The same towards the colour of text: for a line over points of its series.
opline.strongColour = function (number) {
  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const text = channels(opline.style("--text"));
  const mixed = channels(opline.colour(number)).map((one, i) => Math.round(0.45 * one + 0.55 * text[i]));
  return "rgb(" + mixed.join(", ") + ")";
};
opline.style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

opline.Scatter = class {
  // `figure`: a <figure> with .plot > canvas. `view`: xUnit, yUnit ([factor, name]), yTitle, label, y(series, row) in
  // the unit of the data, and overlays(series): datasets of lines.
  constructor(figure, view) {
    Object.assign(this, {figure, view, hovered: null});
    this.plot = figure.querySelector(".plot");
    this.canvas = this.plot.querySelector("canvas");
    this.hoverRing = this.plot.appendChild(opline.element("div", {class: "ring hover", hidden: ""}));
    this.ring = this.plot.appendChild(opline.element("div", {class: "ring", hidden: ""}));
    this.tooltip = this.plot.appendChild(opline.element("div", {class: "tooltip", hidden: ""}));
    this.reset = figure.querySelector(".reset");
    this.chart = new Chart(this.canvas, {
      type: "scatter", data: {datasets: []}, options: this.options(),
      plugins: [{id: "marks", afterDraw: () => this.placeMarks()}],
    });
    this.listen();
    this.update();
  }

  options() {
    const axis = (title) => ({
      type: "linear", title: {display: true, text: title, color: opline.style("--text")},
      grid: {color: opline.style("--grid"), borderColor: opline.style("--line")},
      ticks: {color: opline.style("--muted"), maxRotation: 0},
    });
    return {
      animation: false, parsing: false, normalized: true, maintainAspectRatio: false, events: [],
      // The figures' axes start below each other.
      scales: {x: axis("op count in " + this.view.xUnit[1]),
               y: {...axis(this.view.yTitle), afterFit: (scale) => { scale.width = 64; }}},
      plugins: {legend: {display: false}, tooltip: {enabled: false}, decimation: {enabled: false}},
    };
  }

  datasets() {
    const shown = opline.series.filter((series) => series.visible && series.count > 0);
    const points = shown.map((series) => {
      const many = series.count > 3000 ? 2 : series.count > 400 ? 1 : 0;
      return {
        order: 2, pointStyle: opline.shapes[series.number % opline.shapes.length],
        pointRadius: [4, 3, 2][many], borderWidth: 0, pointBorderWidth: 0,
        backgroundColor: opline.colour(series.number, [0.75, 0.5, 0.18][many]),
        data: Array.from(series.ops, (ops, row) => ({x: ops / this.view.xUnit[0], y: this.y(series, row)})),
      };
    });
    return points.concat(shown.flatMap((series) => this.view.overlays(series)));
  }
  y(series, row) {
    return this.view.y(series, row) / this.view.yUnit[0];
  }

  // Draws again what is visible, in the colours of now.
  update() {
    const {x, y} = this.chart.options.scales;
    const zoom = [x.min, x.max, y.min, y.max];
    this.chart.options = this.options();
    [this.chart.options.scales.x.min, this.chart.options.scales.x.max, this.chart.options.scales.y.min,
     this.chart.options.scales.y.max] = zoom;
    this.chart.data.datasets = this.datasets();
    this.chart.update("none");
    this.hover(null);
  }

  pixel(series, row) {
    const {x, y} = this.chart.scales;
    return {x: x.getPixelForValue(series.ops[row] / this.view.xUnit[0]), y: y.getPixelForValue(this.y(series, row))};
  }
  inside(point) {
    const area = this.chart.chartArea;
    return point.x >= area.left - 1 && point.x <= area.right + 1 && point.y >= area.top - 1 && point.y <= area.bottom + 1;
  }

  // The visible network within 24 pixels of a position on the canvas, or null.
  nearest(px, py) {
    const {x, y} = this.chart.scales;
    const perX = x.width / (x.max - x.min) / this.view.xUnit[0], perY = y.height / (y.max - y.min) / this.view.yUnit[0];
    const atX = x.min * this.view.xUnit[0] + (px - x.left) / perX, atY = y.max * this.view.yUnit[0] - (py - y.top) / perY;
    let best = null, least = 24 * 24;
    for (const series of opline.series) {
      if (!series.visible) continue;
      for (let row = 0; row < series.count; ++row) {
        const dx = (series.ops[row] - atX) * perX, dy = (this.view.y(series, row) - atY) * perY;
        const distance = dx * dx + dy * dy;
        if (distance < least) [least, best] = [distance, {series, row}];
      }
    }
    return best;
  }

  mark(ring, chosen) {
    const point = chosen && chosen.series.visible ? this.pixel(chosen.series, chosen.row) : null;
    ring.hidden = !point || Number.isNaN(point.y) || !this.inside(point);
    if (ring.hidden) return null;
    ring.style.left = point.x + "px";
    ring.style.top = point.y + "px";
    return point;
  }
  placeMarks() {
    this.mark(this.ring, opline.chosen);
    this.mark(this.hoverRing, this.hovered);
  }

  hover(chosen) {
    this.hovered = chosen;
    const point = this.mark(this.hoverRing, chosen);
    this.tooltip.hidden = !point;
    if (!point) return;
    this.tooltip.replaceChildren(...opline.describe(chosen).map((line, i) =>
        opline.element("p", i === 0 ? {class: "name"} : {}, line)));
    const right = point.x > this.canvas.clientWidth / 2, low = point.y > this.canvas.clientHeight / 2;
    Object.assign(this.tooltip.style, {
      left: right ? "" : point.x + 14 + "px", right: right ? this.canvas.clientWidth - point.x + 14 + "px" : "",
      top: low ? "" : point.y + 10 + "px", bottom: low ? this.canvas.clientHeight - point.y + 10 + "px" : "",
    });
  }

  zoom(xMin, xMax, yMin, yMax) {
    Object.assign(this.chart.options.scales.x, {min: xMin, max: xMax});
    Object.assign(this.chart.options.scales.y, {min: yMin, max: yMax});
    this.chart.update("none");
    this.hover(null);
    this.reset.hidden = xMin === undefined;
  }
  zoomBy(factor) {
    const {x, y} = this.chart.scales;
    const marked = opline.chosen && opline.chosen.series.visible ? opline.chosen : null;
    const cx = marked ? marked.series.ops[marked.row] / this.view.xUnit[0] : (x.min + x.max) / 2;
    const cy = marked ? this.y(marked.series, marked.row) : (y.min + y.max) / 2;
    const w = (x.max - x.min) / 2 / factor, h = (y.max - y.min) / 2 / factor;
    this.zoom(cx - w, cx + w, cy - h, cy + h);
  }

  listen() {
    let start = null, box = null;
    const position = (event) => {
      const frame = this.canvas.getBoundingClientRect();
      return {x: event.clientX - frame.left, y: event.clientY - frame.top};
    };
    this.canvas.addEventListener("pointerdown", (event) => { start = position(event); });
    this.canvas.addEventListener("pointermove", (event) => {
      const at = position(event);
      if (start && event.buttons === 1 && Math.abs(at.x - start.x) > 8 && Math.abs(at.y - start.y) > 8) {
        box = box || this.plot.appendChild(opline.element("div", {class: "box"}));
        Object.assign(box.style, {
          left: Math.min(at.x, start.x) + "px", top: Math.min(at.y, start.y) + "px",
          width: Math.abs(at.x - start.x) + "px", height: Math.abs(at.y - start.y) + "px",
        });
        this.hover(null);
      } else if (!box) {
        this.hover(this.nearest(at.x, at.y));
      }
    });
    const end = () => {
      if (box) box.remove();
      start = box = null;
    };
    this.canvas.addEventListener("pointerup", (event) => {
      const at = position(event);
      if (box) {
        const {x, y} = this.chart.scales;
        const xs = [start.x, at.x].map((one) => x.getValueForPixel(one)).sort((a, b) => a - b);
        const ys = [start.y, at.y].map((one) => y.getValueForPixel(one)).sort((a, b) => a - b);
        this.zoom(...xs, ...ys);
      } else if (start) {
        const found = this.nearest(at.x, at.y);
        if (found) opline.choose(found);
      }
      end();
    });
    this.canvas.addEventListener("pointercancel", end);
    this.canvas.addEventListener("pointerleave", () => {
      end();
      this.hover(null);
    });
    this.reset.addEventListener("click", () => this.zoom());
    this.plot.addEventListener("keydown", (event) => {
      if (event.key === "+") this.zoomBy(1.5);
      else if (event.key === "-") this.zoomBy(1 / 1.5);
      else if (event.key === "0") this.zoom();
      else if (!opline.step(event.key)) return;
      event.preventDefault();
    });
  }
};
