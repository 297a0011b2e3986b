#include "analysis/resampling/bootstrap.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/regression/regression.h"
#include "src/base/error.h"
#include "src/base/parallel.h"
#include "src/base/random.h"

namespace opline::analysis {
namespace {

using Figures = std::vector<std::optional<double>>;

void require_options(std::size_t n, const BootstrapOptions& options) {
  require_share("bootstrap", "confidence", options.confidence);
  if (n < 1 || n > UINT32_MAX || options.replicates < 100 || options.threads < 1 ||
      options.jackknife_groups < 2 || options.max_rows < 100) {
    throw Error(
        ErrorCode::input,
        "bootstrap: {} rows, {} replicates of at most {} rows, {} threads, {} jackknife groups; "
        "give 1 to 2^32-1 rows, at least 100 replicates of 100 rows, 1 thread and 2 groups",
        n, options.replicates, options.max_rows, options.threads, options.jackknife_groups);
  }
}

Figures all_replicates(std::size_t n, const RowStatistic& statistic,
                       const BootstrapOptions& options) {
  require_options(n, options);
  Figures figures(options.replicates);
  parallel_for(options.threads, options.replicates, [&](std::size_t replicate) {
    RandomStream random(options.seed, replicate);
    std::vector<std::uint32_t> rows(std::min(n, options.max_rows));
    for (std::uint32_t& row : rows) row = random.below(static_cast<std::uint32_t>(n));
    figures[replicate] = statistic(rows);
  });
  return figures;
}

Figures jackknife_figures(std::size_t n, const RowStatistic& statistic,
                          const BootstrapOptions& options) {
  Figures figures(std::min(n, options.jackknife_groups));
  parallel_for(options.threads, figures.size(), [&](std::size_t group) {
    std::vector<std::uint32_t> rows;
    rows.reserve(n);
    for (std::size_t row = 0; row < n; ++row) {
      if (row % figures.size() != group) rows.push_back(static_cast<std::uint32_t>(row));
    }
    figures[group] = statistic(rows);
  });
  return figures;
}

std::vector<double> defined(const Figures& figures) {
  std::vector<double> values;
  for (const std::optional<double>& figure : figures) {
    if (figure) values.push_back(*figure);
  }
  return values;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (static_cast<double>(values.size()) - 1));
}

/// 0 when leaving out never changes the figure: there is nothing to accelerate.
double acceleration_of(std::span<const double> jackknife) {
  const double mean = mean_of(jackknife);
  double largest = 0;
  for (const double figure : jackknife) largest = std::max(largest, std::abs(mean - figure));
  if (largest == 0) return 0;
  double squares = 0;
  double cubes = 0;
  for (const double figure : jackknife) {
    const double u = (mean - figure) / largest;
    squares += u * u;
    cubes += u * u * u;
  }
  return cubes / (6 * squares * std::sqrt(squares));
}

/// Share of `sorted` below `value`, equal ones counted half.
double share_below(std::span<const double> sorted, double value) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
  const auto twice = (first - sorted.begin()) + (last - sorted.begin());
  return static_cast<double>(twice) / 2 / static_cast<double>(sorted.size());
}

/// The quantile of the replicates where the interval ends that is at `z` for a figure without bias
/// and acceleration.
std::optional<double> shifted(const BootstrapInterval& figures, double z) {
  const double sum = figures.bias_correction + z;
  const double divisor = 1 - figures.acceleration * sum;
  if (!(divisor > 0)) return std::nullopt;
  return boost::math::cdf(boost::math::normal(), figures.bias_correction + sum / divisor);
}

/// The columns at the rows; nothing where no line goes through them.
std::optional<LinearFit> line_of_rows(std::span<const double> x, std::span<const double> y,
                                      std::span<const std::uint32_t> rows) {
  std::vector<double> some_x;
  std::vector<double> some_y;
  for (const std::uint32_t row : rows) {
    some_x.push_back(x[row]);
    some_y.push_back(y[row]);
  }
  const bool differ =
      std::any_of(some_x.begin(), some_x.end(), [&](double value) { return value != some_x[0]; });
  if (rows.size() < 3 || !differ) return std::nullopt;
  return fit_line(some_x, some_y, {0.95, CovarianceKind::classical});
}

/// Of replicates of m of the n rows: their deviations from their median, scaled to n rows.
std::optional<BootstrapInterval> scaled_interval(double estimate, std::vector<double> replicates,
                                                 double scale, double confidence) {
  if (replicates.size() < 2) return std::nullopt;
  std::sort(replicates.begin(), replicates.end());
  const double middle = quantile_of_sorted(replicates, 0.5);
  const auto end = [&](double probability) {
    return estimate + scale * (quantile_of_sorted(replicates, probability) - middle);
  };
  BootstrapInterval result;
  result.estimate = estimate;
  result.confidence = confidence;
  result.replicates = replicates.size();
  result.standard_error = scale * standard_deviation(replicates);
  result.interval = {end((1 - confidence) / 2), end((1 + confidence) / 2)};
  return result;
}

}  // namespace

std::vector<double> bootstrap_replicates(std::size_t n, const RowStatistic& statistic,
                                         const BootstrapOptions& options) {
  return defined(all_replicates(n, statistic, options));
}

std::optional<BootstrapInterval> bca_interval(double estimate, std::vector<double> replicates,
                                              std::span<const double> jackknife,
                                              double confidence) {
  require_share("bootstrap", "confidence", confidence);
  if (replicates.size() < 2 || jackknife.size() < 2) return std::nullopt;
  BootstrapInterval result;
  result.estimate = estimate;
  result.confidence = confidence;
  result.replicates = replicates.size();
  result.standard_error = standard_deviation(replicates);
  std::sort(replicates.begin(), replicates.end());
  const double below = share_below(replicates, estimate);
  if (!(below > 0 && below < 1)) return std::nullopt;
  const boost::math::normal normal;
  result.bias_correction = boost::math::quantile(normal, below);
  result.acceleration = acceleration_of(jackknife);
  const double z = boost::math::quantile(normal, 0.5 + confidence / 2);
  const auto low = shifted(result, -z);
  const auto high = shifted(result, z);
  if (!low || !high) return std::nullopt;
  result.interval = {quantile_of_sorted(replicates, *low), quantile_of_sorted(replicates, *high)};
  if (!result.interval.contains(estimate)) return std::nullopt;
  return result;
}

std::optional<BootstrapInterval> bootstrap(std::size_t n, const RowStatistic& statistic,
                                           const BootstrapOptions& options) {
  if (n < 3) return std::nullopt;
  require_options(n, options);
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0U);
  const std::optional<double> estimate = statistic(rows);
  if (!estimate) return std::nullopt;
  const bool of_all = n <= options.max_rows;
  const Figures jackknife = of_all ? jackknife_figures(n, statistic, options) : Figures{};
  if (std::any_of(jackknife.begin(), jackknife.end(), [](const auto& figure) { return !figure; })) {
    return std::nullopt;
  }
  const std::vector<double> replicates = defined(all_replicates(n, statistic, options));
  const std::size_t undefined = options.replicates - replicates.size();
  if (undefined * 20 > options.replicates) return std::nullopt;
  const double scale =
      std::sqrt(static_cast<double>(std::min(n, options.max_rows)) / static_cast<double>(n));
  auto result = of_all ? bca_interval(*estimate, replicates, defined(jackknife), options.confidence)
                       : scaled_interval(*estimate, replicates, scale, options.confidence);
  if (result) result->undefined = undefined;
  return result;
}

RowStatistic r_squared_of_rows(std::span<const double> x, std::span<const double> y) {
  require_pairs("bootstrap", x, y);
  return [x, y](std::span<const std::uint32_t> rows) -> std::optional<double> {
    const auto line = line_of_rows(x, y, rows);
    return line ? line->r_squared : std::nullopt;
  };
}

RowStatistic mape_percent_of_rows(std::span<const double> x, std::span<const double> y) {
  require_pairs("bootstrap", x, y);
  return [x, y](std::span<const std::uint32_t> rows) -> std::optional<double> {
    const auto line = line_of_rows(x, y, rows);
    return line ? line->mape_percent : std::nullopt;
  };
}

RowStatistic kendall_tau_b_of_rows(std::span<const double> x, std::span<const double> y) {
  require_pairs("bootstrap", x, y);
  return [x, y](std::span<const std::uint32_t> rows) {
    std::vector<double> some_x;
    std::vector<double> some_y;
    for (const std::uint32_t row : rows) {
      some_x.push_back(x[row]);
      some_y.push_back(y[row]);
    }
    return kendall_tau_b(some_x, some_y);
  };
}

}  // namespace opline::analysis
