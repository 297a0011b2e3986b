#include "analysis/verdict/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/verdict/criteria.h"
#include "analysis/verdict/verdict_words.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

bool below_zero(const ProxyValidation& validation) {
  return !(validation.fit.predict(validation.fit.x_min).value > 0);
}

std::optional<Estimate> curvature_percent(const ProxyValidation& validation) {
  if (!validation.curvature) return std::nullopt;
  return in_percent(validation.curvature->mean);
}

/// Missed also when the line says no time at all for networks that took some: then shares of it
/// tell nothing.
Criterion curvature_criterion(const ProxyValidation& validation, double threshold) {
  Criterion result = make_criterion("curvature", curvature_percent(validation), threshold,
                                    Direction::at_most, "%", validation.whole_enumeration);
  const bool no_share = !validation.curvature || validation.curvature->of_median;
  if (no_share && below_zero(validation)) {
    if (result.standing != Standing::missed) result.note = "the line is not above 0 everywhere";
    result.standing = Standing::missed;
  }
  return result;
}

Criterion slope_criterion(const std::optional<SlopeDifference>& slopes, double threshold,
                          bool exact) {
  std::optional<Estimate> figure;
  if (slopes && slopes->share) figure = in_percent(absolute({*slopes->share, slopes->interval}));
  Criterion result =
      make_criterion("slope difference", figure, threshold, Direction::at_most, "%", exact);
  if (!slopes) result.standing = Standing::not_applicable;
  return result;
}

/// The share refused at the tightest budget, with the latency margin. Undecided where no network
/// keeps that budget: none can be refused.
Criterion refused_criterion(const ProxyValidation& validation, const Thresholds& thresholds) {
  std::optional<Estimate> figure;
  if (const BudgetValidation* tightest = tightest_budget(validation)) {
    if (tightest->with_latency_margin) {
      const Rate& refused = tightest->with_latency_margin->false_infeasible;
      if (refused.of > 0)
        figure = in_percent(Estimate{
            *refused.value(),
            validation.whole_enumeration ? std::nullopt : refused.interval(validation.confidence)});
    }
  }
  Criterion result =
      make_criterion("refused at the tightest budget", figure, thresholds.refused_percent,
                     Direction::at_most, "%", validation.whole_enumeration);
  if (figure) return result;
  const BudgetValidation* tightest = tightest_budget(validation);
  if (tightest != nullptr && tightest->without_margin.false_infeasible.of == 0) {
    result.note = "no network is within that budget";
  } else {
    result.standing = Standing::not_applicable;
  }
  return result;
}

/// Undecided where heavy tails make the interval too narrow.
Criterion r_squared_criterion(const ProxyValidation& validation, const Thresholds& thresholds) {
  Criterion result = make_criterion("R^2", validation.r_squared, thresholds.r_squared,
                                    Direction::at_least, "", validation.whole_enumeration);
  const bool heavy = validation.tails && validation.tails->heavy && !validation.whole_enumeration;
  if (heavy) {
    result.standing = Standing::undecided;
    result.note = "some errors are much larger than the rest, which makes the interval too narrow";
  }
  if (!result.value) result.note = kSameValue;
  return result;
}

std::vector<Criterion> criteria_of(const ProxyValidation& validation,
                                   const std::optional<SlopeDifference>& slopes,
                                   const Thresholds& thresholds) {
  const bool whole = validation.whole_enumeration;
  return {
      networks_criterion(validation.distinct, thresholds),
      r_squared_criterion(validation, thresholds),
      error_criterion(validation.cross_validated_mape_percent, whole, thresholds),
      order_criterion(validation.kendall_tau_b, whole, thresholds),
      curvature_criterion(validation, thresholds.curvature_percent),
      slope_criterion(slopes, thresholds.slope_difference_percent, whole),
      margin_criterion(validation.latency_margin, validation.n, !validation.budgets.empty(), whole,
                       thresholds),
      refused_criterion(validation, thresholds),
  };
}

Ruling rule(const std::vector<Criterion>& criteria, const ProxyValidation& validation,
            const Thresholds& thresholds) {
  return ruling_of(criteria, order_forgiven(validation.misorder, thresholds),
                   validation.whole_enumeration, thresholds);
}

/// Whether the rows far off are the end of a bend: the other rows are curved, too.
bool ends_of_a_bend(const ProxyValidation& validation, const Thresholds& thresholds) {
  if (!validation.outliers || !validation.outliers->at_end || validation.without_outliers.empty())
    return false;
  const ProxyValidation& rest = validation.without_outliers.front();
  const std::optional<Estimate> bend = curvature_percent(rest);
  return bend && standing_of(*bend, thresholds.curvature_percent, Direction::at_most,
                             rest.whole_enumeration) == Standing::missed;
}

/// Outliers, else the rows that set an undecided margin.
std::vector<std::size_t> deciding_rows(const Verdict& verdict, const ProxyValidation& validation) {
  std::vector<std::size_t> rows;
  if (validation.outliers && !verdict.outliers_are_bend) {
    for (const Outlier& one : validation.outliers->outliers) rows.push_back(one.row);
  }
  const Criterion& margin = verdict.criteria[verdict.criteria.size() - 2];
  if (rows.empty() && validation.latency_margin && margin.standing == Standing::undecided)
    rows = validation.latency_margin->deciding;
  return rows;
}

bool settled(Ruling ruling) {
  return ruling == Ruling::valid || ruling == Ruling::valid_with_margin;
}

/// Outliers may keep a proxy from a better ruling; that it is not valid they do not prove.
void judge_without_outliers(Verdict& verdict, const ProxyValidation& validation,
                            const std::optional<SlopeDifference>& slopes,
                            const Thresholds& thresholds) {
  if (validation.without_outliers.empty()) return;
  verdict.outliers_are_bend = ends_of_a_bend(validation, thresholds);
  if (verdict.outliers_are_bend) return;
  const ProxyValidation& rest = validation.without_outliers.front();
  verdict.without_outliers = rule(criteria_of(rest, slopes, thresholds), rest, thresholds);
  if (verdict.ruling == Ruling::not_valid && *verdict.without_outliers != Ruling::not_valid)
    verdict.ruling = Ruling::undecided;
  if (verdict.ruling == Ruling::undecided && settled(*verdict.without_outliers)) {
    verdict.reasons.push_back(
        fmt::format("rows far off the line decide: without them the verdict is: {}",
                    name_of(*verdict.without_outliers)));
  }
}

/// Medians of rows that are not repeats prove nothing good.
void judge_repeats(Verdict& verdict, const SourceFacts& source) {
  if (!mixed(source)) return;
  verdict.reasons.push_back(sentence(*source.repeats));
  if (verdict.ruling != Ruling::not_valid) verdict.ruling = Ruling::undecided;
}

}  // namespace

Verdict judge(const ProxyValidation& validation, const std::optional<SlopeDifference>& slopes,
              const Thresholds& thresholds, const SourceFacts& source) {
  OPLINE_ASSERT(std::abs(validation.false_feasible - thresholds.false_feasible()) < 1e-12,
                "margins for {} false feasible are judged by {}", validation.false_feasible,
                thresholds.false_feasible());
  Verdict verdict;
  if (validation.margin) verdict.margin = validation.margin->margin;
  verdict.latency_margin = validation.latency_margin;
  verdict.criteria = criteria_of(validation, slopes, thresholds);
  verdict.ruling = rule(verdict.criteria, validation, thresholds);
  judge_without_outliers(verdict, validation, slopes, thresholds);
  judge_repeats(verdict, source);
  verdict.deciding_rows = deciding_rows(verdict, validation);
  for (const Criterion& one : verdict.criteria) {
    if (!fulfilled(one)) verdict.reasons.push_back(sentence(one));
  }
  verdict.next = advice_for(verdict, validation, slopes, thresholds, source);
  for (const Advice& one : verdict.next) verdict.advice.push_back(sentence(one));
  return verdict;
}

const char* name_of(Ruling ruling) {
  switch (ruling) {
    case Ruling::valid:
      return "valid";
    case Ruling::valid_with_margin:
      return "valid with margin";
    case Ruling::undecided:
      return "undecided";
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

const char* name_of(AdviceKind kind) {
  static constexpr const char* kNames[] = {
      "check_outliers",  "unit_slip",        "swapped_columns",  "too_few_networks",
      "repeats_as_rows", "constant_latency", "wider_range",      "better_model",
      "wrong_order",     "use_margin",       "support_margin",   "budget_costs",
      "own_proxies",     "restrict_range",   "nonpositive_line", "relative_weights",
      "heavy_tails",     "valid_range_only", "more_networks",    "at_threshold",
      "mixed_rows"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace opline::analysis
