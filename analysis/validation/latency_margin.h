// analysis/validation/latency_margin.h - how far above its prediction may a latency be, by
// predicted latency?
//
// One share for all networks (exceedance_margin() of validation_choice.h) holds on average only:
// where the error is a constant number of milliseconds it is too small for fast networks and too
// large for slow ones. Here residuals are first divided by their usual size at that prediction,
//
//   r = (measured - predicted) / spread(predicted),   spread(p) = absolute + relative p (spread.h),
//
// and the conformal quantile q of r gives the bound  p + q spread(p): normalised residuals
// (Papadopoulos, Gammerman, Vovk, 2008; Lei et al., JASA 113(523), 2018, section 5.2). A search
// accepts what is predicted at up to largest_prediction(budget).
//
// The interval of q describes which networks were drawn. Low end: the order statistic that the 99 %
// quantile is below with a probability of at most 2.5 % (binomial; Conover, Practical Nonparametric
// Statistics, 3.2), high end likewise. Where the networks are too few for a high end (fewer than
// 368 at 1 % and 95 %) the largest r is extrapolated: it is above the quantile of level
// 0.025^(1/n), and the tail from there on is taken to fall at least as fast as a Pareto tail of
// index 2, the border of infinite variance. That is more than normal or t errors with 3 degrees of
// freedom need.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/regression/spread.h"

namespace opline::analysis {

struct LatencyMargin {
  double absolute = 0;   ///< Unit of y, >= 0: q x spread.absolute.
  double relative = 0;   ///< A share, >= 0: q x spread.relative.
  double exceeded = 0;   ///< The target; 1 / (n + 1) where n networks are too few to support it:
                         ///< then q is the largest r.
  double reference = 0;  ///< The median prediction, > 0: where `margin` is read.
  Estimate margin;       ///< At the reference, a share. No interval for a whole enumeration.
  bool extrapolated = false;  ///< The interval's high end rests on the Pareto tail (above).
  std::vector<std::size_t>
      deciding;  ///< Rows at q and beyond, the largest r first, at most 10: with
                 ///< others in their place the margin would be another one.

  /// p + absolute + relative p: what a network predicted at p takes at most, but for `exceeded` of
  /// them.
  [[nodiscard]] double bound(double predicted) const;
  /// bound(p) / p - 1; predicted > 0 (asserted).
  [[nodiscard]] double at(double predicted) const;
  /// The largest prediction whose bound is within the budget; at most 0: none is.
  [[nodiscard]] double largest_prediction(double budget) const;
};

/// `predicted`: held out, in the order of `measured`. `whole`: of all networks there are, so their
/// own quantile. Nothing for no rows or a median prediction that is not above 0. O(n log n). Throws
/// Error{input} for unequal lengths, values that are not finite, measured ones that are not above
/// 0, a target or confidence outside of (0, 1).
[[nodiscard]] std::optional<LatencyMargin> latency_margin(std::span<const double> predicted,
                                                          std::span<const double> measured,
                                                          double target = 0.01, bool whole = false,
                                                          double confidence = 0.95);

}  // namespace opline::analysis
