// src/cli/judging.h - the exit code of verdicts: shared by validate and study.
#pragma once
#include <vector>

#include "src/cli/exit_code.h"
#include "src/evaluation/judge.h"

namespace opline::cli {

/// 0 where all are valid; where nothing could be judged it is that of ErrorCode::input.
/// Of the worst: not valid, then nothing could be judged, then undecided, then valid with a margin.
[[nodiscard]] int exit_code_of(const std::vector<evaluation::Judgement>& all);

}  // namespace opline::cli
