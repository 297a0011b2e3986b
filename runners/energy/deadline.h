// runners/energy/deadline.h - how much of a time limit is left, and how much time has passed.
#pragma once
#include <algorithm>
#include <chrono>

namespace opline::energy {

class Deadline {
 public:
  /// `seconds` from now.
  explicit Deadline(double seconds)
      : end_(Clock::now() +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}

  /// Seconds; 0 when it has passed.
  [[nodiscard]] double left() const {
    return std::max(0.0, std::chrono::duration<double>(end_ - Clock::now()).count());
  }
  [[nodiscard]] bool passed() const { return left() == 0; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point end_;
};

/// Runs from its construction.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace opline::energy
