#include "analysis/linear_model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/distributions.h"
#include "analysis/orthonormal.h"
#include "analysis/student_t.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

using Extended = std::vector<DoubleDouble>;

void require_fittable(const Design& design, std::span<const double> y, std::span<const double> weights,
                      const ModelOptions& options) {
  const std::size_t n = design.rows();
  if (y.size() != n || (!weights.empty() && weights.size() != n)) {
    throw Error(ErrorCode::input, "linear model: {} rows, {} values of y and {} weights; give one a row", n,
                y.size(), weights.size());
  }
  if (design.columns() == 0) throw Error(ErrorCode::input, "linear model: no columns; add one to the design");
  if (n <= design.columns()) {
    throw Error(
        ErrorCode::input,
        "linear model: {} rows for {} coefficients; errors need at least one row more: measure more networks",
        n, design.columns());
  }
  if (!(options.confidence > 0 && options.confidence < 1)) {
    throw Error(ErrorCode::input, "linear model: a confidence of {}; give a share between 0 and 1, as 0.95",
                options.confidence);
  }
  for (std::size_t row = 0; row < n; ++row) {
    if (!std::isfinite(y[row])) {
      throw Error(ErrorCode::input, "linear model: y value {} of {} is {}; leave out rows that are not known",
                  row + 1, n, y[row]);
    }
    if (!weights.empty() && !(std::isfinite(weights[row]) && weights[row] > 0)) {
      throw Error(ErrorCode::input, "linear model: weight {} of {} is {}; weights are finite and above 0",
                  row + 1, n, weights[row]);
    }
  }
}

/// The arithmetic of one fit; what is not told in doubles stays here.
class Fitter {
 public:
  Fitter(const Design& design, std::span<const double> y, std::span<const double> weights)
      : design_(design),
        y_(y),
        weights_(weights),
        basis_(orthonormal_basis(design, weights)),
        k_(design.columns()),
        estimates_(k_),
        residuals_(y.begin(), y.end()) {}

  LinearModel fit(const ModelOptions& options) {
    LinearModel model;
    model.n = y_.size();
    model.degrees = model.n - k_;
    model.has_intercept = design_.has_intercept();
    model.weighted = !weights_.empty();
    model.weights.assign(weights_.begin(), weights_.end());
    model.condition = basis_.condition;
    // The second pass works on the residuals of the first: iterative refinement.
    for (int pass = 0; pass < 2; ++pass) improve();
    set_rows(model);
    set_sums(model);
    set_covariance(model, options);
    set_coefficients(model, options);
    return model;
  }

 private:
  [[nodiscard]] DoubleDouble weight(std::size_t row) const { return weights_.empty() ? 1 : weights_[row]; }

  void improve() {
    Extended share(k_);
    Extended z(k_);
    for (std::size_t row = 0; row < y_.size(); ++row) {
      basis_.row(design_, row, z);
      const DoubleDouble weighted = weight(row) * residuals_[row];
      for (std::size_t i = 0; i < k_; ++i) share[i] += z[i] * weighted;
    }
    for (std::size_t i = 0; i < k_; ++i) {
      for (std::size_t j = i; j < k_; ++j) estimates_[i] += basis_.transform[i * k_ + j] * share[j];
    }
    for (std::size_t row = 0; row < y_.size(); ++row) {
      residuals_[row] = DoubleDouble(y_[row]) - fitted(row);
    }
  }

  [[nodiscard]] DoubleDouble fitted(std::size_t row) const {
    DoubleDouble sum;
    for (std::size_t i = 0; i < k_; ++i) sum += estimates_[i] * design_.at(row, i);
    return sum;
  }

  void set_rows(LinearModel& model) const {
    Extended z(k_);
    for (std::size_t row = 0; row < y_.size(); ++row) {
      model.fitted.push_back(fitted(row).value());
      model.residuals.push_back(residuals_[row].value());
      basis_.row(design_, row, z);
      DoubleDouble leverage;
      for (const DoubleDouble& value : z) leverage += value * value;
      model.leverages.push_back(std::clamp((weight(row) * leverage).value(), 0.0, 1.0));
    }
  }

  [[nodiscard]] DoubleDouble total() const {
    DoubleDouble mean;
    if (design_.has_intercept()) {
      DoubleDouble sum;
      DoubleDouble all;
      for (std::size_t row = 0; row < y_.size(); ++row) {
        sum += weight(row) * DoubleDouble(y_[row]);
        all += weight(row);
      }
      mean = sum / all;
    }
    DoubleDouble squares;
    for (std::size_t row = 0; row < y_.size(); ++row) {
      const DoubleDouble apart = DoubleDouble(y_[row]) - mean;
      squares += weight(row) * apart * apart;
    }
    return squares;
  }

  void set_sums(LinearModel& model) {
    DoubleDouble squares;
    DoubleDouble plain;
    for (std::size_t row = 0; row < y_.size(); ++row) {
      const DoubleDouble square = residuals_[row] * residuals_[row];
      squares += weight(row) * square;
      plain += square;
    }
    const DoubleDouble all = total();
    const bool y_varies = design_.has_intercept()
                              ? std::any_of(y_.begin(), y_.end(), [&](double v) { return v != y_[0]; })
                              : std::any_of(y_.begin(), y_.end(), [](double v) { return v != 0; });
    if (!std::isfinite(all.value()) || !std::isfinite(squares.value()) ||
        (y_varies && !std::isnormal(all.value()))) {
      throw Error(ErrorCode::input,
                  "linear model: the squares of y leave the range of a double; use other units");
    }
    const auto n = static_cast<double>(model.n);
    model.residual_sum_of_squares = squares.value();
    model.total_sum_of_squares = all.value();
    model.residual_standard_deviation = std::sqrt(squares.value() / static_cast<double>(model.degrees));
    model.rmse = std::sqrt(plain.value() / n);
    model.regression_sum_of_squares = std::max(0.0, (all - squares).value());
    if (y_varies) set_ratios(model, all, squares);
    set_likelihood(model);
    set_relative(model);
  }

  void set_ratios(LinearModel& model, const DoubleDouble& all, const DoubleDouble& squares) const {
    const double intercept = model.has_intercept ? 1 : 0;
    const auto degrees = static_cast<double>(model.degrees);
    const double terms = static_cast<double>(k_) - intercept;
    const DoubleDouble lost = squares / all;
    model.r_squared = std::clamp((DoubleDouble(1) - lost).value(), 0.0, 1.0);
    const DoubleDouble per_degree = (static_cast<double>(model.n) - intercept) / degrees;
    model.adjusted_r_squared = (DoubleDouble(1) - lost * per_degree).value();
    if (terms > 0 && model.residual_sum_of_squares > 0) {
      model.f = model.regression_sum_of_squares / terms / (model.residual_sum_of_squares / degrees);
      if (!std::isfinite(*model.f)) {
        model.f.reset();
      } else {
        model.f_p = f_tail(*model.f, terms, degrees);
      }
    }
  }

  void set_likelihood(LinearModel& model) const {
    if (model.residual_sum_of_squares <= 0) return;
    const auto n = static_cast<double>(model.n);
    DoubleDouble logs;
    for (const double weight : weights_) logs += std::log(weight);
    const double likelihood = (logs.value() - n * (std::log(2 * std::numbers::pi) + 1 - std::log(n) +
                                                   std::log(model.residual_sum_of_squares))) /
                              2;
    const auto parameters = static_cast<double>(k_ + 1);
    model.log_likelihood = likelihood;
    model.aic = -2 * likelihood + 2 * parameters;
    model.bic = -2 * likelihood + std::log(n) * parameters;
  }

  void set_relative(LinearModel& model) const {
    if (!std::all_of(y_.begin(), y_.end(), [](double y) { return y > 0; })) return;
    const std::optional<RelativeErrors> errors = relative_errors(model.fitted, y_);
    if (errors && std::isfinite(errors->worst_percent)) model.relative = errors;
  }

  /// Of the estimates in the orthonormal basis, divided by s^2: 1 for classical.
  [[nodiscard]] Extended middle(const LinearModel& model, CovarianceKind kind) const {
    Extended sum(k_ * k_);
    if (kind == CovarianceKind::classical) {
      const DoubleDouble s2 =
          DoubleDouble(model.residual_sum_of_squares) / static_cast<double>(model.degrees);
      for (std::size_t i = 0; i < k_; ++i) sum[i * k_ + i] = s2;
      return sum;
    }
    Extended z(k_);
    for (std::size_t row = 0; row < y_.size(); ++row) {
      // A leverage of 1 leaves a residual of 0 that says nothing about its variance.
      const double rest = 1 - model.leverages[row];
      if (rest < 1e-12) {
        throw Error(
            ErrorCode::input,
            "linear model: row {} alone decides a coefficient (leverage 1), so HC3 errors are not defined; "
            "leave out the row or the column, or use classical errors",
            row + 1);
      }
      basis_.row(design_, row, z);
      const DoubleDouble scaled = weight(row) * residuals_[row] / DoubleDouble(rest);
      for (std::size_t i = 0; i < k_; ++i) {
        for (std::size_t j = 0; j < k_; ++j) sum[i * k_ + j] += scaled * z[i] * scaled * z[j];
      }
    }
    return sum;
  }

  void set_covariance(LinearModel& model, const ModelOptions& options) const {
    const Extended inner = middle(model, options.covariance);
    const Extended& t = basis_.transform;
    Extended half(k_ * k_);
    for (std::size_t i = 0; i < k_; ++i) {
      for (std::size_t j = 0; j < k_; ++j) {
        for (std::size_t m = i; m < k_; ++m) half[i * k_ + j] += t[i * k_ + m] * inner[m * k_ + j];
      }
    }
    model.covariance_kind = options.covariance;
    for (std::size_t i = 0; i < k_; ++i) {
      for (std::size_t j = 0; j < k_; ++j) {
        DoubleDouble sum;
        for (std::size_t m = j; m < k_; ++m) sum += half[i * k_ + m] * t[j * k_ + m];
        model.covariance.push_back(sum.value());
      }
    }
  }

  void set_coefficients(LinearModel& model, const ModelOptions& options) const {
    for (std::size_t i = 0; i < k_; ++i) {
      model.coefficients.push_back(student_coefficient(design_.name(i), estimates_[i].value(),
                                                       std::sqrt(model.covariance[i * k_ + i]), model.degrees,
                                                       options.confidence));
    }
  }

  const Design& design_;
  std::span<const double> y_;
  std::span<const double> weights_;
  OrthonormalBasis basis_;
  std::size_t k_;
  Extended estimates_;
  Extended residuals_;
};

}  // namespace

LinearModel fit_linear(const Design& design, std::span<const double> y, const ModelOptions& options,
                       std::span<const double> weights) {
  require_fittable(design, y, weights, options);
  return Fitter(design, y, weights).fit(options);
}

Coefficient student_coefficient(const std::string& name, double estimate, double standard_error,
                                std::size_t degrees, double confidence) {
  const double half_width = two_sided_t(confidence, degrees) * standard_error;
  Coefficient one{name, estimate, standard_error, {estimate - half_width, estimate + half_width}, {}, {}};
  const double ratio = estimate / standard_error;
  if (standard_error > 0 && std::isfinite(ratio)) {
    one.t = ratio;
    one.p = two_sided_t_tail(ratio, static_cast<double>(degrees));
  }
  return one;
}

std::vector<double> relative_weights(std::span<const double> y) {
  std::vector<double> weights;
  for (std::size_t row = 0; row < y.size(); ++row) {
    weights.push_back(1 / y[row] / y[row]);
    if (y[row] > 0 && std::isnormal(weights.back())) continue;
    throw Error(
        ErrorCode::input,
        "linear model: y value {} of {} is {}; weights for relative errors need every y above 0 and 1/y^2 "
        "within the range of a double",
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

}  // namespace opline::analysis
