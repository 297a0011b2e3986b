// src/cli/progress.h - a line on the terminal that says how far the work is and when it ends.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "src/cli/verb.h"

namespace opline::cli {

/// Draws nothing where stderr is no terminal, and nothing in the first two seconds.
class Progress {
 public:
  Progress(Console& console, std::string what);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// `done` of `total` units of work; redrawn at most ten times a second.
  void update(std::uint64_t done, std::uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;
  Console& console_;
  std::string what_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_ = start_;
  bool visible_ = false;
};

}  // namespace opline::cli
