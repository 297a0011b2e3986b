#include "src/report/figures/diagnostic_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/numerics/distributions.h"
#include "analysis/regression/diagnostics.h"
#include "src/base/parallel.h"
#include "src/figures/layout.h"
#include "src/figures/line_text.h"
#include "src/report/figures/figure_parts.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using evaluation::Response;
using evaluation::ResponseRows;

constexpr double kRounding = 1e-9;  // percent; errors below are those of the arithmetic

/// A line with its diagnostics; `labels` name the rows.
struct Diagnosed {
  const ResponseRows* rows;
  analysis::LinearModel model;
  analysis::Diagnostics diagnostics;
  std::vector<std::string> labels;
  std::string name;
  std::size_t pen;
};

/// The series with a line that has errors: residuals of a perfect fit are rounding.
Result<std::vector<Diagnosed>> diagnosed_of(const std::vector<SeriesResult>& all) {
  const std::vector<std::string> names = names_of(all);
  std::vector<Diagnosed> found;
  bool perfect = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const ResponseRows& rows = all[i].fit->rows;
    if (!all[i].fit->line) continue;
    analysis::Design design(rows.ops.size());
    design.add("ops", rows.ops);
    analysis::LinearModel model = analysis::fit_linear(design, rows.y);
    perfect = perfect || model.perfect_fit;
    if (model.perfect_fit) continue;
    analysis::DiagnosticsOptions options;
    options.white = false;
    analysis::Diagnostics diagnostics = analysis::diagnose(model, design, rows.y, options);
    found.push_back({&rows, std::move(model), std::move(diagnostics), names_of(rows),
                     all.size() == 1 ? "" : names[i], i});
  }
  if (found.empty())
    return NoValue("{}", perfect ? "the fit is perfect: its residuals are rounding"
                                 : "no line could be fitted, so that there are no residuals");
  return found;
}

/// "nucleo-f446re: " or nothing.
std::string prefix(const Diagnosed& one) { return one.name.empty() ? "" : one.name + ": "; }

void add_points(Figure& figure, const Diagnosed& one, std::vector<double> x, std::vector<double> y,
                std::vector<std::string> labels) {
  Element networks = points("networks", one.name, std::move(x), std::move(y), one.pen);
  networks.labels = std::move(labels);
  networks.filled = one.name.empty();
  networks.legend = one.name;
  figure.elements.push_back(std::move(networks));
}

std::string test_text(const char* name, const std::optional<analysis::Test>& test) {
  if (!test) return "";
  const std::string p = p_text(test->p);
  return fmt::format("{} p {}{}", name, p.starts_with('<') ? "" : "= ", p);
}

/// The range of all x of the points.
std::pair<double, double> x_range(const Figure& figure) {
  double low = figure.elements.front().x.front();
  double high = low;
  for (const Element& one : figure.elements)
    for (const double x : one.x) {
      low = std::min(low, x);
      high = std::max(high, x);
    }
  return {low, high};
}

/// Probability that belongs to value `k`, from 0 on, of `n` in ascending order (Blom 1958).
double plotting_position(std::size_t k, std::size_t n) {
  return (static_cast<double>(k) + 0.625) / (static_cast<double>(n) + 0.25);
}

/// Where 95 % of samples of `n` normal values have each of their quantiles. With no more vertices
/// than a page shows: a curve of a million does not open.
Element envelope(std::size_t n, std::size_t pen) {
  const double least = analysis::normal_quantile(plotting_position(0, n));
  std::vector<double> normal, low, high;
  for (std::size_t k = 0; k < n; ++k) {
    const double p = plotting_position(k, n), z = analysis::normal_quantile(p);
    const bool far = normal.empty() || z - normal.back() > -2 * least / 1000;
    if (!far && k + 1 < n) continue;
    // Standard error of an order statistic (David and Nagaraja, Order Statistics, 3rd ed., 4.6).
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0));
    const double error = 1.96 * std::sqrt(p * (1 - p) / static_cast<double>(n)) / density;
    normal.push_back(z);
    low.push_back(z - error);
    high.push_back(z + error);
  }
  return band("95 % envelope", "", normal, low, high, pen);
}

}  // namespace

Result<Figure> residuals_figure(const std::vector<SeriesResult>& all) {
  const Result<std::vector<Diagnosed>> diagnosed = diagnosed_of(all);
  if (!diagnosed) return NoValue("{}", diagnosed.reason());
  const std::vector<Diagnosed>& found = *diagnosed;
  Figure figure = figure_about("residuals", "Residuals of latency", all);
  figure.x = response_axis(Response::latency);
  figure.x.label = "fitted latency";
  figure.x.column = "fitted_s";
  figure.y = response_axis(Response::latency);
  figure.y.label = "residual";
  figure.y.column = "residual_s";
  figure.y.scale = figures::Scale::linear;
  for (const Diagnosed& one : found)
    add_points(figure, one, one.model.fitted, one.model.residuals, one.labels);
  const auto [low, high] = x_range(figure);
  for (const Diagnosed& one : found) {
    if (!one.name.empty()) continue;
    const analysis::LinearFit& fit = *all.front().fit->line;
    const std::vector<double> ops = steps_between(fit.x_min, fit.x_max);
    std::vector<double> fitted, below, above;
    for (const double x : ops) {
      const analysis::LinePrediction at = fit.predict(x);
      fitted.push_back(at.value);
      below.push_back(at.single.low - at.value);
      above.push_back(at.single.high - at.value);
    }
    figure.elements.push_back(
        curve(Element::Kind::guide, "95 % prediction interval, low", "", fitted, below, one.pen));
    figure.elements.push_back(
        curve(Element::Kind::guide, "95 % prediction interval, high", "", fitted, above, one.pen));
  }
  figure.elements.push_back(reference("residual 0", {low, high}, {0, 0}));
  const figures::Unit unit = y_unit_of(figure);
  for (const Diagnosed& one : found) {
    figure.notes.push_back(fmt::format(
        "{}standard deviation {} {}", prefix(one),
        figures::significant(one.model.residual_standard_deviation / unit.scale, 3), unit.name));
    const std::string spread = test_text("Breusch-Pagan", one.diagnostics.breusch_pagan);
    const std::string bend = test_text("RESET (HC3)", one.diagnostics.reset_hc3);
    if (!spread.empty() && !bend.empty())
      figure.notes.push_back(fmt::format("{}{}, {}", prefix(one), spread, bend));
  }
  if (found.size() == 1 && all.size() == 1)
    figure.caption.emplace_back("Dashed: 95 % interval of one more network.");
  return figure;
}

Result<Figure> qq_figure(const std::vector<SeriesResult>& all) {
  const Result<std::vector<Diagnosed>> diagnosed = diagnosed_of(all);
  if (!diagnosed) return NoValue("{}", diagnosed.reason());
  Figure figure = figure_about("qq", "Quantiles of residuals", all);
  figure.x = {"normal quantile", Dimension::number, "normal_quantile", figures::Scale::linear, {}};
  figure.y = {"studentised residual",
              Dimension::number,
              "studentised_residual",
              figures::Scale::linear,
              {}};
  for (const Diagnosed& one : *diagnosed) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < one.diagnostics.influence.size(); ++i)
      if (one.diagnostics.influence[i].external) order.push_back(i);
    const auto residual = [&](std::size_t i) { return *one.diagnostics.influence[i].external; };
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return residual(a) < residual(b); });
    if (order.size() < 3) continue;
    std::vector<double> normal, residuals;
    std::vector<std::string> labels;
    for (std::size_t k = 0; k < order.size(); ++k) {
      normal.push_back(analysis::normal_quantile(plotting_position(k, order.size())));
      residuals.push_back(residual(order[k]));
      labels.push_back(one.labels[order[k]]);
    }
    if (one.name.empty()) figure.elements.push_back(envelope(order.size(), one.pen));
    add_points(figure, one, std::move(normal), std::move(residuals), std::move(labels));
    const std::string test = test_text("Shapiro-Francia", one.diagnostics.shapiro_francia);
    figure.notes.push_back(
        fmt::format("{}n = {}{}", prefix(one), order.size(), test.empty() ? "" : ", " + test));
  }
  if (figure.elements.empty()) return NoValue("fewer than three residuals have a known error");
  const auto [low, high] = x_range(figure);
  figure.elements.push_back(reference("normal errors", {low, high}, {low, high}));
  figure.caption.push_back(
      all.size() == 1 ? "Grey dashes: normal errors; shaded: 95 % of such samples, pointwise."
                      : "Grey dashes: normal errors.");
  return figure;
}

namespace {

/// Lines of one Cook's distance: residual = +-sqrt(D p (1 - h) / h), p = 2.
void add_cook(Figure& figure, double distance, double h_from, double h_to, double most) {
  for (const double sign : {1.0, -1.0}) {
    std::vector<double> leverage, residual;
    for (const double h : steps_between(h_from, h_to)) {
      const double r = std::sqrt(distance * 2 * (1 - h) / h);
      if (h <= 0 || h >= 1 || r > most) continue;
      leverage.push_back(h);
      residual.push_back(sign * r);
    }
    if (leverage.size() > 1)
      figure.elements.push_back(
          reference(fmt::format("Cook's distance {:g}", distance), leverage, residual));
  }
}

/// A short name, or the number of the row in the CSV.
std::string mark_text(const std::string& name, std::size_t row) {
  constexpr std::size_t kShort = 16;
  return name.size() <= kShort ? name : fmt::format("#{}", row + 1);
}

}  // namespace

Result<Figure> leverage_figure(const std::vector<SeriesResult>& all) {
  if (all.size() != 1) return NoValue("it shows one series; select one, or leave out --together");
  const Result<std::vector<Diagnosed>> diagnosed = diagnosed_of(all);
  if (!diagnosed) return NoValue("{}", diagnosed.reason());
  const Diagnosed& one = diagnosed->front();
  Figure figure = figure_about("leverage", "Leverage and residuals", all);
  figure.x = {"leverage", Dimension::number, "leverage", figures::Scale::linear, {}};
  figure.y = {"studentised residual",
              Dimension::number,
              "studentised_residual",
              figures::Scale::linear,
              {}};
  std::vector<double> leverage, residual;
  std::vector<std::string> labels;
  double most = 0;
  std::vector<std::size_t> csv_row(one.diagnostics.influence.size(), 0);
  for (std::size_t i = 0; i < one.diagnostics.influence.size(); ++i) {
    const analysis::Influence& row = one.diagnostics.influence[i];
    if (!row.internal) continue;
    csv_row[i] = leverage.size();
    leverage.push_back(row.leverage);
    residual.push_back(*row.internal);
    labels.push_back(one.labels[i]);
    most = std::max(most, std::abs(*row.internal));
  }
  if (leverage.empty()) return NoValue("the fit is perfect: its residuals are rounding");
  for (const std::size_t i : analysis::most_influential(one.diagnostics, 3)) {
    const analysis::Influence& row = one.diagnostics.influence[i];
    if (row.internal)
      figure.marks.push_back({row.leverage, *row.internal, mark_text(one.labels[i], csv_row[i])});
  }
  const double h_most = *std::max_element(leverage.begin(), leverage.end());
  const double h_least = *std::min_element(leverage.begin(), leverage.end());
  add_points(figure, one, std::move(leverage), std::move(residual), std::move(labels));
  figure.elements.push_back(reference("residual 0", {h_least, h_most}, {0, 0}));
  for (const double distance : {0.5, 1.0}) add_cook(figure, distance, h_least, h_most, 1.1 * most);
  const bool near = figure.elements.size() > 2;
  const std::vector<std::size_t> top = analysis::most_influential(one.diagnostics, 1);
  if (!top.empty() && one.diagnostics.influence[top.front()].cook)
    figure.notes.push_back(
        fmt::format("largest Cook's distance {}",
                    figures::significant(*one.diagnostics.influence[top.front()].cook, 2)));
  figure.caption.push_back(
      std::string("Marked: the three networks with the largest Cook's distance (#k: row k of the "
                  "CSV file).") +
      (near ? " Grey dashes: Cook's distance 0.5 and 1." : ""));
  return figure;
}

Result<Figure> learning_figure(const std::vector<SeriesResult>& all) {
  Figure figure = figure_about("learning", "Learning curve", all);
  figure.x = {"networks fitted", Dimension::number, "networks", figures::Scale::automatic, {}};
  figure.y = {"held-out MAPE", Dimension::percent, "mape_percent", figures::Scale::linear, {}};
  const std::vector<std::string> names = names_of(all);
  std::vector<Element> curves;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].judgement == nullptr || all[i].judgement->learning.empty()) continue;
    if (!(all[i].judgement->learning.back().mape_percent > kRounding)) continue;
    std::vector<double> networks, mape, low, high;
    for (const analysis::LearningPoint& point : all[i].judgement->learning) {
      networks.push_back(static_cast<double>(point.rows));
      mape.push_back(point.mape_percent);
      low.push_back(point.mape_range.low);
      high.push_back(point.mape_range.high);
    }
    const std::string name = all.size() == 1 ? "" : names[i];
    figure.elements.push_back(band("5 % to 95 % of the draws", name, networks, low, high, i));
    curves.push_back(curve(Element::Kind::line, "mean", name, networks, mape, i));
    Element marks = points("mean", name, networks, mape, i);
    marks.filled = all.size() == 1;
    marks.legend = name;
    curves.push_back(std::move(marks));
  }
  if (curves.empty())
    return NoValue(
        "fewer than 12 networks were judged, every network of the space was measured, or errors "
        "are "
        "rounding");
  for (Element& one : curves) figure.elements.push_back(std::move(one));
  figure.caption.emplace_back(
      "Lines fitted to that many of the networks and judged on the others; shaded: 5 % to 95 % of "
      "100 draws.");
  return figure;
}

}  // namespace opline::report
