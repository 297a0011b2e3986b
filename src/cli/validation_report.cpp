#include "src/cli/validation_report.h"

#include <fmt/format.h>

#include <cmath>

#include "src/base/units.h"
#include "src/cli/figure_json.h"

namespace opline::cli {
namespace {

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "-";
}

std::string ops_text(double ops) {
  return format_ops(static_cast<std::uint64_t>(std::llround(ops)));
}

std::string amount(double value, Response of) {
  return of == Response::latency ? format_seconds(value) : fmt::format("{:.4g} mJ", value * 1e3);
}

std::string order_in_words(const analysis::ProxyValidation& validation, Response of) {
  if (!validation.misorder) return "";
  std::string text = fmt::format(
      "  order       of two networks the one with more ops takes less {} in {} of the pairs; by "
      "difference "
      "in ops:\n    ",
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

std::string unseen_in_words(const analysis::CrossValidation& unseen) {
  const analysis::RelativeErrors& errors = unseen.errors;
  return fmt::format(
      "  unseen      error mean {:.2f} %; 50 % below {:.2f}, 90 % below {:.2f}, 95 % below {:.2f}, "
      "all below "
      "{:.2f} %; bias {:+.2f} %; Q^2 {}\n",
      errors.mape_percent, errors.median_percent, errors.q90_percent, errors.q95_percent,
      errors.worst_percent, errors.bias_percent,
      unseen.q_squared ? fmt::format("{:.4f}", *unseen.q_squared) : "undefined");
}

std::string bend_in_words(const std::optional<analysis::Curvature>& curvature) {
  if (!curvature) return "";
  const double gap = curvature->largest.value;
  return fmt::format(
      "  bend        a parabola is {} the line by up to {:.1f} % (at {}), {:.1f} % on average\n",
      gap < 0 ? "below" : "above", 100 * std::abs(gap), ops_text(curvature->largest_at),
      100 * curvature->mean.value);
}

std::string direction_in_words(const char* from, const char* to, double split,
                               const std::optional<analysis::Extrapolation>& direction) {
  if (!direction) return "";
  return fmt::format(
      "              fitted {} {}, judged {}: error {:.2f} %, bias {:+.2f} %; {} in the 95 % "
      "band\n",
      from, ops_text(split), to, direction->errors.mape_percent, direction->errors.bias_percent,
      percent(direction->inside_intervals));
}

std::string extrapolation_in_words(const analysis::Extrapolations& both) {
  const std::string text = direction_in_words("below", "above", both.x_split, both.to_large) +
                           direction_in_words("above", "below", both.x_split, both.to_small);
  return text.empty() ? text : "  other sizes\n" + text;
}

std::string budgets_in_words(const analysis::ProxyValidation& validation, Response of) {
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

std::string regrets_in_words(const analysis::ProxyValidation& validation) {
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

Json direction_json(const std::optional<analysis::Extrapolation>& direction) {
  if (!direction) return nullptr;
  return {{"errors_percent", errors_json(direction->errors)},
          {"inside_intervals", direction->inside_intervals}};
}

Json misorder_json(const std::optional<analysis::Misorder>& misorder) {
  if (!misorder) return nullptr;
  Json json = {{"same_ops", misorder->same_x},
               {"pairs", misorder->all.pairs},
               {"rate", json_or_null(misorder->all.rate())},
               {"bins", Json::array()}};
  for (const analysis::MisorderBin& bin : misorder->bins)
    json["bins"].push_back({{"from", bin.from},
                            {"to", json_or_null(bin.to)},
                            {"pairs", bin.pairs},
                            {"rate", json_or_null(bin.rate())}});
  return json;
}

Json budgets_json(const analysis::ProxyValidation& validation) {
  const bool sampled = !validation.whole_enumeration;
  Json json = Json::array();
  for (const analysis::BudgetValidation& one : validation.budgets) {
    json.push_back(
        {{"quantile", one.quantile},
         {"budget", one.without_margin.budget},
         {"false_feasible", rate_json(one.without_margin.false_feasible, sampled)},
         {"false_infeasible", rate_json(one.without_margin.false_infeasible, sampled)},
         {"margin", one.safe ? Json(one.safe->margin) : Json(nullptr)},
         {"with_margin",
          one.with_margin
              ? Json{{"false_feasible", rate_json(one.with_margin->false_feasible, sampled)},
                     {"false_infeasible", rate_json(one.with_margin->false_infeasible, sampled)}}
              : Json(nullptr)}});
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

Json curvature_json(const std::optional<analysis::Curvature>& curvature) {
  if (!curvature) return nullptr;
  return {{"largest", estimate_json(curvature->largest)},
          {"largest_at_ops", curvature->largest_at},
          {"mean", estimate_json(curvature->mean)}};
}

}  // namespace

std::string in_words(const analysis::ProxyValidation& validation, Response of) {
  std::string text = order_in_words(validation, of);
  if (validation.cross_validation) text += unseen_in_words(*validation.cross_validation);
  return text + bend_in_words(validation.curvature) +
         extrapolation_in_words(validation.extrapolations) + budgets_in_words(validation, of) +
         regrets_in_words(validation);
}

Json to_json(const analysis::ProxyValidation& validation) {
  const auto& unseen = validation.cross_validation;
  return {{"n", validation.n},
          {"r_squared", estimate_json(validation.r_squared)},
          {"mape_percent", estimate_json(validation.mape_percent)},
          {"cross_validated_mape_percent", estimate_json(validation.cross_validated_mape_percent)},
          {"kendall_tau_b", estimate_json(validation.kendall_tau_b)},
          {"spearman_rho", json_or_null(validation.spearman_rho)},
          {"curvature", curvature_json(validation.curvature)},
          {"held_out_errors_percent", unseen ? errors_json(unseen->errors) : Json(nullptr)},
          {"q_squared", unseen ? json_or_null(unseen->q_squared) : Json(nullptr)},
          {"misorder", misorder_json(validation.misorder)},
          {"extrapolation",
           {{"split_ops", validation.extrapolations.x_split},
            {"to_large", direction_json(validation.extrapolations.to_large)},
            {"to_small", direction_json(validation.extrapolations.to_small)}}},
          {"false_feasible_below", validation.false_feasible},
          {"margin", validation.margin ? Json(validation.margin->margin) : Json(nullptr)},
          {"exceeded_share", validation.margin ? Json(validation.margin->exceeded) : Json(nullptr)},
          {"budgets", budgets_json(validation)},
          {"regret", regrets_json(validation.regrets)}};
}

}  // namespace opline::cli
