// src/cli/judging.h - the exit codes of verdicts: shared by validate and study.
#pragma once
#include <vector>

#include "src/evaluation/judge.h"

namespace opline::cli {

/// `valid` is 0; where nothing could be judged it is that of ErrorCode::input.
inline constexpr int kValidWithMargin = 8;
inline constexpr int kNotValid = 9;
inline constexpr int kUndecided = 10;

/// Of the worst: not valid, then nothing could be judged, then undecided, then valid with a margin.
[[nodiscard]] int exit_code_of(const std::vector<evaluation::Judgement>& all);

}  // namespace opline::cli
