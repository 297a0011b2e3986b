#include "analysis/regression/tails.h"

#include <cmath>

#include "analysis/numerics/distributions.h"

namespace opline::analysis {
namespace {

constexpr std::size_t kFewest = 20;  // the transformation's own limit

/// Anscombe and Glynn 1983.
double kurtosis_z(double kurtosis, double n) {
  const double expected = 3 * (n - 1) / (n + 1);
  const double variance = 24 * n * (n - 2) * (n - 3) / ((n + 1) * (n + 1) * (n + 3) * (n + 5));
  const double x = (kurtosis - expected) / std::sqrt(variance);
  const double skewness = 6 * (n * n - 5 * n + 2) / ((n + 7) * (n + 9)) *
                          std::sqrt(6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3)));
  const double a = 6 + 8 / skewness * (2 / skewness + std::sqrt(1 + 4 / (skewness * skewness)));
  const double base = (1 - 2 / a) / (1 + x * std::sqrt(2 / (a - 4)));
  return (1 - 2 / (9 * a) - std::cbrt(base)) / std::sqrt(2 / (9 * a));
}

}  // namespace

std::optional<TailWeight> tail_weight(std::span<const double> residuals) {
  if (residuals.size() < kFewest) return std::nullopt;
  const auto n = static_cast<double>(residuals.size());
  double mean = 0;
  for (const double e : residuals) mean += e / n;
  double m2 = 0;
  double m4 = 0;
  for (const double e : residuals) {
    const double square = (e - mean) * (e - mean);
    m2 += square / n;
    m4 += square * square / n;
  }
  if (!std::isnormal(m2 * m2)) return std::nullopt;
  TailWeight result;
  result.kurtosis = m4 / (m2 * m2);
  result.z = kurtosis_z(result.kurtosis, n);
  result.p = normal_tail(result.z);
  result.heavy = result.kurtosis >= kHeavyKurtosis && result.p < kHeavyP;
  return result;
}

}  // namespace opline::analysis
