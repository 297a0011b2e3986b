// analysis/numerics/median.h - the middle of unsorted values.
#pragma once
#include <algorithm>
#include <vector>

#include "src/base/error.h"

namespace opline::analysis {

/// The middle value, or the mean of the two middle ones, of at least one. O(n) expected; needs no
/// order.
[[nodiscard]] inline double median(std::vector<double> values) {
  OPLINE_ASSERT(!values.empty(), "the median of no values");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

}  // namespace opline::analysis
