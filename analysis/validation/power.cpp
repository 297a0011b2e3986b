#include "analysis/validation/power.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/numerics/double_double.h"
#include "analysis/numerics/series_checks.h"

namespace opline::analysis {
namespace {

struct Spread {
  double mean = 0;
  double sigma = 0;
};

template <typename At>
Spread spread(std::size_t n, const At& at) {
  DoubleDouble sum;
  for (std::size_t i = 0; i < n; ++i) sum += at(i);
  const DoubleDouble mean = sum / DoubleDouble(static_cast<double>(n));
  DoubleDouble squares;
  for (std::size_t i = 0; i < n; ++i) {
    const DoubleDouble apart = DoubleDouble(at(i)) - mean;
    squares += apart * apart;
  }
  return {mean.value(), std::sqrt(squares.value() / (static_cast<double>(n) - 1))};
}

}  // namespace

std::optional<PowerConstancy> power_constancy(std::span<const double> seconds,
                                              std::span<const double> joules,
                                              const BootstrapOptions& options) {
  require_pairs("power", seconds, joules);
  require_positive("power", "seconds", seconds);
  require_positive("power", "joules", joules);
  if (seconds.size() < 2) return std::nullopt;
  std::vector<double> watts(seconds.size());
  for (std::size_t i = 0; i < watts.size(); ++i) watts[i] = joules[i] / seconds[i];
  const Spread all = spread(watts.size(), [&](std::size_t i) { return watts[i]; });
  PowerConstancy result;
  result.n = watts.size();
  result.mean_watts = all.mean;
  result.sigma_watts = all.sigma;
  result.variation = all.sigma / all.mean;
  const auto [low, high] = std::minmax_element(watts.begin(), watts.end());
  result.range = {*low, *high};
  const auto variation = [&](std::span<const std::uint32_t> rows) -> std::optional<double> {
    const Spread some = spread(rows.size(), [&](std::size_t i) { return watts[rows[i]]; });
    return some.sigma / some.mean;
  };
  result.variation_interval = bootstrap(watts.size(), variation, options);
  return result;
}

}  // namespace opline::analysis
