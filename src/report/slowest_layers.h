// src/report/slowest_layers.h - where a network's cycles go, and why.
//
//   slowest on NUCLEO-F446RE:
//     layer  0 conv2d             23.5 % of the cycles, 3.07 per mac: has 19.8 % of the macs
//     layer  3 depthwise_conv2d    4.2 % of the cycles, 7.20 per mac: 2.8 times the network's mean:
//     each
//                                  input is used for one output channel only
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/network/network.h"

namespace opline::report {

struct SlowLayer {
  network::LayerId layer = 0;
  std::uint64_t cycles = 0;
  double share = 0;    ///< Of the cycles of all layers, 0..1.
  std::string reason;  ///< What in its shape explains the share.
};

/// The `count` layers with the most cycles, most first. `cycles` has one entry per layer
/// (asserted). Reasons follow from macs, kernel, channels and positions; they are not measured.
[[nodiscard]] std::vector<SlowLayer> slowest_layers(const network::Network& network,
                                                    const std::vector<std::uint64_t>& cycles,
                                                    std::size_t count = 3);

}  // namespace opline::report
