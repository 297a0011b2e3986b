#include "analysis/verdict/verdict.h"

#include <algorithm>
#include <cmath>

#include "analysis/verdict/verdict_words.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

Criterion criterion(const char* name, const std::optional<Estimate>& figure, double threshold,
                    Direction direction, const char* unit, bool exact) {
  Criterion result{name, {}, {}, threshold, direction, unit, Standing::undecided};
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

bool below_zero(const ProxyValidation& validation) {
  return !(validation.fit.predict(validation.fit.x_min).value > 0);
}

std::optional<Estimate> curvature_percent(const ProxyValidation& validation) {
  if (!validation.curvature) return std::nullopt;
  return in_percent(validation.curvature->mean);
}

/// Missed also when the line says no time at all for a network that took some: then there is no
/// share to tell.
Criterion curvature_criterion(const ProxyValidation& validation, double threshold) {
  Criterion result = criterion("curvature", curvature_percent(validation), threshold,
                               Direction::at_most, "%", validation.whole_enumeration);
  if (!result.value && below_zero(validation)) result.standing = Standing::missed;
  return result;
}

Criterion slope_criterion(const std::optional<SlopeDifference>& slopes, double threshold,
                          bool exact) {
  std::optional<Estimate> figure;
  if (slopes && slopes->share) figure = in_percent(absolute({*slopes->share, slopes->interval}));
  Criterion result =
      criterion("slope difference", figure, threshold, Direction::at_most, "%", exact);
  if (!slopes) result.standing = Standing::not_applicable;
  return result;
}

/// Missed also when a prediction is not above 0; undecided when the networks are too few to vouch
/// for it, or for held-out predictions.
Criterion margin_criterion(const ProxyValidation& validation, const Thresholds& thresholds) {
  std::optional<Estimate> figure;
  if (validation.margin) figure = Estimate{100 * validation.margin->margin, {}};
  Criterion result =
      criterion("margin", figure, thresholds.margin_percent, Direction::at_most, "%", true);
  if (!figure && !validation.budgets.empty()) result.standing = Standing::missed;
  const bool vouched =
      validation.margin && validation.margin->exceeded <= validation.false_feasible;
  if (result.standing == Standing::met && !vouched) result.standing = Standing::undecided;
  return result;
}

/// Whether ops put networks in the wrong order, and not only those that they hardly tell apart.
bool misorders(const ProxyValidation& validation, const Thresholds& thresholds) {
  if (!validation.kendall_tau_b) return true;
  if (validation.kendall_tau_b->value >= thresholds.kendall_tau_b) return false;
  const std::optional<double> rate = misorder_rate_of_different(validation);
  return !rate || *rate > (1 - thresholds.kendall_tau_b) / 2;
}

std::vector<Criterion> criteria_of(const ProxyValidation& validation,
                                   const std::optional<SlopeDifference>& slopes,
                                   const Thresholds& thresholds) {
  using enum Direction;
  const bool whole = validation.whole_enumeration;
  const Estimate networks{static_cast<double>(validation.distinct), {}};
  return {
      criterion("networks", networks, static_cast<double>(thresholds.networks), at_least, "", true),
      criterion("R^2", validation.r_squared, thresholds.r_squared, at_least, "", whole),
      criterion("cross-validated MAPE", validation.cross_validated_mape_percent,
                thresholds.mape_percent, at_most, "%", whole),
      criterion("Kendall's tau-b", validation.kendall_tau_b, thresholds.kendall_tau_b, at_least, "",
                whole),
      curvature_criterion(validation, thresholds.curvature_percent),
      slope_criterion(slopes, thresholds.slope_difference_percent, whole),
      margin_criterion(validation, thresholds),
  };
}

/// What no margin mends (verdict.h says why).
bool fatal(const Criterion& one, const ProxyValidation& validation, const Thresholds& thresholds) {
  if (one.name == "networks") return one.standing != Standing::met;
  if (one.name == "margin") return one.standing == Standing::missed || !one.value;
  if (one.name == "cross-validated MAPE")
    return one.value && *one.value > thresholds.margin_percent;
  if (one.name == "Kendall's tau-b") return misorders(validation, thresholds);
  return one.name == "slope difference" && one.standing == Standing::missed;
}

bool fulfilled(const Criterion& one) {
  return one.standing == Standing::met || one.standing == Standing::not_applicable;
}

}  // namespace

std::optional<double> misorder_rate_of_different(const ProxyValidation& validation) {
  if (!validation.misorder) return std::nullopt;
  Rate different;
  for (const MisorderBin& bin : validation.misorder->bins) {
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

Verdict judge(const ProxyValidation& validation, const std::optional<SlopeDifference>& slopes,
              const Thresholds& thresholds) {
  OPLINE_ASSERT(std::abs(validation.false_feasible - thresholds.false_feasible()) < 1e-12,
                "margins for {} false feasible are judged by {}", validation.false_feasible,
                thresholds.false_feasible());
  Verdict verdict;
  if (validation.margin) verdict.margin = validation.margin->margin;
  verdict.criteria = criteria_of(validation, slopes, thresholds);
  const auto any_of = [&](auto&& what) {
    return std::any_of(verdict.criteria.begin(), verdict.criteria.end(), what);
  };
  verdict.ruling = any_of([&](const auto& one) { return fatal(one, validation, thresholds); })
                       ? Ruling::not_valid
                   : any_of([](const auto& one) { return !fulfilled(one); })
                       ? Ruling::valid_with_margin
                       : Ruling::valid;
  for (const Criterion& one : verdict.criteria) {
    if (!fulfilled(one)) verdict.reasons.push_back(sentence(one));
  }
  verdict.advice = advice_for(verdict, validation, slopes, thresholds);
  return verdict;
}

const char* name_of(Ruling ruling) {
  switch (ruling) {
    case Ruling::valid:
      return "valid";
    case Ruling::valid_with_margin:
      return "valid with margin";
    case Ruling::not_valid:
      break;
  }
  return "not valid";
}

const char* name_of(Standing standing) {
  switch (standing) {
    case Standing::met:
      return "met";
    case Standing::missed:
      return "missed";
    case Standing::undecided:
      return "undecided";
    case Standing::not_applicable:
      break;
  }
  return "not applicable";
}

}  // namespace opline::analysis
