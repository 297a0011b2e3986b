#include "analysis/regression/theil_sen.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/numerics/distributions.h"
#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/median.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/regression/pairwise_slopes.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

double sen_term(double k) { return k * (k - 1) * (2 * k + 5); }

/// Sum over the groups of equal values.
double tie_terms(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::upper_bound(begin, sorted.end(), *begin);
    sum += sen_term(static_cast<double>(end - begin));
    begin = end;
  }
  return sum;
}

double median_slope(const PairwiseSlopes& slopes) {
  const std::uint64_t middle = slopes.count() / 2;
  if (slopes.count() % 2 == 1) return slopes.select(middle).value;
  const PairwiseSlopes::Selected lower = slopes.select(middle - 1);
  const double upper = lower.next ? *lower.next : slopes.select(middle).value;
  return lower.value + (upper - lower.value) / 2;
}

std::optional<Interval> slope_interval(const PairwiseSlopes& slopes, std::span<const double> x,
                                       std::span<const double> y, double confidence) {
  const auto pairs = static_cast<double>(slopes.count());
  const double variance =
      (sen_term(static_cast<double>(x.size())) - tie_terms(x) - tie_terms(y)) / 18;
  const double reach = normal_quantile(0.5 + confidence / 2) * std::sqrt(std::max(0.0, variance));
  // Rounded as scipy does, halves to even.
  const double low = std::nearbyint((pairs - reach) / 2) - 1;
  const double high = std::nearbyint((pairs + reach) / 2);
  if (low < 0 || high > pairs - 1) return std::nullopt;
  return Interval{slopes.select(static_cast<std::uint64_t>(low)).value,
                  slopes.select(static_cast<std::uint64_t>(high)).value};
}

}  // namespace

TheilSenFit fit_theil_sen(std::span<const double> x, std::span<const double> y, double confidence) {
  require_pairs("Theil-Sen fit", x, y);
  require_share("Theil-Sen fit", "the confidence", confidence);
  if (x.size() < 2 || x.size() > UINT32_MAX) {
    throw InsufficientData("Theil-Sen fit: {} points; give 2 to 2^32 - 1", x.size());
  }
  const PairwiseSlopes slopes(x, y);
  if (slopes.count() == 0) {
    throw InsufficientData("Theil-Sen fit: every x is {}; measure networks that differ in it",
                           x[0]);
  }
  TheilSenFit fit;
  fit.n = x.size();
  fit.pairs = slopes.count();
  fit.confidence = confidence;
  fit.slope = median_slope(slopes);
  if (!std::isfinite(fit.slope)) {
    throw InsufficientData("Theil-Sen fit: slopes leave the range of a double; use other units");
  }
  fit.slope_interval = slope_interval(slopes, x, y, confidence);
  std::vector<double> values;
  for (std::size_t i = 0; i < fit.n; ++i) values.push_back(y[i] - fit.slope * x[i]);
  fit.intercept = median(values);
  if (std::all_of(y.begin(), y.end(), [](double value) { return value > 0; })) {
    for (std::size_t i = 0; i < fit.n; ++i) values[i] = fit.intercept + fit.slope * x[i];
    fit.relative = relative_errors(values, y);
  }
  return fit;
}

Result<TheilSenFit> try_fit_theil_sen(std::span<const double> x, std::span<const double> y,
                                      double confidence) {
  return result_of([&] { return fit_theil_sen(x, y, confidence); });
}

}  // namespace opline::analysis
