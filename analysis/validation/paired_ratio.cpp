#include "analysis/validation/paired_ratio.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/student_t.h"
#include "src/base/error.h"

namespace opline::analysis {

PairedRatio paired_ratio(std::span<const double> y_a, std::span<const double> y_b,
                         double confidence) {
  if (y_a.size() != y_b.size() || y_a.size() < 3) {
    throw InsufficientData("a paired ratio needs at least 3 pairs; there are {} and {} values",
                           y_a.size(), y_b.size());
  }
  PairedRatio result;
  result.n = y_a.size();
  result.confidence = confidence;
  result.smallest = std::numeric_limits<double>::infinity();
  double sum = 0;
  for (std::size_t i = 0; i < y_a.size(); ++i) {
    const double ratio = y_a[i] / y_b[i];
    if (!(y_a[i] > 0 && y_b[i] > 0) || !std::isfinite(ratio)) {
      throw InsufficientData("pair {} is {} and {}; a ratio needs values above 0", i, y_a[i],
                             y_b[i]);
    }
    sum += std::log(ratio);
    result.smallest = std::min(result.smallest, ratio);
    result.largest = std::max(result.largest, ratio);
  }
  const auto n = static_cast<double>(result.n);
  const double mean = sum / n;
  double squares = 0;
  for (std::size_t i = 0; i < y_a.size(); ++i)
    squares += std::pow(std::log(y_a[i] / y_b[i]) - mean, 2);
  const double half = two_sided_t(confidence, result.n - 1) * std::sqrt(squares / (n - 1) / n);
  result.value = std::exp(mean);
  result.interval = {std::exp(mean - half), std::exp(mean + half)};
  return result;
}

Result<PairedRatio> try_paired_ratio(std::span<const double> y_a, std::span<const double> y_b,
                                     double confidence) {
  return result_of([&] { return paired_ratio(y_a, y_b, confidence); });
}

}  // namespace opline::analysis
