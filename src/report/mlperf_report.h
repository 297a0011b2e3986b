// src/report/mlperf_report.h - MLPerf Tiny's windows as text, as JSON, and as the results.txt that
// the benchmark's runner writes: `opline mlperf`.
//
//   kws01 on opline (opline 0.1.0) at /dev/ttyACM0
//
//   window  inferences     seconds  inferences/s
//        1         241      10.211        23.602
//        2         241      10.210        23.605
//   median of 2 windows: 23.603 inferences/s, 42.4 ms each
#pragma once
#include <string>
#include <vector>

#include "runners/attached/mlperf_device.h"
#include "src/base/json.h"
#include "src/measure/benchmark_windows.h"

namespace opline::report {

struct MlperfReport {
  std::string command;  ///< For provenance.
  std::string time;     ///< utc_now(), when the last window ended.
  std::string port;
  runners::MlperfIdentity device;
  measure::WindowRules rules;
  std::string meter;  ///< Empty: none.
  std::string trigger;
  std::optional<double> volts;  ///< Of the supply, with a meter.
  std::vector<measure::BenchmarkWindow> windows;
  std::vector<std::vector<double>> results;  ///< The device's output after each window.
  std::vector<std::string> inputs;           ///< The file of each window.
};

/// Whether this is what the benchmark's rules ask for: all windows, long enough, and no rule
/// lowered.
[[nodiscard]] bool meets_benchmark_rules(const MlperfReport& report);

[[nodiscard]] std::string in_words(const MlperfReport& report);
/// Keys: docs/mlperf-tiny.md.
[[nodiscard]] Json to_json(const MlperfReport& report);
/// The lines of results.txt that scripts of the benchmark read, behind a line of provenance.
[[nodiscard]] std::string as_results_txt(const MlperfReport& report);

}  // namespace opline::report
