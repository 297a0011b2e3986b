// src/network/output_spread.h - how widely a layer's int8 output is spread, which decides whether
// its digest can show an error.
//
// An output that is constant or almost saturated hides most errors of the layer that computed it.
// Sums are integers, so the figures are the same on every machine.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "firmware/include/opline_plan.h"

namespace opline::network {

struct OutputSpread {
  double standard_deviation = 0;  ///< In quantisation steps.
  /// Share of elements at an end of the int8 range, not counting the zero of a ReLU.
  double saturated_share = 0;
};

/// Bounds that compile() reaches for every layer of a sampled network, where any scale does; of
/// outputs of four bits by docs/decisions/0017-sub-byte.md.
inline constexpr double kMinStandardDeviation = 10;
inline constexpr double kMaxSaturatedShare = 0.05;
inline constexpr double kMinStandardDeviationS4 = 1.5;
inline constexpr double kMaxSaturatedShareS4 = 0.1;

/// Sums over a tensor of codes.
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

/// The codes of the first `positions` positions at `bytes`, of `channels` channels of four bits, as
/// a plan stores them.
[[nodiscard]] std::vector<std::int8_t> unpack_codes(const std::int8_t* bytes,
                                                    std::uint64_t positions, int channels);
/// The inverse; what an odd number of channels leaves of a byte is `fill`.
[[nodiscard]] std::vector<std::int8_t> pack_codes(std::span<const std::int8_t> codes, int channels,
                                                  int fill);

/// Spread of `output`, which `layer` computed.
[[nodiscard]] OutputSpread spread_of(std::span<const std::int8_t> output,
                                     const opline_layer& layer);

}  // namespace opline::network
