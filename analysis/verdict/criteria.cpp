#include "analysis/verdict/criteria.h"

#include <fmt/format.h>

#include <algorithm>

namespace opline::analysis {
namespace {

/// What a criterion says about the ruling (verdict.h).
enum class Bearing { none, open, fatal };

/// Of a figure on the bad side: fatal when proven, else open.
Bearing when_bad(Standing standing) {
  if (standing == Standing::missed) return Bearing::fatal;
  return standing == Standing::undecided ? Bearing::open : Bearing::none;
}

Bearing of_margin(const Criterion& one) {
  if (one.standing != Standing::undecided) return when_bad(one.standing);
  // Undecided for too few networks alone is not open.
  const bool inside = one.interval && one.interval->high <= one.threshold;
  return inside || !one.value ? Bearing::none : Bearing::open;
}

Bearing of_error(const Criterion& one, bool whole, double largest) {
  if (!one.value || *one.value <= largest) return Bearing::none;
  return when_bad(standing_of({*one.value, one.interval}, largest, Direction::at_most, whole));
}

Bearing of_order(const Criterion& one, bool forgiven) {
  if (!one.value) return Bearing::fatal;  // every network has the same value
  if (*one.leans_good() || forgiven) return Bearing::none;
  return when_bad(one.standing);
}

Bearing bearing_of(const Criterion& one, bool order_forgiven, bool whole,
                   const Thresholds& thresholds) {
  if (one.name == "networks") return one.standing == Standing::met ? Bearing::none : Bearing::fatal;
  if (one.name == "margin") return of_margin(one);
  if (one.name == "cross-validated MAPE") return of_error(one, whole, thresholds.margin_percent);
  if (one.name == "Kendall's tau-b") return of_order(one, order_forgiven);
  const bool slopes_differ = one.name == "slope difference" && one.standing == Standing::missed;
  return slopes_differ ? Bearing::fatal : Bearing::none;
}

}  // namespace

Criterion make_criterion(const char* name, const std::optional<Estimate>& figure, double threshold,
                         Direction direction, const char* unit, bool exact) {
  Criterion result{name, {}, {}, threshold, direction, unit, Standing::undecided, {}};
  if (!figure) return result;
  result.value = figure->value;
  result.interval = figure->interval;
  result.standing = standing_of(*figure, threshold, direction, exact);
  return result;
}

Estimate in_percent(const Estimate& share) {
  Estimate result{100 * share.value, {}};
  if (share.interval) result.interval = {100 * share.interval->low, 100 * share.interval->high};
  return result;
}

Criterion networks_criterion(std::size_t distinct, const Thresholds& thresholds) {
  return make_criterion("networks", Estimate{static_cast<double>(distinct), {}},
                        static_cast<double>(thresholds.networks), Direction::at_least, "", true);
}

Criterion error_criterion(const std::optional<Estimate>& mape_percent, bool whole,
                          const Thresholds& thresholds) {
  return make_criterion("cross-validated MAPE", mape_percent, thresholds.mape_percent,
                        Direction::at_most, "%", whole);
}

Criterion order_criterion(const std::optional<Estimate>& kendall_tau_b, bool whole,
                          const Thresholds& thresholds) {
  Criterion result = make_criterion("Kendall's tau-b", kendall_tau_b, thresholds.kendall_tau_b,
                                    Direction::at_least, "", whole);
  if (!result.value) {
    result.standing = Standing::missed;
    result.note = kSameValue;
  }
  return result;
}

Criterion margin_criterion(const std::optional<LatencyMargin>& margin, std::size_t n, bool held_out,
                           bool whole, const Thresholds& thresholds) {
  std::optional<Estimate> figure;
  if (margin) figure = in_percent(margin->margin);
  Criterion result =
      make_criterion("margin", figure, thresholds.margin_percent, Direction::at_most, "%", whole);
  if (!figure && held_out) result.standing = Standing::missed;
  const bool supported =
      whole || (margin && margin->exceeded <= thresholds.false_feasible() * (1 + 1e-12));
  if (result.standing == Standing::met && !supported) {
    result.standing = Standing::undecided;
    result.note = fmt::format("{} networks are too few to support it", n);
  }
  return result;
}

bool fulfilled(const Criterion& one) {
  return one.standing == Standing::met || one.standing == Standing::not_applicable;
}

Ruling ruling_of(const std::vector<Criterion>& criteria, bool order_forgiven, bool whole,
                 const Thresholds& thresholds) {
  const auto any = [&](Bearing bearing) {
    return std::any_of(criteria.begin(), criteria.end(), [&](const Criterion& one) {
      return bearing_of(one, order_forgiven, whole, thresholds) == bearing;
    });
  };
  if (any(Bearing::fatal)) return Ruling::not_valid;
  if (any(Bearing::open)) return Ruling::undecided;
  return std::all_of(criteria.begin(), criteria.end(), fulfilled) ? Ruling::valid
                                                                  : Ruling::valid_with_margin;
}

bool order_forgiven(const std::optional<Misorder>& misorder, const Thresholds& thresholds) {
  const std::optional<double> rate = misorder_rate_of_different(misorder);
  return rate && *rate <= (1 - thresholds.kendall_tau_b) / 2;
}

std::optional<double> misorder_rate_of_different(const std::optional<Misorder>& misorder) {
  if (!misorder) return std::nullopt;
  Rate different;
  for (const MisorderBin& bin : misorder->bins) {
    if (bin.from < kDifferentOps) continue;
    different.cases += bin.misordered;
    different.of += bin.pairs;
  }
  return different.value();
}

std::optional<bool> Criterion::leans_good() const {
  if (!value) return std::nullopt;
  return direction == Direction::at_least ? *value >= threshold : *value <= threshold;
}

Standing standing_of(const Estimate& figure, double threshold, Direction direction, bool exact) {
  if (!figure.interval && !exact) return Standing::undecided;
  const Interval range = figure.interval.value_or(Interval{figure.value, figure.value});
  const bool least = direction == Direction::at_least;
  if (least ? range.low >= threshold : range.high <= threshold) return Standing::met;
  if (least ? range.high < threshold : range.low > threshold) return Standing::missed;
  return Standing::undecided;
}

}  // namespace opline::analysis
