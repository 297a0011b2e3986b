// src/report/figures/choice_figures.h - figures for choosing: the Pareto front of latency and
// another figure of the networks, and one series against another.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/evaluation/network_values.h"
#include "src/evaluation/series_comparison.h"
#include "src/figures/figure.h"
#include "src/report/figures/figure_scope.h"

namespace opline::report {

/// What latency is weighed against.
struct ParetoAxis {
  std::string column;  ///< Its name; empty: peak SRAM.
  /// The figure of each network; empty: the one of Series::figures that has this name.
  evaluation::NetworkValues values = {};
  bool more_is_better = true;  ///< As for an accuracy; of SRAM less is better.
};
/// Latency against the other figure, with the networks that no other one beats in both. The series
/// must have been read with its layers, or the figure be known of at least one network.
[[nodiscard]] Result<figures::Figure> pareto_figure(const std::vector<SeriesResult>& all,
                                                    const ParetoAxis& against);

/// Latencies (or energies) of the networks that both series have, b's against a's, with the line of
/// one factor. No figure for fewer than 3 common networks.
[[nodiscard]] Result<figures::Figure> pair_figure(const evaluation::SeriesComparison& pair);

}  // namespace opline::report
