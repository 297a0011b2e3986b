// analysis/validation/validation.h - does the line predict networks it has not seen?
//
// The proxy is y = intercept + slope x by fit_line() (regression.h): x ops, y latency in any one
// unit, above 0. A line is always judged on rows it was not fitted to. Three kinds of unseen rows,
// in rising difficulty:
//   cross_validate   others of the same sample;
//   extrapolate      larger (or smaller) networks than those fitted;
//   transfer         another space or another board.
// What to do with the predictions: validation_choice.h. Every function throws Error{input} when x
// and y differ in length, a value is not finite or a y is not above 0, and gives nothing when there
// are too few rows. No state.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numerics/relative_errors.h"
#include "analysis/regression/regression.h"

namespace opline::analysis {

struct CrossValidationOptions {
  std::size_t folds =
      10;  ///< >= 2; 10 is the usual compromise of bias and cost (Kohavi, IJCAI 1995).
  std::size_t repeats =
      20;  ///< >= 1: how often the rows are assigned to folds, since one assignment varies.
  std::uint64_t seed = 1;  ///< Repeat r is a function of (seed, r).
  unsigned threads = 1;    ///< >= 1; changes nothing but the time.
};

/// `repeats`, or fewer where rows are many, as one assignment then says it all: at most
/// `predictions` in all repeats, at least one repeat. n >= 1, repeats >= 1.
[[nodiscard]] std::size_t bounded_repeats(std::size_t n,
                                          std::size_t repeats = CrossValidationOptions{}.repeats,
                                          std::size_t predictions = 2'000'000);

/// What the line says about each row when fitted without the row's fold (the dealing of repeat
/// `repeat`). Folds differ by at most one row. In the order of the rows; unit of y. Nothing when a
/// fit without a fold has fewer than 3 rows or but one x. O(n + folds^2). Throws Error{input} also
/// for fewer than 2 folds.
[[nodiscard]] std::optional<std::vector<double>> held_out_predictions(std::span<const double> x,
                                                                      std::span<const double> y,
                                                                      std::size_t folds,
                                                                      std::uint64_t seed,
                                                                      std::uint64_t repeat = 0);

struct CrossValidation {
  RelativeErrors errors;  ///< Of all held-out predictions of all repeats; errors.n = n x repeats.
  std::vector<double>
      repeat_mape;  ///< Percent, one per repeat: they differ only in the assignment to folds.
  std::optional<double> q_squared;  ///< 1 - sum of held-out squared errors / (repeats x Syy), at
                                    ///< most 1; can be below 0. None when every y is the same.
};

/// Repeated k-fold cross-validation (Stone, JRSS B 36(2), 1974). O(repeats x n).
[[nodiscard]] std::optional<CrossValidation> cross_validate(
    std::span<const double> x, std::span<const double> y,
    const CrossValidationOptions& options = {});

/// With the predictions: for each row the mean over the repeats, each from a line that was fitted
/// without the row.
struct CrossValidatedRows {
  CrossValidation validation;
  std::vector<double> mean_predictions;
};

/// As cross_validate(). O(repeats x n).
[[nodiscard]] std::optional<CrossValidatedRows> cross_validate_rows(
    std::span<const double> x, std::span<const double> y,
    const CrossValidationOptions& options = {});

/// A line fitted to some rows and judged on others.
struct Extrapolation {
  LinearFit fit;
  RelativeErrors errors;        ///< Of the rows not fitted.
  double inside_intervals = 0;  ///< Share of them inside the fit's 95 % prediction interval; near
                                ///< 0.95 if the line continues.
};

struct Extrapolations {
  double x_split = 0;  ///< Small: x below it, the upper median. Equal x are never split up.
  std::optional<Extrapolation> to_large;  ///< Fitted to the small, judged on the large.
  std::optional<Extrapolation> to_small;  ///< The reverse.
};

/// Each direction is nothing when it would be fitted to fewer than 3 rows or one x; both when n is
/// 0. O(n log n).
[[nodiscard]] Extrapolations extrapolate(std::span<const double> x, std::span<const double> y);

/// The line of A on the rows of B: as it is, and up to scale (one factor for all of B, as a faster
/// clock would be).
struct Transfer {
  LinearFit fit;          ///< Of A.
  RelativeErrors errors;  ///< Of B.
  std::optional<double>
      scale;  ///< B's latency / predicted: the factor of the least MAPE on B, a weighted
              ///< median with weights predicted / measured. None when a prediction is <= 0.
  std::optional<RelativeErrors>
      scaled;  ///< Of B after scaling. The factor is taken from B itself: one degree of freedom.
  std::optional<double>
      kendall_tau_b;  ///< Of B's predictions and latencies: what no scale can change.
};

/// Nothing when A has fewer than 3 rows or one x, or B has none. O(n log n).
[[nodiscard]] std::optional<Transfer> transfer(std::span<const double> x_a,
                                               std::span<const double> y_a,
                                               std::span<const double> x_b,
                                               std::span<const double> y_b);

}  // namespace opline::analysis
