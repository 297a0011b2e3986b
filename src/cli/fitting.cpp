#include "src/cli/fitting.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "src/base/error.h"
#include "src/base/units.h"
#include "src/base/version.h"
#include "src/figures/latency_figure.h"

namespace opline::cli {
namespace {

using measure::Runner;

constexpr const char* kFitFormat = "opline-fit";
constexpr int kFitVersion = 1;

/// Energy is fitted where it was measured for at least three networks of different ops.
void fit_energy(FittedSeries& fitted) {
  std::vector<double> ops;
  std::vector<double> joules;
  for (const store::MeasurementRow& row : fitted.series.rows) {
    if (!row.joules) continue;
    ops.push_back(static_cast<double>(row.ops));
    joules.push_back(*row.joules);
  }
  fitted.with_energy = ops.size();
  const bool spread = std::adjacent_find(ops.begin(), ops.end(), std::not_equal_to<>()) != ops.end();
  if (ops.size() >= 3 && spread) fitted.energy = analysis::fit_line(ops, joules);
}

void fit(FittedSeries& fitted) {
  for (const store::MeasurementRow& row : fitted.series.rows) {
    if (const std::optional<double> latency = latency_of(row, fitted.series.setup.setup)) {
      fitted.ops.push_back(static_cast<double>(row.ops));
      fitted.seconds.push_back(*latency);
    }
  }
  try {
    fitted.fit = analysis::fit_line(fitted.ops, fitted.seconds);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    fitted.why_no_fit = error.what();
  }
}

FittedSeries describe(store::Study& study, const store::CampaignRow& campaign, const store::SetupRow& setup,
                      std::optional<std::int64_t> first_draws) {
  FittedSeries fitted;
  fitted.campaign = campaign;
  fitted.series.setup = setup;
  store::Selection selection;
  selection.campaigns = {campaign.key};
  selection.setups = {setup.id};
  selection.first_draws = first_draws;
  std::vector<store::Series> found = study.measurements(selection);
  if (!found.empty()) fitted.series = std::move(found.front());
  fitted.summary = study.summary(campaign.key, setup.id, first_draws);
  fitted.power = study.modelled_power(setup.id);
  fit(fitted);
  fit_energy(fitted);
  return fitted;
}

/// Names what could have been selected.
[[noreturn]] void nothing_selected(store::Study& study) {
  std::string campaigns;
  for (const store::CampaignRow& row : study.campaigns())
    campaigns += fmt::format("\n  space {}, prior {}", row.space_name, row.campaign.prior);
  std::string boards;
  for (const store::SetupRow& row : study.setups())
    boards += fmt::format("\n  board {} ({})", row.setup.board, to_string(row.setup.runner));
  throw Error(ErrorCode::usage, "{}: nothing matches --space and --boards; the study holds{}{}",
              study.path().string(),
              campaigns.empty() ? " no campaign: measure one with opline run" : campaigns, boards);
}

std::string failures_of(const store::Summary& summary) {
  std::string text;
  for (const auto& [kind, count] : summary.outcomes) {
    if (kind == measure::OutcomeKind::measured) continue;
    text += fmt::format(", {} {}", count.networks, measure::to_string(kind));
  }
  return text;
}

/// nJ per op is what both kinds of energy are told in; a modelled one is proportional to latency by construction.
std::string energy_in_words(const FittedSeries& fitted) {
  if (fitted.energy) {
    const analysis::LinearFit& fit = *fitted.energy;
    return fmt::format("  energy     = {:.4g} nJ/op x ops {} {:.4g} mJ, measured on {} networks, R^2 {}\n",
                       fit.slope * 1e9, fit.intercept < 0 ? "-" : "+", std::abs(fit.intercept) * 1e3, fit.n,
                       fit.r_squared ? fmt::format("{:.4f}", *fit.r_squared) : "undefined");
  }
  if (!fitted.power) return "";
  const double watts = fitted.power->watts;
  return fmt::format(
      "  energy     = {:.4g} nJ/op x ops {} {:.4g} mJ, modelled: {:.4g} W x latency, by construction as "
      "linear\n"
      "             as latency ({})\n",
      fitted.fit->slope * watts * 1e9, fitted.fit->intercept < 0 ? "-" : "+",
      std::abs(fitted.fit->intercept) * watts * 1e3, watts, fitted.power->source);
}

Json interval(const analysis::Interval& interval) { return Json::array({interval.low, interval.high}); }

Json coefficient(double estimate, double standard_error, const analysis::Interval& range, double factor = 1) {
  return {{"estimate", factor * estimate},
          {"standard_error", factor * standard_error},
          {"interval", interval({factor * range.low, factor * range.high})}};
}

/// Null where nothing is known of energy.
Json energy_json(const FittedSeries& fitted) {
  if (!fitted.energy && !fitted.power) return nullptr;
  const bool measured = fitted.energy.has_value();
  const analysis::LinearFit& fit = measured ? *fitted.energy : *fitted.fit;
  const double factor = measured ? 1.0 : fitted.power->watts;
  Json json = {{"origin", measured ? "measured" : "modelled"}, {"by_construction", !measured}, {"n", fit.n}};
  if (!measured) json["watts"] = {{"value", fitted.power->watts}, {"source", fitted.power->source}};
  json["r_squared"] = json_or_null(fit.r_squared);
  json["slope_joules_per_op"] = coefficient(fit.slope, fit.slope_standard_error, fit.slope_interval, factor);
  json["intercept_joules"] =
      coefficient(fit.intercept, fit.intercept_standard_error, fit.intercept_interval, factor);
  return json;
}

Json count(const store::Count& count) { return {{"draws", count.draws}, {"networks", count.networks}}; }

}  // namespace

std::optional<double> latency_of(const store::MeasurementRow& row, const measure::Setup& setup) {
  if (row.seconds) return row.seconds;
  if (row.cycles && setup.clock_hz)
    return static_cast<double>(*row.cycles) / static_cast<double>(*setup.clock_hz);
  return std::nullopt;
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

std::string FittedSeries::title() const {
  const measure::Setup& setup = series.setup.setup;
  std::string text =
      fmt::format("{} on {} ({}, {}", campaign.space_name, setup.board, to_string(setup.runner),
                  setup.runtime.empty() ? "runtime unknown" : setup.runtime);
  if (campaign.campaign.seed)
    text += fmt::format(", prior {}, seed {}", campaign.campaign.prior, *campaign.campaign.seed);
  return text + ")";
}

std::string FittedSeries::file_stem() const {
  std::string stem = campaign.space_name + "-" + series.setup.setup.board;
  if (campaign.campaign.seed) stem += fmt::format("-seed{}", *campaign.campaign.seed);
  for (char& letter : stem) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_';
    if (!plain) letter = '_';
  }
  return stem;
}

void add_selection_options(Options& options) {
  options.value("db", "FILE", "the study file");
  options.value("space", "NAME", "only campaigns of this space");
  options.value("boards", "NAME,...", "only these boards");
}

std::vector<FittedSeries> fit_study(store::Study& study, const Options& options) {
  const auto space = options.optional_text("space");
  const std::vector<std::string> boards =
      options.has("boards") ? options.list("boards") : std::vector<std::string>{};
  const std::vector<store::SetupRow> setups = study.setups();
  std::vector<FittedSeries> all;
  for (const store::CampaignRow& campaign : study.campaigns()) {
    if (space && campaign.space_name != *space) continue;
    for (const std::string& id : campaign.setups) {
      const auto setup =
          std::find_if(setups.begin(), setups.end(), [&](const auto& row) { return row.id == id; });
      OPLINE_ASSERT(setup != setups.end(), "setup {} of a campaign is not in the study", id);
      const bool wanted = boards.empty() || std::count(boards.begin(), boards.end(), setup->setup.board) != 0;
      if (wanted) all.push_back(describe(study, campaign, *setup, std::nullopt));
    }
  }
  if (all.empty()) nothing_selected(study);
  return all;
}

std::vector<FittedSeries> fit_campaign(store::Study& study, store::CampaignKey campaign,
                                       const std::vector<std::string>& setups,
                                       std::optional<std::int64_t> first_draws) {
  const std::vector<store::CampaignRow> campaigns = study.campaigns();
  const auto row =
      std::find_if(campaigns.begin(), campaigns.end(), [&](const auto& c) { return c.key == campaign; });
  OPLINE_ASSERT(row != campaigns.end(), "campaign {} is not in the study", campaign);
  std::vector<FittedSeries> all;
  for (const store::SetupRow& setup : study.setups()) {
    if (std::count(setups.begin(), setups.end(), setup.id) != 0)
      all.push_back(describe(study, *row, setup, first_draws));
  }
  return all;
}

std::string in_words(const FittedSeries& fitted) {
  const store::Summary& summary = fitted.summary;
  std::string text = fitted.title() + "\n";
  text += fmt::format("  networks   {} drawn ({} different), {} fit the board, {} measured{}\n",
                      summary.drawn.draws, summary.drawn.networks, summary.fitting.networks,
                      summary.measured.networks, failures_of(summary));
  if (summary.pending.networks != 0)
    text += fmt::format("  pending    {} networks have no outcome yet\n", summary.pending.networks);
  if (!fitted.fit) return text + "  no fit     " + fitted.why_no_fit + "\n";
  const analysis::LinearFit& fit = *fitted.fit;
  const double percent = 100 * fit.confidence;
  text += fmt::format("  latency    = {:.4g} ns/op x ops {} {:.4g} ms\n", fit.slope * 1e9,
                      fit.intercept < 0 ? "-" : "+", std::abs(fit.intercept) * 1e3);
  text += fmt::format(
      "  slope      {:.4g} ns/op, {:.0f} % interval {:.4g} to {:.4g}, standard error {:.2g}; {:.4g} Mops/s\n",
      fit.slope * 1e9, percent, fit.slope_interval.low * 1e9, fit.slope_interval.high * 1e9,
      fit.slope_standard_error * 1e9, 1e-6 / fit.slope);
  text += fmt::format("  intercept  {:.4g} ms, {:.0f} % interval {:.4g} to {:.4g}, standard error {:.2g}\n",
                      fit.intercept * 1e3, percent, fit.intercept_interval.low * 1e3,
                      fit.intercept_interval.high * 1e3, fit.intercept_standard_error * 1e3);
  text += fmt::format("  R^2        {}, RMSE {}, mean absolute error {} %\n",
                      fit.r_squared ? fmt::format("{:.4f}", *fit.r_squared) : "undefined",
                      format_seconds(fit.rmse),
                      fit.mape_percent ? fmt::format("{:.2f}", *fit.mape_percent) : "undefined");
  text +=
      fmt::format("  range      {} to {}, {} networks\n", format_ops(static_cast<std::uint64_t>(fit.x_min)),
                  format_ops(static_cast<std::uint64_t>(fit.x_max)), fit.n);
  text += energy_in_words(fitted);
  if (fitted.simulated()) {
    text +=
        "  A simulated board has no measurement noise: intervals describe the sampling of architectures. The "
        "fit\n"
        "  speaks about this runtime and prior, conditional on fitting the board; simulated cycles are "
        "uncalibrated.\n";
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
  json["slope_seconds_per_op"] = coefficient(fit.slope, fit.slope_standard_error, fit.slope_interval);
  json["intercept_seconds"] =
      coefficient(fit.intercept, fit.intercept_standard_error, fit.intercept_interval);
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
                          {"prior", fitted.campaign.campaign.prior},
                          {"seed", json_or_null(fitted.campaign.campaign.seed)}};
  study.save_fit(
      {selection.dump(), fitted.series.setup.id, kFitFormat, kFitVersion, to_text(to_json(fitted))}, now);
}

costmodel::CostModel cost_model(const FittedSeries& fitted, const store::Study& study,
                                const std::string& command, const std::string& now) {
  if (!fitted.fit)
    throw Error(ErrorCode::input, "{}: no cost model without a fit: {}", fitted.title(), fitted.why_no_fit);
  costmodel::CostModel model = costmodel::cost_model_of(*fitted.fit);
  const store::Summary& summary = fitted.summary;
  const bool sampled = fitted.campaign.campaign.seed.has_value();
  if (sampled) {
    model.counts.drawn = static_cast<std::uint64_t>(summary.drawn.networks);
    model.counts.fitting = static_cast<std::uint64_t>(summary.fitting.networks);
    model.space = fitted.campaign.space_name;
    model.prior = fitted.campaign.campaign.prior;
    model.seed = fitted.campaign.campaign.seed;
  }
  model.counts.measured = static_cast<std::uint64_t>(summary.measured.networks);
  model.setup = fitted.series.setup.setup.to_json();
  model.provenance = {std::string(version()), study.path().filename().string(), now, command};
  return model;
}

namespace {

figures::Origin origin_of(Runner runner) {
  switch (runner) {
    case Runner::simulated:
      return figures::Origin::simulated;
    case Runner::attached:
      return figures::Origin::measured;
    case Runner::imported:
      return figures::Origin::imported;
  }
  OPLINE_ASSERT(false, "runner {}", static_cast<int>(runner));
  return {};
}

figures::LatencySeries figure_series(const FittedSeries& fitted) {
  const measure::Setup& setup = fitted.series.setup.setup;
  figures::LatencySeries series;
  series.ops = fitted.ops;
  series.seconds = fitted.seconds;
  series.fit = fitted.fit;
  series.space = fitted.campaign.space_name;
  series.board = setup.board;
  if (!setup.runtime.empty()) series.runtime = setup.runtime;
  series.origin = origin_of(setup.runner);
  if (fitted.campaign.campaign.seed) {
    series.prior = fitted.campaign.campaign.prior;
    series.drawn = static_cast<std::uint64_t>(fitted.summary.drawn.networks);
    series.fitting = static_cast<std::uint64_t>(fitted.summary.fitting.networks);
  }
  return series;
}

}  // namespace

std::vector<std::string> draw_figure(const std::vector<FittedSeries>& series, const std::string& folder,
                                     const std::string& stem, const std::string& command) {
  figures::LatencyFigure figure;
  bool simulated = false;
  for (const FittedSeries& fitted : series) {
    if (fitted.ops.empty()) continue;
    figure.series.push_back(figure_series(fitted));
    simulated = simulated || fitted.simulated();
  }
  if (simulated) figure.remarks.emplace_back("uncalibrated");
  figure.provenance = command;
  std::vector<std::string> paths;
  if (figure.series.empty()) return paths;
  for (const char* extension : {".svg", ".png"}) {
    paths.push_back((std::filesystem::path(folder) / (stem + extension)).string());
    figures::write_latency_figure(paths.back(), figure);
  }
  return paths;
}

}  // namespace opline::cli
