#include "analysis/regression/outliers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/numerics/series_checks.h"
#include "analysis/regression/spread.h"
#include "analysis/regression/theil_sen.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

constexpr std::size_t kFewest = 8;
/// Standard deviation / mean absolute value of a normal distribution.
const double kDeviationPerMean = std::sqrt(std::numbers::pi / 2);

void require_options(const OutlierOptions& options) {
  if (options.deviations > 0 && options.least_share >= 0 && options.most_rows > 0 &&
      options.most_rows < 1 && options.line_rows >= 3)
    return;
  throw Error(
      ErrorCode::input,
      "outliers: {} deviations, at least {} of the prediction, at most {} of the rows, a line "
      "through {} rows; give values above 0, a share below 1 and 3 rows or more",
      options.deviations, options.least_share, options.most_rows, options.line_rows);
}

std::optional<TheilSenFit> resistant_line(std::span<const double> x, std::span<const double> y,
                                          std::size_t most) {
  std::vector<double> some_x;
  std::vector<double> some_y;
  const std::size_t count = std::min(x.size(), most);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = i * x.size() / count;
    some_x.push_back(x[row]);
    some_y.push_back(y[row]);
  }
  return try_fit_theil_sen(some_x, some_y).optional();
}

std::optional<int> unit_power(double factor) {
  for (const int power : {3, 6, 9, -3, -6, -9}) {
    const double ratio = factor / std::pow(10.0, power);
    if (ratio > 1 / 1.25 && ratio < 1.25) return power;
  }
  return std::nullopt;
}

Outlier outlier_of(std::size_t row, double measured, double expected, double deviations) {
  Outlier one{row, measured, expected, deviations, {}, {}};
  if (expected > 0) {
    one.factor = measured / expected;
    one.unit_power = unit_power(*one.factor);
  }
  return one;
}

}  // namespace

std::optional<OutlierSearch> find_outliers(std::span<const double> x, std::span<const double> y,
                                           const OutlierOptions& options) {
  require_pairs("outliers", x, y);
  require_options(options);
  if (x.size() < kFewest) return std::nullopt;
  const auto line = resistant_line(x, y, options.line_rows);
  if (!line) return std::nullopt;
  OutlierSearch result{line->slope, line->intercept, {}, 0, false};
  std::vector<double> expected(x.size());
  std::vector<double> residuals(x.size());
  double largest = 0;
  for (std::size_t row = 0; row < x.size(); ++row) {
    expected[row] = line->intercept + line->slope * x[row];
    residuals[row] = y[row] - expected[row];
    largest = std::max(largest, std::abs(y[row]));
  }
  const Spread spread = fit_spread(expected, residuals);
  for (std::size_t row = 0; row < x.size(); ++row) {
    const double size = std::abs(residuals[row]);
    const double deviation =
        kDeviationPerMean * std::max(spread.at(expected[row]), 1e-14 * largest);
    if (size <= options.deviations * deviation) continue;
    if (size <= options.least_share * std::abs(expected[row])) continue;
    result.outliers.push_back(outlier_of(row, y[row], expected[row], residuals[row] / deviation));
  }
  result.far_rows = result.outliers.size();
  const double most = options.most_rows * static_cast<double>(x.size());
  result.too_many = static_cast<double>(result.far_rows) > std::max(1.0, most);
  if (result.too_many) result.outliers.clear();
  std::stable_sort(result.outliers.begin(), result.outliers.end(),
                   [](const Outlier& a, const Outlier& b) {
                     return std::abs(a.deviations) > std::abs(b.deviations);
                   });
  return result;
}

}  // namespace opline::analysis
