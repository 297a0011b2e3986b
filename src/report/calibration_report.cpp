#include "src/report/calibration_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using analysis::CalibrationFit;
using analysis::CalibrationTrend;
using evaluation::Calibration;
using evaluation::CalibrationSide;

constexpr std::size_t kIndent = 13;  // of what stands behind a heading

/// "  scale      1.012", broken into lines.
std::string line(const char* heading, const std::string& text) {
  return fmt::format("  {:<{}}{}\n", heading, kIndent - 2, wrapped(text, kIndent));
}

std::string side_text(const CalibrationSide& side) {
  return fmt::format("{} of {}: {}", counted(side.networks, "network"), fmt::join(side.files, ", "),
                     fmt::join(side.titles, "; "));
}

std::string ops_range(double low, double high) {
  return fmt::format("{} to {}", format_ops(static_cast<std::uint64_t>(low)),
                     format_ops(static_cast<std::uint64_t>(high)));
}

std::string coefficient_text(const analysis::Coefficient& one, double unit, const char* name,
                             double confidence) {
  return fmt::format("{}{}, {:g} % interval {} to {}, standard error {:.2g}",
                     to_error(unit * one.estimate, unit * one.standard_error), name,
                     100 * confidence, to_error(unit * one.interval.low, unit * one.standard_error),
                     to_error(unit * one.interval.high, unit * one.standard_error),
                     unit * one.standard_error);
}

std::string errors_text(const analysis::RelativeErrors& errors) {
  return fmt::format("mean {:.2f} %, median {:.2f} %, worst {:.2f} %", errors.mape_percent,
                     errors.median_percent, errors.worst_percent);
}

std::string trend_text(const CalibrationTrend& trend) {
  const std::string range = trend.name == "ops"
                                ? ops_range(trend.low, trend.high)
                                : fmt::format("{:.3g} to {:.3g}", trend.low, trend.high);
  return fmt::format("{}: {:+.2f} % ({:+.2f} to {:+.2f}) from {}{}", trend.name, 100 * trend.effect,
                     100 * trend.interval.low, 100 * trend.interval.high, range,
                     trend.matters ? ", above the margin" : "");
}

std::string fit_text(const CalibrationFit& fit) {
  std::string text = line("scale", coefficient_text(fit.scale, 1, "", fit.confidence));
  if (fit.offset) text += line("offset", coefficient_text(*fit.offset, 1e3, " ms", fit.confidence));
  text += line("errors",
               errors_text(fit.fitted) + "; left out one at a time: " + errors_text(fit.left_out));
  text += line("further", fmt::format("a further network's measured seconds are within {:.3g} % of "
                                      "its calibrated ones ({:g} %)",
                                      100 * fit.further_error, 100 * fit.confidence));
  const char* heading = "residuals";
  for (const CalibrationTrend& trend : fit.trends) {
    text += line(heading, trend_text(trend));
    heading = "";
  }
  for (const analysis::LeftOut& one : fit.untested) {
    text += line(heading, one.name + " " + one.why);
    heading = "";
  }
  return text;
}

std::string pairs_text(const Calibration& calibration) {
  const CalibrationFit& fit = *calibration.fit;
  std::string text = fmt::format("  {:>11} {:>11} {:>11} {:>11} {:>11}  {}\n", "ops", "simulated",
                                 "measured", "residual", "left out", "network");
  for (std::size_t i = 0; i < calibration.pairs.size(); ++i) {
    const evaluation::CalibratedPair& one = calibration.pairs[i];
    text += fmt::format("  {:>11} {:>11} {:>11} {:>+9.2f} % {:>+9.2f} %  {}\n", format_ops(one.ops),
                        format_seconds(one.simulated_seconds), format_seconds(one.measured_seconds),
                        100 * fit.residuals[i], 100 * fit.left_out_residuals[i],
                        printable(one.name, 80));
  }
  return text;
}

std::string verdict_text(const Calibration& calibration) {
  const analysis::Ruling ruling = calibration.ruling();
  std::string text = line(
      "verdict", fmt::format("{}: {}, margin {:g} %", name_of(ruling),
                             ruling == analysis::Ruling::valid ? "views may apply it in its scope"
                                                               : "seconds stay uncalibrated",
                             100 * calibration.fit->margin));
  for (const std::string& reason : calibration.reasons())
    text += fmt::format("{:{}}- {}\n", "", kIndent, wrapped(reason, kIndent + 2));
  return text;
}

}  // namespace

std::string text_of(const Calibration& calibration) {
  std::string text = printable(calibration.scope.title(), 200) + "\n";
  text += line("measured", side_text(calibration.measured));
  text += line("simulated", side_text(calibration.simulated));
  if (!calibration.not_recorded.empty())
    text += line("assumed", fmt::format("the measurements do not record {}: taken to be those of "
                                        "the simulation",
                                        fmt::join(calibration.not_recorded, ", ")));
  if (!calibration.fit) {
    for (const std::string& reason : calibration.reasons()) text += line("", reason);
    return text + line("none", calibration.why_none);
  }
  const CalibrationFit& fit = *calibration.fit;
  text += line("pairs", fmt::format("{}, {}", counted(fit.n, "network"),
                                    ops_range(fit.ops_range.low, fit.ops_range.high)));
  return text + fit_text(fit) + verdict_text(calibration) + pairs_text(calibration);
}

std::vector<Record> records_of(const Calibration& calibration) {
  std::vector<Record> records;
  if (!calibration.fit) return records;
  const CalibrationFit& fit = *calibration.fit;
  for (std::size_t i = 0; i < calibration.pairs.size(); ++i) {
    const evaluation::CalibratedPair& one = calibration.pairs[i];
    Record record;
    record.add("scope_id", calibration.scope.id())
        .add("board", calibration.scope.board)
        .add("name", one.name)
        .add("network", one.network.empty() ? Json(nullptr) : Json(one.network))
        .add("ops", one.ops)
        .add("simulated_seconds", one.simulated_seconds)
        .add("measured_seconds", one.measured_seconds)
        .add("calibrated_seconds", fit.calibrated[i])
        .add("residual_percent", 100 * fit.residuals[i])
        .add("left_out_percent", 100 * fit.left_out_residuals[i]);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace opline::report
