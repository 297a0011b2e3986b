// src/report/board_runs.h - one network on several boards: latency, energy, shares of the layers.
//
//   layer               NUCLEO-F446RE   share    NUCLEO-F746ZG   share
//     0 conv2d                5050148  23.5 %          2431102  21.5 %
//   ...
//   21496675 cycles = 119 ms on NUCLEO-F446RE (simulated, opline 0.1.0, planner 3, uncalibrated)
//   19.67 mJ: modelled as 0.1646 W x latency (source)
//   slowest: layer 0 (conv2d, conv_im2col) 23.5 % of the cycles: has 19.8 % of the macs
#pragma once
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/measure/outcome.h"
#include "src/measure/setup.h"
#include "src/network/layout.h"

namespace opline::report {

struct ModelledPower {
  double watts = 0;
  std::string source;
};

/// A network on one board.
struct BoardRun {
  std::string title;  ///< "NUCLEO-F446RE"
  measure::Setup setup;
  measure::Outcome outcome;            ///< A measured one has cycles, and those of every layer.
  std::optional<ModelledPower> power;  ///< Of the board's file.

  /// Whether it was measured; else `outcome.reason` says why not.
  [[nodiscard]] bool measured() const { return outcome.kind == measure::OutcomeKind::measured; }
  /// Cycles of the setup's clock.
  [[nodiscard]] double seconds(std::uint64_t cycles) const;
};

/// With several boards a table of the layers; for each board its latency, energy and slowest
/// layers, or why it was not measured.
void print(const network::Network& network, const std::vector<BoardRun>& runs, std::ostream& out);

/// One entry per board: board, setup, outcome and, where it was not measured, reason; else cycles,
/// seconds, modelled_joules (null without a power), layers (cycles, seconds, share of each) and
/// slowest (layer, share, reason).
[[nodiscard]] Json to_json(const network::Network& network, const std::vector<BoardRun>& runs);

/// Nothing when the network fits; else the shortage, with the layer that has most of it.
[[nodiscard]] std::optional<std::string> shortage(const network::Network& network,
                                                  const network::Layout& layout,
                                                  const network::DeviceLimits& limits);

}  // namespace opline::report
