#include "src/report/judgement_report.h"

#include <fmt/format.h>

#include <cmath>

#include "src/base/counted.h"
#include "src/report/fit_report.h"
#include "src/report/judgement_words.h"
#include "src/report/layer_model_report.h"
#include "src/report/parts.h"
#include "src/report/validation_report.h"

namespace opline::report {
namespace {

using analysis::Criterion;
using evaluation::Judgement;
using evaluation::Response;
using evaluation::Series;

const measure::Setup& setup_of(const Judgement& judged) { return judged.series.front()->setup; }

bool simulated(const Judgement& judged) {
  return setup_of(judged).runner == measure::Runner::simulated;
}

std::string equation_text(const Judgement& judged) {
  const analysis::LinearFit& fit = judged.validation->fit;
  const bool latency = judged.rows.of == Response::latency;
  const double sampled = judged.whole_enumeration ? 0 : 1;
  return fmt::format(
      "  {:<10} = {} {}/op x ops {} {} {}{}\n", to_string(judged.rows.of),
      to_error(fit.slope * 1e9, sampled * fit.slope_standard_error * 1e9), latency ? "ns" : "nJ",
      fit.intercept < 0 ? "-" : "+",
      to_error(std::abs(fit.intercept) * 1e3, sampled * fit.intercept_standard_error * 1e3),
      latency ? "ms" : "mJ", fit.r_squared ? fmt::format(", R^2 {:.4f}", *fit.r_squared) : "");
}

std::string criteria_text(const Judgement& judged) {
  std::string text = fmt::format("  {:<30} {:>8}   {:<22} {:<11} {}\n", "criterion", "figure",
                                 "95 % interval", "required", "result");
  for (const CriterionWords& one : criteria_of(judged))
    text += fmt::format("  {:<30} {:>8}   {:<22} {:<11} {}\n", one.name, one.figure, one.interval,
                        one.required, one.result);
  return text;
}

std::string groups_text(const Judgement& judged) {
  if (!judged.groups) return "";
  std::string text = "  slopes     ";
  for (const analysis::GroupSlope& one : judged.groups->groups)
    text += fmt::format(" {} {:.4g}{};", one.name, one.slope * 1e9,
                        one.interval ? fmt::format(" ({:.4g} to {:.4g})", one.interval->low * 1e9,
                                                   one.interval->high * 1e9)
                                     : "");
  return text + (judged.rows.of == Response::latency ? " ns/op\n" : " nJ/op\n");
}

std::string power_text(const Judgement& judged) {
  if (!judged.power) return "";
  const analysis::PowerConstancy& power = *judged.power;
  const bool interval = power.variation_interval && !judged.whole_enumeration;
  return fmt::format(
      "  power       {:.4g} W on average, {:.4g} to {:.4g} W; sigma/mu {:.5f}{} over {}\n",
      power.mean_watts, power.range.low, power.range.high, power.variation,
      interval ? fmt::format(" ({:.5f} to {:.5f})", power.variation_interval->interval.low,
                             power.variation_interval->interval.high)
               : "",
      counted(power.n, "network"));
}

std::string learning_text(const Judgement& judged) {
  std::string text;
  for (std::size_t i = 0; i < judged.learning.size(); i += 2) {  // every other: a factor of two
    const analysis::LearningPoint& one = judged.learning[i];
    text += fmt::format(" {}: {:.2f} % ({:.2f} to {:.2f});", one.rows, one.mape_percent,
                        one.mape_range.low, one.mape_range.high);
  }
  if (!text.empty())
    text =
        "  learning curve: held-out error by training size (5 to 95 % of draws)\n   " + text + "\n";
  const std::string known =
      fmt::format("a slope known to {:g} %", 100 * evaluation::kSlopePrecision);
  const char* first =
      judged.series.front()->sampled() ? "next campaign of this prior" : "sample size";
  if (judged.networks_for_slope) {
    text += fmt::format("  {}: {} takes about {} measured networks ({} now)\n", first, known,
                        *judged.networks_for_slope, judged.validation->n);
  } else if (judged.slope_beyond_reach) {
    text += fmt::format("  {}: {} takes more than {} measured networks ({} now)\n", first, known,
                        analysis::kFarthestSample * judged.validation->n, judged.validation->n);
  }
  return text;
}

/// Features without a figure of their own, or of what they add to the others, and why.
std::string left_out_text(const analysis::ResidualFeatures& found) {
  std::string text;
  for (const analysis::LeftOut& one : found.left_out)
    text += fmt::format("    left out: {} {}\n", one.name, one.why);
  for (const analysis::LeftOut& one : found.not_joint)
    text += fmt::format("    only by itself: {} {}\n", one.name, one.why);
  return text;
}

std::string features_text(const Judgement& judged) {
  if (!judged.features)
    return judged.why_unexplained.empty() ? "" : "  residuals: " + judged.why_unexplained + "\n";
  const analysis::ResidualFeatures& found = *judged.features;
  std::string text =
      fmt::format("  residuals of ops{}\n    {:<44} {:>12} {:>10}   {}\n",
                  found.explained_share
                      ? fmt::format(": these features together explain {:.0f} % of their variance",
                                    100 * *found.explained_share)
                      : "",
                  "feature", "partial R^2", "unique",
                  fmt::format("effect on {} (10th to 90th percentile)", to_string(judged.rows.of)));
  for (const analysis::FeatureEffect& one : found.features) {
    text += fmt::format(
        "    {:<44} {:>12.3f} {:>10}   {:+.1f} %{}\n", one.name, one.partial_r_squared,
        one.unique_r_squared ? fmt::format("{:.3f}", *one.unique_r_squared) : "-",
        one.effect_percent,
        judged.whole_enumeration ? ""
                                 : fmt::format(" ({:+.1f} to {:+.1f} %)", one.effect_interval.low,
                                               one.effect_interval.high));
  }
  return text + left_out_text(found);
}

std::string caveats_text(const Judgement& judged) {
  std::string text;
  std::int64_t pending = 0;
  for (const Series* one : judged.series) pending += one->counts.pending.networks;
  if (pending != 0)
    text += fmt::format("  {} {} pending: the verdict applies to what is measured so far.\n",
                        counted(pending, "network"), pending == 1 ? "is" : "are");
  if (judged.whole_enumeration) {
    text +=
        "  Every network of the space was measured: nothing is sampled, so there are no "
        "intervals.\n";
  } else if (simulated(judged)) {
    text +=
        "  A simulated board has no measurement noise: intervals describe the sampling of "
        "architectures.\n";
  }
  if (simulated(judged))
    text += "  " + wrapped(calibration_sentence(*judged.series.front()), 2) + "\n";
  return text;
}

Record criterion_record(const Criterion& one) {
  Record record;
  return record.add("value", json_or_null(one.value))
      .interval("interval", one.interval)
      .add("threshold", one.threshold)
      .add("direction", one.direction == analysis::Direction::at_least ? "at least" : "at most")
      .add("unit", one.unit)
      .add("standing", name_of(one.standing))
      .add("note", one.note.empty() ? Json(nullptr) : Json(one.note));
}

Record verdict_record(const Judgement& judged) {
  Record record;
  if (!judged.verdict) return record.add("ruling", nullptr).add("why_none", judged.why_none);
  const auto& margin = judged.verdict->latency_margin;
  record.add("ruling", name_of(judged.verdict->ruling))
      .add("margin", json_or_null(judged.verdict->margin))
      .add("margin_seconds_or_joules", margin ? Json(margin->absolute) : Json(nullptr))
      .add("margin_relative", margin ? Json(margin->relative) : Json(nullptr))
      .add("margin_at_median", margin ? Json(margin->margin.value) : Json(nullptr))
      .interval("margin_at_median_interval", margin ? margin->margin.interval : std::nullopt);
  const auto& rest = judged.verdict->without_outliers;
  record.add("ruling_without_outliers", rest ? Json(name_of(*rest)) : Json(nullptr))
      .list("deciding_rows", judged.verdict->deciding_rows);
  Record criteria;
  for (const Criterion& one : judged.verdict->criteria)
    criteria.part(one.name, criterion_record(one));
  return record.part("criteria", criteria)
      .list("reasons", judged.verdict->reasons)
      .list("advice", judged.verdict->advice);
}

Json left_out_json(const std::vector<analysis::LeftOut>& left_out) {
  Json list = Json::array();
  for (const analysis::LeftOut& one : left_out)
    list.push_back({{"name", one.name}, {"reason", one.why}});
  return list;
}

Record features_record(const analysis::ResidualFeatures& features) {
  Record record;
  record.add("r_squared", features.r_squared)
      .add("joint_r_squared", json_or_null(features.joint_r_squared))
      .add("explained_share", json_or_null(features.explained_share));
  Json list = Json::array();
  for (const analysis::FeatureEffect& one : features.features) {
    list.push_back({{"name", one.name},
                    {"unit", one.unit},
                    {"partial_r_squared", one.partial_r_squared},
                    {"unique_r_squared", json_or_null(one.unique_r_squared)},
                    {"coefficient", one.coefficient.estimate},
                    {"effect_percent", one.effect_percent},
                    {"interval", interval_json(one.effect_interval)}});
  }
  return record.list("features", std::move(list))
      .list("left_out", left_out_json(features.left_out))
      .list("not_joint", left_out_json(features.not_joint));
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

Record power_record(const analysis::PowerConstancy& power, bool sampled) {
  const bool interval = power.variation_interval && sampled;
  Record record;
  return record.add("n", power.n)
      .add("mean_watts", power.mean_watts)
      .list("range_watts", Json::array({power.range.low, power.range.high}))
      .add("sigma_over_mean", power.variation)
      .interval("interval",
                interval ? std::optional(power.variation_interval->interval) : std::nullopt);
}

Record groups_record(const analysis::CommonSlope& groups) {
  Json slopes = Json::array();
  for (const analysis::GroupSlope& one : groups.groups)
    slopes.push_back({{"group", one.name},
                      {"n", one.n},
                      {"slope", one.slope},
                      {"interval", interval_json(one.interval)}});
  Record record;
  return record.list("slopes", std::move(slopes))
      .optional_part("equal_slopes_test", groups.equal_slopes, test_record)
      .optional_part("equal_lines_test", groups.equal_lines, test_record)
      .add("agreement", analysis::name_of(groups.worst.agreement));
}

Json campaigns_json(const Judgement& judged) {
  Json json = Json::array();
  for (const Series* one : judged.series) {
    const store::Summary& counts = one->counts;
    const auto of_prior = [&](std::int64_t count) {
      return one->seed ? Json(count) : Json(nullptr);
    };
    json.push_back({{"space", one->space},
                    {"prior", one->prior},
                    {"seed", json_or_null(one->seed)},
                    {"drawn", of_prior(counts.drawn.draws)},
                    {"different", of_prior(counts.drawn.networks)},
                    {"fitting", of_prior(counts.fitting.networks)},
                    {"measured", counts.measured.networks},
                    {"pending", counts.pending.networks}});
  }
  return json;
}

/// Of the networks judged.
std::size_t measurements_of(const Judgement& judged) {
  std::size_t count = 0;
  for (const evaluation::Row* row : judged.rows.rows) count += row->repeats;
  return count;
}

std::string list_text(const char* first, const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    text += fmt::format("  {:<5} - {}\n", text.empty() ? first : "", wrapped(item, 10));
  }
  return text;
}

}  // namespace

std::string summary_of(const Judgement& judged) {
  std::string text = title_of(judged) + "\n";
  for (const Series* one : judged.series) text += counts_text(*one);
  if (judged.validation) text += equation_text(judged);
  text += "\n" + wrapped(ruling_text(judged) + ": " + scope_text(judged), 4) + "\n";
  if (!judged.verdict) return text + list_text("Why", {judged.why_none});
  return text + criteria_text(judged) + groups_text(judged) +
         list_text("Why", judged.verdict->reasons) + list_text("Next", advice_of(judged));
}

std::string details_of(const Judgement& judged) {
  if (!judged.verdict) return "";
  std::string text = text_of(*judged.validation, judged.rows.of);
  if (judged.rows.lack_of_fit)
    text += "  repeats     " + lack_of_fit_text(*judged.rows.lack_of_fit) + "\n";
  text += power_text(judged) + learning_text(judged);
  if (judged.networks_with_layers && *judged.networks_with_layers < judged.rows.rows.size())
    text += fmt::format("  layers of the first {} networks only:\n", *judged.networks_with_layers);
  if (judged.models) text += "  other models\n" + text_of(*judged.models);
  return text + features_text(judged) + caveats_text(judged);
}

Record record_of(const Judgement& judged) {
  const measure::Setup& setup = setup_of(judged);
  const auto power = [&](const analysis::PowerConstancy& one) {
    return power_record(one, !judged.whole_enumeration);
  };
  Record record;
  return record.add("title", title_of(judged))
      .add("of", to_string(judged.rows.of))
      .add("unit", judged.rows.unit())
      .add("by_construction", judged.rows.by_construction)
      .add("whole_enumeration", judged.whole_enumeration)
      .list("campaigns", campaigns_json(judged))
      .add("rows", measurements_of(judged))
      .add("networks", judged.rows.rows.size())
      .add("board", setup.board)
      .add("runner", std::string(to_string(setup.runner)))
      .add("calibration", calibration_json(*judged.series.front()))
      .add("runtime", setup.to_json().at("runtime"))
      .add("setup", judged.series.front()->setup_id)
      .part("verdict", verdict_record(judged))
      .optional_part("groups", judged.groups, groups_record)
      .optional_part("validation", judged.validation,
                     [](const analysis::ProxyValidation& one) { return record_of(one); })
      .optional_part(
          "repeat_spread",
          judged.series.size() == 1 ? judged.series.front()->repeat_spread : std::nullopt,
          repeat_spread_record)
      .optional_part("lack_of_fit", judged.rows.lack_of_fit, lack_of_fit_record)
      .optional_part("power", judged.power, power)
      .list("learning_curve", learning_json(judged.learning))
      .add("networks_for_slope", json_or_null(judged.networks_for_slope))
      .add("networks_with_layers", json_or_null(judged.networks_with_layers))
      .optional_part("features", judged.features, features_record)
      .optional_part("models", judged.models,
                     [](const analysis::LayerValidation& one) { return record_of(one); });
}

}  // namespace opline::report
