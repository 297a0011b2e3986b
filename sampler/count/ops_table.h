// sampler/count/ops_table.h - macs and parameters of an architecture without building its network.
//
// A block's cost is bilinear in the channels that come in (c), its expansion (e) and its width (w):
//   c * (a + b*w + d*e) + e * (f + g*w)  (+ h*w for the biases among the parameters)
// with constants that only maps and windows decide; they never depend on a decision (space.h). So a
// table of constants and one pass over the blocks count an architecture, about a hundred times as
// fast as total_ops(decode()), and exactly equal to it (ops_table_test.cpp).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sampler/space/space.h"
#include "src/network/op_count.h"

namespace opline::sampler {

class OpsTable {
 public:
  explicit OpsTable(const Space& space);

  /// total_ops(decode(space, architecture)) of the architecture with these options, one a decision,
  /// each legal (not checked: this is the inner loop). Options that do not matter may be anything
  /// legal. O(blocks), no allocation.
  [[nodiscard]] network::NetworkOps count(std::span<const std::uint16_t> options) const;

 private:
  /// Coefficients of the polynomial above.
  struct Cost {
    std::uint64_t c = 0, cw = 0, ce = 0, e = 0, ew = 0, w = 0;
    [[nodiscard]] std::uint64_t at(std::uint64_t in, std::uint64_t expansion,
                                   std::uint64_t width) const {
      return in * (c + cw * width + ce * expansion) + expansion * (e + ew * width) + w * width;
    }
  };
  /// Where a number of channels comes from.
  struct Channels {
    static constexpr std::int32_t kFixed = -1;
    static constexpr std::int32_t kSame = -2;
    std::int32_t decision = kSame;
    std::uint32_t value =
        0;  ///< Fixed: the width; decided: the first option's position in `values_`.
  };
  struct Step {
    Cost macs, parameters;
    Channels expansion, width;
    std::int32_t skip = -1;  ///< The decision, or -1.
  };

  [[nodiscard]] Channels channels_of(const Space& space, const Width& width);
  [[nodiscard]] std::uint64_t channels(const Channels& from, std::uint64_t in,
                                       std::span<const std::uint16_t> options) const {
    if (from.decision >= 0)
      return values_[from.value + options[static_cast<std::size_t>(from.decision)]];
    return from.decision == Channels::kFixed ? from.value : in;
  }

  std::uint64_t input_channels_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> values_;                   ///< Options of all widths.
  std::vector<std::optional<std::uint32_t>> value_of_;  ///< By decision: position in `values_`.
};

}  // namespace opline::sampler
