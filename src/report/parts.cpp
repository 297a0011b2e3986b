#include "src/report/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "src/base/counted.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

// The test's degrees of freedom are networks - 2 and measurements - networks.
std::int64_t networks_of(const analysis::LackOfFit& found) {
  return std::llround(found.test.degrees) + 2;
}
std::int64_t measurements_of(const analysis::LackOfFit& found) {
  return networks_of(found) + std::llround(found.test.other_degrees);
}

}  // namespace

Record estimate_record(const analysis::Estimate& estimate) {
  Record record;
  return record.add("value", estimate.value).interval("interval", estimate.interval);
}

Record test_record(const analysis::Test& test) {
  Record record;
  return record.add("statistic", test.statistic).add("p", test.p);
}

Record errors_record(const analysis::RelativeErrors& errors) {
  Record record;
  return record.add("n", errors.n)
      .add("mape", errors.mape_percent)
      .add("q50", errors.median_percent)
      .add("q90", errors.q90_percent)
      .add("q95", errors.q95_percent)
      .add("q100", errors.worst_percent)
      .add("bias", errors.bias_percent);
}

Record lack_of_fit_record(const analysis::LackOfFit& found) {
  Record record;
  return record.add("statistic", found.test.statistic)
      .add("p", found.test.p)
      .add("networks", networks_of(found))
      .add("measurements", measurements_of(found))
      .add("pure_error", found.pure_error)
      .add("pure_error_percent", found.pure_error_percent)
      .add("pure_share", found.pure_share);
}

Record repeat_spread_record(const analysis::RepeatSpread& spread) {
  Record record;
  return record.add("rows", spread.rows)
      .add("networks", spread.networks)
      .add("shared", spread.source == analysis::KeySource::name ? "name" : "ops")
      .add("deviation_percent", spread.deviation_percent)
      .add("factor", spread.factor)
      .add("scatter_percent", spread.scatter_percent)
      .add("p", spread.p);
}

Json calibration_json(const evaluation::Series& series) {
  const std::string text = evaluation::calibration_of(series);
  return text.empty() ? Json(nullptr) : Json(text);
}

Record setup_record(const measure::Setup& setup) {
  Record record;
  const Json fields = setup.to_json();
  for (const auto& [key, value] : fields.items()) record.add(key, value);
  return record;
}

Json interval_json(const std::optional<analysis::Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

std::string text_or_dash(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "-";
}

std::string p_text(const std::optional<double>& p) {
  if (!p) return "-";
  return *p < 2e-16 ? "<2e-16" : fmt::format("{:.2g}", *p);
}

std::string relative_errors_text(const analysis::RelativeErrors& errors) {
  return fmt::format(
      "mean {:.2f} %; 50 % below {:.2f}, 90 % below {:.2f}, 95 % below {:.2f}, all below {:.2f} %; "
      "bias {:+.2f} %",
      errors.mape_percent, errors.median_percent, errors.q90_percent, errors.q95_percent,
      errors.worst_percent, errors.bias_percent);
}

std::string lack_of_fit_text(const analysis::LackOfFit& found) {
  return fmt::format(
      "{} of {}; pure error {}, {:.3g} % of latency; lack of fit F {:.4g} (p "
      "{})",
      counted(measurements_of(found), "measurement"), counted(networks_of(found), "network"),
      format_seconds(found.pure_error), found.pure_error_percent, found.test.statistic,
      p_text(found.test.p));
}

std::string interval_text(const std::optional<analysis::Interval>& interval, double unit,
                          const char* number) {
  if (!interval) return "";
  const auto text = [&](double value) { return fmt::format(fmt::runtime(number), value * unit); };
  return " (" + text(interval->low) + " to " + text(interval->high) + ")";
}

std::string to_error(double value, double standard_error) {
  if (!(standard_error > 0) || !std::isfinite(standard_error)) return fmt::format("{:.4g}", value);
  constexpr int kMostDecimals = 12;
  const int decimals =
      std::clamp(1 - static_cast<int>(std::floor(std::log10(standard_error))), 0, kMostDecimals);
  return fmt::format("{:.{}f}", value, decimals);
}

std::string calibration_sentence(const evaluation::Series& series) {
  if (!series.simulated()) return {};
  if (!series.calibration) return "Simulated cycles are uncalibrated.";
  return fmt::format("Simulated seconds are {}; measured ones of a network may be {:.3g} % off.",
                     evaluation::calibration_of(series), 100 * series.calibration->further_error);
}

std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t kWidth = 100;
  std::istringstream words(text);
  std::string result;
  std::size_t column = indent;
  for (std::string word; words >> word;) {
    if (!result.empty() && column + 1 + word.size() > kWidth) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!result.empty()) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

}  // namespace opline::report
