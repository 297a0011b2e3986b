#include "src/report/fit_report.h"

#include <fmt/format.h>

#include <cmath>

#include "analysis/verdict/verdict_words.h"
#include "src/base/counted.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using evaluation::Series;
using evaluation::SeriesFit;

constexpr const char* kFitFormat = "opline-fit";
constexpr int kFitVersion = 1;
constexpr std::size_t kLongestName = 60;

std::string failures_of(const store::Summary& summary) {
  std::string text;
  for (const auto& [kind, count] : summary.outcomes) {
    if (kind == measure::OutcomeKind::measured || kind == measure::OutcomeKind::does_not_fit)
      continue;
    text += fmt::format(", {} {}", count.networks, measure::to_string(kind));
  }
  return text;
}

/// The standard error in `unit`; 0 for a whole enumeration, which samples nothing.
double error_of(const SeriesFit& fit, double standard_error, double unit) {
  return fit.series->covers_whole_space ? 0 : standard_error * unit;
}

/// ", 95 % interval 5.757 to 5.811, standard error 0.014"; nothing for a whole enumeration.
std::string range_text(const SeriesFit& fit, const analysis::Interval& interval,
                       double standard_error, double unit) {
  if (fit.series->covers_whole_space) return "";
  const double error = standard_error * unit;
  return fmt::format(", {:.0f} % interval {} to {}, standard error {:.2g}",
                     100 * fit.line->confidence, to_error(interval.low * unit, error),
                     to_error(interval.high * unit, error), error);
}

std::string mops_per_second(const analysis::LinearFit& line) {
  return line.slope > 0 ? fmt::format("{:.4g}", 1e-6 / line.slope) : "undefined";
}

const char* sign_of(double value) { return value < 0 ? "-" : "+"; }

/// "energy = 0.95 nJ/op x ops + 3.1 mJ": measured, else modelled, which is proportional to latency
/// by construction.
std::string energy_text(const SeriesFit& fit) {
  const auto& power = fit.series->power;
  if (fit.energy) {
    const analysis::LinearFit& line = *fit.energy;
    return fmt::format("  energy     = {:.4g} nJ/op x ops {} {:.4g} mJ, measured on {}, R^2 {}\n",
                       line.slope * 1e9, sign_of(line.intercept), std::abs(line.intercept) * 1e3,
                       counted(line.n, "network"),
                       line.r_squared ? fmt::format("{:.4f}", *line.r_squared) : "undefined");
  }
  if (!power && fit.series->simulated()) {
    return fmt::format(
        "  energy     unknown: no active power is published for this board; give one with\n"
        "             --active-watts {}=WATTS\n",
        printable(fit.series->marked_board()));
  }
  if (!power) return "";
  return fmt::format(
      "  energy     = {:.4g} nJ/op x ops {} {:.4g} mJ, modelled as {:.4g} W x latency and so as "
      "linear as\n             latency by construction ({})\n",
      fit.line->slope * power->watts * 1e9, sign_of(fit.line->intercept),
      std::abs(fit.line->intercept) * power->watts * 1e3, power->watts, printable(power->source));
}

std::string line_text(const SeriesFit& fit) {
  const analysis::LinearFit& line = *fit.line;
  const std::string slope =
      to_error(line.slope * 1e9, error_of(fit, line.slope_standard_error, 1e9));
  std::string text = fmt::format(
      "  latency    = {} ns/op x ops {} {} ms\n", slope, sign_of(line.intercept),
      to_error(std::abs(line.intercept) * 1e3, error_of(fit, line.intercept_standard_error, 1e3)));
  text += fmt::format("  slope      {} ns/op{}; {} Mops/s\n", slope,
                      range_text(fit, line.slope_interval, line.slope_standard_error, 1e9),
                      mops_per_second(line));
  text +=
      fmt::format("  intercept  {} ms{}\n",
                  to_error(line.intercept * 1e3, error_of(fit, line.intercept_standard_error, 1e3)),
                  range_text(fit, line.intercept_interval, line.intercept_standard_error, 1e3));
  if (!line.hc3 && !fit.series->covers_whole_space)
    text +=
        "  errors     classical: HC3 errors are not defined where one network alone decides the "
        "line\n";
  text += fmt::format("  R^2        {}, RMSE {}, mean absolute error {} %\n",
                      line.r_squared ? fmt::format("{:.4f}", *line.r_squared) : "undefined",
                      format_seconds(line.rmse),
                      line.mape_percent ? fmt::format("{:.2f}", *line.mape_percent) : "undefined");
  return text + fmt::format("  range      {} to {}, {}\n",
                            format_ops(static_cast<std::uint64_t>(line.x_min)),
                            format_ops(static_cast<std::uint64_t>(line.x_max)),
                            counted(line.n, "network"));
}

std::string caveats_text(const Series& series) {
  std::string text;
  if (series.covers_whole_space) {
    text =
        "  Every network of the space was drawn: nothing is sampled, so there are no intervals.\n";
  } else if (series.simulated()) {
    text =
        "  A simulated board has no measurement noise: intervals describe the sampling of "
        "architectures.\n";
  }
  if (series.simulated()) {
    text += series.calibration
                ? "  " +
                      wrapped(
                          "The fit applies to this runtime and prior, given that a network "
                          "fits the board. " +
                              calibration_sentence(series),
                          2) +
                      "\n"
                : "  The fit applies to this runtime and prior, given that a network fits the "
                  "board; simulated\n  cycles are uncalibrated.\n";
  }
  return text;
}

/// Where rows taken for repeats of a network are too far apart for that.
std::string repeats_text(const Series& series) {
  const auto& spread = series.repeat_spread;
  if (!spread || !spread->wide()) return "";
  return "  " + wrapped("Note: " + analysis::question_about(*spread), 2) + "\n";
}

/// What errors say about one coefficient; null for a whole enumeration and where there are none.
struct CoefficientErrors {
  double standard_error = 0;
  analysis::Interval interval;
};

Record errors_of(const std::optional<CoefficientErrors>& errors) {
  Record record;
  return record.add("standard_error", errors ? Json(errors->standard_error) : Json(nullptr))
      .interval("interval", errors ? std::optional(errors->interval) : std::nullopt);
}

enum class LineCoefficient { slope, intercept };

CoefficientErrors errors_of(const analysis::LineErrors& errors, LineCoefficient which,
                            double factor) {
  const bool slope = which == LineCoefficient::slope;
  const analysis::Interval& range = slope ? errors.slope_interval : errors.intercept_interval;
  return {factor * (slope ? errors.slope_standard_error : errors.intercept_standard_error),
          {factor * range.low, factor * range.high}};
}

/// Estimate, error and interval, and these again of both kinds of errors; times `factor`.
Record coefficient(const SeriesFit& fit, const analysis::LinearFit& line, LineCoefficient which,
                   double factor = 1) {
  std::optional<CoefficientErrors> classical;
  std::optional<CoefficientErrors> hc3;
  if (!fit.series->covers_whole_space) {
    classical = errors_of(line.classical, which, factor);
    if (line.hc3) hc3 = errors_of(*line.hc3, which, factor);
  }
  const auto& chosen =
      hc3 && line.covariance_kind == analysis::CovarianceKind::hc3 ? hc3 : classical;
  Record record;
  return record
      .add("estimate", factor * (which == LineCoefficient::slope ? line.slope : line.intercept))
      .add("standard_error", chosen ? Json(chosen->standard_error) : Json(nullptr))
      .interval("interval", chosen ? std::optional(chosen->interval) : std::nullopt)
      .part("classical", errors_of(classical))
      .part("hc3", errors_of(hc3));
}

/// Of the estimates of intercept and slope.
Record covariance_record(const SeriesFit& fit, const analysis::LinearFit& line) {
  const bool sampled = !fit.series->covers_whole_space;
  Record record;
  return record.add("classical", sampled ? Json(line.classical.covariance) : Json(nullptr))
      .add("hc3", sampled && line.hc3 ? Json(line.hc3->covariance) : Json(nullptr));
}

Json errors_kind(const SeriesFit& fit, const analysis::LinearFit& line) {
  if (fit.series->covers_whole_space) return nullptr;
  return line.covariance_kind == analysis::CovarianceKind::hc3 ? "hc3" : "classical";
}

Record energy_record(const SeriesFit& fit, const analysis::LinearFit& line, bool measured) {
  const double factor = measured ? 1.0 : fit.series->power->watts;
  Record record;
  record.add("origin", measured ? "measured" : "modelled")
      .add("by_construction", !measured)
      .add("n", line.n);
  if (!measured)
    record.part(
        "watts",
        Record().add("value", fit.series->power->watts).add("source", fit.series->power->source));
  return record.add("r_squared", json_or_null(line.r_squared))
      .part("slope_joules_per_op", coefficient(fit, line, LineCoefficient::slope, factor))
      .part("intercept_joules", coefficient(fit, line, LineCoefficient::intercept, factor));
}

/// null where nothing is known about energy.
void add_energy(Record& record, const SeriesFit& fit) {
  if (fit.energy) {
    record.part("energy", energy_record(fit, *fit.energy, true));
  } else if (fit.series->power) {
    record.part("energy", energy_record(fit, *fit.line, false));
  } else {
    record.missing("energy", energy_record(fit, *fit.line, true));
  }
}

Record count_record(const store::Count& count) {
  Record record;
  return record.add("draws", count.draws).add("networks", count.networks);
}

}  // namespace

std::string counts_of(const Series& series) {
  const store::Summary& counts = series.counts;
  if (!series.seed) {
    if (series.measurements() == series.rows.size())
      return fmt::format("{} imported", counts.measured.networks);
    return fmt::format("{}, {}: medians of repeats", counted(series.measurements(), "row"),
                       counted(series.rows.size(), "network"));
  }
  std::string text =
      fmt::format("{} drawn ({} different), ", counts.drawn.draws, counts.drawn.networks);
  text +=
      counts.pending.networks == 0
          ? std::to_string(counts.fitting.networks)
          : fmt::format("{} of them pending; {} of the other {}", counts.pending.networks,
                        counts.fitting.networks, counts.drawn.networks - counts.pending.networks);
  return text + fmt::format(" fit the board, {} measured{}", counts.measured.networks,
                            failures_of(counts));
}

std::string counts_text(const Series& series) {
  return fmt::format("  networks   {}\n", counts_of(series));
}

std::string text_of(const SeriesFit& fit) {
  std::string text = title_of(*fit.series) + "\n" + counts_text(*fit.series);
  if (!fit.line) return text + "  no fit     " + fit.why_none + "\n";
  return text + line_text(fit) + energy_text(fit) + caveats_text(*fit.series) +
         repeats_text(*fit.series);
}

std::string table_of(const std::vector<SeriesFit>& all) {
  std::string text = fmt::format(
      "{:<12} {:<16} {:>7} {:>9} {:>7} {:>8} {:>8} {:>9} {:>13} {:>7} {:>9}\n", "space", "board",
      "drawn", "different", "fit", "measured", "ns/op", "Mops/s", "intercept ms", "R^2", "error %");
  for (const SeriesFit& fit : all) {
    const Series& series = *fit.series;
    const store::Summary& counts = series.counts;
    const auto of_prior = [&](std::int64_t count) {
      return series.seed ? std::to_string(count) : "-";
    };
    text +=
        fmt::format("{:<12} {:<16} {:>7} {:>9} {:>7} {:>8}", printable(series.space, kLongestName),
                    printable(series.marked_board(), kLongestName), of_prior(counts.drawn.draws),
                    of_prior(counts.drawn.networks), of_prior(counts.fitting.networks),
                    counts.measured.networks);
    if (!fit.line) {
      text += " no fit\n";
      continue;
    }
    const analysis::LinearFit& line = *fit.line;
    text += fmt::format(" {:>8.4g} {:>9} {:>13.4g} {:>7} {:>9}\n", line.slope * 1e9,
                        mops_per_second(line), line.intercept * 1e3,
                        text_or_dash(line.r_squared, "{:.4f}"),
                        text_or_dash(line.mape_percent, "{:.2f}"));
  }
  return text;
}

Record record_of(const SeriesFit& fit) {
  const Series& series = *fit.series;
  Record record;
  record.add("format", kFitFormat)
      .add("version", kFitVersion)
      .add("model", "latency = slope * ops + intercept")
      .add("space", series.space)
      .add("prior", series.prior)
      .add("seed", json_or_null(series.seed))
      .add("board", series.setup.board)
      .add("runner", std::string(to_string(series.setup.runner)))
      .add("calibration", calibration_json(series))
      .part("setup", setup_record(series.setup))
      .part("drawn", count_record(series.counts.drawn))
      .part("fitting", count_record(series.counts.fitting))
      .part("measured", count_record(series.counts.measured))
      .part("pending", count_record(series.counts.pending))
      .add("rows", series.measurements())
      .optional_part("repeat_spread", series.repeat_spread, repeat_spread_record);
  if (!fit.line)
    return record.add("n", 0).add("r_squared", nullptr).add("why_no_fit", fit.why_none);
  const analysis::LinearFit& line = *fit.line;
  record.add("n", line.n)
      .add("r_squared", json_or_null(line.r_squared))
      .add("confidence", line.confidence)
      .add("whole_enumeration", series.covers_whole_space)
      .add("errors", errors_kind(fit, line))
      .part("slope_seconds_per_op", coefficient(fit, line, LineCoefficient::slope))
      .part("intercept_seconds", coefficient(fit, line, LineCoefficient::intercept))
      .part("covariance", covariance_record(fit, line))
      .add("mops_per_second", line.slope != 0 ? Json(1e-6 / line.slope) : Json(nullptr))
      .add("rmse_seconds", line.rmse)
      .add("mape_percent", json_or_null(line.mape_percent))
      .add("ops_min", static_cast<std::uint64_t>(line.x_min))
      .add("ops_max", static_cast<std::uint64_t>(line.x_max))
      .optional_part("lack_of_fit", fit.rows.lack_of_fit, lack_of_fit_record);
  add_energy(record, fit);
  return record;
}

store::NewFit stored_fit(const SeriesFit& fit) {
  OPLINE_ASSERT(fit.line, "a fit without a line is not stored");
  const Series& series = *fit.series;
  const Json selection = {{"space", series.space},
                          {"space_id", series.space_id},
                          {"prior", series.prior},
                          {"seed", json_or_null(series.seed)},
                          {"draws", series.counts.drawn.draws},
                          {"pending", series.counts.pending.networks}};
  return {selection.dump(), series.setup_id, kFitFormat, kFitVersion,
          to_text(record_of(fit).json())};
}

}  // namespace opline::report
