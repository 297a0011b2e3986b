// src/network/output_spread.h - how widely a layer's int8 output is spread, which decides whether
// its digest can show an error.
//
// An output that is constant or almost saturated hides most errors of the layer that computed it.
// Sums are integers, so the figures are the same on every machine.
#pragma once
#include <cstdint>
#include <span>

#include "firmware/include/opline_plan.h"

namespace opline::network {

struct OutputSpread {
  double standard_deviation = 0;  ///< In quantisation steps.
  /// Share of elements at an end of the int8 range, not counting the zero of a ReLU.
  double saturated_share = 0;
};

/// Bounds that compile() reaches for every layer of a sampled network, where any scale does.
inline constexpr double kMinStandardDeviation = 10;
inline constexpr double kMaxSaturatedShare = 0.05;

/// Sums over a tensor of int8 values.
struct TensorSums {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  [[nodiscard]] double mean() const {
    return static_cast<double>(sum) / static_cast<double>(count);
  }
  [[nodiscard]] double variance() const {
    return static_cast<double>(count * squares - sum * sum) /
           (static_cast<double>(count) * static_cast<double>(count));
  }
};
[[nodiscard]] TensorSums sums_of(std::span<const std::int8_t> values);

/// Spread of `output`, which `layer` computed.
[[nodiscard]] OutputSpread spread_of(std::span<const std::int8_t> output,
                                     const opline_layer& layer);

}  // namespace opline::network
