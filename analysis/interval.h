// analysis/interval.h - a range with two ends.   Room: analysis.
#pragma once

namespace opline::analysis {

/// [low, high], low <= high, in the unit of the figure it belongs to.
struct Interval {
  double low = 0;
  double high = 0;
  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
  [[nodiscard]] double width() const { return high - low; }
};

}  // namespace opline::analysis
