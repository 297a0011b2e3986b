#include "analysis/validation/validation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/resampling/folds.h"
#include "src/base/error.h"
#include "src/base/parallel.h"

namespace opline::analysis {
namespace {

struct Rows {
  std::vector<double> x, y;
  void add(double some_x, double some_y) {
    x.push_back(some_x);
    y.push_back(some_y);
  }
};

void require_data(const char* what, std::span<const double> x, std::span<const double> y) {
  require_pairs(what, x, y);
  require_positive(what, "y", y);
}

bool fittable(std::span<const double> x) {
  return x.size() >= 3 &&
         std::any_of(x.begin(), x.end(), [&](double value) { return value != x[0]; });
}

double sum_of_squares(std::span<const double> predicted, std::span<const double> y) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += (predicted[i] - y[i]) * (predicted[i] - y[i]);
  return sum;
}

std::optional<double> q_squared(double press, std::size_t repeats, std::span<const double> y) {
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(y.size());
  const double total = sum_of_squares(std::vector<double>(y.size(), mean), y);
  if (!std::any_of(y.begin(), y.end(), [&](double value) { return value != y[0]; }) ||
      !(total > 0)) {
    return std::nullopt;
  }
  return 1 - press / (static_cast<double>(repeats) * total);
}

std::vector<double> predictions(const LinearFit& fit, std::span<const double> x) {
  std::vector<double> predicted(x.size());
  std::transform(x.begin(), x.end(), predicted.begin(),
                 [&](double at) { return fit.predict(at).value; });
  return predicted;
}

std::optional<Extrapolation> judged_on(const Rows& fitted, const Rows& others) {
  if (!fittable(fitted.x) || others.x.empty()) return std::nullopt;
  Extrapolation result{fit_line(fitted.x, fitted.y), {}, 0};
  result.errors = *relative_errors(predictions(result.fit, others.x), others.y);
  std::size_t inside = 0;
  for (std::size_t i = 0; i < others.x.size(); ++i) {
    inside += result.fit.predict(others.x[i]).single.contains(others.y[i]) ? 1 : 0;
  }
  result.inside_intervals = static_cast<double>(inside) / static_cast<double>(others.x.size());
  return result;
}

/// The s that minimises the sum of |y - s p| / y = (p / y) |y / p - s|: a weighted median of y / p.
std::optional<double> least_mape_scale(std::span<const double> predicted,
                                       std::span<const double> measured) {
  std::vector<double> ratios;
  double total = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double ratio = measured[i] / predicted[i];
    if (!(predicted[i] > 0) || !std::isnormal(ratio)) return std::nullopt;
    ratios.push_back(ratio);
    total += 1 / ratio;
  }
  std::sort(ratios.begin(), ratios.end());
  double weight = 0;
  for (const double ratio : ratios) {
    weight += 1 / ratio;
    if (weight >= total / 2) return ratio;
  }
  return ratios.back();
}

}  // namespace

std::optional<std::vector<double>> held_out_predictions(std::span<const double> x,
                                                        std::span<const double> y,
                                                        std::size_t folds, std::uint64_t seed,
                                                        std::uint64_t repeat) {
  require_data("cross-validation", x, y);
  if (folds < 2) {
    throw Error(ErrorCode::input, "cross-validation: {} folds; give at least 2", folds);
  }
  if (x.size() < folds || x.size() > UINT32_MAX) return std::nullopt;
  const std::vector<std::size_t> fold = deal_folds(x.size(), folds, seed, repeat);
  std::vector<double> predicted(x.size());
  for (std::size_t out = 0; out < folds; ++out) {
    Rows others;
    for (std::size_t row = 0; row < x.size(); ++row) {
      if (fold[row] != out) others.add(x[row], y[row]);
    }
    if (!fittable(others.x)) return std::nullopt;
    const LinearFit fit = fit_line(others.x, others.y);
    for (std::size_t row = 0; row < x.size(); ++row) {
      if (fold[row] == out) predicted[row] = fit.predict(x[row]).value;
    }
  }
  return predicted;
}

std::optional<CrossValidation> cross_validate(std::span<const double> x, std::span<const double> y,
                                              const CrossValidationOptions& options) {
  if (options.repeats < 1 || options.threads < 1) {
    throw Error(ErrorCode::input,
                "cross-validation: {} repeats, {} threads; give at least 1 of each",
                options.repeats, options.threads);
  }
  std::vector<std::optional<std::vector<double>>> repeats(options.repeats);
  parallel_for(options.threads, options.repeats, [&](std::size_t repeat) {
    repeats[repeat] = held_out_predictions(x, y, options.folds, options.seed, repeat);
  });
  CrossValidation result;
  std::vector<double> predicted;
  std::vector<double> measured;
  double press = 0;
  for (const auto& one : repeats) {
    if (!one) return std::nullopt;
    result.repeat_mape.push_back(relative_errors(*one, y)->mape_percent);
    press += sum_of_squares(*one, y);
    predicted.insert(predicted.end(), one->begin(), one->end());
    measured.insert(measured.end(), y.begin(), y.end());
  }
  result.errors = *relative_errors(predicted, measured);
  result.q_squared = q_squared(press, options.repeats, y);
  return result;
}

Extrapolations extrapolate(std::span<const double> x, std::span<const double> y) {
  require_data("extrapolation", x, y);
  if (x.empty()) return {};
  std::vector<double> sorted(x.begin(), x.end());
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(x.size() / 2),
                   sorted.end());
  Extrapolations result;
  result.x_split = sorted[x.size() / 2];
  Rows small;
  Rows large;
  for (std::size_t i = 0; i < x.size(); ++i)
    (x[i] < result.x_split ? small : large).add(x[i], y[i]);
  result.to_large = judged_on(small, large);
  result.to_small = judged_on(large, small);
  return result;
}

std::optional<Transfer> transfer(std::span<const double> x_a, std::span<const double> y_a,
                                 std::span<const double> x_b, std::span<const double> y_b) {
  require_data("transfer", x_a, y_a);
  require_data("transfer", x_b, y_b);
  if (!fittable(x_a) || x_b.empty()) return std::nullopt;
  Transfer result;
  result.fit = fit_line(x_a, y_a);
  std::vector<double> predicted = predictions(result.fit, x_b);
  result.errors = *relative_errors(predicted, y_b);
  result.kendall_tau_b = kendall_tau_b(predicted, y_b);
  result.scale = least_mape_scale(predicted, y_b);
  if (result.scale) {
    for (double& value : predicted) value *= *result.scale;
    result.scaled = relative_errors(predicted, y_b);
  }
  return result;
}

}  // namespace opline::analysis
