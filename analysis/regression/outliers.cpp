#include "analysis/regression/outliers.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "analysis/numerics/median.h"
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

bool at_end(std::span<const double> x, const std::vector<Outlier>& outliers) {
  if (outliers.empty() || 2 * outliers.size() >= x.size()) return false;
  const bool above = outliers.front().deviations > 0;
  double least = x[outliers.front().row];
  double most = least;
  for (const Outlier& one : outliers) {
    if (one.unit_power || (one.deviations > 0) != above) return false;
    least = std::min(least, x[one.row]);
    most = std::max(most, x[one.row]);
  }
  const auto count = static_cast<std::ptrdiff_t>(2 * outliers.size());
  return std::count_if(x.begin(), x.end(), [&](double one) { return one >= least; }) <= count ||
         std::count_if(x.begin(), x.end(), [&](double one) { return one <= most; }) <= count;
}

/// Rows by y / x, and how many are below the widest gap; 0 where that is below a factor of 10.
struct Split {
  std::vector<std::size_t> order;
  std::size_t low = 0;
};

Split split_at_gap(std::span<const double> x, std::span<const double> y) {
  constexpr double kLeastGap = 10;
  Split split;
  split.order.resize(x.size());
  std::iota(split.order.begin(), split.order.end(), std::size_t{0});
  const auto ratio = [&](std::size_t row) { return y[row] / x[row]; };
  std::sort(split.order.begin(), split.order.end(),
            [&](std::size_t a, std::size_t b) { return ratio(a) < ratio(b); });
  double widest = kLeastGap;
  for (std::size_t i = 1; i < split.order.size(); ++i) {
    const double gap = ratio(split.order[i]) / ratio(split.order[i - 1]);
    if (gap <= widest) continue;
    widest = gap;
    split.low = i;
  }
  return split;
}

}  // namespace

std::optional<UnitMixture> find_unit_mixture(std::span<const double> x, std::span<const double> y,
                                             std::size_t line_rows) {
  constexpr std::size_t kFewestOfASide = 3;
  require_pairs("unit mixture", x, y);
  const auto positive = [](double one) { return one > 0; };
  if (!std::all_of(x.begin(), x.end(), positive) || !std::all_of(y.begin(), y.end(), positive))
    return std::nullopt;
  const Split split = split_at_gap(x, y);
  if (split.low < kFewestOfASide || x.size() - split.low < kFewestOfASide) return std::nullopt;
  std::vector<double> low_x, low_y, factors;
  for (std::size_t i = 0; i < split.low; ++i) {
    low_x.push_back(x[split.order[i]]);
    low_y.push_back(y[split.order[i]]);
  }
  const auto line = resistant_line(low_x, low_y, line_rows);
  if (!line) return std::nullopt;
  UnitMixture found;
  for (std::size_t i = split.low; i < x.size(); ++i) {
    const std::size_t row = split.order[i];
    found.rows.push_back(row);
    const double expected = line->intercept + line->slope * x[row];
    if (expected > 0) factors.push_back(y[row] / expected);
  }
  const std::optional<int> power =
      factors.empty() ? std::nullopt : unit_power(median(std::move(factors)));
  if (!power || *power < 0) return std::nullopt;
  found.power = *power;
  std::sort(found.rows.begin(), found.rows.end());
  return found;
}

std::optional<OutlierSearch> find_outliers(std::span<const double> x, std::span<const double> y,
                                           const OutlierOptions& options) {
  require_pairs("outliers", x, y);
  require_options(options);
  if (x.size() < kFewest) return std::nullopt;
  const auto line = resistant_line(x, y, options.line_rows);
  if (!line) return std::nullopt;
  OutlierSearch result{line->slope, line->intercept, {}, 0, false, false};
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
  result.at_end = at_end(x, result.outliers);
  return result;
}

}  // namespace opline::analysis
