// analysis/numerics/interval.h - a range with two ends.
#pragma once
#include <optional>

namespace opline::analysis {

/// [low, high], low <= high, in the unit of the figure it belongs to.
struct Interval {
  double low = 0;
  double high = 0;
  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
  [[nodiscard]] double width() const { return high - low; }
};

/// A figure of the data. Without an interval for a whole enumeration, where no other networks could
/// have been drawn, and where the data are too few for one.
struct Estimate {
  double value = 0;
  std::optional<Interval> interval;
};

}  // namespace opline::analysis
