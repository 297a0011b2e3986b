// analysis/numerics/inversions.h - a merge sort that tells which elements overtake which.
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

namespace opline::analysis {

/// Sorts `values` stably by `before`, bottom-up. For every element that overtakes others calls
/// visit(first, last, element), [first, last) being those: together all pairs that stood in falling
/// order, each once. O(n log n) but for visit.
template <typename T, typename Before, typename Visit>
void sort_visiting_inversions(std::vector<T>& values, const Before& before, const Visit& visit) {
  const std::size_t n = values.size();
  std::vector<T> merged(n);
  for (std::size_t width = 1; width < n; width *= 2) {
    for (std::size_t begin = 0; begin < n; begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, n);
      const std::size_t end = std::min(middle + width, n);
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t out = begin; out < end; ++out) {
        const bool take_right =
            right < end && (left == middle || before(values[right], values[left]));
        if (take_right && left < middle)
          visit(&values[left], &values[middle - 1] + 1, values[right]);
        merged[out] = take_right ? values[right++] : values[left++];
      }
    }
    values.swap(merged);
  }
}

}  // namespace opline::analysis
