// analysis/numerics/moments.h - means and centred sums of paired data, in double-double.
//
// Sums of squares about the mean are taken in a second pass over the data, with a mean that carries
// about 32 digits: nothing cancels, so the results are as good as the data
// (tests/analysis/regression_nist_test.cpp: NIST's Norris, and lines in exact rational arithmetic).
// O(n) time, O(1) memory.
#pragma once
#include <span>

#include "analysis/numerics/double_double.h"

namespace opline::analysis {

/// First and second moments of pairs (x, y). Units: those of x and y, and their products.
struct Moments {
  DoubleDouble x_mean;
  DoubleDouble y_mean;
  DoubleDouble sxx;  ///< Sum of (x - x_mean)^2.
  DoubleDouble sxy;  ///< Sum of (x - x_mean)(y - y_mean).
  DoubleDouble syy;  ///< Sum of (y - y_mean)^2.
};

/// Moments of `x` and `y`: of one size, at least 1, all finite. The sums may overflow to infinity
/// where values are beyond 1e150; the caller checks.
[[nodiscard]] Moments moments(std::span<const double> x, std::span<const double> y);

}  // namespace opline::analysis
