// tests/sampler/chi_square.h - whether counts are those of a distribution.
#pragma once
#include <boost/math/distributions/chi_squared.hpp>
#include <cstdint>
#include <numeric>
#include <vector>

namespace opline::sampler {

/// Probability of a chi-square this large or larger when cell i has `probabilities[i]`. Cells are
/// put together until each has an expected count of 5 at least (Cochran 1954), in their order.
inline double chi_square_p(const std::vector<std::uint64_t>& counts,
                           const std::vector<double>& probabilities) {
  const double total =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  std::vector<std::pair<double, double>> cells;  // expected, seen
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (cells.empty() || cells.back().first >= 5) cells.emplace_back(0, 0);
    cells.back().first += total * probabilities[i];
    cells.back().second += static_cast<double>(counts[i]);
  }
  if (cells.size() > 1 && cells.back().first < 5) {
    const auto last = cells.back();
    cells.pop_back();
    cells.back().first += last.first;
    cells.back().second += last.second;
  }
  double statistic = 0;
  for (const auto& [expected, seen] : cells)
    statistic += (seen - expected) * (seen - expected) / expected;
  const boost::math::chi_squared distribution(static_cast<double>(cells.size()) - 1);
  return boost::math::cdf(complement(distribution, statistic));
}

/// The same for cells that are equally likely.
inline double uniform_p(const std::vector<std::uint64_t>& counts) {
  return chi_square_p(counts,
                      std::vector<double>(counts.size(), 1.0 / static_cast<double>(counts.size())));
}

}  // namespace opline::sampler
