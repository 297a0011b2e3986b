// analysis/regression/theil_sen.h - the line whose slope is the median of the slopes between all
// pairs of points.
//
// Slope: the median of (y_j - y_i) / (x_j - x_i) over the pairs with different x; intercept: the
// median of y - slope x, so that half of the points are above the line (scipy.stats.theilslopes,
// method 'joint'; its default takes median(y) - slope median(x)). Up to 29 % of the points may lie
// anywhere, in x as well, without carrying the line away. Theil, Proc. Kon. Ned. Akad. v. Wetensch.
// A 53, 1950; Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63(324),
// 1968: with ties in x, and the interval of the slope, equation 2.6: the slopes of ranks (N -+ z
// sqrt V) / 2 of N, 18 V = n(n-1)(2n+5) less k(k-1)(2k+5) of each k equal x or y; assumes
// independent e of one distribution, and enough rows for Kendall's S to be normal (10 or so).
//
// The slopes are never listed: see pairwise_slopes.h. A million points take seconds.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "analysis/numerics/interval.h"
#include "analysis/numerics/relative_errors.h"
#include "src/base/result.h"

namespace opline::analysis {

struct TheilSenFit {
  std::size_t n = 0;        ///< Points, >= 2.
  std::uint64_t pairs = 0;  ///< With different x, >= 1.
  double slope = 0;         ///< y's unit over x's.
  double intercept = 0;     ///< Unit of y.
  double confidence = 0.95;
  std::optional<Interval> slope_interval;  ///< None where too few pairs reach the confidence (scipy
                                           ///< gives the extremes).
  std::optional<RelativeErrors> relative;  ///< Of intercept + slope x; none unless every y > 0.
};

/// Fits. Exact, not sampled: the slope is that of all pairs but for the rounding of a slope (2
/// units in the last place). O(n log^2 n) expected, O(n) memory. Throws Error{input}: x and y
/// differ in length, fewer than 2 points, n >= 2^32, a value is NaN or infinite, every x is the
/// same, slopes leave the range of a double, confidence not in (0, 1).
[[nodiscard]] TheilSenFit fit_theil_sen(std::span<const double> x, std::span<const double> y,
                                        double confidence = 0.95);
/// As fit_theil_sen(); fewer than 2 points, one x and slopes out of range are a reason.
[[nodiscard]] Result<TheilSenFit> try_fit_theil_sen(std::span<const double> x,
                                                    std::span<const double> y,
                                                    double confidence = 0.95);

}  // namespace opline::analysis
