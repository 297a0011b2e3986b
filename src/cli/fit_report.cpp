#include "src/cli/fit_report.h"

#include <fmt/format.h>

#include <cmath>

#include "src/base/units.h"
#include "src/cli/figure_json.h"

namespace opline::cli {
namespace {

constexpr const char* kFitFormat = "opline-fit";
constexpr int kFitVersion = 1;

std::string failures_of(const store::Summary& summary) {
  std::string text;
  for (const auto& [kind, count] : summary.outcomes) {
    if (kind == measure::OutcomeKind::measured) continue;
    text += fmt::format(", {} {}", count.networks, measure::to_string(kind));
  }
  return text;
}

/// ", 95 % interval 5.757 to 5.811, standard error 0.014"; nothing for a whole enumeration.
std::string interval_in_words(const FittedSeries& fitted, const analysis::Interval& interval,
                              double standard_error, double unit) {
  if (fitted.whole_enumeration) return "";
  return fmt::format(", {:.0f} % interval {:.4g} to {:.4g}, standard error {:.2g}",
                     100 * fitted.fit->confidence, interval.low * unit, interval.high * unit,
                     standard_error * unit);
}

std::string mops_per_second(const analysis::LinearFit& fit) {
  return fit.slope > 0 ? fmt::format("{:.4g}", 1e-6 / fit.slope) : "undefined";
}

/// nJ per op is what both kinds of energy are told in; a modelled one is proportional to latency by
/// construction.
std::string energy_in_words(const FittedSeries& fitted) {
  if (fitted.energy) {
    const analysis::LinearFit& fit = *fitted.energy;
    return fmt::format(
        "  energy     = {:.4g} nJ/op x ops {} {:.4g} mJ, measured on {} networks, R^2 {}\n",
        fit.slope * 1e9, fit.intercept < 0 ? "-" : "+", std::abs(fit.intercept) * 1e3, fit.n,
        fit.r_squared ? fmt::format("{:.4f}", *fit.r_squared) : "undefined");
  }
  if (!fitted.power && fitted.simulated()) {
    return fmt::format(
        "  energy     unknown: no active power is published for this board; give one with\n"
        "             --active-watts {}=WATTS\n",
        fitted.series.setup.setup.board);
  }
  if (!fitted.power) return "";
  const double watts = fitted.power->watts;
  return fmt::format(
      "  energy     = {:.4g} nJ/op x ops {} {:.4g} mJ, modelled: {:.4g} W x latency, by "
      "construction as "
      "linear\n"
      "             as latency ({})\n",
      fitted.fit->slope * watts * 1e9, fitted.fit->intercept < 0 ? "-" : "+",
      std::abs(fitted.fit->intercept) * watts * 1e3, watts, fitted.power->source);
}

Json coefficient(const FittedSeries& fitted, double estimate, double standard_error,
                 const analysis::Interval& range, double factor = 1) {
  if (fitted.whole_enumeration) {
    return {{"estimate", factor * estimate}, {"standard_error", nullptr}, {"interval", nullptr}};
  }
  return {{"estimate", factor * estimate},
          {"standard_error", factor * standard_error},
          {"interval", interval_json(analysis::Interval{factor * range.low, factor * range.high})}};
}

/// Null where nothing is known of energy.
Json energy_json(const FittedSeries& fitted) {
  if (!fitted.energy && !fitted.power) return nullptr;
  const bool measured = fitted.energy.has_value();
  const analysis::LinearFit& fit = measured ? *fitted.energy : *fitted.fit;
  const double factor = measured ? 1.0 : fitted.power->watts;
  Json json = {
      {"origin", measured ? "measured" : "modelled"}, {"by_construction", !measured}, {"n", fit.n}};
  if (!measured) json["watts"] = {{"value", fitted.power->watts}, {"source", fitted.power->source}};
  json["r_squared"] = json_or_null(fit.r_squared);
  json["slope_joules_per_op"] =
      coefficient(fitted, fit.slope, fit.slope_standard_error, fit.slope_interval, factor);
  json["intercept_joules"] = coefficient(fitted, fit.intercept, fit.intercept_standard_error,
                                         fit.intercept_interval, factor);
  return json;
}

Json count(const store::Count& count) {
  return {{"draws", count.draws}, {"networks", count.networks}};
}

}  // namespace

std::string counts_in_words(const FittedSeries& fitted) {
  const store::Summary& summary = fitted.summary;
  if (!fitted.campaign.campaign.seed)
    return fmt::format("  networks   {} imported\n", summary.measured.networks);
  std::string text = fmt::format("  networks   {} drawn ({} different), ", summary.drawn.draws,
                                 summary.drawn.networks);
  text += summary.pending.networks == 0
              ? std::to_string(summary.fitting.networks)
              : fmt::format("{} of them pending; {} of the other {}", summary.pending.networks,
                            summary.fitting.networks,
                            summary.drawn.networks - summary.pending.networks);
  return text + fmt::format(" fit the board, {} measured{}\n", summary.measured.networks,
                            failures_of(summary));
}

std::string in_words(const FittedSeries& fitted) {
  std::string text = fitted.title() + "\n" + counts_in_words(fitted);
  if (!fitted.fit) return text + "  no fit     " + fitted.why_no_fit + "\n";
  const analysis::LinearFit& fit = *fitted.fit;
  text += fmt::format("  latency    = {:.4g} ns/op x ops {} {:.4g} ms\n", fit.slope * 1e9,
                      fit.intercept < 0 ? "-" : "+", std::abs(fit.intercept) * 1e3);
  text += fmt::format("  slope      {:.4g} ns/op{}; {} Mops/s\n", fit.slope * 1e9,
                      interval_in_words(fitted, fit.slope_interval, fit.slope_standard_error, 1e9),
                      mops_per_second(fit));
  text += fmt::format(
      "  intercept  {:.4g} ms{}\n", fit.intercept * 1e3,
      interval_in_words(fitted, fit.intercept_interval, fit.intercept_standard_error, 1e3));
  text += fmt::format("  R^2        {}, RMSE {}, mean absolute error {} %\n",
                      fit.r_squared ? fmt::format("{:.4f}", *fit.r_squared) : "undefined",
                      format_seconds(fit.rmse),
                      fit.mape_percent ? fmt::format("{:.2f}", *fit.mape_percent) : "undefined");
  text += fmt::format("  range      {} to {}, {} networks\n",
                      format_ops(static_cast<std::uint64_t>(fit.x_min)),
                      format_ops(static_cast<std::uint64_t>(fit.x_max)), fit.n);
  text += energy_in_words(fitted);
  if (fitted.whole_enumeration) {
    text +=
        "  Every architecture of the space was drawn: nothing is sampled, so there are no "
        "intervals.\n";
  } else if (fitted.simulated()) {
    text +=
        "  A simulated board has no measurement noise: intervals describe the sampling of "
        "architectures.\n";
  }
  if (fitted.simulated()) {
    text +=
        "  The fit speaks about this runtime and prior, conditional on fitting the board; "
        "simulated cycles "
        "are\n"
        "  uncalibrated.\n";
  }
  return text;
}

std::string table(const std::vector<FittedSeries>& all) {
  std::string text = fmt::format("{:<12} {:<16} {:>7} {:>7} {:>8} {:>8} {:>9} {:>13} {:>7} {:>9}\n",
                                 "space", "board", "drawn", "fit", "measured", "ns/op", "Mops/s",
                                 "intercept ms", "R^2", "error %");
  for (const FittedSeries& fitted : all) {
    text += fmt::format("{:<12} {:<16} {:>7} {:>7} {:>8}", fitted.campaign.space_name,
                        fitted.series.setup.setup.board, fitted.summary.drawn.networks,
                        fitted.summary.fitting.networks, fitted.summary.measured.networks);
    if (!fitted.fit) {
      text += " no fit\n";
      continue;
    }
    const analysis::LinearFit& fit = *fitted.fit;
    text += fmt::format(" {:>8.4g} {:>9} {:>13.4g} {:>7} {:>9}\n", fit.slope * 1e9,
                        mops_per_second(fit), fit.intercept * 1e3,
                        fit.r_squared ? fmt::format("{:.4f}", *fit.r_squared) : "-",
                        fit.mape_percent ? fmt::format("{:.2f}", *fit.mape_percent) : "-");
  }
  return text;
}

Json to_json(const FittedSeries& fitted) {
  const measure::Setup& setup = fitted.series.setup.setup;
  Json json = {{"format", kFitFormat},
               {"version", kFitVersion},
               {"model", "latency = slope * ops + intercept"},
               {"space", fitted.campaign.space_name},
               {"prior", fitted.campaign.campaign.prior},
               {"seed", json_or_null(fitted.campaign.campaign.seed)},
               {"board", setup.board},
               {"runner", to_string(setup.runner)},
               {"setup", setup.to_json()},
               {"drawn", count(fitted.summary.drawn)},
               {"fitting", count(fitted.summary.fitting)},
               {"measured", count(fitted.summary.measured)},
               {"pending", count(fitted.summary.pending)}};
  if (!fitted.fit) {
    json["n"] = 0;
    json["r_squared"] = nullptr;
    json["why_no_fit"] = fitted.why_no_fit;
    return json;
  }
  const analysis::LinearFit& fit = *fitted.fit;
  json["n"] = fit.n;
  json["r_squared"] = json_or_null(fit.r_squared);
  json["confidence"] = fit.confidence;
  json["whole_enumeration"] = fitted.whole_enumeration;
  json["slope_seconds_per_op"] =
      coefficient(fitted, fit.slope, fit.slope_standard_error, fit.slope_interval);
  json["intercept_seconds"] =
      coefficient(fitted, fit.intercept, fit.intercept_standard_error, fit.intercept_interval);
  json["mops_per_second"] = fit.slope != 0 ? Json(1e-6 / fit.slope) : Json(nullptr);
  json["rmse_seconds"] = fit.rmse;
  json["mape_percent"] = json_or_null(fit.mape_percent);
  json["ops_min"] = static_cast<std::uint64_t>(fit.x_min);
  json["ops_max"] = static_cast<std::uint64_t>(fit.x_max);
  json["energy"] = energy_json(fitted);
  return json;
}

void save(store::Study& study, const FittedSeries& fitted, const std::string& now) {
  if (!fitted.fit) return;
  const Json selection = {{"space", fitted.campaign.space_name},
                          {"space_id", fitted.campaign.campaign.space},
                          {"prior", fitted.campaign.campaign.prior},
                          {"seed", json_or_null(fitted.campaign.campaign.seed)},
                          {"draws", fitted.summary.drawn.draws},
                          {"pending", fitted.summary.pending.networks}};
  study.save_fit(
      {selection.dump(), fitted.series.setup.id, kFitFormat, kFitVersion, to_text(to_json(fitted))},
      now);
}

}  // namespace opline::cli
