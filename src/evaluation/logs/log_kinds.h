// src/evaluation/logs/log_kinds.h - one reader per kind of log; benchmark_log.h chooses.
#pragma once
#include <string>

#include "src/evaluation/logs/benchmark_log.h"

namespace opline::evaluation {

/// Whether the text has a line of that kind's latency.
[[nodiscard]] bool is_mlperf_tiny(const std::string& text);
[[nodiscard]] bool is_stm32cube_ai(const std::string& text);

/// Throw as parse_benchmark_log().
[[nodiscard]] BenchmarkLog parse_mlperf_tiny(const std::string& text, const std::string& file);
[[nodiscard]] BenchmarkLog parse_stm32cube_ai(const std::string& text, const std::string& file);

}  // namespace opline::evaluation
