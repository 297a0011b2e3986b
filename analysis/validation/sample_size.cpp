#include "analysis/validation/sample_size.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/regression/regression.h"
#include "src/base/error.h"
#include "src/base/parallel.h"
#include "src/base/random.h"

namespace opline::analysis {
namespace {

constexpr std::size_t kFewestForCurve = 12;
constexpr double kFewestRows = 3;                 // of a line with errors
constexpr double kMostRows = 9007199254740992.0;  // 2^53

std::vector<std::size_t> default_sizes(std::size_t n) {
  std::vector<std::size_t> sizes;
  for (unsigned step = 0;; ++step) {
    const double size = std::round(10 * std::pow(2, step / 2.0));
    if (size > 0.9 * static_cast<double>(n)) return sizes;
    sizes.push_back(static_cast<std::size_t>(size));
  }
}

void require_options(std::size_t n, std::span<const std::size_t> sizes,
                     const LearningOptions& options) {
  if (n > UINT32_MAX || options.repeats < 1 || options.repeats > UINT32_MAX ||
      options.threads < 1) {
    throw Error(ErrorCode::input,
                "learning curve: {} rows, {} repeats, {} threads; give 1 to 2^32 - 1 each", n,
                options.repeats, options.threads);
  }
  if (sizes.empty()) {
    throw InsufficientData(
        "learning curve: {} networks; it takes 12 to leave some out: measure more", n);
  }
  for (const std::size_t size : sizes) {
    if (size >= 3 && size < n) continue;
    throw Error(ErrorCode::input, "learning curve: a size of {} of {} networks; give 3 to {}", size,
                n, n - 1);
  }
}

/// All rows, the first `size` of them drawn without replacement (Fisher and Yates).
std::vector<std::uint32_t> drawn_first(std::size_t n, std::size_t size, std::uint64_t seed,
                                       std::size_t repeat) {
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0U);
  RandomStream random(seed, static_cast<std::uint64_t>(size) << 32 | repeat);
  for (std::size_t i = 0; i < size; ++i) {
    std::swap(rows[i], rows[i + random.below(static_cast<std::uint32_t>(n - i))]);
  }
  return rows;
}

struct Judged {
  double mape_percent = 0;
  double half_width_percent = 0;  ///< Infinite for a slope of 0.
};

std::optional<Judged> judge(std::span<const double> x, std::span<const double> y,
                            std::span<const std::uint32_t> rows, std::size_t size) {
  std::vector<double> some_x, some_y;
  for (const std::uint32_t row : rows.first(size)) {
    some_x.push_back(x[row]);
    some_y.push_back(y[row]);
  }
  if (std::all_of(some_x.begin(), some_x.end(), [&](double value) { return value == some_x[0]; })) {
    return std::nullopt;
  }
  const LinearFit fit = fit_line(some_x, some_y);
  double sum = 0;
  for (const std::uint32_t row : rows.subspan(size)) {
    sum += std::abs(fit.intercept + fit.slope * x[row] - y[row]) / y[row];
  }
  return Judged{100 * sum / static_cast<double>(rows.size() - size),
                100 * fit.slope_interval.width() / 2 / std::abs(fit.slope)};
}

std::optional<LearningPoint> point(std::size_t size,
                                   std::span<const std::optional<Judged>> repeats) {
  std::vector<double> mapes;
  double half_widths = 0;
  for (const std::optional<Judged>& one : repeats) {
    if (!one) continue;
    mapes.push_back(one->mape_percent);
    half_widths += one->half_width_percent;
  }
  if (mapes.empty()) return std::nullopt;
  const auto count = static_cast<double>(mapes.size());
  std::sort(mapes.begin(), mapes.end());
  LearningPoint result{
      size, mapes.size(), std::accumulate(mapes.begin(), mapes.end(), 0.0) / count, {}, {}};
  result.mape_range = {quantile_of_sorted(mapes, 0.05), quantile_of_sorted(mapes, 0.95)};
  if (std::isfinite(half_widths)) result.slope_half_width_percent = half_widths / count;
  return result;
}

std::optional<std::size_t> as_rows(double rows) {
  if (!(rows <= kMostRows)) return std::nullopt;
  return static_cast<std::size_t>(std::max(kFewestRows, rows));
}

/// The curve of max_rows of the rows.
std::vector<LearningPoint> learning_curve_of_some(std::span<const double> x,
                                                  std::span<const double> y,
                                                  const LearningOptions& options) {
  const std::vector<std::uint32_t> rows =
      drawn_first(x.size(), options.max_rows, options.seed, 0xffffffff);
  std::vector<double> some_x;
  std::vector<double> some_y;
  for (const std::uint32_t row : std::span(rows).first(options.max_rows)) {
    some_x.push_back(x[row]);
    some_y.push_back(y[row]);
  }
  return learning_curve(some_x, some_y, options);
}

}  // namespace

std::vector<LearningPoint> learning_curve(std::span<const double> x, std::span<const double> y,
                                          const LearningOptions& options) {
  require_pairs("learning curve", x, y);
  require_positive("learning curve", "y", y);
  if (x.size() > options.max_rows && options.max_rows >= kFewestForCurve)
    return learning_curve_of_some(x, y, options);
  const std::vector<std::size_t> sizes =
      options.sizes.empty() ? default_sizes(x.size()) : options.sizes;
  require_options(x.size(), sizes, options);
  std::vector<std::optional<Judged>> judged(sizes.size() * options.repeats);
  parallel_for(options.threads, judged.size(), [&](std::size_t i) {
    const std::size_t size = sizes[i / options.repeats];
    judged[i] = judge(x, y, drawn_first(x.size(), size, options.seed, i % options.repeats), size);
  });
  std::vector<LearningPoint> curve;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto one =
        point(sizes[i], std::span(judged).subspan(i * options.repeats, options.repeats));
    if (one) curve.push_back(*one);
  }
  return curve;
}

std::optional<std::size_t> rows_for_precision(std::size_t n, double half_width, double target) {
  if (!(n >= 1 && std::isfinite(half_width) && half_width >= 0 && std::isfinite(target) &&
        target > 0)) {
    throw Error(ErrorCode::input,
                "sample size: a half-width of {} at {} rows, to become {}; give finite ones, the "
                "target above 0",
                half_width, n, target);
  }
  return as_rows(std::ceil(static_cast<double>(n) * std::pow(half_width / target, 2)));
}

std::optional<std::size_t> rows_to_decide(std::size_t n, double estimate, const Interval& interval,
                                          double threshold) {
  if (!(n >= 1 && std::isfinite(interval.low) && std::isfinite(interval.high) &&
        std::isfinite(threshold) && interval.contains(estimate))) {
    throw Error(
        ErrorCode::input,
        "sample size: an estimate of {} in [{}, {}] at {} rows against {}; give finite ones, the "
        "estimate in its interval",
        estimate, interval.low, interval.high, n, threshold);
  }
  const double distance = std::abs(estimate - threshold);
  if (distance == 0) return std::nullopt;
  const double side = threshold < estimate ? estimate - interval.low : interval.high - estimate;
  return as_rows(std::floor(static_cast<double>(n) * std::pow(side / distance, 2)) + 1);
}

Result<std::vector<LearningPoint>> try_learning_curve(std::span<const double> x,
                                                      std::span<const double> y,
                                                      const LearningOptions& options) {
  return result_of([&] { return learning_curve(x, y, options); });
}

}  // namespace opline::analysis
