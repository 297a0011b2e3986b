// analysis/validation/curvature.h - how far is latency from a straight line, as a share of latency?
//
// A parabola y = a + b x + c (x - mean)^2 is fitted beside the line. By Frisch and Waugh
// (Econometrica 1(4), 1933) the two differ at row i by c r_i, r being what is left of (x - mean)^2
// after a line in x, the gap as a share of the line's value is c r_i / (a + b x_i). A bend of any
// other form is measured by its quadratic part. Significance is RESET's matter (diagnostics.h);
// this is the effect.
//
// Intervals: by the delta method from the joint HC3 covariance of a, b and c (linear_model.h), each
// row with a variance of its own; t with c's degrees of freedom. Where the spread grows with x the
// errors of c and of the line's values are correlated: with the latter taken as known, 95 %
// intervals of a bend of 17 % covered 96.8 %. Conditional on x.
#pragma once
#include <optional>
#include <span>

#include "analysis/numerics/interval.h"
#include "analysis/regression/linear_model.h"

namespace opline::analysis {

struct CurvatureOptions {
  double confidence = 0.95;
  double middle =
      0.9;  ///< Share of rows, by x, that are looked at, in (0, 1]: ends are few and far.
  bool whole_enumeration = false;  ///< No intervals.
};

struct Curvature {
  Coefficient quadratic;  ///< c with HC3 error, t, p; unit y / x^2. Below 0: concave.
  /// Mean over the middle rows of |parabola - line| / line, >= 0: what the bend adds to the mean
  /// relative error.
  Estimate mean;
  /// Parabola minus line as a share of the line, where its absolute value is largest among the
  /// middle rows. Above 0: the line underestimates there.
  Estimate largest;
  double largest_at = 0;  ///< The x of that row.
  /// The line is not above 0 at a middle row, where a gap has no share of it: all shares are of the
  /// median y instead, taken as known.
  bool of_median = false;
  /// Whether the line underestimates in the middle of the range (concave data) and overestimates at
  /// both ends, or the reverse.
  [[nodiscard]] bool underestimates_in_the_middle() const { return quadratic.estimate < 0; }
};

/// Nothing for fewer than 4 rows or 3 different x, where HC3 is not defined (a row of leverage 1),
/// and when neither the line at every middle row nor the median y is above 0. O(n log n). Throws
/// Error{input} when x and y differ in length, a value is not finite, or an option is out of range.
[[nodiscard]] std::optional<Curvature> curvature(std::span<const double> x,
                                                 std::span<const double> y,
                                                 const CurvatureOptions& options = {});

/// |estimate|, with the interval of absolute values: from 0 where the interval contains it.
[[nodiscard]] Estimate absolute(const Estimate& estimate);

}  // namespace opline::analysis
