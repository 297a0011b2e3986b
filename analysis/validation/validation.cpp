#include "analysis/validation/validation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

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

/// Moments of some rows about their own means; two sets are merged without cancellation (Chan,
/// Golub, LeVeque, The American Statistician 37(3), 1983).
struct FoldMoments {
  double n = 0, x_mean = 0, y_mean = 0, sxx = 0, sxy = 0;
  double x_min = std::numeric_limits<double>::infinity();
  double x_max = -std::numeric_limits<double>::infinity();

  void merge(const FoldMoments& other) {
    if (other.n == 0) return;
    const double all = n + other.n;
    const double dx = other.x_mean - x_mean;
    const double dy = other.y_mean - y_mean;
    sxx += other.sxx + dx * dx * (n * other.n / all);
    sxy += other.sxy + dx * dy * (n * other.n / all);
    x_mean += dx * (other.n / all);
    y_mean += dy * (other.n / all);
    n = all;
    x_min = std::min(x_min, other.x_min);
    x_max = std::max(x_max, other.x_max);
  }
  [[nodiscard]] bool fittable() const { return n >= 3 && x_min < x_max && sxx > 0; }
  [[nodiscard]] double predict(double x) const { return y_mean + sxy / sxx * (x - x_mean); }
};

std::vector<FoldMoments> moments_of_folds(std::span<const double> x, std::span<const double> y,
                                          std::span<const std::size_t> fold, std::size_t folds) {
  std::vector<FoldMoments> moments(folds);
  for (std::size_t row = 0; row < x.size(); ++row) {
    FoldMoments& own = moments[fold[row]];
    ++own.n;
    own.x_mean += (x[row] - own.x_mean) / own.n;
    own.y_mean += (y[row] - own.y_mean) / own.n;
    own.x_min = std::min(own.x_min, x[row]);
    own.x_max = std::max(own.x_max, x[row]);
  }
  for (std::size_t row = 0; row < x.size(); ++row) {
    FoldMoments& own = moments[fold[row]];
    const double dx = x[row] - own.x_mean;
    own.sxx += dx * dx;
    own.sxy += dx * (y[row] - own.y_mean);
  }
  return moments;
}

/// Those of all folds but one, for each; nothing where a line cannot be fitted to the rest.
std::optional<std::vector<FoldMoments>> moments_without(const std::vector<FoldMoments>& folds) {
  std::vector<FoldMoments> rest(folds.size());
  for (std::size_t out = 0; out < folds.size(); ++out) {
    for (std::size_t other = 0; other < folds.size(); ++other) {
      if (other != out) rest[out].merge(folds[other]);
    }
    if (!rest[out].fittable()) return std::nullopt;
  }
  return rest;
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

std::size_t bounded_repeats(std::size_t n, std::size_t repeats, std::size_t predictions) {
  return std::min(repeats, std::max<std::size_t>(1, predictions / n));
}

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
  const auto rest = moments_without(moments_of_folds(x, y, fold, folds));
  if (!rest) return std::nullopt;
  std::vector<double> predicted(x.size());
  for (std::size_t row = 0; row < x.size(); ++row)
    predicted[row] = (*rest)[fold[row]].predict(x[row]);
  return predicted;
}

std::optional<CrossValidatedRows> cross_validate_rows(std::span<const double> x,
                                                      std::span<const double> y,
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
  CrossValidatedRows result{{}, std::vector<double>(y.size())};
  std::vector<double> predicted;
  std::vector<double> measured;
  double press = 0;
  for (const auto& one : repeats) {
    if (!one) return std::nullopt;
    result.validation.repeat_mape.push_back(relative_errors(*one, y)->mape_percent);
    press += sum_of_squares(*one, y);
    predicted.insert(predicted.end(), one->begin(), one->end());
    measured.insert(measured.end(), y.begin(), y.end());
    for (std::size_t row = 0; row < y.size(); ++row)
      result.mean_predictions[row] += (*one)[row] / static_cast<double>(options.repeats);
  }
  result.validation.errors = *relative_errors(predicted, measured);
  result.validation.q_squared = q_squared(press, options.repeats, y);
  return result;
}

std::optional<CrossValidation> cross_validate(std::span<const double> x, std::span<const double> y,
                                              const CrossValidationOptions& options) {
  auto rows = cross_validate_rows(x, y, options);
  if (!rows) return std::nullopt;
  return std::move(rows->validation);
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
