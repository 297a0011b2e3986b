// analysis/comparison.h - how many times larger: one line against another, one board against another.
//
// Two questions, two answers:
//   slope_ratio   two fits to independent data (two spaces on one board): the ratio of their slopes.
//   paired_ratio  the same networks under two setups (two boards): the ratio of their latencies, network by network.
// Slopes of two boards fitted to the same networks are not independent, so slope_ratio must not be used for them.
//                                                                             Room: analysis -> base. No I/O.
#pragma once
#include <cstddef>
#include <span>

#include "analysis/interval.h"
#include "analysis/regression.h"

namespace opline::analysis {

/// A ratio with its interval; no unit.
struct Ratio {
  double value = 0;
  Interval interval;
  double confidence = 0.95;
};

/// slope(a) / slope(b) for fits to independent samples, both slopes above 0 with intervals that exclude 0. The interval is
/// that of the logarithm by the delta method: variance = (se_a / a)^2 + (se_b / b)^2, with the normal quantile; good
/// where both relative errors are below about 0.2 (Casella and Berger, Statistical Inference, 2nd ed., section 5.5.4).
/// Throws Error{input} when a slope's interval reaches 0 or the confidences differ.
[[nodiscard]] Ratio slope_ratio(const LinearFit& a, const LinearFit& b);

/// Geometric mean of y_a[i] / y_b[i], with Student's interval on the logarithms. `smallest`, `largest`: of the ratios.
struct PairedRatio : Ratio {
  std::size_t n = 0;
  double smallest = 0;
  double largest = 0;
};

/// Throws Error{input} for fewer than 3 pairs, unequal lengths or values that are not above 0 and finite.
[[nodiscard]] PairedRatio paired_ratio(std::span<const double> y_a, std::span<const double> y_b,
                                       double confidence = 0.95);

}  // namespace opline::analysis
