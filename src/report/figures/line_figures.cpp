#include "src/report/figures/line_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analysis/numerics/rank_statistics.h"
#include "analysis/validation/power.h"
#include "analysis/validation/validation.h"
#include "src/base/counted.h"
#include "src/figures/layout.h"
#include "src/figures/line_text.h"
#include "src/report/figures/figure_parts.h"

namespace opline::report {
namespace {

using evaluation::Response;
using evaluation::ResponseRows;
using evaluation::Series;

/// One series with the response that is drawn.
struct Drawn {
  const SeriesResult* result;
  ResponseRows rows;
  std::optional<analysis::LinearFit> line;
  std::string name;
  std::size_t pen;
};

/// The series that have the response; the reason of the first where none has.
Result<std::vector<Drawn>> drawn_of(const std::vector<SeriesResult>& all, Response of) {
  const std::vector<std::string> names = names_of(all);
  std::vector<Drawn> drawn;
  std::string why;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ResponseRows rows = response_rows(all[i].series(), of);
    if (rows.y.empty()) {
      if (why.empty()) why = rows.why_none;
      continue;
    }
    std::optional<analysis::LinearFit> line =
        of == Response::latency ? all[i].fit->line
                                : analysis::try_fit_line(rows.ops, rows.y).optional();
    drawn.push_back({&all[i], std::move(rows), line, all.size() == 1 ? "" : names[i], i});
  }
  if (drawn.empty()) return NoValue("{}", why.empty() ? "nothing was measured" : why);
  return drawn;
}

void add_networks(Figure& figure, const Drawn& one, bool alone) {
  Element networks = points("networks", one.name, one.rows.ops, one.rows.y, one.pen);
  networks.labels = names_of(one.rows);
  networks.filled = alone;
  networks.legend = one.name;
  figure.elements.push_back(std::move(networks));
}

/// Line, interval of the line and, of a series alone, the prediction interval.
void add_line(Figure& figure, const Drawn& one, bool alone) {
  if (!one.line) return;
  const analysis::LinearFit& fit = *one.line;
  const std::vector<double> ops = steps_between(fit.x_min, fit.x_max);
  std::vector<double> value, mean_low, mean_high, single_low, single_high;
  for (const double x : ops) {
    const analysis::LinePrediction at = fit.predict(x);
    value.push_back(at.value);
    mean_low.push_back(at.mean.low);
    mean_high.push_back(at.mean.high);
    single_low.push_back(at.single.low);
    single_high.push_back(at.single.high);
  }
  if (!one.result->series().covers_whole_space) {
    figure.elements.push_back(
        band("95 % interval of the line", one.name, ops, mean_low, mean_high, one.pen));
    if (alone) {
      figure.elements.push_back(curve(Element::Kind::guide, "95 % prediction interval, low",
                                      one.name, ops, single_low, one.pen));
      figure.elements.back().widens_axes = false;  // it may be below 0
      figure.elements.push_back(curve(Element::Kind::guide, "95 % prediction interval, high",
                                      one.name, ops, single_high, one.pen));
    }
  }
  figure.elements.push_back(curve(Element::Kind::line, "line", one.name, ops, value, one.pen));
}

/// Ops of the networks that do not fit the board, at the bottom of the frame.
void add_unfit(Figure& figure, const Drawn& one) {
  const std::vector<std::uint64_t>& unfit = one.result->series().unfit_ops;
  if (unfit.empty()) return;
  Element rug;
  rug.kind = Element::Kind::rug;
  rug.role = "does not fit the board";
  rug.series = one.name;
  rug.pen = one.pen;
  rug.widens_axes = false;
  for (const std::uint64_t ops : unfit) rug.x.push_back(static_cast<double>(ops));
  figure.elements.push_back(std::move(rug));
}

/// "ops of 55 networks that do not fit, up to 114 Mops", the latter where the axis ends before
/// that; empty where all fit.
std::string unfit_text(const Figure& figure) {
  std::size_t count = 0;
  double most = 0;
  double most_measured = 0;
  for (const Element& one : figure.elements) {
    const bool rug = one.kind == Element::Kind::rug;
    if (rug) count += one.x.size();
    for (const double ops : one.x) {
      double& largest = rug ? most : most_measured;
      largest = std::max(largest, ops);
    }
  }
  if (count == 0) return {};
  std::string text = fmt::format("ops of {} that do not fit", counted(count, "network"));
  const figures::Unit unit = x_unit_of(figure);
  if (most > most_measured)
    text += fmt::format(", up to {} {}", figures::significant(most / unit.scale, 3), unit.name);
  return text;
}

/// "Shaded: ...; dashed: ....": the parts as one sentence; empty without any.
std::string sentence_of(const std::vector<std::string>& parts) {
  if (parts.empty()) return {};
  std::string text = fmt::format("{}.", fmt::join(parts, "; "));
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

/// Equation, R^2, n and verdict: of a series alone on lines of their own, else on one.
void add_notes(Figure& figure, const Drawn& one, bool alone) {
  const std::string what = to_string(one.rows.of);
  const std::string line =
      one.line ? figures::equation(*one.line, dimension_of(one.rows.of), y_unit_of(figure))
               : "no line could be fitted";
  std::string size = size_of(one.result->series(), one.rows.y.size());
  if (one.line) size = figures::r_squared(one.line->r_squared) + ", " + size;
  const std::string verdict = one.rows.of == Response::latency ? verdict_of(*one.result) : "";
  if (alone) {
    figure.notes.push_back(one.line ? what + " = " + line : line);
    if (one.line && !one.result->series().covers_whole_space)
      figure.notes.push_back(fmt::format(
          "slope {} (95 %)", figures::slope_interval(*one.line, dimension_of(one.rows.of))));
    figure.notes.push_back(size);
    if (!verdict.empty()) figure.notes.push_back(verdict);
    return;
  }
  figure.notes.push_back(
      fmt::format("{}: {}, {}{}", one.name, line, size, verdict.empty() ? "" : "; " + verdict));
}

std::string meaning_of_lines(const std::vector<Drawn>& drawn, const Figure& figure) {
  const bool sampled = std::any_of(drawn.begin(), drawn.end(), [](const Drawn& one) {
    return one.line && !one.result->series().covers_whole_space;
  });
  std::vector<std::string> parts;
  if (sampled) parts.emplace_back("shaded: 95 % interval of the line");
  if (sampled && drawn.size() == 1) parts.emplace_back("dashed: 95 % interval of one more network");
  if (!sampled && drawn.front().line)
    parts.emplace_back("every network of the space is shown, so there is no interval");
  const std::string unfit = unfit_text(figure);
  if (!unfit.empty()) parts.push_back("strokes at the bottom: " + unfit);
  return sentence_of(parts);
}

/// Networks and lines of one response against ops.
Result<Figure> response_figure(const std::vector<SeriesResult>& all, Response of) {
  const Result<std::vector<Drawn>> found = drawn_of(all, of);
  if (!found) return NoValue("{}", found.reason());
  const std::string what = to_string(of);
  Figure figure = figure_about(
      what, (of == Response::latency ? "Latency" : "Energy") + std::string(" against ops"), all);
  figure.x = ops_axis();
  figure.y = response_axis(of);
  const bool alone = found->size() == 1 && all.size() == 1;
  for (const Drawn& one : *found) add_networks(figure, one, alone);
  for (const Drawn& one : *found) add_line(figure, one, alone);
  for (const Drawn& one : *found) add_unfit(figure, one);
  for (const Drawn& one : *found) add_notes(figure, one, alone);
  const std::string meaning = meaning_of_lines(*found, figure);
  if (!meaning.empty()) figure.caption.push_back(meaning);
  return figure;
}

/// "Energy is modelled as 0.17 W x latency": by construction it says what the latency says.
std::string modelled_text(const Series& series, const std::string& name) {
  return fmt::format(
      "{}Energy is modelled, {:g} W × latency: by construction it shows what latency "
      "shows.",
      name.empty() ? "" : name + ": ", series.power->watts);
}

}  // namespace

Result<Figure> latency_figure(const std::vector<SeriesResult>& all) {
  return response_figure(all, Response::latency);
}

Result<Figure> energy_figure(const std::vector<SeriesResult>& all) {
  Result<Figure> figure = response_figure(all, Response::energy);
  if (!figure) return figure;
  Figure drawn = *figure;
  const std::vector<std::string> names = names_of(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Series& series = all[i].series();
    const ResponseRows rows = response_rows(series, Response::energy);
    if (rows.by_construction && !rows.y.empty())
      drawn.caption.push_back(modelled_text(series, all.size() == 1 ? "" : names[i]));
  }
  return drawn;
}

namespace {

/// Networks with measured energy.
struct Powers {
  std::vector<double> ops, seconds, joules, watts;
  std::vector<std::string> labels;
};

Powers powers_of(const Series& series) {
  Powers found;
  for (const evaluation::Row& row : series.rows) {
    if (!row.seconds || !row.joules) continue;
    found.ops.push_back(static_cast<double>(row.ops));
    found.seconds.push_back(*row.seconds);
    found.joules.push_back(*row.joules);
    found.watts.push_back(*row.joules / *row.seconds);
    found.labels.push_back(name_of(row));
  }
  return found;
}

/// "nucleo-f446re: " before what is said about one of several series.
std::string prefix(const std::string& name) { return name.empty() ? "" : name + ": "; }

}  // namespace

Result<Figure> power_figure(const std::vector<SeriesResult>& all) {
  Figure figure = figure_about("power", "Power against ops", all);
  figure.x = ops_axis();
  figure.y = {"power", Dimension::watts, "power_w", figures::Scale::linear, {}};
  const std::vector<std::string> names = names_of(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Powers found = powers_of(all[i].series());
    const auto constancy = analysis::power_constancy(found.seconds, found.joules);
    if (!constancy) continue;
    const std::string name = all.size() == 1 ? "" : names[i];
    Element networks = points("networks", name, found.ops, found.watts, i);
    networks.labels = found.labels;
    networks.legend = name;
    networks.filled = all.size() == 1;
    figure.elements.push_back(std::move(networks));
    const auto [least, most] = std::minmax_element(found.ops.begin(), found.ops.end());
    figure.elements.push_back(curve(Element::Kind::line, "mean", name, {*least, *most},
                                    {constancy->mean_watts, constancy->mean_watts}, i));
    const figures::Unit unit = y_unit_of(figure);
    figure.notes.push_back(fmt::format("{}mean {} {}, σ/μ = {:.3g}, n = {}", prefix(name),
                                       figures::significant(constancy->mean_watts / unit.scale, 3),
                                       unit.name, constancy->variation, constancy->n));
  }
  if (figure.elements.empty())
    return NoValue("no energy was measured; modelled energy has one power by construction");
  return figure;
}

namespace {

/// Held-out predictions of the line for a series' networks; none for too few of them.
std::optional<analysis::CrossValidatedRows> held_out(const ResponseRows& rows) {
  const bool positive = std::all_of(rows.y.begin(), rows.y.end(), [](double y) { return y > 0; });
  if (rows.y.empty() || !positive) return std::nullopt;
  analysis::CrossValidationOptions folds;
  folds.repeats = analysis::bounded_repeats(rows.y.size());
  return analysis::cross_validate_rows(rows.ops, rows.y, folds);
}

/// What a network takes at most, but for about 1 %, by what is predicted for it.
bool add_margin(Figure& figure, const SeriesResult& result, std::size_t pen) {
  const evaluation::Judgement* judged = result.judgement;
  if (judged == nullptr || !judged->verdict || !judged->verdict->latency_margin) return false;
  const std::vector<double>& y = result.fit->rows.y;
  const auto [low, high] = std::minmax_element(y.begin(), y.end());
  const std::vector<double> predicted = steps_between(*low, *high);
  std::vector<double> measured;
  measured.reserve(predicted.size());
  for (const double p : predicted) measured.push_back(judged->verdict->latency_margin->bound(p));
  figure.elements.push_back(curve(Element::Kind::guide, "margin", "", measured, predicted, pen));
  figure.elements.back().widens_axes = false;
  figure.notes.push_back(verdict_of(result));
  return true;
}

/// Networks and their error; whether there were enough.
bool add_predictions(Figure& figure, const SeriesResult& result, const std::string& name,
                     std::size_t pen) {
  const ResponseRows& rows = result.fit->rows;
  const auto validated = held_out(rows);
  if (!validated) return false;
  Element networks = points("networks", name, rows.y, validated->mean_predictions, pen);
  networks.labels = names_of(rows);
  networks.legend = name;
  networks.filled = name.empty();
  figure.elements.push_back(std::move(networks));
  const std::string error =
      fmt::format("{}held-out MAPE {} %", prefix(name),
                  validated->validation.errors.mape_percent < 1e-6
                      ? std::string("~0")
                      : figures::significant(validated->validation.errors.mape_percent, 3));
  const std::string size = size_of(result.series(), rows.y.size());
  if (name.empty()) {
    figure.notes.insert(figure.notes.end(), {error, size});
  } else {
    figure.notes.push_back(error + ", " + size);
  }
  return true;
}

}  // namespace

Result<Figure> predicted_figure(const std::vector<SeriesResult>& all) {
  Figure figure = figure_about("predicted", "Predicted against measured latency", all);
  figure.x = figure.y = response_axis(Response::latency);
  figure.x.label = "measured latency";
  figure.x.column = "measured_s";
  figure.y.label = "predicted latency";
  figure.y.column = "predicted_s";
  figure.same_ranges = true;
  const std::vector<std::string> names = names_of(all);
  std::vector<double> measured;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::vector<double>& y = all[i].fit->rows.y;
    if (add_predictions(figure, all[i], all.size() == 1 ? "" : names[i], i))
      measured.insert(measured.end(), y.begin(), y.end());
  }
  if (figure.elements.empty())
    return NoValue("fewer networks than the 10 folds of a cross-validation were measured");
  const bool margin = all.size() == 1 && add_margin(figure, all.front(), 0);
  const auto [low, high] = std::minmax_element(measured.begin(), measured.end());
  figure.elements.push_back(reference("measured = predicted", {*low, *high}, {*low, *high}));
  figure.caption.push_back(
      std::string("Each prediction is of lines fitted without the network (10-fold). Grey dashes: "
                  "predicted = measured") +
      (margin ? "; lower dashes: the margin, which about 1 % of further networks exceed." : "."));
  return figure;
}

}  // namespace opline::report
