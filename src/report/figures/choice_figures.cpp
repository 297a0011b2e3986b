#include "src/report/figures/choice_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "src/base/printable.h"
#include "src/figures/line_text.h"
#include "src/report/figures/figure_parts.h"

namespace opline::report {
namespace {

using evaluation::Series;

/// Networks with both figures.
struct Choices {
  std::vector<double> latency, other;
  std::vector<std::string> labels;
};

/// Peak SRAM of row i, the value of its network, or the series' own figure.
class OtherFigure {
 public:
  OtherFigure(const Series& series, const ParetoAxis& against)
      : series_(series), against_(against) {
    for (const evaluation::RowFigure& figure : series.figures)
      if (figure.name == against.column) own_ = &figure.values;
  }
  /// Whether it can be known of any network.
  [[nodiscard]] bool exists() const {
    return against_.column.empty() || own_ != nullptr || !against_.values.empty();
  }
  [[nodiscard]] std::optional<double> of(std::size_t i) const {
    if (against_.column.empty()) {
      if (!series_.rows[i].activation_bytes) return std::nullopt;
      return static_cast<double>(*series_.rows[i].activation_bytes);
    }
    for (const std::string* name : {&series_.rows[i].network, &series_.rows[i].name}) {
      const auto found = against_.values.find(*name);
      if (found != against_.values.end()) return found->second;
    }
    return own_ != nullptr ? std::optional((*own_)[i]) : std::nullopt;
  }

 private:
  const Series& series_;
  const ParetoAxis& against_;
  const std::vector<double>* own_ = nullptr;
};

Result<Choices> choices_of(const Series& series, const ParetoAxis& against) {
  const OtherFigure other(series, against);
  if (!other.exists())
    return NoValue("its networks have no figure '{}'", printable(against.column));
  Choices choices;
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    const std::optional<double> value = other.of(i);
    if (!series.rows[i].seconds || !value) continue;
    choices.latency.push_back(*series.rows[i].seconds);
    choices.other.push_back(*value);
    choices.labels.push_back(name_of(series.rows[i]));
  }
  if (choices.latency.empty())
    return NoValue("{}", against.column.empty()
                             ? "the SRAM of its networks is not known; name a column with --against"
                             : "none of its networks has both a latency and this figure");
  return choices;
}

/// Positions of the networks that none beats in both, by latency.
std::vector<std::size_t> front_of(const Choices& choices, bool more_is_better) {
  const double sign = more_is_better ? -1 : 1;
  std::vector<std::size_t> order(choices.latency.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(choices.latency[a], sign * choices.other[a]) <
           std::pair(choices.latency[b], sign * choices.other[b]);
  });
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    if (front.empty() || sign * choices.other[i] < sign * choices.other[front.back()])
      front.push_back(i);
  }
  return front;
}

void add_front(Figure& figure, const Choices& choices, const std::vector<std::size_t>& front) {
  Element steps = curve(Element::Kind::line, "front", "", {}, {}, 1);
  Element best = points("on the front", "", {}, {}, 1);
  best.filled = true;
  best.legend = fmt::format("on the Pareto front ({})", front.size());
  for (const std::size_t i : front) {
    if (!steps.x.empty()) {
      steps.x.push_back(choices.latency[i]);
      steps.y.push_back(steps.y.back());
    }
    steps.x.push_back(choices.latency[i]);
    steps.y.push_back(choices.other[i]);
    best.x.push_back(choices.latency[i]);
    best.y.push_back(choices.other[i]);
    best.labels.push_back(choices.labels[i]);
  }
  figure.elements.push_back(std::move(steps));
  figure.elements.push_back(std::move(best));
}

}  // namespace

Result<Figure> pareto_figure(const std::vector<SeriesResult>& all, const ParetoAxis& against) {
  if (all.size() != 1) return NoValue("it shows one series; select one, or leave out --together");
  const Result<Choices> choices = choices_of(all.front().series(), against);
  if (!choices) return NoValue("{}", choices.reason());
  const bool sram = against.column.empty();
  Figure figure = figure_about(
      "pareto", "Latency against " + (sram ? "SRAM" : printable(against.column, 60)), all);
  figure.x = response_axis(evaluation::Response::latency);
  figure.x.scale = figures::Scale::linear;
  figure.y = {sram ? "peak SRAM of activations" : printable(against.column, 60),
              sram ? Dimension::bytes : Dimension::number,
              sram ? "activation_bytes" : against.column,
              figures::Scale::linear,
              {}};
  Element networks = points("networks", "", choices->latency, choices->other, 0);
  networks.labels = choices->labels;
  networks.legend = fmt::format("networks ({})", choices->latency.size());
  figure.elements.push_back(std::move(networks));
  const bool more = !sram && against.more_is_better;
  add_front(figure, *choices, front_of(*choices, more));
  figure.caption.push_back(
      fmt::format("Pareto front: no network has less latency and {} {}; its networks are named in "
                  "the CSV file.",
                  more ? "more" : "less", sram ? "SRAM" : printable(against.column, 60)));
  return figure;
}

Result<Figure> pair_figure(const evaluation::SeriesComparison& pair) {
  if (!pair.common)
    return NoValue(
        "the series have fewer than 3 networks in common{}",
        pair.same_measurements > 0 ? " besides those that are the same measurement" : "");
  const evaluation::SeriesFit of_a{pair.a, pair.rows_a, {}, {}, {}};
  const evaluation::SeriesFit of_b{pair.b, pair.rows_b, {}, {}, {}};
  const std::vector<SeriesResult> both = {{&of_a, nullptr}, {&of_b, nullptr}};
  const std::vector<std::string> names = names_of(both);
  const evaluation::Response of = pair.rows_a.of;
  Figure figure = figure_about("pair", names[1] + " against " + names[0], both);
  figure.x = response_axis(of);
  figure.y = response_axis(of);
  figure.x.label = fmt::format("{} of {}", to_string(of), names[0]);
  figure.y.label = fmt::format("{} of {}", to_string(of), names[1]);
  figure.x.column = fmt::format("a_{}", response_axis(of).column);
  figure.y.column = fmt::format("b_{}", response_axis(of).column);
  Element networks = points("networks", "", {}, {}, 0);
  networks.filled = true;
  for (const auto& [a, b] : pair.common->rows) {
    networks.x.push_back(pair.rows_a.y[a]);
    networks.y.push_back(pair.rows_b.y[b]);
    networks.labels.push_back(name_of(*pair.rows_a.rows[a]));
  }
  const auto [low, high] = std::minmax_element(networks.x.begin(), networks.x.end());
  const std::vector<double> ends = {*low, *high};
  figure.elements.push_back(std::move(networks));
  const double ratio = pair.common->ratio.value;
  Element factor =
      curve(Element::Kind::line, "one factor", "", ends, {ends[0] / ratio, ends[1] / ratio}, 0);
  figure.elements.push_back(std::move(factor));
  figure.elements.push_back(reference("equal", ends, ends));
  std::string note = fmt::format("ratio {}", figures::significant(ratio, 4));
  if (pair.sampled())
    note += fmt::format(" [{}, {}]", figures::significant(pair.common->ratio.interval.low, 4),
                        figures::significant(pair.common->ratio.interval.high, 4));
  figure.notes.push_back(note);
  figure.notes.push_back(fmt::format(
      "n = {}{}", pair.common->n,
      pair.common->kendall_tau_b ? fmt::format(", Kendall's tau-b {}",
                                               figures::significant(*pair.common->kendall_tau_b, 3))
                                 : ""));
  figure.caption.push_back(
      fmt::format("Networks that both measured. Line: one ratio, {} over {}; grey dashes: equal.",
                  names[0], names[1]));
  return figure;
}

}  // namespace opline::report
