// tests/random_data.h - random numbers for tests, from opline's own generator: the same on every
// platform for a seed. Not for products: the sums below are not those of any std:: distribution.
#pragma once
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "src/base/random.h"

namespace opline::testing_data {

/// In [0, 1).
inline double uniform(RandomStream& random) { return random.next() * 0x1p-32; }

/// In [low, high).
inline double uniform(RandomStream& random, double low, double high) {
  return low + (high - low) * uniform(random);
}

/// Standard normal (Box and Muller, Annals of Mathematical Statistics 29(2), 1958).
inline double normal(RandomStream& random) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(random)));
  return radius * std::cos(2 * std::numbers::pi * uniform(random));
}

/// Student's t with 3 degrees of freedom: variance 3, no fourth moment.
inline double t3(RandomStream& random) {
  const double z = normal(random);
  double squares = 0;
  for (int i = 0; i < 3; ++i) {
    const double one = normal(random);
    squares += one * one;
  }
  return z / std::sqrt(squares / 3);
}

/// Networks: ops and latency.
struct Series {
  std::vector<double> ops, seconds;
};

/// How a network's latency differs from the line.
enum class Noise {
  constant,        ///< Normal, one standard deviation of 5 ms.
  multiplicative,  ///< Normal, 3 % of the line.
  heavy,           ///< t with 3 degrees of freedom, scaled to 3 % of the line.
};

inline constexpr double kSlope = 1.3e-8;    ///< Seconds per op.
inline constexpr double kIntercept = 2e-3;  ///< Seconds.

/// n networks of 2 to 50 Mops, their logarithms uniform. Campaign i of a seed is the same whatever
/// is drawn before.
inline Series draw_series(Noise noise, std::size_t n, std::uint64_t seed, std::uint64_t campaign) {
  RandomStream random(seed, campaign);
  Series series;
  for (std::size_t i = 0; i < n; ++i) {
    const double ops = 2e6 * std::pow(25.0, uniform(random));
    const double line = kIntercept + kSlope * ops;
    double error = 0;
    if (noise == Noise::constant) error = 5e-3 * normal(random);
    if (noise == Noise::multiplicative) error = 0.03 * line * normal(random);
    if (noise == Noise::heavy) error = 0.03 * line * t3(random) / std::sqrt(3.0);
    series.ops.push_back(std::round(ops));
    series.seconds.push_back(std::max(1e-6, line + error));
  }
  return series;
}

}  // namespace opline::testing_data
