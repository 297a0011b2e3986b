// analysis/regression/diagnostics.h - does a fitted linear model fit: curvature, spread, normality,
// influence.
//
// With many rows any lack of fit is significant: verdicts look at effect sizes, and p-values
// only tell chance from not.
// All work on u = sqrt(w) e of the model, which is e without weights. Held against R's lm, lmtest
// and nortest (tests/analysis/data/goldens.R).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/regression/linear_model.h"
#include "src/base/result.h"

namespace opline::analysis {

/// A statistic and the probability of one as large if all were well.
struct Test {
  double statistic = 0;
  double degrees = 0;        ///< Of chi-squared, or F's numerator; 0 where it has none.
  double other_degrees = 0;  ///< F's denominator.
  double p = 1;
};

/// Of one row. Cook and Weisberg, Residuals and Influence in Regression, 1982.
struct Influence {
  double leverage = 0;
  std::optional<double> internal;  ///< u / (s sqrt(1 - h)); none where h = 1 or s = 0.
  std::optional<double> external;  ///< As internal, s without the row: t with n - p - 1 degrees;
                                   ///< none where that is 0.
  std::optional<double> cook;      ///< internal^2 h / ((1 - h) p).
};

struct Diagnostics {
  std::optional<Test>
      reset;  ///< Ramsey 1969: F of fitted^2 and fitted^3 added (lmtest::resettest).
  /// The same hypothesis by a Wald test with HC3 covariance, F(2, n - p - 2): holds its level where
  /// the spread varies, where the classical one takes spread for curvature (Wooldridge, Econometric
  /// Analysis of Cross Section and Panel Data, section 6.3.3; lmtest::waldtest with
  /// sandwich::vcovHC).
  std::optional<Test> reset_hc3;
  std::optional<Test>
      breusch_pagan;  ///< Koenker 1981: n R^2 of u^2 on the columns (lmtest::bptest).
  std::optional<Test>
      white;  ///< White 1980: as that, on columns, squares and products; dependent ones dropped.
  std::optional<Test> jarque_bera;  ///< n/6 (S^2 + (K - 3)^2 / 4), chi-squared(2).
  std::optional<Test>
      shapiro_francia;  ///< W' with Blom's scores; p after Royston 1993; 5 <= n <= 5000.
  std::vector<Influence> influence;  ///< One a row.
};

struct DiagnosticsOptions {
  bool white = true;     ///< White's test has p (p + 3) / 2 columns: off, it is nothing.
  unsigned threads = 1;  ///< >= 1. Changes nothing but the time.
};

/// Diagnoses `model`, fitted on `design` and `y` (asserted by size). What the rows are too few or
/// too alike for is nothing; of a perfect fit every test and studentised residual is. O(n p^4) for
/// White's test, else O(n p^2 + n log n).
[[nodiscard]] Diagnostics diagnose(const LinearModel& model, const Design& design,
                                   std::span<const double> y,
                                   const DiagnosticsOptions& options = {});

/// Diagnostics::breusch_pagan alone.
[[nodiscard]] std::optional<Test> breusch_pagan_test(const LinearModel& model, const Design& design,
                                                     unsigned threads = 1);

/// The model with the square of a column added, about the column's mean where there is an
/// intercept, (x - mean)^2, and x^2 itself without one: the coefficient "<name>^2" with error, t,
/// p. Throws Error{input} as fit_linear, or when there is no such column.
[[nodiscard]] LinearModel fit_quadratic(const Design& design, std::span<const double> y,
                                        const std::string& name, const ModelOptions& options = {},
                                        std::span<const double> weights = {});
/// As fit_quadratic(), with a reason as try_fit_linear(): e.g. fewer than three different values of
/// the column.
[[nodiscard]] Result<LinearModel> try_fit_quadratic(const Design& design, std::span<const double> y,
                                                    const std::string& name,
                                                    const ModelOptions& options = {},
                                                    std::span<const double> weights = {});

/// Rows of largest Cook's distance, largest first, at most `count`. A row of leverage 1, which the
/// fit goes through whatever its y, comes first; other rows without a distance are left out.
[[nodiscard]] std::vector<std::size_t> most_influential(const Diagnostics& diagnostics,
                                                        std::size_t count);

}  // namespace opline::analysis
