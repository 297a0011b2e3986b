// src/base/process.h - another program, run to its end.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace opline {

struct Ended {
  int exit_code = 0;   ///< 128 + n where signal n ended it.
  std::string output;  ///< What it wrote to standard output and error, as it came; at most 1 MiB.
};

/// Runs `words[0]` (a name looked up in PATH, or a path) with the other words as its arguments,
/// without a shell and with nothing to read. Throws Error{missing_tool} where there is no such
/// program, Error{io} where it cannot be started.
[[nodiscard]] Ended run_program(const std::vector<std::string>& words);

/// The same with this process's input, output and errors; returns the exit code. `each_second` is
/// called about every second until the program has ended.
[[nodiscard]] int run_program_visibly(const std::vector<std::string>& words,
                                      const std::function<void()>& each_second = {});

}  // namespace opline
