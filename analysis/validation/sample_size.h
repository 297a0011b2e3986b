// analysis/validation/sample_size.h - would fewer networks have done, and how many should the next
// campaign have?
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numerics/interval.h"
#include "src/base/result.h"

namespace opline::analysis {

/// More networks than this many times those measured are not estimated: intervals extrapolated so
/// far say nothing.
inline constexpr std::size_t kFarthestSample = 10;

struct LearningOptions {
  std::vector<std::size_t>
      sizes;  ///< Each >= 3 and below n. Empty: 10, 14, 20, 28 ... (factor sqrt 2) up to 9 n / 10.
  std::size_t repeats = 100;     ///< >= 1, below 2^32.
  std::size_t max_rows = 10000;  ///< >= 12. Of more rows this many are drawn once, and the curve is
                                 ///< theirs: what it shows is over long before.
  std::uint64_t seed = 1;
  unsigned threads = 1;  ///< >= 1. Changes nothing but the time.
};

/// What lines through `rows` networks were worth.
struct LearningPoint {
  std::size_t rows = 0;
  std::size_t repeats = 0;  ///< Draws through which a line could be fitted (two different x).
  double mape_percent =
      0;                ///< Mean over the repeats of the MAPE on the n - rows networks left out.
  Interval mape_range;  ///< 5 % and 95 % quantiles of it over the repeats, percent.
  std::optional<double>
      slope_half_width_percent;  ///< Mean of the half-width of the slope's 95 % interval / |slope|;
                                 ///< none where a slope was 0.
};

/// The learning curve: for each size that many of the n rows are drawn without replacement, a line
/// is fitted and predicts the rest; `repeats` times. A size whose draws never had two different x
/// has no point. A draw is a function of (seed, size, repeat). Draws near n are much alike: their
/// range says less and less about other networks. Throws Error{input}: x and y differ in length, a
/// value isn't finite, a y isn't above 0, options out of range, no size (n < 12 and none given).
[[nodiscard]] std::vector<LearningPoint> learning_curve(std::span<const double> x,
                                                        std::span<const double> y,
                                                        const LearningOptions& options = {});
/// As learning_curve(); too few networks and values that are not above 0 are a reason.
[[nodiscard]] Result<std::vector<LearningPoint>> try_learning_curve(
    std::span<const double> x, std::span<const double> y, const LearningOptions& options = {});

/// Rows for which an interval of half-width `half_width` at n rows reaches `target`, at least 3: n
/// (half_width / target)^2, rounded up. Assumes that the half-width goes as 1 / sqrt(n): networks
/// drawn from the same prior, and n not tiny (Student's t at 10 rows is 15 % above its limit).
/// Nothing beyond 2^53. Throws Error{input} unless n >= 1, half_width >= 0 and target > 0, all
/// finite.
[[nodiscard]] std::optional<std::size_t> rows_for_precision(std::size_t n, double half_width,
                                                            double target);

/// The fewest rows for which the interval no longer holds the threshold, if the estimate stayed
/// where it is and each side of the interval went as 1 / sqrt(n), at least 3. Nothing where the
/// estimate is the threshold, or beyond 2^53: no number of rows decides. When the estimate moves,
/// so does the number: near the threshold it is a guess. Throws Error{input} unless n >= 1, all
/// finite and low <= estimate <= high.
[[nodiscard]] std::optional<std::size_t> rows_to_decide(std::size_t n, double estimate,
                                                        const Interval& interval, double threshold);

}  // namespace opline::analysis
