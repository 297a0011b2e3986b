"use strict";
// The chosen network: which it is, how to choose another, what is shown of it.

opline.chosen = null;  // {series, row}

// What a tooltip and a screen reader say about a network: name, then figures.
opline.describe = function ({series, row}) {
  const lines = [opline.networks.name(series.networks[row])];
  let figures = opline.formatOps(series.ops[row]) + ", " + opline.formatSeconds(series.seconds[row]);
  if (series.residuals) figures += ", " + opline.formatResidual(series.residuals[row]) + " from the line";
  lines.push(figures);
  if (opline.series.length > 1) lines.push(series.space + " on " + series.board + ", prior " + series.prior);
  return lines;
};

opline.choose = function (chosen) {
  opline.chosen = chosen;
  const panel = document.getElementById("network");
  panel.hidden = !chosen;
  document.querySelector(".split").classList.toggle("chosen", Boolean(chosen));
  document.getElementById("live").textContent = chosen ? opline.describe(chosen).join("; ") : "Nothing is selected.";
  if (chosen) opline.showNetwork(chosen);
  for (const plot of opline.plots) plot.placeMarks();
  opline.table.markChosen();
};

// Moves the choice by a key; false for a key that means nothing here.
opline.step = function (key) {
  const visible = opline.series.filter((series) => series.visible && series.count > 0);
  if (visible.length === 0) return false;
  const at = opline.chosen && opline.chosen.series.visible ? opline.chosen : null;
  if (key === "Escape") {
    opline.choose(null);
    return true;
  }
  if (key === "Enter") {
    if (at) document.getElementById("network").focus();
    return Boolean(at);
  }
  if (key === "ArrowUp" || key === "ArrowDown") {
    const from = at ? visible.indexOf(at.series) : -1;
    const to = visible[(from + (key === "ArrowUp" ? 1 : visible.length - 1) + visible.length) % visible.length];
    opline.choose({series: to, row: opline.closestByOps(to, at)});
    return true;
  }
  const series = at ? at.series : visible[0];
  const page = Math.max(1, Math.round(series.count / 10));
  const moves = {ArrowRight: 1, ArrowLeft: -1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity};
  if (!(key in moves)) return false;
  const from = at ? series.place[at.row] : moves[key] > 0 ? -1 : 1;
  const place = Math.max(0, Math.min(series.count - 1, from + moves[key]));
  opline.choose({series, row: series.byOps[place]});
  return true;
};

// The same network in another series, else the one closest in ops.
opline.closestByOps = function (series, at) {
  if (!at) return series.byOps[0];
  const same = series.rowOfNetwork.get(at.series.networks[at.row]);
  if (same !== undefined) return same;
  const ops = at.series.ops[at.row];
  return series.byOps.reduce((best, row) =>
      Math.abs(series.ops[row] - ops) < Math.abs(series.ops[best] - ops) ? row : best, series.byOps[0]);
};

opline.showNetwork = function ({series, row}) {
  const network = series.networks[row];
  document.getElementById("network-title").textContent = "Selected network";
  const list = opline.element("dl", {});
  const item = (name, ...values) => list.append(opline.element("dt", {}, name), opline.element("dd", {}, ...values));
  item(series.prior === "imported" ? "name" : "architecture",
       opline.element("span", {class: "name", tabindex: "0"}, opline.networks.name(network)));
  item("op count", opline.formatOps(series.ops[row]) + " (" + opline.formatCount(series.ops[row]) + ")");
  for (const other of opline.series) {
    const its = other.rowOfNetwork.get(network);
    if (its === undefined || other.ops[its] !== series.ops[row]) continue;
    let text = opline.formatSeconds(other.seconds[its]);
    if (other.line) text += "; the line predicts " + opline.formatSeconds(other.predict(its)) + " (" +
        opline.formatResidual(other.residuals[its]) + ")";
    const samePlace = opline.series.filter((one) => one.board === other.board && one.rowOfNetwork.has(network));
    item(other.board + (samePlace.length > 1 ? ", setup " + other.setup + ", " + other.prior : "") + ", " + other.runner,
         other === series ? opline.element("strong", {}, text) : text);
  }
  document.getElementById("network-body").replaceChildren(list, opline.layersTable(series, row));
};

// Its layers with a bar of their cycles: a table and a bar chart in one.
opline.layersTable = function (series, row) {
  const layers = opline.networks.layers(series.networks[row]);
  if (layers.length === 0)
    return opline.element("p", {class: "note"}, "The layers of this network are not known.");
  const cycles = series.cyclesOf(row);
  const total = cycles && cycles.reduce((sum, one) => sum + one, 0), most = cycles && Math.max(...cycles);
  const names = ["layer", "kernel", "output", "macs", "SRAM"].concat(
      cycles ? ["cycles", "share", "per mac"] : []);
  const numeric = new Set(["macs", "SRAM", "cycles", "per mac"]);
  const cell = (name, text) => opline.element("td", numeric.has(name) ? {class: "number"} : {}, text);
  const body = layers.map((layer, i) => {
    const kernel = layer.kernel ? layer.kernel + (layer.stride === "1x1" ? "" : " / " + layer.stride) : "-";
    const cells = [cell("", kernel), cell("", layer.output),
                   cell("macs", layer.macs ? opline.formatCount(layer.macs) : "-"),
                   cell("SRAM", layer.liveBytes ? opline.formatBytes(layer.liveBytes) : "-")];
    if (cycles) {
      const share = opline.element("td", {class: "share"}, opline.bar(cycles[i] / most),
                                   opline.element("span", {}, (100 * cycles[i] / total).toFixed(1) + " %"));
      cells.push(cell("cycles", opline.formatCount(cycles[i])), share,
                 cell("per mac", layer.macs ? (cycles[i] / layer.macs).toFixed(2) : "-"));
    }
    return opline.element("tr", {}, opline.element("th", {scope: "row"}, i + " " + layer.type), ...cells);
  });
  let text = layers.length + " layers, input " + layers[0].input;
  if (cycles) text += ", " + opline.formatCount(total) + " cycles on " + series.board + " (" + series.runner + ")";
  const note = "Kernel / stride; SRAM in use while the layer runs" + (cycles ? "; cycles per mac." : ".");
  const table = opline.element("div", {class: "scroll"}, opline.element("table", {class: "layers"},
      opline.element("caption", {}, text + "."),
      opline.element("thead", {}, opline.element("tr", {}, ...names.map((name) =>
          opline.element("th", numeric.has(name) ? {scope: "col", class: "number"} : {scope: "col"}, name)))),
      opline.element("tbody", {}, ...body)));
  return opline.element("div", {}, table, opline.element("p", {class: "note"}, note));
};

opline.bar = function (share) {
  const space = "http" + "://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg"), rect = document.createElementNS(space, "rect");
  for (const [key, value] of Object.entries({class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none",
                                             "aria-hidden": "true"})) svg.setAttribute(key, value);
  rect.setAttribute("width", 100 * share);
  rect.setAttribute("height", 8);
  svg.append(rect);
  return svg;
};
