// tests/figures/example_figures.h - small figures of every kind of element.
#pragma once
#include <string>
#include <vector>

#include "src/figures/figure.h"
#include "tests/random_data.h"

namespace opline::figures {

/// `n` networks around 13 ns/op with a line, its band and a rug; notes and a caption.
inline Figure scatter_figure(std::size_t n = 200) {
  Figure figure;
  figure.kind = "latency";
  figure.title = "Latency against ops: kws on nucleo-f446re";
  figure.x = {"ops", Dimension::ops, "ops", Scale::automatic, {}};
  figure.y = {"latency", Dimension::seconds, "latency_s", Scale::automatic, {}};
  RandomStream random(41, n);
  Element networks;
  networks.role = "networks";
  networks.series = "a";
  for (std::size_t i = 0; i < n; ++i) {
    const double ops = testing_data::uniform(random, 2e6, 60e6);
    networks.x.push_back(ops);
    networks.y.push_back((13e-9 * ops + 1e-3) * testing_data::uniform(random, 0.92, 1.08));
  }
  Element line;
  line.kind = Element::Kind::line;
  line.role = "line";
  line.x = {2e6, 60e6};
  line.y = {27e-3, 781e-3};
  Element band = line;
  band.kind = Element::Kind::band;
  band.role = "interval";
  band.y.clear();
  band.low = {-5e-3, 700e-3};
  band.high = {60e-3, 900e-3};
  Element rug;
  rug.kind = Element::Kind::rug;
  rug.role = "does not fit";
  rug.x = {50e6, 58e6};
  figure.elements = {networks, band, line, rug};
  figure.notes = {"latency = 13.0 ns/op × ops + 1.0 ms", "R² = 0.99, n = 200"};
  figure.caption = {"kws on nucleo-f446re, simulated, uncalibrated.", "Shaded: 95 % interval."};
  return figure;
}

/// Three named bars of two parts.
inline Figure bar_figure() {
  Figure figure;
  figure.kind = "sram";
  figure.title = "SRAM over time";
  figure.x = {"live in SRAM", Dimension::bytes, "bytes", Scale::linear, {}};
  figure.y = {
      "layer", Dimension::number, "layer", Scale::linear, {"0 conv2d", "1 add", "2 softmax"}};
  Element read;
  read.kind = Element::Kind::bars;
  read.role = "read";
  read.legend = "read by the layer";
  read.y = {0, 1, 2};
  read.low = {0, 0, 0};
  read.high = {490, 41160, 10500};
  Element written = read;
  written.role = "written";
  written.legend = "written by the layer";
  written.pen = 1;
  written.y = {1, 2};
  written.low = {41160, 10500};
  written.high = {51660, 21000};
  figure.elements = {read, written};
  figure.marks = {{51660, 1, "peak 50.4 KiB"}};
  return figure;
}

}  // namespace opline::figures
