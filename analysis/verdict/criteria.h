// analysis/verdict/criteria.h - criteria that the verdict on ops and the one on a model's
// predictions share, and what criteria say together.
#pragma once
#include <optional>
#include <vector>

#include "analysis/validation/latency_margin.h"
#include "analysis/verdict/verdict.h"

namespace opline::analysis {

/// A figure against a threshold; undecided without one. `exact`: without sampling error.
[[nodiscard]] Criterion make_criterion(const char* name, const std::optional<Estimate>& figure,
                                       double threshold, Direction direction, const char* unit,
                                       bool exact);

/// A share in percent.
[[nodiscard]] Estimate in_percent(const Estimate& share);

/// Different networks.
[[nodiscard]] Criterion networks_criterion(std::size_t distinct, const Thresholds& thresholds);

/// Held-out error. `whole`: every network of the space was measured, here and below.
[[nodiscard]] Criterion error_criterion(const std::optional<Estimate>& mape_percent, bool whole,
                                        const Thresholds& thresholds);

/// Missed where every network has the same value: then there is no order.
[[nodiscard]] Criterion order_criterion(const std::optional<Estimate>& kendall_tau_b, bool whole,
                                        const Thresholds& thresholds);

/// The margin at the median prediction. Met only where the `n` networks are enough to support it;
/// missed without one where predictions were `held_out`.
[[nodiscard]] Criterion margin_criterion(const std::optional<LatencyMargin>& margin, std::size_t n,
                                         bool held_out, bool whole, const Thresholds& thresholds);

inline constexpr const char* kSameValue = "every network has the same value";

/// The ruling of criteria (verdict.h says how). `order_forgiven`: networks that differ by 10 % or
/// more are in order although tau-b is low.
[[nodiscard]] Ruling ruling_of(const std::vector<Criterion>& criteria, bool order_forgiven,
                               bool whole, const Thresholds& thresholds);

/// Whether misorder among networks that differ by kDifferentOps or more is what tau-b's threshold
/// allows; false where it is not known.
[[nodiscard]] bool order_forgiven(const std::optional<Misorder>& misorder,
                                  const Thresholds& thresholds);

/// Whether it leaves nothing to be asked for: met, or does not apply.
[[nodiscard]] bool fulfilled(const Criterion& one);

}  // namespace opline::analysis
