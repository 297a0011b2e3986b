// Judged in words and as JSON.
#include <fmt/format.h>

#include "src/cli/figure_json.h"
#include "src/cli/fit_report.h"
#include "src/cli/judging.h"
#include "src/cli/layer_report.h"
#include "src/cli/validation_report.h"

namespace opline::cli {
namespace {

using analysis::Criterion;
using analysis::Ruling;

const measure::Setup& setup_of(const Judged& judged) {
  return judged.series.front()->series.setup.setup;
}

bool simulated(const Judged& judged) {
  return setup_of(judged).runner == measure::Runner::simulated;
}

/// "VALID", "VALID WITH A MARGIN OF 6.3 %", "NOT VALID", "NONE".
std::string ruling_in_words(const Judged& judged) {
  if (!judged.verdict) return "NONE";
  switch (judged.verdict->ruling) {
    case Ruling::valid:
      return "VALID";
    case Ruling::valid_with_margin:
      return fmt::format("VALID WITH A MARGIN OF {:.1f} %",
                         100 * judged.verdict->margin.value_or(0));
    case Ruling::not_valid:
      return "NOT VALID";
  }
  return {};
}

/// What the verdict speaks about: it holds for nothing else.
std::string scope_in_words(const Judged& judged) {
  const measure::Setup& setup = setup_of(judged);
  std::string text = fmt::format(
      "ops as a stand-in for {} on {} ({}), runtime {}",
      judged.rows.by_construction ? std::string(kModelledEnergy) + ";" : to_string(judged.rows.of),
      setup.board, to_string(setup.runner), setup.runtime.empty() ? "unknown" : setup.runtime);
  std::string priors;
  for (const FittedSeries* one : judged.series) {
    const std::string& prior = one->campaign.campaign.prior;
    if (priors.find(prior) == std::string::npos) priors += (priors.empty() ? "" : ", ") + prior;
  }
  return text + ", prior " + priors;
}

std::string figure(const Criterion& one) {
  if (!one.value) return "unknown";
  return one.unit.empty() ? fmt::format("{:.4g}", *one.value)
                          : fmt::format("{:.3g} {}", *one.value, one.unit);
}

std::string criteria_in_words(const Judged& judged) {
  std::string text = fmt::format("  {:<28} {:>10}   {:<22} {:<11} {}\n", "criterion", "figure",
                                 "95 % interval", "asked for", "standing");
  for (const Criterion& one : judged.verdict->criteria) {
    if (one.standing == analysis::Standing::not_applicable) continue;
    text += fmt::format(
        "  {:<28} {:>10}   {:<22} {:<11} {}\n", one.name, figure(one),
        one.interval ? fmt::format("{:.4g} to {:.4g}", one.interval->low, one.interval->high) : "-",
        fmt::format("{} {:g}{}", one.direction == analysis::Direction::at_least ? ">=" : "<=",
                    one.threshold, one.unit.empty() ? "" : " " + one.unit),
        name_of(one.standing));
  }
  return text;
}

std::string groups_in_words(const Judged& judged) {
  if (!judged.groups) return "";
  std::string text = "  slopes     ";
  for (const analysis::GroupSlope& one : judged.groups->groups)
    text += fmt::format(" {} {:.4g}{};", one.name, one.slope * 1e9,
                        one.interval ? fmt::format(" ({:.4g} to {:.4g})", one.interval->low * 1e9,
                                                   one.interval->high * 1e9)
                                     : "");
  return text + (judged.rows.of == Response::latency ? " ns/op\n" : " nJ/op\n");
}

std::string power_in_words(const Judged& judged) {
  if (!judged.power) return "";
  const analysis::PowerConstancy& power = *judged.power;
  const bool interval = power.variation_interval && !judged.whole_enumeration;
  return fmt::format(
      "  power       {:.4g} W on average, {:.4g} to {:.4g} W; sigma/mu {:.5f}{} over {} networks\n",
      power.mean_watts, power.range.low, power.range.high, power.variation,
      interval ? fmt::format(" ({:.5f} to {:.5f})", power.variation_interval->interval.low,
                             power.variation_interval->interval.high)
               : "",
      power.n);
}

std::string learning_in_words(const Judged& judged) {
  std::string text;
  for (std::size_t i = 0; i < judged.learning.size(); i += 2) {  // every other: a factor of two
    const analysis::LearningPoint& one = judged.learning[i];
    text += fmt::format(" {}: {:.2f} % ({:.2f} to {:.2f});", one.rows, one.mape_percent,
                        one.mape_range.low, one.mape_range.high);
  }
  if (!text.empty())
    text = "  error on the others by networks fitted (5 to 95 % of draws)\n   " + text + "\n";
  if (judged.networks_for_slope)
    text += fmt::format(
        "  next campaign of this prior: a slope known to {:g} % takes about {} measured networks "
        "({} now)\n",
        100 * kSlopePrecision, *judged.networks_for_slope, judged.validation->n);
  return text;
}

std::string features_in_words(const Judged& judged) {
  if (!judged.features)
    return judged.why_unexplained.empty()
               ? ""
               : "  what ops leave open: " + judged.why_unexplained + "\n";
  const analysis::ResidualFeatures& found = *judged.features;
  std::string text = fmt::format(
      "  what ops leave open{}\n    {:<44} {:>12} {:>10}   {}\n",
      found.explained_share
          ? fmt::format(": {:.0f} % of its variance goes with the features below together",
                        100 * *found.explained_share)
          : "",
      "feature", "partial R^2", "unique", "latency goes with it, over its usual range, by");
  for (const analysis::FeatureEffect& one : found.features) {
    text += fmt::format(
        "    {:<44} {:>12.3f} {:>10}   {:+.1f} %{}\n", one.name, one.partial_r_squared,
        one.unique_r_squared ? fmt::format("{:.3f}", *one.unique_r_squared) : "-",
        one.effect_percent,
        judged.whole_enumeration ? ""
                                 : fmt::format(" ({:+.1f} to {:+.1f} %)", one.effect_interval.low,
                                               one.effect_interval.high));
  }
  return text;
}

std::string caveats(const Judged& judged) {
  std::string text;
  std::int64_t pending = 0;
  for (const FittedSeries* one : judged.series) pending += one->summary.pending.networks;
  if (pending != 0)
    text += fmt::format(
        "  {} networks are pending: the verdict speaks of what is measured so far.\n", pending);
  if (judged.whole_enumeration) {
    text += "  Every architecture was measured: nothing is sampled, so there are no intervals.\n";
  } else if (simulated(judged)) {
    text +=
        "  A simulated board has no measurement noise: intervals describe the sampling of "
        "architectures.\n";
  }
  if (simulated(judged)) text += "  Simulated cycles are uncalibrated.\n";
  return text;
}

Json criterion_json(const Criterion& one) {
  return {{"value", json_or_null(one.value)},
          {"interval", interval_json(one.interval)},
          {"threshold", one.threshold},
          {"direction", one.direction == analysis::Direction::at_least ? "at least" : "at most"},
          {"unit", one.unit},
          {"standing", name_of(one.standing)}};
}

Json verdict_json(const Judged& judged) {
  if (!judged.verdict) return {{"ruling", nullptr}, {"why_none", judged.why_none}};
  Json json = {{"ruling", name_of(judged.verdict->ruling)}};
  json["margin"] = json_or_null(judged.verdict->margin);
  json["criteria"] = Json::object();
  for (const Criterion& one : judged.verdict->criteria)
    json["criteria"][one.name] = criterion_json(one);
  json["reasons"] = judged.verdict->reasons;
  json["advice"] = judged.verdict->advice;
  return json;
}

Json features_json(const std::optional<analysis::ResidualFeatures>& features) {
  if (!features) return nullptr;
  Json json = {{"r_squared", features->r_squared},
               {"joint_r_squared", json_or_null(features->joint_r_squared)},
               {"explained_share", json_or_null(features->explained_share)},
               {"features", Json::array()}};
  for (const analysis::FeatureEffect& one : features->features) {
    json["features"].push_back({{"name", one.name},
                                {"unit", one.unit},
                                {"partial_r_squared", one.partial_r_squared},
                                {"unique_r_squared", json_or_null(one.unique_r_squared)},
                                {"coefficient", one.coefficient.estimate},
                                {"effect_percent", one.effect_percent},
                                {"interval", interval_json(one.effect_interval)}});
  }
  return json;
}

Json learning_json(const std::vector<analysis::LearningPoint>& learning) {
  Json json = Json::array();
  for (const analysis::LearningPoint& one : learning)
    json.push_back({{"networks", one.rows},
                    {"mape_percent", one.mape_percent},
                    {"interval", interval_json(one.mape_range)},
                    {"slope_half_width_percent", json_or_null(one.slope_half_width_percent)}});
  return json;
}

Json power_json(const Judged& judged) {
  if (!judged.power) return nullptr;
  const analysis::PowerConstancy& power = *judged.power;
  const bool interval = power.variation_interval && !judged.whole_enumeration;
  return {
      {"n", power.n},
      {"mean_watts", power.mean_watts},
      {"range_watts", Json::array({power.range.low, power.range.high})},
      {"sigma_over_mean", power.variation},
      {"interval", interval ? interval_json(power.variation_interval->interval) : Json(nullptr)}};
}

Json groups_json(const std::optional<analysis::CommonSlope>& groups) {
  if (!groups) return nullptr;
  Json json = {{"slopes", Json::array()},
               {"equal_slopes_test", test_json(groups->equal_slopes)},
               {"equal_lines_test", test_json(groups->equal_lines)},
               {"agreement", analysis::name_of(groups->worst.agreement)}};
  for (const analysis::GroupSlope& one : groups->groups)
    json["slopes"].push_back({{"group", one.name},
                              {"n", one.n},
                              {"slope", one.slope},
                              {"interval", interval_json(one.interval)}});
  return json;
}

Json campaigns_json(const Judged& judged) {
  Json json = Json::array();
  for (const FittedSeries* one : judged.series) {
    const store::Summary& summary = one->summary;
    json.push_back({{"space", one->campaign.space_name},
                    {"prior", one->campaign.campaign.prior},
                    {"seed", json_or_null(one->campaign.campaign.seed)},
                    {"drawn", summary.drawn.networks},
                    {"fitting", summary.fitting.networks},
                    {"measured", summary.measured.networks},
                    {"pending", summary.pending.networks}});
  }
  return json;
}

}  // namespace

std::string verdict_in_words(const Judged& judged) {
  std::string text =
      fmt::format("verdict: {}: {}\n", ruling_in_words(judged), scope_in_words(judged));
  if (!judged.verdict) return text + "  nothing can be judged: " + judged.why_none + "\n";
  for (const std::string& reason : judged.verdict->reasons) text += "  why   " + reason + "\n";
  for (const std::string& step : judged.verdict->advice) text += "  next  " + step + "\n";
  return text;
}

std::string in_words(const Judged& judged) {
  std::string text = judged.title() + "\n";
  for (const FittedSeries* one : judged.series) text += counts_in_words(*one);
  text += verdict_in_words(judged);
  if (!judged.verdict) return text;
  text += "\n" + criteria_in_words(judged) + "\n" + groups_in_words(judged) +
          in_words(*judged.validation, judged.rows.of);
  text += power_in_words(judged) + learning_in_words(judged);
  if (judged.models) text += "  other models\n" + in_words(*judged.models);
  return text + features_in_words(judged) + caveats(judged);
}

Json to_json(const Judged& judged) {
  const measure::Setup& setup = setup_of(judged);
  return {{"title", judged.title()},
          {"of", to_string(judged.rows.of)},
          {"unit", judged.rows.unit()},
          {"by_construction", judged.rows.by_construction},
          {"whole_enumeration", judged.whole_enumeration},
          {"campaigns", campaigns_json(judged)},
          {"board", setup.board},
          {"runner", to_string(setup.runner)},
          {"runtime", setup.runtime.empty() ? Json(nullptr) : Json(setup.runtime)},
          {"setup", judged.series.front()->series.setup.id},
          {"verdict", verdict_json(judged)},
          {"groups", groups_json(judged.groups)},
          {"validation", judged.validation ? to_json(*judged.validation) : Json(nullptr)},
          {"power", power_json(judged)},
          {"learning_curve", learning_json(judged.learning)},
          {"networks_for_slope", json_or_null(judged.networks_for_slope)},
          {"features", features_json(judged.features)},
          {"models", judged.models ? to_json(*judged.models) : Json(nullptr)}};
}

}  // namespace opline::cli
