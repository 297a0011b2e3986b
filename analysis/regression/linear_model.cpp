#include "analysis/regression/linear_model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/numerics/distributions.h"
#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/student_t.h"
#include "analysis/regression/least_squares.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

void require_fittable(const Design& design, std::span<const double> y,
                      std::span<const double> weights, const ModelOptions& options) {
  const std::size_t n = design.rows();
  if (y.size() != n || (!weights.empty() && weights.size() != n)) {
    throw Error(ErrorCode::input,
                "linear model: {} rows, {} values of y and {} weights; give one per row", n,
                y.size(), weights.size());
  }
  if (design.columns() == 0)
    throw Error(ErrorCode::input, "linear model: no columns; add one to the design");
  if (n <= design.columns()) {
    throw InsufficientData(
        "linear model: {} rows for {} coefficients; errors need at least one row more: "
        "measure more networks",
        n, design.columns());
  }
  if (!(options.confidence > 0 && options.confidence < 1)) {
    throw Error(ErrorCode::input,
                "linear model: a confidence of {}; give a share between 0 and 1, as 0.95",
                options.confidence);
  }
  for (std::size_t row = 0; row < n; ++row) {
    if (!std::isfinite(y[row])) {
      throw Error(ErrorCode::input,
                  "linear model: y value {} of {} is {}; leave out rows that are not known",
                  row + 1, n, y[row]);
    }
    if (!weights.empty() && !(std::isfinite(weights[row]) && weights[row] > 0)) {
      throw Error(ErrorCode::input,
                  "linear model: weight {} of {} is {}; weights are finite and above 0", row + 1, n,
                  weights[row]);
    }
  }
}

void set_likelihood(LinearModel& model) {
  if (model.residual_sum_of_squares <= 0 || model.perfect_fit) return;
  const auto n = static_cast<double>(model.n);
  DoubleDouble logs;
  for (const double weight : model.weights) logs += std::log(weight);
  const double likelihood = (logs.value() - n * (std::log(2 * std::numbers::pi) + 1 - std::log(n) +
                                                 std::log(model.residual_sum_of_squares))) /
                            2;
  const auto parameters = static_cast<double>(model.n - model.degrees + 1);
  model.log_likelihood = likelihood;
  model.aic = -2 * likelihood + 2 * parameters;
  model.bic = -2 * likelihood + std::log(n) * parameters;
}

void set_ratios(LinearModel& model, const DoubleDouble& total, const DoubleDouble& squares) {
  const double intercept = model.has_intercept ? 1 : 0;
  const auto degrees = static_cast<double>(model.degrees);
  const double terms = static_cast<double>(model.n - model.degrees) - intercept;
  const DoubleDouble lost = squares / total;
  model.r_squared = std::clamp((DoubleDouble(1) - lost).value(), 0.0, 1.0);
  const DoubleDouble per_degree = (static_cast<double>(model.n) - intercept) / degrees;
  model.adjusted_r_squared = (DoubleDouble(1) - lost * per_degree).value();
  if (terms <= 0 || model.residual_sum_of_squares <= 0 || model.perfect_fit) return;
  const double f =
      model.regression_sum_of_squares / terms / (model.residual_sum_of_squares / degrees);
  if (!std::isfinite(f)) return;
  model.f = f;
  model.f_p = f_tail(f, terms, degrees);
}

void set_sums(LinearModel& model, const LeastSquares& fit, std::span<const double> y) {
  const DoubleDouble &all = fit.total_squares, &squares = fit.residual_squares;
  const double same = model.has_intercept ? y[0] : 0;
  const bool y_varies =
      std::any_of(y.begin(), y.end(), [&](double value) { return value != same; });
  if (!std::isfinite(all.value()) || !std::isfinite(squares.value()) ||
      (y_varies && !std::isnormal(all.value()))) {
    throw InsufficientData(
        "linear model: the squares of y leave the range of a double; use other units");
  }
  model.residual_sum_of_squares = squares.value();
  model.total_sum_of_squares = all.value();
  model.residual_standard_deviation =
      std::sqrt(squares.value() / static_cast<double>(model.degrees));
  model.rmse = std::sqrt(fit.plain_squares.value() / static_cast<double>(model.n));
  model.regression_sum_of_squares = std::max(0.0, (all - squares).value());
  if (y_varies) set_ratios(model, all, squares);
  set_likelihood(model);
}

void set_relative(LinearModel& model, std::span<const double> y) {
  if (!std::all_of(y.begin(), y.end(), [](double value) { return value > 0; })) return;
  const std::optional<RelativeErrors> errors = relative_errors(model.fitted, y);
  if (errors && std::isfinite(errors->worst_percent)) model.relative = errors;
}

/// A perfect fit's residuals are at most this share of the largest |y|: rounding of y and of the
/// line.
constexpr double kPerfect = 1e-14;

bool fits_perfectly(std::span<const double> residuals, std::span<const double> y) {
  const auto largest = [](std::span<const double> values) {
    double size = 0;
    for (const double value : values) size = std::max(size, std::abs(value));
    return size;
  };
  return largest(residuals) <= kPerfect * largest(y);
}

/// The first row that alone decides a coefficient: leverage 1 leaves a residual of 0, which says
/// nothing about its variance.
std::optional<std::size_t> deciding_row(const LinearModel& model) {
  for (std::size_t row = 0; row < model.n; ++row) {
    if (1 - model.leverages[row] < 1e-12) return row;
  }
  return std::nullopt;
}

/// w^2 e^2 / (1 - h)^2.
std::vector<double> hc3_factors(const LinearModel& model) {
  std::vector<double> factors(model.n);
  for (std::size_t row = 0; row < model.n; ++row) {
    const double weight = model.weights.empty() ? 1 : model.weights[row];
    const double scaled = weight * model.residuals[row] / (1 - model.leverages[row]);
    factors[row] = scaled * scaled;
  }
  return factors;
}

/// The classical covariance of the estimates in the orthonormal basis.
Extended classical_inner(const LinearModel& model, const LeastSquares& fit) {
  const std::size_t k = fit.estimates.size();
  Extended diagonal(k * k);
  for (std::size_t i = 0; i < k; ++i)
    diagonal[i * k + i] = fit.residual_squares / static_cast<double>(model.degrees);
  return diagonal;
}

/// HC3's; symmetric.
Extended hc3_inner(const LinearModel& model, const Design& design, const LeastSquares& fit,
                   unsigned threads) {
  const std::size_t k = fit.estimates.size();
  Extended inner = weighted_gram(design, fit.basis, hc3_factors(model), threads);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < i; ++j) inner[i * k + j] = inner[j * k + i];
  }
  return inner;
}

/// T inner T'.
std::vector<double> outer_covariance(const Extended& t, const Extended& inner, std::size_t k) {
  Extended half(k * k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      for (std::size_t m = i; m < k; ++m) half[i * k + j] += t[i * k + m] * inner[m * k + j];
    }
  }
  std::vector<double> covariance;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      DoubleDouble sum;
      for (std::size_t m = j; m < k; ++m) sum += half[i * k + m] * t[j * k + m];
      covariance.push_back(sum.value());
    }
  }
  return covariance;
}

void set_covariances(LinearModel& model, const Design& design, const LeastSquares& fit,
                     const ModelOptions& options) {
  const std::size_t k = fit.estimates.size();
  const Extended& t = fit.basis.transform;
  const bool by_name = options.covariance == CovarianceKind::hc3;
  model.classical_covariance = outer_covariance(t, classical_inner(model, fit), k);
  if (const auto row = deciding_row(model)) {
    if (by_name) {
      throw InsufficientData(
          "linear model: row {} alone decides a coefficient (leverage 1), so HC3 errors are not "
          "defined; leave out the row or the column, or use classical errors",
          *row + 1);
    }
  } else if (options.covariance != CovarianceKind::classical) {
    model.hc3_covariance = outer_covariance(t, hc3_inner(model, design, fit, options.threads), k);
  }
  model.covariance_kind = model.hc3_covariance ? CovarianceKind::hc3 : CovarianceKind::classical;
  model.covariance = model.hc3_covariance.value_or(model.classical_covariance);
}

/// Bell and McCaffrey's degrees of freedom of a coefficient's HC3 variance: (tr G)^2 / tr(G^2), G =
/// M diag(w) M, M = 1 - H, w = a^2 / (1 - h), a the coefficient's weights on (weighted) y.
double small_sample_degrees(const LinearModel& model, const Design& design, const LeastSquares& fit,
                            std::size_t coefficient, unsigned threads) {
  const std::size_t k = fit.estimates.size();
  std::vector<DoubleDouble> z(k);
  std::vector<double> factors(model.n);
  double trace = 0;
  double diagonal = 0;
  for (std::size_t row = 0; row < model.n; ++row) {
    fit.basis.row(design, row, z);
    const double weight = model.weights.empty() ? 1 : model.weights[row];
    double a = 0;
    for (std::size_t m = coefficient; m < k; ++m)
      a += fit.basis.transform[coefficient * k + m].value() * z[m].value();
    const double h = model.leverages[row];
    const double w = weight * a * a / (1 - h);
    factors[row] = w * weight;
    trace += w * (1 - h);
    diagonal += w * w * (1 - 2 * h);
  }
  double squares = diagonal;
  const Extended gram = weighted_gram(design, fit.basis, factors, threads);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i; j < k; ++j) {
      const double one = gram[i * k + j].value();
      squares += (i == j ? 1 : 2) * one * one;
    }
  }
  const auto most = static_cast<double>(model.degrees);
  const double degrees = trace / squares * trace;
  return std::isfinite(degrees) ? std::clamp(degrees, 1.0, most) : most;
}

void set_coefficients(LinearModel& model, const Design& design, const LeastSquares& fit,
                      const ModelOptions& options) {
  const std::vector<double> errors = standard_errors(model.covariance);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const bool small = options.small_sample && model.n <= kSmallSample &&
                       model.covariance_kind == CovarianceKind::hc3;
    const double degrees = small ? small_sample_degrees(model, design, fit, i, options.threads)
                                 : static_cast<double>(model.degrees);
    Coefficient one = student_coefficient(design.name(i), fit.estimates[i].value(), errors[i],
                                          degrees, options.confidence);
    if (model.perfect_fit) one.t = one.p = std::nullopt;
    model.coefficients.push_back(std::move(one));
  }
}

}  // namespace

LinearModel fit_linear(const Design& design, std::span<const double> y, const ModelOptions& options,
                       std::span<const double> weights) {
  require_fittable(design, y, weights, options);
  LeastSquares fit = least_squares(design, y, weights, options.threads);
  LinearModel model;
  model.n = y.size();
  model.degrees = model.n - design.columns();
  model.has_intercept = design.has_intercept();
  model.weighted = !weights.empty();
  model.weights.assign(weights.begin(), weights.end());
  model.condition = fit.basis.condition;
  model.fitted = std::move(fit.fitted);
  model.residuals = std::move(fit.residuals);
  model.leverages = std::move(fit.leverages);
  model.perfect_fit = fits_perfectly(model.residuals, y);
  set_sums(model, fit, y);
  set_relative(model, y);
  set_covariances(model, design, fit, options);
  set_coefficients(model, design, fit, options);
  return model;
}

Coefficient student_coefficient(const std::string& name, double estimate, double standard_error,
                                double degrees, double confidence) {
  const double half_width = two_sided_t_of(confidence, degrees) * standard_error;
  Coefficient one{name, estimate, standard_error, {estimate - half_width, estimate + half_width},
                  {},   {},       degrees};
  const double ratio = estimate / standard_error;
  if (standard_error > 0 && std::isfinite(ratio)) {
    one.t = ratio;
    one.p = two_sided_t_tail(ratio, degrees);
  }
  return one;
}

std::vector<double> standard_errors(std::span<const double> covariance) {
  const auto k = static_cast<std::size_t>(std::llround(std::sqrt(covariance.size())));
  std::vector<double> errors(k);
  for (std::size_t i = 0; i < k; ++i) errors[i] = std::sqrt(covariance[i * k + i]);
  return errors;
}

std::vector<double> relative_weights(std::span<const double> y) {
  std::vector<double> weights;
  for (std::size_t row = 0; row < y.size(); ++row) {
    weights.push_back(1 / y[row] / y[row]);
    if (y[row] > 0 && std::isnormal(weights.back())) continue;
    throw InsufficientData(
        "linear model: y value {} of {} is {}; weights for relative errors need every y "
        "above 0 and "
        "1/y^2 within the range of a double",
        row + 1, y.size(), y[row]);
  }
  return weights;
}

const Coefficient& LinearModel::coefficient(const std::string& name) const {
  std::vector<std::string> names;
  for (const Coefficient& one : coefficients) {
    if (one.name == name) return one;
    names.push_back(one.name);
  }
  throw Error(ErrorCode::input, "linear model: there is no coefficient `{}`; there are {}", name,
              fmt::join(names, ", "));
}

Result<LinearModel> try_fit_linear(const Design& design, std::span<const double> y,
                                   const ModelOptions& options, std::span<const double> weights) {
  return result_of([&] { return fit_linear(design, y, options, weights); });
}

}  // namespace opline::analysis
