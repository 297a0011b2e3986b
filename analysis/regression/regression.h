// analysis/regression/regression.h - the straight line through paired data.
//
// Model: y = intercept + slope * x + e with E[e] = 0, e independent. Ordinary least squares
// minimises the sum of e^2. Standard errors and intervals are HC3's unless classical ones are asked
// for: HC3 (linear_model.h) allows every row a variance of its own. Classical errors need one
// variance; where the spread grows with x, as latencies' often does, their 95 % intervals cover 73
// to 86 %.
//
// Intervals use Student's quantile: with n - 2 degrees of freedom for classical errors, for HC3 up
// to 2000 rows with the degrees of Bell and McCaffrey (Survey Methodology 28(2), 2002), which
// Imbens and Kolesar recommend (Review of Economics and Statistics 98(4), 2016): few rows far from
// the mean of x decide the variance of a slope, and with 30 rows n - 2 degrees cover 92 % where
// noise is a share of latency. Coverage: docs/statistics.md, Coverage study.
//
// In a study of simulated boards nothing is measured with noise: there, intervals describe which
// architectures happened to be drawn; for a whole enumeration they mean nothing and are not to be
// shown.
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

/// Where standard errors come from: one variance of all e, or one for every row.
enum class CovarianceKind { classical, hc3 };

struct FitOptions {
  double confidence = 0.95;  ///< Of every interval, in (0, 1); 0.95 is the usual choice.
  CovarianceKind covariance =
      CovarianceKind::hc3;  ///< classical where a row has leverage 1, as HC3 is
                            ///< not defined there: see covariance_kind.
};

/// Errors of one kind.
struct LineErrors {
  double slope_standard_error = 0;
  double intercept_standard_error = 0;
  double covariance = 0;  ///< Of the estimates of intercept and slope (their product's unit).
  double degrees = 0;     ///< Of Student's quantile: the slope's, used for the intercept as well.
  double t = 0;           ///< That quantile, two-sided.
  Interval slope_interval;
  Interval intercept_interval;
};

/// Up to this many rows HC3's intervals use Bell and McCaffrey's degrees of freedom; beyond, n - p,
/// which changes them by less than 0.2 %.
inline constexpr std::size_t kSmallSample = 2000;

/// What a line says about one x. Units of y.
struct LinePrediction {
  double value = 0;  ///< intercept + slope * x.
  Interval mean;    ///< Confidence interval of the mean of y at x (the band of the line); narrowest
                    ///< at x_mean.
  Interval single;  ///< Prediction interval of one further y at x; wider than `mean`. Takes one
                    ///< variance of e for all x.
  bool extrapolated = false;  ///< x is outside of [x_min, x_max].
};

/// A fitted line. With x in ops and y in seconds: slope in seconds per op, intercept in seconds.
struct LinearFit {
  std::size_t n = 0;  ///< Pairs used, >= 3.
  double slope = 0;
  double intercept = 0;
  double slope_standard_error =
      0;  ///< This and the next two, and the intervals: of covariance_kind.
  double intercept_standard_error = 0;
  double covariance = 0;  ///< Of the estimates of intercept and slope (their product's unit).
  CovarianceKind covariance_kind = CovarianceKind::classical;
  LineErrors classical;           ///< Both kinds, for reports.
  std::optional<LineErrors> hc3;  ///< None where a row has leverage 1, its squares leave the range
                                  ///< of a double, or classical errors were asked for.
  /// Every residual is within 1e-14 of the largest |y|: rounding, on which no test can be built.
  bool perfect_fit = false;
  double confidence = 0.95;  ///< Of the intervals below.
  double t = 0;              ///< Student quantile the intervals use: two-sided, of covariance_kind.
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
  /// Standard error of the line's value at x_mean, and its correlation with the slope: of
  /// covariance_kind.
  double level_standard_error = 0, level_slope_correlation = 0;

  /// O(1); any finite x. Outside of the range seen the intervals assume that the line continues,
  /// which no data shows.
  [[nodiscard]] LinePrediction predict(double x) const;
};

/// Fits y = intercept + slope * x. O(n); about a third less with classical errors, which leave hc3
/// out. Throws Error{input} when x and y differ in length, there are fewer than 3 pairs, a value is
/// NaN or infinite, every x is the same, the squares leave the range of a double, or the confidence
/// is not in (0, 1).
[[nodiscard]] LinearFit fit_line(std::span<const double> x, std::span<const double> y,
                                 const FitOptions& options = {});
/// As fit_line(); data that cannot be fitted (fewer than 3 pairs, one x, squares out of range) are
/// a reason instead of an error. Wrong arguments still throw.
[[nodiscard]] Result<LinearFit> try_fit_line(std::span<const double> x, std::span<const double> y,
                                             const FitOptions& options = {});

}  // namespace opline::analysis
