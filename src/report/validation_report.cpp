#include "src/report/validation_report.h"

#include <fmt/format.h>

#include <cmath>

#include "src/base/units.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using evaluation::Response;

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "-";
}

std::string ops_text(double ops) {
  return format_ops(static_cast<std::uint64_t>(std::llround(ops)));
}

std::string amount(double value, Response of) {
  return of == Response::latency ? format_seconds(value) : fmt::format("{:.4g} mJ", value * 1e3);
}

std::string order_text(const analysis::ProxyValidation& validation, Response of) {
  if (!validation.misorder) return "";
  std::string text = fmt::format(
      "  order       of two networks the one with more ops takes less {} in {} of the pairs; by "
      "difference in ops:\n    ",
      of == Response::latency ? "time" : "energy", percent(validation.misorder->all.rate()));
  const char* separator = " ";
  for (const analysis::MisorderBin& bin : validation.misorder->bins) {
    if (bin.pairs == 0) continue;
    text += separator + (bin.to ? fmt::format("< {:g} %: {}", 100 * *bin.to, percent(bin.rate()))
                                : fmt::format("above: {}", percent(bin.rate())));
    separator = "; ";
  }
  return text + (validation.spearman_rho
                     ? fmt::format("; Spearman's rho {:.4f}\n", *validation.spearman_rho)
                     : "\n");
}

std::string unseen_text(const analysis::CrossValidation& unseen) {
  return fmt::format("  unseen      error {}; Q^2 {}\n", relative_errors_text(unseen.errors),
                     unseen.q_squared ? fmt::format("{:.4f}", *unseen.q_squared) : "undefined");
}

std::string bend_text(const std::optional<analysis::Curvature>& curvature) {
  if (!curvature) return "";
  const double gap = curvature->largest.value;
  return fmt::format(
      "  bend        a parabola is {} the line by up to {:.1f} %{} (at {}), {:.1f} % on average\n",
      gap < 0 ? "below" : "above", 100 * std::abs(gap),
      curvature->of_median ? " of the median latency" : "", ops_text(curvature->largest_at),
      100 * curvature->mean.value);
}

std::string direction_text(const char* from, const char* to, double split,
                           const std::optional<analysis::Extrapolation>& direction) {
  if (!direction) return "";
  return fmt::format(
      "              fitted {} {}, judged {}: error {:.2f} %, bias {:+.2f} %; {} in the 95 % "
      "band\n",
      from, ops_text(split), to, direction->errors.mape_percent, direction->errors.bias_percent,
      percent(direction->inside_intervals));
}

std::string extrapolation_text(const analysis::Extrapolations& both) {
  const std::string text = direction_text("below", "above", both.x_split, both.to_large) +
                           direction_text("above", "below", both.x_split, both.to_small);
  return text.empty() ? text : "  other sizes\n" + text;
}

std::string budgets_text(const analysis::ProxyValidation& validation, Response of) {
  if (validation.budgets.empty()) return "";
  std::string text =
      fmt::format("  budgets     {:>10} {:>6} {:>26} {:>27} {:>24}\n", "budget", "",
                  "accepted, over the budget", "refused, within the budget",
                  fmt::format("margin for < {:g} %", 100 * validation.false_feasible));
  for (const analysis::BudgetValidation& one : validation.budgets) {
    const analysis::BudgetQuality& quality = one.without_margin;
    text += fmt::format(
        "              {:>10} {:>6} {:>26} {:>27} {:>24}\n", amount(quality.budget, of),
        fmt::format("{:.0f} %", 100 * one.quantile),
        fmt::format("{} of {}", percent(quality.false_feasible.value()), quality.false_feasible.of),
        fmt::format("{} of {}", percent(quality.false_infeasible.value()),
                    quality.false_infeasible.of),
        one.safe ? percent(one.safe->margin) : "none");
  }
  return text;
}

std::string regrets_text(const analysis::ProxyValidation& validation) {
  std::string text;
  for (const analysis::Regret& one : validation.regrets) {
    text += fmt::format(
        "              {:>3} candidates: {:.2f} % on average, 95 % below {:.2f} %; the best in "
        "{}\n",
        one.candidates, one.mean_percent, one.q95_percent, percent(one.best_share));
  }
  return text.empty() ? text
                      : "  regret      of the pick with the fewest ops among equally accurate "
                        "networks, over "
                        "the best\n" +
                            text;
}

Json rate_json(const analysis::Rate& rate, bool sampled) {
  const std::optional<analysis::Interval> interval = sampled ? rate.interval() : std::nullopt;
  return {{"cases", rate.cases},
          {"of", rate.of},
          {"share", json_or_null(rate.value())},
          {"interval", interval_json(interval)}};
}

Record direction_record(const analysis::Extrapolation& direction) {
  Record record;
  return record.part("errors_percent", errors_record(direction.errors))
      .add("inside_intervals", direction.inside_intervals);
}

Record extrapolation_record(const analysis::Extrapolations& both) {
  Record record;
  return record.add("split_ops", both.x_split)
      .optional_part("to_large", both.to_large, direction_record)
      .optional_part("to_small", both.to_small, direction_record);
}

Record misorder_record(const analysis::Misorder& misorder) {
  Record record;
  record.add("same_ops", misorder.same_x)
      .add("pairs", misorder.all.pairs)
      .add("rate", json_or_null(misorder.all.rate()));
  Json bins = Json::array();
  for (const analysis::MisorderBin& bin : misorder.bins)
    bins.push_back({{"from", bin.from},
                    {"to", json_or_null(bin.to)},
                    {"pairs", bin.pairs},
                    {"rate", json_or_null(bin.rate())}});
  return record.list("bins", std::move(bins));
}

Json budgets_json(const analysis::ProxyValidation& validation) {
  const bool sampled = !validation.whole_enumeration;
  const auto quality_json = [&](const analysis::BudgetQuality& quality) {
    return Json{{"false_feasible", rate_json(quality.false_feasible, sampled)},
                {"false_infeasible", rate_json(quality.false_infeasible, sampled)}};
  };
  Json json = Json::array();
  for (const analysis::BudgetValidation& one : validation.budgets) {
    Json budget = {{"quantile", one.quantile}, {"budget", one.without_margin.budget}};
    budget.update(quality_json(one.without_margin));
    budget["margin"] = one.safe ? Json(one.safe->margin) : Json(nullptr);
    budget["with_margin"] = one.with_margin ? quality_json(*one.with_margin) : Json(nullptr);
    budget["with_latency_margin"] = nullptr;
    if (one.with_latency_margin) {
      Json with_margin = {{"accepted_up_to", validation.latency_margin->largest_prediction(
                                                 one.without_margin.budget)}};
      with_margin.update(quality_json(*one.with_latency_margin));
      budget["with_latency_margin"] = std::move(with_margin);
    }
    json.push_back(std::move(budget));
  }
  return json;
}

Json regrets_json(const std::vector<analysis::Regret>& regrets) {
  Json json = Json::array();
  for (const analysis::Regret& one : regrets) {
    json.push_back({{"candidates", one.candidates},
                    {"sets", one.sets},
                    {"mean_percent", one.mean_percent},
                    {"median_percent", one.median_percent},
                    {"q90_percent", one.q90_percent},
                    {"q95_percent", one.q95_percent},
                    {"worst_percent", one.worst_percent},
                    {"best_share", one.best_share}});
  }
  return json;
}

Record latency_margin_record(const analysis::LatencyMargin& margin) {
  Record record;
  return record.add("absolute", margin.absolute)
      .add("relative", margin.relative)
      .add("exceeded_share", margin.exceeded)
      .add("median_prediction", margin.reference)
      .part("at_median", estimate_record(margin.margin))
      .add("extrapolated", margin.extrapolated);
}

Record curvature_record(const analysis::Curvature& curvature) {
  Record record;
  return record.part("largest", estimate_record(curvature.largest))
      .add("largest_at_ops", curvature.largest_at)
      .add("of_median", curvature.of_median)
      .part("mean", estimate_record(curvature.mean));
}

}  // namespace

std::string text_of(const analysis::ProxyValidation& validation, Response of) {
  std::string text = order_text(validation, of);
  if (validation.cross_validation) text += unseen_text(*validation.cross_validation);
  return text + bend_text(validation.curvature) + extrapolation_text(validation.extrapolations) +
         budgets_text(validation, of) + regrets_text(validation);
}

Record record_of(const analysis::ProxyValidation& validation) {
  const auto& unseen = validation.cross_validation;
  const auto& margin = validation.margin;
  Record record;
  return record.add("n", validation.n)
      .optional_part("r_squared", validation.r_squared, estimate_record)
      .part("mape_percent", estimate_record(validation.mape_percent))
      .optional_part("cross_validated_mape_percent", validation.cross_validated_mape_percent,
                     estimate_record)
      .optional_part("kendall_tau_b", validation.kendall_tau_b, estimate_record)
      .add("spearman_rho", json_or_null(validation.spearman_rho))
      .optional_part("curvature", validation.curvature, curvature_record)
      .optional_part("held_out_errors_percent",
                     unseen ? std::optional(unseen->errors) : std::nullopt, errors_record)
      .add("q_squared", unseen ? json_or_null(unseen->q_squared) : Json(nullptr))
      .optional_part("misorder", validation.misorder, misorder_record)
      .part("extrapolation", extrapolation_record(validation.extrapolations))
      .add("false_feasible_below", validation.false_feasible)
      .add("margin", margin ? Json(margin->margin) : Json(nullptr))
      .add("exceeded_share", margin ? Json(margin->exceeded) : Json(nullptr))
      .optional_part("latency_margin", validation.latency_margin, latency_margin_record)
      .list("budgets", budgets_json(validation))
      .list("regret", regrets_json(validation.regrets));
}

}  // namespace opline::report
