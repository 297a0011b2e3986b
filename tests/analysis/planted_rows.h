// tests/analysis/planted_rows.h - networks of a known law, for tests.
#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/random_data.h"

namespace opline::analysis {

inline constexpr double kSlope = 13.2e-9;  // seconds per op
inline constexpr double kIntercept = 0.1;  // seconds
inline constexpr double kNoise = 0.03;     // seconds

struct Rows {
  std::vector<double> x, y;
};

/// Standard deviation of y, seconds, at x.
using SpreadAt = double (*)(double x);
inline double even(double) { return kNoise; }
/// Widest at both ends of the range: classical errors of the slope are too small there.
inline double wide_ends(double x) { return 0.002 + 0.05 * std::abs(x - 31e6) / 30e6; }
inline double growing(double x) { return 0.05 * (kIntercept + kSlope * x); }

/// Latency of networks of 1 to 61 Mops: the true mean, then the errors.
inline double line(double x) { return kIntercept + kSlope * x; }
/// Concave: a tenth less than the line at both ends.
inline double bend(double x) { return line(x) - 0.05 * std::pow((x - 31e6) / 30e6, 2); }

inline Rows drawn(RandomStream& random, std::size_t n, SpreadAt spread,
                  double (*mean)(double) = line, double steeper = 1) {
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    rows.x.push_back(testing_data::uniform(random, 1e6, 61e6));
    const double x = rows.x.back();
    rows.y.push_back(mean(x) + (steeper - 1) * kSlope * x +
                     spread(x) * testing_data::normal(random));
  }
  return rows;
}

}  // namespace opline::analysis
