// src/costmodel/architecture_cost.h - a model's value for architectures of a space, by the million.
//
// One pass over the tables of a space (cost_graph.h), with what the model says about each layer as
// a polynomial in its channels, predicts an architecture without building its network, and equals
// predict() of the decoded network but for rounding (a test compares). A lookup table is no such
// polynomial.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/result.h"
#include "src/costmodel/cost_graph.h"
#include "src/costmodel/cost_model.h"

namespace opline::costmodel {

class ArchitectureCost {
 public:
  /// Reasons: a model of kind lookup; of kind per_layer a kernel of the space without a form, or
  /// CostGraph::why_no_bits.
  [[nodiscard]] static Result<ArchitectureCost> make(std::shared_ptr<const CostGraph> graph,
                                                     const Model& model);
  [[nodiscard]] static Result<ArchitectureCost> make(const sampler::Space& space,
                                                     const Model& model);

  /// Seconds or joules of the architecture with these options: one per decision, each legal (not
  /// checked: this is the inner loop). O(layers), no allocation.
  [[nodiscard]] double operator()(std::span<const std::uint16_t> options) const;

  // What it is made of, for exporters.
  [[nodiscard]] double intercept() const { return intercept_; }  ///< Of the network.
  /// By number of work x CostGraph::polynomials() + parity.
  [[nodiscard]] const std::vector<BilinearCost>& costs() const { return costs_; }

 private:
  explicit ArchitectureCost(std::shared_ptr<const CostGraph> graph) : graph_(std::move(graph)) {}

  [[nodiscard]] double of_blocks(std::span<const std::uint16_t> options) const;
  [[nodiscard]] double of_graph(std::span<const std::uint16_t> options) const;

  std::shared_ptr<const CostGraph> graph_;
  double intercept_ = 0;
  std::vector<BilinearCost> costs_;
};

}  // namespace opline::costmodel
