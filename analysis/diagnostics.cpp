#include "analysis/diagnostics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/distributions.h"
#include "analysis/orthonormal.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

double mean_of(std::span<const double> values) {
  DoubleDouble sum;
  for (const double value : values) sum += value;
  return (sum / DoubleDouble(static_cast<double>(values.size()))).value();
}

/// (values - mean) / largest distance from it; empty when all are alike.
std::vector<double> centred(std::span<const double> values, bool about_mean) {
  const double mean = about_mean ? mean_of(values) : 0;
  std::vector<double> result;
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

std::optional<Test> reset(const LinearModel& model, const Design& design, std::span<const double> y) {
  const std::vector<double> fitted = centred(model.fitted, model.has_intercept);
  if (fitted.empty() || model.degrees <= 2 || model.residual_sum_of_squares <= 0) return std::nullopt;
  Design wider = design;
  std::vector<DoubleDouble> square, cube;
  for (const double f : fitted) {
    square.push_back(DoubleDouble::product(f, f));
    cube.push_back(square.back() * DoubleDouble(f));
  }
  try {
    wider.add("fitted values, squared", square).add("fitted values, cubed", cube);
    const LinearModel other = fit_linear(wider, y, {}, model.weights);
    const auto degrees = static_cast<double>(other.degrees);
    if (other.residual_sum_of_squares <= 0) return std::nullopt;
    const double gain = std::max(0.0, model.residual_sum_of_squares - other.residual_sum_of_squares);
    const double f = gain / 2 / (other.residual_sum_of_squares / degrees);
    return Test{f, 2, degrees, f_tail(f, 2, degrees)};
  } catch (const Error&) {
    return std::nullopt;  // too few different fitted values for a square and a cube
  }
}

/// n R^2 of u^2 on the columns of `design`, which has an intercept.
std::optional<Test> studentised_score(const Design& design, std::span<const double> u) {
  const OrthonormalBasis basis = orthonormal_basis(design, {}, Dependent::drop);
  const std::size_t k = basis.kept.size();
  if (k < 2 || k >= u.size()) return std::nullopt;
  std::vector<double> squares;
  for (const double value : u) squares.push_back(value * value);
  const double mean = mean_of(squares);
  std::vector<DoubleDouble> z(k), share(k);
  DoubleDouble total;
  for (std::size_t row = 0; row < u.size(); ++row) {
    basis.row(design, row, z);
    const double apart = squares[row] - mean;
    total += DoubleDouble::product(apart, apart);
    for (std::size_t i = 0; i < k; ++i) share[i] += z[i] * DoubleDouble(apart);
  }
  if (!std::isnormal(total.value())) return std::nullopt;
  DoubleDouble explained;
  for (const DoubleDouble& one : share) explained += one * one;
  const double statistic = static_cast<double>(u.size()) * (explained / total).value();
  const auto degrees = static_cast<double>(k - 1);
  return Test{statistic, degrees, 0, chi_squared_tail(statistic, degrees)};
}

std::optional<Test> breusch_pagan(const Design& design, std::span<const double> u, bool second_order) {
  Design auxiliary(design.rows());
  for (std::size_t i = design.has_intercept() ? 1 : 0; i < design.columns(); ++i) {
    const std::vector<double> column = centred(design.values(i), true);
    if (!column.empty()) auxiliary.add(std::to_string(i), column);
  }
  const std::size_t first_order = auxiliary.columns();
  for (std::size_t i = 1; second_order && i < first_order; ++i) {
    for (std::size_t j = i; j < first_order; ++j) auxiliary.add_product(i, j);
  }
  return studentised_score(auxiliary, u);
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
  std::vector<double> v = centred(u, true);
  if (v.size() < 5 || v.size() > 5000) return std::nullopt;
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

Influence influence_of(const LinearModel& model, double u, double h) {
  Influence one{h, {}, {}, {}};
  const double rest = 1 - h;
  if (rest < 1e-12 || model.residual_sum_of_squares <= 0) return one;
  const auto degrees = static_cast<double>(model.degrees);
  one.internal = u / (model.residual_standard_deviation * std::sqrt(rest));
  one.cook = *one.internal * *one.internal * h / (rest * static_cast<double>(model.coefficients.size()));
  const double left = model.residual_sum_of_squares - u * u / rest;
  if (model.degrees > 1 && left > 0) one.external = u / std::sqrt(left / (degrees - 1) * rest);
  return one;
}

}  // namespace

Diagnostics diagnose(const LinearModel& model, const Design& design, std::span<const double> y) {
  OPLINE_ASSERT(model.n == design.rows() && y.size() == model.n, "{} rows were fitted, not {}", model.n,
                y.size());
  const std::vector<double> u = scaled_residuals(model);
  Diagnostics result;
  result.reset = reset(model, design, y);
  result.breusch_pagan = breusch_pagan(design, u, false);
  result.white = breusch_pagan(design, u, true);
  result.jarque_bera = jarque_bera(u);
  result.shapiro_francia = shapiro_francia(u);
  for (std::size_t i = 0; i < u.size(); ++i)
    result.influence.push_back(influence_of(model, u[i], model.leverages[i]));
  return result;
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
  for (std::size_t i = 0; i < diagnostics.influence.size(); ++i) {
    if (diagnostics.influence[i].cook) rows.push_back(i);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return *diagnostics.influence[a].cook > *diagnostics.influence[b].cook;
  });
  rows.resize(std::min(rows.size(), count));
  return rows;
}

}  // namespace opline::analysis
