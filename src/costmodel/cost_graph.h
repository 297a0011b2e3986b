// src/costmodel/cost_graph.h - the graph of a space (sampler/space/place.h) as tables for a loop
// that prices architectures: which branch is taken, how many channels its layers have, what work
// they are.
//
// Types, windows and maps of a branch are fixed, so that work is polynomials in channels
// (layer_figures.h). Whether a tensor has codes of four bits depends on the layers before and after
// it (network::with_bits()), also across blocks: a place that is reached both with and without a
// tensor that must have eight is here two places.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sampler/space/branch_table.h"
#include "sampler/space/space.h"
#include "src/costmodel/layer_figures.h"

namespace opline::costmodel {

struct CostGraph {
  /// What is done in making a tensor. Layers that keep the number of channels (depthwise
  /// convolutions, pools, additions) are parts of the work of a layer that makes or reads it, so
  /// that a loop has about half as many layers as the network.
  using Work = std::vector<LayerFigures>;
  struct Layer {
    sampler::Width width;                                           ///< Of the output.
    int from = sampler::kBlockInput, other = sampler::kBlockInput;  ///< As in BlockLayer.
    std::size_t work = 0;
  };
  struct Branch {
    std::size_t layers_begin = 0, layers_end = 0;  ///< In `layers`; the last makes its output.
    sampler::Guard guard = sampler::Guard::none;
    sampler::Width guard_width;  ///< The number that the guard compares with the input's.
    std::size_t next = 0;        ///< Place where it ends.
  };

  /// A block of a chain: layers [begin, end) of those that are kept, or, where option kSkip of
  /// `skip` is chosen, of those that replace them.
  struct Block {
    std::int32_t skip = -1;  ///< Decision; -1 without one.
    std::size_t kept = 0, kept_end = 0, skipped = 0, skipped_end = 0;
  };

  explicit CostGraph(const sampler::Space& space);

  int input_channels = 1;
  std::size_t places = 0;  ///< It starts at place 0 and ends at this.
  sampler::BranchTable branch_table;
  std::vector<Branch>
      branches;  ///< Of all places; where a guard does not hold, the next one is taken.
  std::vector<Layer> layers;
  std::size_t most_layers = 0;  ///< Of one branch.
  /// Of a version 1 space with codes of eight bits all of it: each layer reads the one before it,
  /// and has a width of kind `same`, `block_input`, `fixed` or `decided`. A loop over them takes a
  /// quarter of the time of one over places (benchmarks/cost_model_benchmark.cpp). Else empty.
  std::vector<Block> blocks;
  std::vector<Work> works;     ///< All different.
  bool has_four_bits = false;  ///< Some codes can have four.
  /// Why `bytes` and `kernel` are not known; empty where they are.
  std::string why_no_bits;
  std::vector<int> values;         ///< Options of all decisions, one decision after the other.
  std::vector<std::size_t> first;  ///< By decision: position of its first option in `values`.

  [[nodiscard]] int chosen(std::span<const std::uint16_t> options, std::size_t decision) const {
    return values[first[decision] + options[decision]];
  }
  /// The branch taken at a place that is reached with so many channels.
  [[nodiscard]] const Branch& branch_of(std::size_t place, std::span<const std::uint16_t> options,
                                        std::int64_t channels) const {
    const std::size_t number = branch_table.find(place, options);
    const Branch& branch = branches[number];
    if (branch.guard == sampler::Guard::none) return branch;
    const std::int64_t made = branch.guard_width.number(
        channels, [&](std::size_t decision) { return chosen(options, decision); });
    const bool holds = (made == channels) == (branch.guard == sampler::Guard::same);
    return holds ? branch : branches[number + 1];
  }
  /// Number of polynomials of each figure: 1, or 4 where codes can have four bits.
  [[nodiscard]] std::size_t polynomials() const { return has_four_bits ? 4 : 1; }
};

}  // namespace opline::costmodel
