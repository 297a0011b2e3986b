#include "src/report/figures/series_figures.h"

#include <algorithm>
#include <array>

#include "src/base/error.h"
#include "src/report/figures/diagnostic_figures.h"
#include "src/report/figures/layer_figures.h"
#include "src/report/figures/line_figures.h"

namespace opline::report {
namespace {

using Draw = Result<figures::Figure> (*)(const std::vector<SeriesResult>&);

constexpr std::array<SeriesFigure, 10> kFigures = {{
    {"latency", "latency against ops: networks, line, intervals, equation, verdict", false, true},
    {"energy", "energy against ops, measured or modelled", false, false},
    {"power", "power of each network, where energy was measured", false, false},
    {"layers", "latency of single layers against ops, by layer type", true, false},
    {"residuals", "residuals against fitted latency", false, false},
    {"qq", "quantiles of the residuals against those of a normal distribution", false, false},
    {"leverage", "studentised residuals against leverage, with Cook's distance", false, false},
    {"predicted", "held-out predictions against measured latency, with the margin", false, true},
    {"learning", "held-out error against the number of networks fitted", false, true},
    {"pareto", "Pareto front of latency and SRAM, or of a column (--against)", false, false},
}};
/// In the same order, but for the last, which needs to know against what.
constexpr std::array<Draw, 9> kDraw = {latency_figure,  energy_figure,    power_figure,
                                       layers_figure,   residuals_figure, qq_figure,
                                       leverage_figure, predicted_figure, learning_figure};

}  // namespace

std::span<const SeriesFigure> series_figures() { return kFigures; }

const SeriesFigure* find_series_figure(std::string_view name) {
  const auto found = std::find_if(kFigures.begin(), kFigures.end(),
                                  [&](const SeriesFigure& one) { return one.name == name; });
  return found == kFigures.end() ? nullptr : found;
}

Result<figures::Figure> figure_of(const SeriesFigure& wanted, const std::vector<SeriesResult>& all,
                                  const ParetoAxis& against) {
  constexpr std::size_t kMostSeries = 8;
  if (all.empty() || all.size() > kMostSeries)
    throw Error(ErrorCode::input, "figure: {} series; draw 1 to {} in one figure", all.size(),
                kMostSeries);
  for (std::size_t i = 0; i < kDraw.size(); ++i) {
    if (kFigures[i].name == wanted.name) return kDraw[i](all);
  }
  OPLINE_ASSERT(wanted.name == kFigures.back().name, "figure {}", wanted.name);
  return pareto_figure(all, against);
}

}  // namespace opline::report
