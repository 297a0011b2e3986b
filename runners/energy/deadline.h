// runners/energy/deadline.h - how much of a time limit is left.
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

}  // namespace opline::energy
