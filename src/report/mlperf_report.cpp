#include "src/report/mlperf_report.h"

#include <fmt/format.h>

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/base/version.h"

namespace opline::report {
namespace {

using measure::BenchmarkWindow;

double microjoules_each(const BenchmarkWindow& window) {
  return window.joules.value_or(0) / static_cast<double>(window.iterations) * 1e6;
}

std::string row(std::size_t number, const BenchmarkWindow& window) {
  std::string text = fmt::format("{:>6}  {:>10}  {:>10.3f}  {:>12.3f}", number, window.iterations,
                                 window.seconds, window.per_second());
  if (window.joules)
    text += fmt::format("  {:>12.2f} {:>10.3f}", microjoules_each(window),
                        *window.joules / window.seconds * 1e3);
  return text + "\n";
}

std::string medians(const MlperfReport& report) {
  const double rate = measure::median_per_second(report.windows);
  std::string text =
      fmt::format("median of {}: {:.3f} inferences/s, {} each",
                  counted(report.windows.size(), "window"), rate, format_seconds(1 / rate));
  if (const auto joules = measure::median_joules(report.windows))
    text += fmt::format(", {:.2f} uJ each", *joules * 1e6);
  return text + "\n";
}

/// "1130.190502": month, day and time of "2026-11-30T19:05:02Z", as the runner stamps lines.
std::string stamp(const std::string& time) {
  const auto part = [&](std::size_t at) { return time.substr(std::min(at, time.size()), 2); };
  return part(5) + part(8) + "." + part(11) + part(14) + part(17);
}

std::string performance_lines(const MlperfReport& report) {
  std::string text;
  for (std::size_t i = 0; i < report.windows.size(); ++i) {
    const BenchmarkWindow& window = report.windows[i];
    text += fmt::format(
        "Performance results for window {}\n    # Inferences : {}\n    Runtime: {:.6f} sec.\n"
        "    Throughput: {:.6f} inf./sec.\n",
        i + 1, window.iterations, window.seconds, window.per_second());
    if (measure::is_long_enough(window, {})) text += "    Runtime requirements have been met.\n";
  }
  return text + fmt::format("{} ulp-mlperf: Median throughput is {:>10.3f} inf./sec.\n",
                            stamp(report.time), measure::median_per_second(report.windows));
}

std::string energy_lines(const MlperfReport& report, double joules) {
  std::string text = "Power Edition Output\n";
  for (std::size_t i = 0; i < report.windows.size(); ++i) {
    const BenchmarkWindow& window = report.windows[i];
    text += fmt::format(
        "Energy data for trial {}\n  Elapsed time  : {:.6f}\n  Inferences    : {}\n"
        "  Power         : {:.4f} mW.\n  Total Energy  : {:.3f} uJ\n  Energy/Inf    : {:.3f} "
        "uJ/inf\n",
        i, window.seconds, window.iterations, *window.joules / window.seconds * 1e3,
        *window.joules * 1e6, microjoules_each(window));
  }
  return text + fmt::format("Median energy cost is {:.4f} uJ/inf.\n", joules * 1e6);
}

}  // namespace

bool meets_benchmark_rules(const MlperfReport& report) {
  const measure::WindowRules asked;
  bool all = report.windows.size() == asked.windows;
  for (const BenchmarkWindow& window : report.windows)
    all = all && measure::is_long_enough(window, asked);
  return all;
}

std::string in_words(const MlperfReport& report) {
  std::string text = fmt::format("{} on {} ({}) at {}\n", report.device.model, report.device.name,
                                 report.device.profile, printable(report.port));
  if (!report.meter.empty())
    text +=
        fmt::format("energy by {}{}, trigger {}\n", report.meter,
                    report.volts ? fmt::format(" at {:.4g} V", *report.volts) : "", report.trigger);
  if (report.windows.empty()) return text + "no window was completed\n";
  text += "\nwindow  inferences     seconds  inferences/s";
  text += report.meter.empty() ? "\n" : "  uJ/inference         mW\n";
  for (std::size_t i = 0; i < report.windows.size(); ++i) text += row(i + 1, report.windows[i]);
  text += medians(report);
  if (!meets_benchmark_rules(report)) {
    const measure::WindowRules asked;
    text += fmt::format(
        "not a result of the benchmark: it asks for {} windows of at least {:g} s and {} "
        "inferences\n",
        asked.windows, asked.seconds, asked.iterations);
  }
  return text;
}

Json to_json(const MlperfReport& report) {
  Json windows = Json::array();
  for (std::size_t i = 0; i < report.windows.size(); ++i) {
    const BenchmarkWindow& window = report.windows[i];
    windows.push_back({{"input", report.inputs[i]},
                       {"iterations", window.iterations},
                       {"seconds", window.seconds},
                       {"per_second", window.per_second()},
                       {"joules", json_or_null(window.joules)},
                       {"results", report.results[i]}});
  }
  Json json = {{"format", "opline-mlperf"},
               {"version", 1},
               {"opline", version()},
               {"command", report.command},
               {"time", report.time},
               {"port", report.port},
               {"name", report.device.name},
               {"profile", report.device.profile},
               {"model", report.device.model},
               {"meter", nullptr},
               {"rules",
                {{"windows", report.rules.windows},
                 {"seconds", report.rules.seconds},
                 {"iterations", report.rules.iterations}}},
               {"windows", windows},
               {"median_per_second", nullptr},
               {"median_joules", nullptr},
               {"meets_benchmark_rules", meets_benchmark_rules(report)}};
  if (!report.meter.empty())
    json["meter"] = {{"model", report.meter},
                     {"volts", json_or_null(report.volts)},
                     {"trigger", report.trigger}};
  if (!report.windows.empty()) {
    json["median_per_second"] = measure::median_per_second(report.windows);
    json["median_joules"] = json_or_null(measure::median_joules(report.windows));
  }
  return json;
}

std::string as_results_txt(const MlperfReport& report) {
  std::string text = fmt::format("# opline {}: {}\n", version(), printable(report.command, 4000));
  if (report.windows.empty()) return text;
  const auto joules = measure::median_joules(report.windows);
  text += performance_lines(report);
  return joules ? text + energy_lines(report, *joules) : text;
}

}  // namespace opline::report
