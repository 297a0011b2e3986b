// sampler/count/ops_table.h - macs and parameters of an architecture without building its network.
//
// Types, windows and maps of a branch are fixed (sampler/space/place.h), so the cost of a layer is
// a polynomial in its input and output channels with constant coefficients:
//   macs       = a * in * out + b * in
//   parameters = c * in * out + d * in + e * out
// A table of the coefficients and one pass over the path of an architecture count it, about a
// hundred times as fast as total_ops(decode()), and equal to it (ops_table_test.cpp).
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "sampler/space/branch_table.h"
#include "sampler/space/space.h"
#include "src/network/op_count.h"

namespace opline::sampler {

class OpsTable {
 public:
  explicit OpsTable(const Space& space);

  /// total_ops(decode(space, architecture)) of the architecture with these options: one per
  /// decision, each legal (not checked: this is the inner loop). Options that do not matter may
  /// have any legal value. O(layers), no allocation. Where there are more than `most_macs`, any
  /// number above it: what lies outside a stratum need not be counted to its end.
  [[nodiscard]] network::NetworkOps count(
      std::span<const std::uint16_t> options,
      std::uint64_t most_macs = std::numeric_limits<std::uint64_t>::max()) const;

 private:
  /// Where the number of output channels comes from, the frequent cases apart.
  enum class Source : std::uint8_t { same, block_input, fixed, decided, other };
  /// Coefficients of one layer, by what they are multiplied with.
  struct LayerCost {
    Source source = Source::same;
    std::uint32_t value = 0;  ///< Of `fixed` the number, of `decided` the decision.
    std::uint64_t macs_in_out = 0, macs_in = 0;
    std::uint64_t parameters_in_out = 0, parameters_in = 0, parameters_out = 0;
    std::uint64_t constants = 0;  ///< Parameters that depend on nothing.
    std::uint64_t groups = 1;     ///< What `in` is divided by.
  };
  struct BranchCost {
    std::uint32_t begin = 0, end = 0;  ///< In `layers_`.
    std::uint32_t next = 0;
    /// Each layer reads the one before it, without groups and constants; else `branch` has the
    /// layers.
    bool is_chain = true;
    bool is_guarded = false;
    const Branch* branch = nullptr;
  };
  [[nodiscard]] static Source source_of(const Width& width);
  [[nodiscard]] static LayerCost cost_of(const BlockLayer& layer);
  void add_branch(const Branch& branch);
  [[nodiscard]] const BranchCost& branch_of(std::size_t place,
                                            std::span<const std::uint16_t> options,
                                            std::uint64_t channels) const;
  [[nodiscard]] std::uint64_t count_chain(const BranchCost& branch, std::uint64_t in,
                                          std::span<const std::uint16_t> options,
                                          network::NetworkOps& total) const;
  [[nodiscard]] std::uint64_t count_graph(const BranchCost& branch, std::uint64_t in,
                                          std::span<const std::uint16_t> options,
                                          network::NetworkOps& total) const;
  [[nodiscard]] std::uint32_t chosen(std::span<const std::uint16_t> options,
                                     std::size_t decision) const {
    return values_[first_[decision] + options[decision]];
  }

  std::shared_ptr<const std::vector<Place>> graph_;  ///< Of the space; branches point into it.
  std::uint64_t input_channels_;
  BranchTable table_;
  std::vector<BranchCost> branches_;
  std::vector<LayerCost> layers_;
  std::vector<std::uint32_t> values_;  ///< Options of all decisions, one decision after the other.
  std::vector<std::size_t> first_;     ///< By decision: position of its first option in `values_`.
};

}  // namespace opline::sampler
