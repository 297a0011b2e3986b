// src/costmodel/architecture_cost.h - a model's value for architectures of a space, by the million.
//
// In a version 1 space (Space::is_version_1()) maps, windows and kernels never depend on a
// decision, so macs, outputs and bytes of a layer are polynomials in its input and output channels,
//   constant + in x input + out x output + in_out x input x output,
// and so is what a model of ops, of ops by layer type or of layers says about it. One pass over
// these coefficients predicts an architecture without building its network, and equals predict() of
// the decoded network but for rounding (a test compares). A lookup table is no such polynomial.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/result.h"
#include "src/costmodel/cost_model.h"

namespace opline::costmodel {

/// A figure of one layer, by its input and output channels.
struct BilinearCost {
  double constant = 0, in = 0, out = 0, in_out = 0;
  [[nodiscard]] double at(double input, double output) const {
    return constant + in * input + (out + in_out * input) * output;
  }
};

class ArchitectureCost {
 public:
  struct Layer {
    sampler::Width width;  ///< Of the output.
    BilinearCost cost;
  };
  struct Block {
    std::int32_t skip = -1;  ///< The decision that can skip it, or -1.
    std::vector<Layer> kept, skipped;
  };

  /// Reasons: a space of version 2; a model of kind lookup; a kernel of the space without a form; a
  /// layer type whose ops have no price.
  [[nodiscard]] static Result<ArchitectureCost> make(const sampler::Space& space,
                                                     const Model& model);

  /// Seconds or joules of the architecture with these options: one per decision, each legal (not
  /// checked: this is the inner loop). O(layers), no allocation.
  [[nodiscard]] double operator()(std::span<const std::uint16_t> options) const;

  // What it is made of, for exporters.
  [[nodiscard]] double intercept() const { return intercept_; }  ///< Of the network.
  [[nodiscard]] int input_channels() const { return input_channels_; }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  [[nodiscard]] const std::vector<double>& values() const { return values_; }
  [[nodiscard]] const std::vector<std::size_t>& first() const { return first_; }

 private:
  ArchitectureCost() = default;
  double intercept_ = 0;
  int input_channels_ = 1;
  std::vector<Block> blocks_;
  std::vector<double> values_;      ///< Options of all decisions, one decision after the other.
  std::vector<std::size_t> first_;  ///< By decision: position of its first option in `values_`.
};

}  // namespace opline::costmodel
