"use strict";
// The page's data: columns decoded, series and networks as objects. Formats: docs/report.md.

const opline = {};

opline.decode = function (column) {
  const text = atob(column.base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  const types = {u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f64: Float64Array};
  return new types[column.type](bytes.buffer);
};

// starts[i] is the sum of the counts before i; the last is the sum of all.
opline.starts = function (counts) {
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; ++i) starts[i + 1] = starts[i] + counts[i];
  return starts;
};

opline.Networks = class {
  constructor(json) {
    this.words = json.words;
    this.nameWords = opline.decode(json.name_words);
    this.nameStarts = opline.starts(opline.decode(json.word_counts));
    this.ops = opline.decode(json.ops);
    this.signatures = json.signatures;
    this.layerNumbers = opline.decode(json.layers);
    this.layerStarts = opline.starts(opline.decode(json.layer_counts));
  }
  name(network) {
    const words = this.nameWords.subarray(this.nameStarts[network], this.nameStarts[network + 1]);
    return Array.from(words, (word) => this.words[word]).join(" ");
  }
  layerCount(network) {
    return this.layerStarts[network + 1] - this.layerStarts[network];
  }
  layers(network) {
    const keys = ["type", "input", "output", "kernel", "stride", "padding", "activation", "macs",
                  "parameters", "liveBytes"];
    const numbers = this.layerNumbers.subarray(this.layerStarts[network], this.layerStarts[network + 1]);
    return Array.from(numbers, (number) =>
        Object.fromEntries(keys.map((key, i) => [key, this.signatures[number][i]])));
  }
};

opline.Series = class {
  constructor(json, number, networks) {
    Object.assign(this, json);
    this.number = number;
    this.visible = true;
    this.networks = opline.decode(json.networks);
    this.seconds = opline.decode(json.seconds);
    this.count = this.networks.length;
    this.ops = Float64Array.from(this.networks, (network) => networks.ops[network]);
    this.residuals = this.line && Float64Array.from(this.seconds, (seconds, i) => {
      const predicted = this.predict(i);
      return predicted > 0 ? 100 * (seconds / predicted - 1) : NaN;
    });
    this.layerCycles = json.cycles && opline.decode(json.cycles);
    this.layerStarts = opline.starts(Array.from(this.networks, (network) => networks.layerCount(network)));
    this.byOps = Uint32Array.from({length: this.count}, (_, i) => i)
                     .sort((a, b) => this.ops[a] - this.ops[b] || this.seconds[a] - this.seconds[b]);
    this.place = new Uint32Array(this.count);  // of a row in byOps
    this.byOps.forEach((row, place) => { this.place[row] = place; });
    this.rowOfNetwork = new Map();
    this.networks.forEach((network, row) => this.rowOfNetwork.set(network, row));
  }
  predict(row) {
    return this.line.slope * this.ops[row] + this.line.intercept;
  }
  // Cycles of the row's layers; null where they are not known.
  cyclesOf(row) {
    if (!this.layerCycles) return null;
    const cycles = this.layerCycles.subarray(this.layerStarts[row], this.layerStarts[row + 1]);
    return cycles.length > 0 && cycles.every((one) => one > 0) ? Array.from(cycles) : null;
  }
};

opline.load = function () {
  const json = JSON.parse(document.getElementById("opline-data").textContent);
  opline.networks = new opline.Networks(json.networks);
  opline.series = json.series.map((one, number) => new opline.Series(one, number, opline.networks));
};

// ---- Text ----

// Three significant digits and a unit, e.g. "12.3 Mops", "98.7 ms".
opline.withUnit = function (value, units) {
  const size = Math.abs(value);
  let [factor, unit] = units[units.length - 1];
  for (const [f, u] of units) {
    if (size < 999.5 * f) {
      [factor, unit] = [f, u];
      break;
    }
  }
  const scaled = value / factor;
  const digits = scaled === 0 || Math.abs(scaled) >= 99.95 ? 0 : Math.abs(scaled) >= 9.995 ? 1 : 2;
  return (Number.isInteger(scaled) ? scaled : scaled.toFixed(digits)) + " " + unit;
};
opline.opsUnits = [[1, "ops"], [1e3, "kops"], [1e6, "Mops"], [1e9, "Gops"]];
opline.secondsUnits = [[1e-6, "us"], [1e-3, "ms"], [1, "s"]];
opline.formatOps = (ops) => opline.withUnit(ops, opline.opsUnits);
opline.formatSeconds = (seconds) => opline.withUnit(seconds, opline.secondsUnits);
opline.formatResidual = (percent) =>
    Number.isFinite(percent) ? (percent < 0 ? "-" : "+") + Math.abs(percent).toFixed(1) + " %" : "-";
opline.formatCount = (count) => count.toLocaleString("en-US").replaceAll(",", "\u202f");

opline.formatBytes = (bytes) => bytes < 1024 ? bytes + " B" : (bytes / 1024).toFixed(1) + " KiB";

// The unit of an axis: the largest of which `most` holds at least one.
opline.axisUnit = function (most, units) {
  return units.filter(([factor]) => most >= factor).pop() || units[0];
};

// An element with text or children; attributes by name.
opline.element = function (name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
