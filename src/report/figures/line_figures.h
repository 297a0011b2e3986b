// src/report/figures/line_figures.h - figures of the line: latency, energy and power against ops,
// predictions against measurements.
//
// Each draws 1 to 8 series into one figure. Without data for it (nothing measured, no energy, too
// few networks) the result is the reason.
#pragma once
#include <vector>

#include "src/base/result.h"
#include "src/figures/figure.h"
#include "src/report/figures/figure_scope.h"

namespace opline::report {

/// Networks, fitted lines, the interval of the line and, of one series, the prediction interval;
/// the ops of networks that do not fit the board; equation, R^2, n and verdict.
[[nodiscard]] Result<figures::Figure> latency_figure(const std::vector<SeriesResult>& all);

/// The same of energy: measured, or modelled as power x latency, which it then says.
[[nodiscard]] Result<figures::Figure> energy_figure(const std::vector<SeriesResult>& all);

/// Power of each network, measured energy over latency, with its mean and variation (MicroNets,
/// figure 5). Not for modelled energy, whose power is constant by construction.
[[nodiscard]] Result<figures::Figure> power_figure(const std::vector<SeriesResult>& all);

/// What lines that were fitted without a network predict for it, against its latency; the diagonal,
/// and where judged the margin: about 1 % of further networks are below that line.
[[nodiscard]] Result<figures::Figure> predicted_figure(const std::vector<SeriesResult>& all);

}  // namespace opline::report
