// src/report/figures/series_figures.h - every figure of series by its name.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"
#include "src/figures/figure.h"
#include "src/report/figures/choice_figures.h"
#include "src/report/figures/figure_scope.h"

namespace opline::report {

/// A figure that can be drawn of series, and what it needs beside their latencies.
struct SeriesFigure {
  std::string_view name;         ///< "latency", "energy", ...: as options and file names have it.
  std::string_view content;      ///< One line for --help.
  bool needs_layers = false;     ///< Series read with WithLayers::yes.
  bool needs_judgement = false;  ///< SeriesResult::judgement.
};

/// All, in the order of --help: latency, energy, power, layers, residuals, qq, leverage, predicted,
/// learning, pareto.
[[nodiscard]] std::span<const SeriesFigure> series_figures();
/// Null for another name.
[[nodiscard]] const SeriesFigure* find_series_figure(std::string_view name);

/// The figure of 1 to 8 series, or why there is none.
[[nodiscard]] Result<figures::Figure> figure_of(const SeriesFigure& wanted,
                                                const std::vector<SeriesResult>& all,
                                                const ParetoAxis& against = {});

}  // namespace opline::report
