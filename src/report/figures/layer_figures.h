// src/report/figures/layer_figures.h - figures of layers: latency by layer type against ops,
// latency by layer of one network, and its SRAM over time.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/figures/figure.h"
#include "src/report/figures/figure_scope.h"
#include "src/report/layer_grid_report.h"
#include "src/report/network_view.h"

namespace opline::report {

/// Latency of each different layer of a series' networks against its ops, by layer type (MicroNets,
/// figure 3), with the cost per op of each type. The series must have been read with its layers.
[[nodiscard]] Result<figures::Figure> layers_figure(const std::vector<SeriesResult>& all);

/// The same of a grid of single layers on one board.
[[nodiscard]] Result<figures::Figure> grid_figure(const std::vector<campaign::LayerCase>& grid,
                                                  const BoardLayers& board);

/// A device whose arena a network is shown beside.
struct Device {
  std::string name;
  std::uint32_t arena_bytes = 0;
};
/// What is live in the arena while each layer runs, from top to bottom in order of execution, with
/// the peak marked, and what `device` leaves for activations where that is near.
[[nodiscard]] figures::Figure sram_figure(const NetworkView& view,
                                          const std::optional<Device>& device);

/// Latency of each layer on the board it was measured on. `view` has a measurement (asserted).
[[nodiscard]] figures::Figure layer_latency_figure(const NetworkView& view, double clock_hz,
                                                   const measure::Setup& setup);

}  // namespace opline::report
