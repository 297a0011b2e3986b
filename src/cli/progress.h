// src/cli/progress.h - how far the work is and how long it will take, on stderr.
//
//   measuring: 120 of 1000 (12 %) in 1 min 20 s, about 9 min 47 s left
//
// The first unit often takes longest (files, caches), so the time left is not estimated before a
// hundredth of the work is done or ten seconds have passed since the first unit. On a terminal one
// line that is redrawn and goes with the object; elsewhere (a log, a pipe) a line after two
// seconds, then at every tenth of the work or every 30 seconds, and one at the end. Nothing with
// --quiet.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "src/cli/verb.h"

namespace opline::cli {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  /// `now` stands in for the clock in tests.
  Progress(Console& console, std::string what, std::function<Clock::time_point()> now = Clock::now);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// `done` of `total` units of work are finished. Cheap enough to call after each of them.
  void update(std::uint64_t done, std::uint64_t total);

 private:
  [[nodiscard]] bool is_due(Clock::time_point now, std::uint64_t done, std::uint64_t total) const;

  Console& console_;
  std::string what_;
  std::function<Clock::time_point()> now_;
  Clock::time_point start_ = now_();
  Clock::time_point printed_at_ = start_;
  std::uint64_t printed_tenths_ = 0;
  std::optional<Clock::time_point> first_at_;  ///< When the first unit was done.
  bool printed_ = false;
  bool finished_ = false;  ///< The line of the end has been printed.
};

}  // namespace opline::cli
