// analysis/regression/linear_model.h - y on several columns, by least squares.
//
// Model: y = X b + e, E[e] = 0, e independent. Weighted least squares minimises the sum of w e^2;
// it is the best choice when the variance of e is proportional to 1/w. Weights 1/y^2 minimise
// relative errors.
//
// Estimates are formed on an orthonormal basis in double-double and refined with double-double
// residuals (orthonormal.h), so that what limits them is the data: NIST's eleven sets agree to at
// least 11 digits
// (`opline self-test`). Beyond a scaled condition of about 1e12 the input's own rounding shows in
// the estimates.
//
// Classical standard errors need one variance (of sqrt(w) e). HC3, the default, does not: (X'WX)^-1
// X' diag(w^2 e^2 / (1-h)^2) X (X'WX)^-1 (MacKinnon and White, J. Econometrics 29, 1985; R's
// sandwich::vcovHC). t and F quantiles assume normal e where n is small. On simulated boards
// nothing is measured with noise: errors and intervals describe which networks were drawn. Sources:
// Draper and Smith, Applied Regression Analysis, 3rd ed.; R's lm, AIC, BIC.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/numerics/relative_errors.h"
#include "analysis/regression/design.h"
#include "analysis/regression/regression.h"
#include "src/base/result.h"

namespace opline::analysis {

struct ModelOptions {
  double confidence = 0.95;  ///< Of every interval, in (0, 1).
  /// What standard errors come from (regression.h). None: HC3, and classical where a row of
  /// leverage 1 leaves HC3 undefined; LinearModel::covariance_kind says which. HC3 asked for by
  /// name is refused there.
  std::optional<CovarianceKind> covariance = {};
  unsigned threads = 1;  ///< >= 1. Changes nothing but the time: sums are made of blocks, added in
                         ///< their order.
  /// HC3's intervals and p-values with Bell and McCaffrey's degrees of freedom (regression.h), for
  /// each coefficient, up to kSmallSample rows. False: n - p, as R's lmtest::coeftest.
  bool small_sample = true;
};

/// One estimate. Unit: y's over the column's.
struct Coefficient {
  std::string name;
  double estimate = 0;
  double standard_error = 0;
  Interval interval;  ///< Student's, with `degrees`.
  std::optional<double>
      t;  ///< estimate / standard_error; none where that is 0, and for a perfect fit.
  std::optional<double> p;  ///< Two-sided, of the estimate being 0.
  double degrees = 0;       ///< Of Student's distribution: n - p, or as ModelOptions::small_sample.
};

struct LinearModel {
  std::size_t n = 0;  ///< Rows.
  std::size_t degrees =
      0;  ///< n - p, p being the number of coefficients, the intercept included; >= 1.
  bool has_intercept = true;
  bool weighted = false;
  CovarianceKind covariance_kind = CovarianceKind::classical;
  std::vector<Coefficient> coefficients;  ///< In the order of the design's columns.
  std::vector<double> covariance;         ///< p x p, row by row, of covariance_kind.
  // Both kinds, for reports: p x p as `covariance`.
  std::vector<double> classical_covariance;
  std::optional<std::vector<double>> hc3_covariance;  ///< None where a row has leverage 1.
  /// Every residual is within 1e-14 of the largest |y|: rounding, on which no test can be built. t,
  /// p, F, likelihood, AIC and BIC are none, and so is every diagnostic (diagnostics.h).
  bool perfect_fit = false;

  double residual_sum_of_squares = 0;    ///< Sum of w e^2.
  double regression_sum_of_squares = 0;  ///< Total - residual.
  double total_sum_of_squares =
      0;  ///< Of w (y - mean)^2, weighted mean; without intercept: of w y^2 (as R).
  double residual_standard_deviation = 0;    ///< sqrt(RSS / (n - p)).
  double rmse = 0;                           ///< sqrt(sum of e^2 / n), unweighted. Unit of y.
  std::optional<double> r_squared;           ///< 1 - RSS / TSS; none when TSS is 0.
  std::optional<double> adjusted_r_squared;  ///< 1 - (1 - R^2) (n - [intercept]) / (n - p).
  std::optional<double> f;    ///< Of every coefficient but the intercept being 0; classical. None
                              ///< without such, or RSS = 0.
  std::optional<double> f_p;  ///< P(F >= f) with p - [intercept] and n - p degrees of freedom.
  std::optional<double> log_likelihood;  ///< Normal: (sum log w - n (log 2 pi + 1 - log n + log
                                         ///< RSS)) / 2; none: RSS = 0.
  std::optional<double> aic;  ///< -2 log L + 2 (p + 1): the variance counts as a parameter (as R).
  std::optional<double> bic;  ///< -2 log L + log(n) (p + 1).
  std::optional<RelativeErrors> relative;  ///< Of the fitted values; none unless every y > 0.
  double condition =
      1;  ///< 2-norm, of sqrt(w) X with columns of length 1 (Belsley, Kuh, Welsch 1980).

  // One value per row.
  std::vector<double> fitted;
  std::vector<double> residuals;  ///< y - fitted.
  std::vector<double> leverages;  ///< Diagonal of the hat matrix, in [0, 1]; they sum to p.
  std::vector<double> weights;    ///< Empty for all 1.

  /// Throws Error{input} that lists the names there are.
  [[nodiscard]] const Coefficient& coefficient(const std::string& name) const;
};

/// Fits. O(n p^2). `weights` empty for ordinary least squares, else one per row.
/// Throws Error{input}: sizes differ; rows <= columns; no column; y or a weight is NaN or infinite,
/// a weight not > 0; a column is a combination of those before it (named); HC3 with a row of
/// leverage 1; values beyond a double's range; confidence outside of (0, 1).
[[nodiscard]] LinearModel fit_linear(const Design& design, std::span<const double> y,
                                     const ModelOptions& options = {},
                                     std::span<const double> weights = {});
/// As fit_linear(); too few rows, dependent columns, HC3 with a row of leverage 1 and squares out
/// of range are a reason instead of an error. Wrong arguments still throw.
[[nodiscard]] Result<LinearModel> try_fit_linear(const Design& design, std::span<const double> y,
                                                 const ModelOptions& options = {},
                                                 std::span<const double> weights = {});

/// An estimate with its Student interval, t and p; standard_error >= 0, degrees >= 1, 0 <
/// confidence < 1.
[[nodiscard]] Coefficient student_coefficient(const std::string& name, double estimate,
                                              double standard_error, double degrees,
                                              double confidence);

/// The standard error of each coefficient from a covariance of LinearModel.
[[nodiscard]] std::vector<double> standard_errors(std::span<const double> covariance);

/// 1 / y^2, for relative errors. Throws Error{input} unless every y > 0 and 1 / y^2 is finite.
[[nodiscard]] std::vector<double> relative_weights(std::span<const double> y);

}  // namespace opline::analysis
