// analysis/validation/paired_ratio.h - the same networks under two setups (two boards): how many
// times as long does one take?
#pragma once
#include <cstddef>
#include <span>

#include "analysis/numerics/interval.h"
#include "src/base/result.h"

namespace opline::analysis {

/// Geometric mean of y_a[i] / y_b[i], with Student's interval on the logarithms; no unit. Slopes of
/// the two are compared by paired_slope_ratio() (common_slope.h).
struct PairedRatio {
  double value = 0;
  Interval interval;
  double confidence = 0.95;
  std::size_t n = 0;
  double smallest = 0;  ///< Of the ratios, as `largest`.
  double largest = 0;
};

/// Throws Error{input} for fewer than 3 pairs, unequal lengths or values that are not above 0 and
/// finite.
[[nodiscard]] PairedRatio paired_ratio(std::span<const double> y_a, std::span<const double> y_b,
                                       double confidence = 0.95);
/// As paired_ratio(); fewer than 3 pairs and values that are not above 0 are a reason.
[[nodiscard]] Result<PairedRatio> try_paired_ratio(std::span<const double> y_a,
                                                   std::span<const double> y_b,
                                                   double confidence = 0.95);

}  // namespace opline::analysis
