#include "analysis/regression/diagnostics.h"
#include "analysis/numerics/insufficient_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "analysis/numerics/distributions.h"
#include "analysis/regression/orthonormal.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

double mean_of(std::span<const double> values) {
  std::array<DoubleDouble, 4> sums;  // side by side: one sum would wait for itself
  for (std::size_t i = 0; i < values.size(); ++i) sums[i % 4] += values[i];
  const DoubleDouble sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return (sum / DoubleDouble(static_cast<double>(values.size()))).value();
}

/// (values - mean) / largest distance from it; empty when all are alike.
std::vector<double> centred(std::span<const double> values, bool about_mean) {
  const double mean = about_mean ? mean_of(values) : 0;
  std::vector<double> result;
  result.reserve(values.size());
  double largest = 0;
  for (const double value : values) {
    result.push_back(value - mean);
    largest = std::max(largest, std::abs(result.back()));
  }
  if (!(largest > 0)) return {};
  for (double& value : result) value /= largest;
  return result;
}

std::vector<double> scaled_residuals(const LinearModel& model) {
  std::vector<double> u = model.residuals;
  for (std::size_t i = 0; i < model.weights.size(); ++i) u[i] *= std::sqrt(model.weights[i]);
  return u;
}

std::string auxiliary_name(std::size_t column) {
  return fmt::format("{} of an auxiliary regression", column + 1);
}

/// What fitted^2 and fitted^3 take off the residual sum of squares: the squares of Z'u beyond the
/// model's own columns.
std::optional<Test> reset(const LinearModel& model, const Design& design, unsigned threads) {
  const std::vector<double> fitted = centred(model.fitted, model.has_intercept);
  if (fitted.empty() || model.degrees <= 2 || model.residual_sum_of_squares <= 0)
    return std::nullopt;
  const std::size_t p = design.columns();
  const RowSource columns = rows_of(design, model.weights, {});
  RowSource wider{design.rows(), p + 3, {}, model.weights};
  wider.fill = [&](std::size_t first, std::size_t count, RowBlock& block) {
    columns.fill(first, count, block);
    const std::span<const double> f = std::span(fitted).subspan(first, count);
    block.set(p, f, {});
    multiply(f, block, p, block, p);
    block.set(p + 1, {}, {});
    multiply(f, block, p, block, p + 1);
    block.set(p + 2, std::span(model.residuals).subspan(first, count), {});
  };
  try {
    const OrthonormalBasis basis =
        orthonormal_basis(wider, true, Dependent::refuse, auxiliary_name, threads);
    const auto degrees = static_cast<double>(model.degrees - 2);
    const DoubleDouble gain = basis.projection[p] * basis.projection[p] +
                              basis.projection[p + 1] * basis.projection[p + 1];
    const double left = model.residual_sum_of_squares - gain.value();
    if (left <= 0) return std::nullopt;
    const double f = gain.value() / 2 / (left / degrees);
    return Test{f, 2, degrees, f_tail(f, 2, degrees)};
  } catch (const Error&) {
    return std::nullopt;  // too few different fitted values for a square and a cube
  }
}

/// b' V^-1 b / 2 of the coefficients b of fitted^2 and fitted^3, V their HC3 covariance.
std::optional<Test> reset_hc3(const LinearModel& model, const Design& design,
                              std::span<const double> y, unsigned threads) {
  const std::vector<double> fitted = centred(model.fitted, model.has_intercept);
  if (fitted.empty() || model.degrees <= 2) return std::nullopt;
  std::vector<double> square;
  std::vector<double> cube;
  for (const double f : fitted) {
    square.push_back(f * f);
    cube.push_back(f * f * f);
  }
  Design wider = design;
  wider.add("fitted^2 of RESET", square).add("fitted^3 of RESET", cube);
  const auto found = try_fit_linear(wider, y, {0.95, CovarianceKind::hc3, threads}, model.weights);
  if (!found || found->perfect_fit) return std::nullopt;
  const std::size_t k = wider.columns();
  const auto v = [&](std::size_t i, std::size_t j) {
    return found->covariance[(k - 2 + i) * k + k - 2 + j];
  };
  // Scaled by the standard errors, so that nothing leaves the range of a double.
  const double a = found->coefficients[k - 2].estimate / std::sqrt(v(0, 0));
  const double b = found->coefficients[k - 1].estimate / std::sqrt(v(1, 1));
  const double r = v(0, 1) / std::sqrt(v(0, 0)) / std::sqrt(v(1, 1));
  const double f = (a * a - 2 * r * a * b + b * b) / (1 - r * r) / 2;
  if (!std::isfinite(f) || f < 0) return std::nullopt;
  const auto degrees = static_cast<double>(found->degrees);
  return Test{f, 2, degrees, f_tail(f, 2, degrees)};
}

/// n R^2 of u^2 on an intercept, the columns and, where asked for, their squares and products.
std::optional<Test> breusch_pagan(const std::vector<std::vector<double>>& columns,
                                  std::span<const double> u, bool second_order, unsigned threads) {
  const std::size_t p = columns.size();
  std::vector<double> squares;
  squares.reserve(u.size());
  for (const double value : u) squares.push_back(value * value);
  const double mean = mean_of(squares);
  for (double& value : squares) value -= mean;
  const std::vector<double> ones(kBlockRows, 1.0);
  RowSource source{u.size(), 2 + p + (second_order ? p * (p + 1) / 2 : 0), {}, {}};
  source.fill = [&](std::size_t first, std::size_t count, RowBlock& block) {
    block.set(0, std::span(ones).first(count), {});
    for (std::size_t i = 0; i < p; ++i)
      block.set(1 + i, std::span(columns[i]).subspan(first, count), {});
    std::size_t next = 1 + p;
    for (std::size_t i = 0; second_order && i < p; ++i) {
      for (std::size_t j = i; j < p; ++j, ++next) {
        std::transform(block.high(1 + i), block.high(1 + i) + kBlockRows, block.high(1 + j),
                       block.high(next), std::multiplies<>());
      }
    }
    block.set(next, std::span(squares).subspan(first, count), {});
  };
  const OrthonormalBasis basis =
      orthonormal_basis(source, true, Dependent::drop, auxiliary_name, threads);
  const std::size_t k = basis.kept.size();
  if (k < 2 || k >= u.size() || !std::isnormal(basis.target_squares.value())) return std::nullopt;
  DoubleDouble explained;
  for (const DoubleDouble& one : basis.projection) explained += one * one;
  const double statistic =
      static_cast<double>(u.size()) * (explained / basis.target_squares).value();
  const auto degrees = static_cast<double>(k - 1);
  return Test{statistic, degrees, 0, chi_squared_tail(statistic, degrees)};
}

/// The design's columns but the intercept, centred and scaled; those without any difference left
/// out.
std::vector<std::vector<double>> centred_columns(const Design& design) {
  std::vector<std::vector<double>> columns;
  for (std::size_t i = design.has_intercept() ? 1 : 0; i < design.columns(); ++i) {
    std::vector<double> column = centred(design.high(i), true);
    if (!column.empty()) columns.push_back(std::move(column));
  }
  return columns;
}

std::optional<Test> jarque_bera(std::span<const double> u) {
  const std::vector<double> v = centred(u, true);
  if (v.empty()) return std::nullopt;
  double m2 = 0, m3 = 0, m4 = 0;
  for (const double one : v) {
    m2 += one * one;
    m3 += one * one * one;
    m4 += one * one * one * one;
  }
  const auto n = static_cast<double>(v.size());
  const double skewness = m3 / n / std::pow(m2 / n, 1.5);
  const double kurtosis = m4 / n / std::pow(m2 / n, 2);
  const double statistic = n / 6 * (skewness * skewness + std::pow(kurtosis - 3, 2) / 4);
  return Test{statistic, 2, 0, chi_squared_tail(statistic, 2)};
}

std::optional<Test> shapiro_francia(std::span<const double> u) {
  if (u.size() > 5000) return std::nullopt;
  std::vector<double> v = centred(u, true);
  if (v.size() < 5) return std::nullopt;
  std::sort(v.begin(), v.end());
  const auto n = static_cast<double>(v.size());
  double cross = 0, scores = 0, squares = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double score = normal_quantile((static_cast<double>(i) + 1 - 0.375) / (n + 0.25));
    cross += score * v[i];
    scores += score * score;
    squares += v[i] * v[i];
  }
  const double w = cross / scores * (cross / squares);
  if (!(w < 1)) return std::nullopt;
  const double log_n = std::log(n);
  const double mu = -1.2725 + 1.0521 * (std::log(log_n) - log_n);
  const double sigma = 1.0308 - 0.26758 * (std::log(log_n) + 2 / log_n);
  return Test{w, 0, 0, normal_tail((std::log1p(-w) - mu) / sigma)};
}

/// A row that the fit goes through whatever its y.
bool alone(double leverage) { return 1 - leverage < 1e-12; }

Influence influence_of(const LinearModel& model, double u, double h) {
  Influence one{h, {}, {}, {}};
  const double rest = 1 - h;
  if (alone(h) || model.residual_sum_of_squares <= 0 || model.perfect_fit) return one;
  const auto degrees = static_cast<double>(model.degrees);
  one.internal = u / (model.residual_standard_deviation * std::sqrt(rest));
  one.cook =
      *one.internal * *one.internal * h / (rest * static_cast<double>(model.coefficients.size()));
  const double left = model.residual_sum_of_squares - u * u / rest;
  if (model.degrees > 1 && left > 0) one.external = u / std::sqrt(left / (degrees - 1) * rest);
  return one;
}

}  // namespace

Diagnostics diagnose(const LinearModel& model, const Design& design, std::span<const double> y,
                     const DiagnosticsOptions& options) {
  OPLINE_ASSERT(model.n == design.rows() && y.size() == model.n, "{} rows were fitted, not {}",
                model.n, y.size());
  const std::vector<double> u = scaled_residuals(model);
  Diagnostics result;
  if (!model.perfect_fit) {
    result.reset = reset(model, design, options.threads);
    result.reset_hc3 = reset_hc3(model, design, y, options.threads);
    const std::vector<std::vector<double>> columns = centred_columns(design);
    result.breusch_pagan = breusch_pagan(columns, u, false, options.threads);
    if (options.white) result.white = breusch_pagan(columns, u, true, options.threads);
    result.jarque_bera = jarque_bera(u);
    result.shapiro_francia = shapiro_francia(u);
  }
  result.influence.reserve(u.size());
  for (std::size_t i = 0; i < u.size(); ++i)
    result.influence.push_back(influence_of(model, u[i], model.leverages[i]));
  return result;
}

std::optional<Test> breusch_pagan_test(const LinearModel& model, const Design& design,
                                       unsigned threads) {
  if (model.perfect_fit) return std::nullopt;
  return breusch_pagan(centred_columns(design), scaled_residuals(model), false, threads);
}

LinearModel fit_quadratic(const Design& design, std::span<const double> y, const std::string& name,
                          const ModelOptions& options, std::span<const double> weights) {
  const std::vector<double> column = design.values(design.column(name));
  const double mean = design.has_intercept() ? mean_of(column) : 0;
  std::vector<DoubleDouble> squares;
  for (const double value : column) {
    const DoubleDouble apart = DoubleDouble(value) - DoubleDouble(mean);
    squares.push_back(apart * apart);
  }
  Design wider = design;
  return fit_linear(wider.add(name + "^2", squares), y, options, weights);
}

std::vector<std::size_t> most_influential(const Diagnostics& diagnostics, std::size_t count) {
  std::vector<std::size_t> rows;
  const auto distance = [&](std::size_t i) {
    const Influence& one = diagnostics.influence[i];
    return one.cook.value_or(alone(one.leverage) ? std::numeric_limits<double>::infinity() : -1);
  };
  for (std::size_t i = 0; i < diagnostics.influence.size(); ++i) {
    if (distance(i) >= 0) rows.push_back(i);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return distance(a) > distance(b); });
  rows.resize(std::min(rows.size(), count));
  return rows;
}

Result<LinearModel> try_fit_quadratic(const Design& design, std::span<const double> y,
                                      const std::string& name, const ModelOptions& options,
                                      std::span<const double> weights) {
  return result_of([&] { return fit_quadratic(design, y, name, options, weights); });
}

}  // namespace opline::analysis
