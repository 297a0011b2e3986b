// src/report/layer_grid_report.h - what single layers cost on boards: `opline layers`.
//
//   cycles per mac
//   layer                                                           macs  nucleo-f446re
//   nucleo-f746zg conv2d 1x1 25x5x8 -> 25x5x8 8000          5.312          3.470
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/campaign/layer_grid.h"
#include "src/measure/runtime.h"

namespace opline::report {

/// The layers that one board measured.
struct BoardLayers {
  std::string board;
  double clock_hz = 0;
  measure::Runtime runtime;
  std::map<std::string, std::uint64_t> cycles;  ///< By network.
};

struct LayerGridReport {
  std::vector<campaign::LayerCase> grid;  ///< In the order it is reported.
  std::vector<BoardLayers> boards;
};

/// Cycles per mac of each layer, then latency with 138 channels over that with 140: the step that
/// MicroNets (figure 3) saw with its kernels (37.5 ms against 21.5 ms).
[[nodiscard]] std::string in_words(const LayerGridReport& report);
/// {"format": "opline-layers", "version": 1, "layers": [{layer, kind, channels, board, macs, ops,
/// cycles, seconds}]}; only what was measured.
[[nodiscard]] Json to_json(const LayerGridReport& report);

}  // namespace opline::report
