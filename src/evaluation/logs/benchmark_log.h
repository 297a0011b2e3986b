// src/evaluation/logs/benchmark_log.h - latencies in the logs and reports of other tools.
//
// One file is about one network on one device. Two kinds are read, told apart by their content:
//   MLPerf Tiny   log.txt and results.txt of the benchmark's runners (EEMBC's and
//                 mlcommons/tiny, benchmark/runner): windows of N inferences with their run time.
//                 A window counts when it has at least 10 inferences and 10 s, as the rules ask
//                 (MLPerfTiny_Rules.adoc); the latency is the median of run time / N. Energy is
//                 "Median energy cost" of a results.txt.
//   STM32Cube.AI  the report of `validate` on a target (also of X-CUBE-AI and ST Edge AI): its mean
//                 duration. A report of `analyze`, or of a validation on the host, has none.
// docs/formats/benchmark-logs.md has the lines that are read. Everything else in a file is skipped.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/evaluation/series.h"

namespace opline::evaluation {

enum class LogKind { mlperf_tiny, stm32cube_ai };

struct BenchmarkLog {
  std::string file;
  LogKind kind = LogKind::mlperf_tiny;
  std::string model;                      ///< As the log calls it, "kws01"; may be empty.
  std::string device;                     ///< Likewise: "0x433/STM32F401xD/E"; may be empty.
  std::string tool;                       ///< Likewise: "STM32Cube.AI 7.3.0"; may be empty.
  double seconds = 0;                     ///< Of one inference, above 0.
  std::optional<double> joules;           ///< Of one inference.
  std::optional<std::uint64_t> clock_hz;  ///< Of the core.
  /// As the tool counts, which is more than multiply-accumulates: ST counts activations and pools.
  std::optional<std::uint64_t> macc;
  std::size_t windows = 1;  ///< What the latency is the median, or the mean, of.
};

/// Throws Error{input} "file[:line]: what, and what to do" for a file of no known kind, without a
/// latency, or whose figures contradict each other.
[[nodiscard]] BenchmarkLog parse_benchmark_log(const std::string& text, const std::string& file);
/// Throws Error{io}, too.
[[nodiscard]] BenchmarkLog read_benchmark_log(const std::filesystem::path& path);

/// A log with the network that it is about, where the user names one.
struct LoggedNetwork {
  BenchmarkLog log;
  std::string name;                  ///< Empty: the log's model, else the stem of its file.
  std::string id;                    ///< Of the network; may be empty.
  std::optional<std::uint64_t> ops;  ///< None: 2 x macc.
};

/// A series with one row per log, imported under `setup`; its clock, and its runtime, are those of
/// the logs where it has none. Throws Error{input} for a log without ops, for logs of several
/// clocks, and for two logs of one network.
[[nodiscard]] Series series_of(const std::vector<LoggedNetwork>& logs, const std::string& space,
                               measure::Setup setup);

}  // namespace opline::evaluation
