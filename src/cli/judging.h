// src/cli/judging.h - options and exit code of verdicts, shared by the verbs that judge.
#pragma once
#include <vector>

#include "src/cli/exit_code.h"
#include "src/cli/options.h"
#include "src/evaluation/judge.h"

namespace opline::cli {

/// Thresholds of --thresholds, else the shipped ones; all processors. For latency.
[[nodiscard]] evaluation::JudgeOptions judge_options(const Options& options);

/// 0 where all are valid; where nothing could be judged it is that of ErrorCode::input.
/// Of the worst: not valid, then nothing could be judged, then undecided, then valid with a margin.
[[nodiscard]] int exit_code_of(const std::vector<evaluation::Judgement>& all);

}  // namespace opline::cli
