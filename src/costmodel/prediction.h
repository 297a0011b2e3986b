// src/costmodel/prediction.h - what a model says about a network.
//
//   from ops        models of kind ops
//   from layers     every kind: ops are counted, ops by type added up, layers priced one by one
//   from a network  as its layers
// Architectures by the million: architecture_cost.h. Values are seconds or joules.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/costmodel/cost_model.h"
#include "src/network/network.h"

namespace opline::costmodel {

struct Prediction {
  double value = 0;
  /// Where a further network of the same population lies, at PredictionInterval::confidence; none
  /// where the model does not say.
  std::optional<analysis::Interval> interval;
  /// What it takes at most, but for LatencyMargin::exceeded of further networks.
  std::optional<double> bound;
  /// Why the model extrapolates here, a sentence each; empty inside of what it has seen.
  std::vector<std::string> outside;
};

/// Value of a model of kind ops (asserted): intercept + slope x ops. Below the range seen a
/// negative intercept may make it negative.
[[nodiscard]] double value_at(const Model& model, double ops);
/// The same for many; `values` has the length of `ops`. A few nanoseconds for each.
void values_at(const Model& model, std::span<const double> ops, std::span<double> values);

/// From ops alone. A reason where the model takes layers (every kind but ops).
[[nodiscard]] Result<Prediction> predict(const Model& model, std::uint64_t ops);
/// From the layers of a network. A reason where a layer's kernel has no form.
[[nodiscard]] Result<Prediction> predict(const Model& model,
                                         std::span<const network::Layer> layers);
[[nodiscard]] Result<Prediction> predict(const Model& model, const network::Network& network);

/// `value` with the model's interval and bound, for a network of `ops`.
[[nodiscard]] Prediction prediction_of(const Model& model, double value, double ops);

/// The largest value predicted that a budget of seconds or joules allows. None where the model has
/// no margin; at most 0 where no network keeps the budget.
[[nodiscard]] std::optional<double> largest_within(const Model& model, double budget);

/// The name of the form that prices the layer: network::form_name_of(), or the layer's type where
/// kernels are not known.
[[nodiscard]] std::string form_name(const Model& model, const network::Layer& layer);

}  // namespace opline::costmodel
