// analysis/regression/spread.h - how large are residuals, by prediction?
//
// Latency residuals are a constant time, a share of the latency or something between. A mean
// absolute residual that is a line in the prediction holds both ends. No I/O.
#pragma once
#include <span>

namespace opline::analysis {

/// Mean absolute residual at a prediction: absolute + relative x prediction, both >= 0.
struct Spread {
  double absolute = 0;  ///< Unit of y.
  double relative = 0;  ///< A share of the prediction.
  /// Predictions below 0 count as 0. May be 0 (residuals that are all 0).
  [[nodiscard]] double at(double predicted) const;
};

/// Least squares of |residual| on predictions, coefficients >= 0, weights 1 / spread^2 (10
/// reweightings), a residual counting as at most four times the spread there, so that a few rows
/// far off do not set it. One value per row in both; at least one row (asserted). O(n).
[[nodiscard]] Spread fit_spread(std::span<const double> predicted,
                                std::span<const double> residuals);

}  // namespace opline::analysis
