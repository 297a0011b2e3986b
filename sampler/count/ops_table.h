// sampler/count/ops_table.h - macs and parameters of an architecture without building its network.
//
// Maps and windows never depend on a decision (space.h), so the cost of a layer is a polynomial in
// its input and output channels with constant coefficients:
//   macs       = a * in * out + b * in
//   parameters = c * in * out + d * in + e * out
// A table of the coefficients of block_layers.h and one pass over it count an architecture, about a
// hundred times as fast as total_ops(decode()), and equal to it (ops_table_test.cpp).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sampler/space/block_layers.h"
#include "sampler/space/space.h"
#include "src/network/op_count.h"

namespace opline::sampler {

class OpsTable {
 public:
  explicit OpsTable(const Space& space);

  /// total_ops(decode(space, architecture)) of the architecture with these options: one per
  /// decision, each legal (not checked: this is the inner loop). Options that do not matter may
  /// have any legal value. O(layers), no allocation.
  [[nodiscard]] network::NetworkOps count(std::span<const std::uint16_t> options) const;

 private:
  /// Coefficients of one layer, by what they are multiplied with.
  struct LayerCost {
    Width width;
    std::uint64_t macs_in_out = 0, macs_in = 0;
    std::uint64_t parameters_in_out = 0, parameters_in = 0, parameters_out = 0;
  };
  struct BlockCost {
    std::int32_t skip = -1;  ///< The decision, or -1.
    std::vector<LayerCost> layers;
  };
  [[nodiscard]] static LayerCost cost_of(const BlockLayer& layer);

  std::uint64_t input_channels_;
  std::vector<BlockCost> blocks_;
  std::vector<std::uint32_t> values_;  ///< Options of all decisions, one decision after the other.
  std::vector<std::size_t> first_;     ///< By decision: position of its first option in `values_`.
};

}  // namespace opline::sampler
