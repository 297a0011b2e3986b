// src/cli/exit_code.h - the exit codes of the program: one table, printed by `opline --help` and by
// every verb's --help. The values are frozen. Those of an Error are in src/base/error.h.
#pragma once
#include <array>
#include <string_view>
#include <vector>

namespace opline::cli {

inline constexpr int kInterrupted = 7;
inline constexpr int kValidWithMargin = 8;
inline constexpr int kNotValid = 9;
inline constexpr int kUndecided = 10;
/// The command ran to its end, but no network has a latency, or no line could be fitted.
inline constexpr int kNoResult = 11;
/// status: shards are running or waiting, or their studies are being merged.
inline constexpr int kUnderWay = 12;
/// status: shards were lost or failed; opline submit starts them again.
inline constexpr int kIncomplete = 13;
/// 128 + SIGPIPE, what a shell reports for a program that the signal ended.
inline constexpr int kClosedPipe = 141;

struct ExitCode {
  int value;
  std::string_view meaning;
};

inline constexpr std::array<ExitCode, 15> kExitCodes = {{
    {0, "done; of validate and calibrate: valid"},
    {2, "wrong usage: an unknown verb, option, name or combination"},
    {3, "a program, package or resource has to be installed first"},
    {4,
     "the content of a file is wrong or damaged; of validate and calibrate: nothing could be "
     "judged"},
    {5, "reading or writing failed, or memory ran out"},
    {6, "a board or the simulator cannot be used"},
    {kInterrupted, "interrupted by SIGINT, SIGTERM or SIGHUP; the same command resumes"},
    {kValidWithMargin, "validate: valid with a margin"},
    {kNotValid, "validate, calibrate: not valid; export: so is every model, and none is written"},
    {kUndecided, "validate, calibrate: undecided"},
    {kNoResult, "nothing was measured, or no line could be fitted"},
    {kUnderWay, "status: under way, nothing to do"},
    {kIncomplete, "status: lost, failed or never started; opline submit --dir DIR starts it again"},
    {70, "a bug in opline; self-test: the arithmetic does not reach its aim"},
    {kClosedPipe, "the reader of the output closed the pipe (as SIGPIPE)"},
}};

/// What a verb's --help explains: 0, 2 and `exits`. Of 0 it says only that the verb is done.
[[nodiscard]] std::vector<ExitCode> explained(const std::vector<int>& exits);

}  // namespace opline::cli
