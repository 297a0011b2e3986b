// analysis/layers/residual_features.h - what explains the part of latency that ops do not: features
// of networks.
//
// Base model: y = intercept + slope ops. A feature's partial R^2 given others is the share of their
// residual sum of squares that it takes away, (RSS - RSS with it) / RSS: its squared partial
// correlation with y (Draper and Smith, Applied Regression Analysis, 3rd ed., chapter 6). A feature
// that goes with ops explains little beyond them, and features that go with each other share what
// they explain: alone each may have a large partial R^2 while its unique one, given all the others,
// is small. Explanations are associations among the networks that were drawn, not causes. Errors
// are HC3's (linear_model.h); several features are looked at, so that of twenty one will have an
// interval without 0 by chance.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "analysis/regression/linear_model.h"
#include "src/base/result.h"

namespace opline::analysis {

/// A property of networks other than latency.
struct NetworkFeature {
  std::string name;            ///< "share of ops in depthwise layers".
  std::string unit;            ///< "1" for shares and counts, "B", ...
  std::vector<double> values;  ///< One a network.
};

/// One feature added to ops.
struct FeatureEffect {
  std::string name;
  std::string unit;
  double partial_r_squared = 0;  ///< Given ops, in [0, 1].
  Coefficient coefficient;       ///< Unit of y over the feature's; HC3 error.
  double q10 = 0, q90 = 0;       ///< Quantiles of the feature, as quantile_of_sorted().
  /// coefficient x (q90 - q10) / mean of y: what the feature's usual range moves; 0 where the
  /// quantiles are equal.
  double effect_percent = 0;
  Interval effect_interval;  ///< Percent, from the coefficient's.
  /// Partial R^2 given ops and all the other features that were not left out; none where those do
  /// not tell it apart, or nothing is left to explain.
  std::optional<double> unique_r_squared;
};

struct ResidualFeatures {
  std::size_t n = 0;
  std::vector<FeatureEffect> features;  ///< Largest partial R^2 first.
  std::vector<LeftOut> left_out;        ///< Constant, a line of ops, or all but one network alike.
  /// Features that are a combination of ops and the ones before them: judged alone, not in the
  /// joint model.
  std::vector<LeftOut> not_joint;
  double r_squared = 0;                   ///< Of ops alone.
  std::optional<double> joint_r_squared;  ///< Of ops and all features that can stand together.
  std::optional<double>
      explained_share;  ///< Of the residual variance of ops, the share these explain together.
};

struct ResidualOptions {
  double confidence = 0.95;
};

/// Nothing where ops explain everything (RSS within rounding of 0), y or x is constant, or there
/// are fewer than 4 networks. The joint model takes at most n - 3 features, in the order given. O(n
/// features^3). Throws Error{input} when lengths differ, a value is not finite, a mean of y is not
/// above 0, or two features have one name.
[[nodiscard]] std::optional<ResidualFeatures> explain_residuals(
    std::span<const double> x, std::span<const double> y, std::span<const NetworkFeature> features,
    const ResidualOptions& options = {});
/// As explain_residuals(), with the reason where it gives nothing or the data do not allow it.
[[nodiscard]] Result<ResidualFeatures> try_explain_residuals(
    std::span<const double> x, std::span<const double> y, std::span<const NetworkFeature> features,
    const ResidualOptions& options = {});

}  // namespace opline::analysis
