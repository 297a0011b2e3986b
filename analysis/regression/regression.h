// analysis/regression/regression.h - the straight line through paired data.
//
// Model: y = intercept + slope * x + e with E[e] = 0. Ordinary least squares minimises the sum of
// e^2. Standard errors and intervals are the classical ones: they hold when the e are independent
// with one variance; the intervals also lean on e being normal when n is small. Where the spread
// grows with x (as latencies often do) the estimates are still unbiased but their errors are not
// trustworthy. In a study of simulated boards nothing is measured with noise: there, intervals
// describe which architectures happened to be drawn; for a whole enumeration they mean nothing and
// are not to be shown.
//
// For one regressor the QR solution of the centred problem is the closed form slope = Sxy / Sxx; it
// is evaluated in double-double (moments.h), so that estimates agree with NIST's certified figures
// to all their digits (tests/analysis/regression_test.cpp). Source: Draper and Smith, Applied
// Regression Analysis, 3rd ed., chapter 1.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "analysis/numerics/interval.h"
#include "src/base/result.h"

namespace opline::analysis {

struct FitOptions {
  double confidence = 0.95;  ///< Of every interval, in (0, 1); 0.95 is the usual choice.
};

/// What a line says about one x. Units of y.
struct LinePrediction {
  double value = 0;  ///< intercept + slope * x.
  Interval mean;    ///< Confidence interval of the mean of y at x (the band of the line); narrowest
                    ///< at x_mean.
  Interval single;  ///< Prediction interval of one further y at x; wider than `mean`.
  bool extrapolated = false;  ///< x is outside of [x_min, x_max].
};

/// A fitted line. With x in ops and y in seconds: slope in seconds per op, intercept in seconds.
struct LinearFit {
  std::size_t n = 0;  ///< Pairs used, >= 3.
  double slope = 0;
  double intercept = 0;
  double slope_standard_error = 0;
  double intercept_standard_error = 0;
  double covariance = 0;     ///< Of the estimates of intercept and slope (their product's unit).
  double confidence = 0.95;  ///< Of the intervals below.
  double t = 0;  ///< Student quantile the intervals use: two-sided, n - 2 degrees of freedom.
  Interval slope_interval;
  Interval intercept_interval;
  std::optional<double> r_squared;  ///< 1 - RSS / Syy, in [0, 1]; none when every y is the same.
  double rmse = 0;                  ///< sqrt(RSS / n): the divisor is n. Unit of y.
  double residual_standard_deviation = 0;  ///< sqrt(RSS / (n - 2)). Unit of y.
  std::optional<double>
      mape_percent;             ///< 100 / n * sum of |y - predicted| / y; none when some y <= 0.
  double x_min = 0, x_max = 0;  ///< Range of x seen.
  double x_mean = 0, y_mean = 0;
  double sxx = 0;  ///< Sum of (x - x_mean)^2.

  /// O(1); any finite x. Outside of the range seen the intervals assume that the line goes on,
  /// which no data shows.
  [[nodiscard]] LinePrediction predict(double x) const;
};

/// Fits y = intercept + slope * x. O(n).
/// Throws Error{input} when x and y differ in length, there are fewer than 3 pairs, a value is NaN
/// or infinite, every x is the same, the squares leave the range of a double, or the confidence is
/// not in (0, 1).
[[nodiscard]] LinearFit fit_line(std::span<const double> x, std::span<const double> y,
                                 const FitOptions& options = {});
/// As fit_line(); data that cannot be fitted (fewer than 3 pairs, one x, squares out of range) are
/// a reason instead of an error. Wrong arguments still throw.
[[nodiscard]] Result<LinearFit> try_fit_line(std::span<const double> x, std::span<const double> y,
                                             const FitOptions& options = {});

}  // namespace opline::analysis
