// analysis/validation/prediction_interval.h - between which two values does a further network lie?
//
// The two-sided counterpart of latency_margin.h: conformal quantiles of held-out residuals, each
// divided by their usual size at the prediction. With n residuals r (scaled_residuals.h) and
// a = 1 - confidence a further network of the same population lies within
//
//   [p + r_(floor(a/2 (n+1))) spread(p),  p + r_(ceil((1 - a/2)(n+1))) spread(p)]
//
// with a chance of at least `confidence`, whatever the distribution of the errors, as far as the
// predictions were made without the row they belong to (Vovk, Gammerman, Shafer 2005; Lei et al.,
// JASA 113(523), 2018, section 5.2). Unlike Student's prediction interval of a line it needs
// neither normal errors nor one variance, and serves any model.
#pragma once
#include <optional>
#include <span>

#include "analysis/numerics/interval.h"

namespace opline::analysis {

/// A distance that depends on the prediction: absolute + relative x prediction.
struct PredictionOffset {
  double absolute = 0;  ///< Unit of y; may be below 0 where the model is biased.
  double relative = 0;  ///< A share.
  /// Predictions below 0 count as 0.
  [[nodiscard]] double at(double predicted) const;
};

struct PredictionInterval {
  double confidence = 0;   ///< What was asked for, or less: (n - 1) / (n + 1) where n networks do
                           ///< not support it. Then the ends are the extreme residuals.
  PredictionOffset below;  ///< The interval starts at p - below.at(p),
  PredictionOffset above;  ///< and ends at p + above.at(p).
  [[nodiscard]] Interval at(double predicted) const;
};

/// `predicted`: held out, in the order of `measured`. `whole`: of all networks there are, so their
/// own quantiles. Nothing for fewer than two rows or a median prediction that is not above 0.
/// O(n log n). Throws Error{input} as scale_residuals(), and for a confidence outside of (0, 1).
[[nodiscard]] std::optional<PredictionInterval> prediction_interval(
    std::span<const double> predicted, std::span<const double> measured, double confidence = 0.95,
    bool whole = false);

}  // namespace opline::analysis
