// src/report/figures/diagnostic_figures.h - figures of how well the line fits: residuals, their
// quantiles, leverage, and what more networks would be worth.
//
// Of latency ~ ops by ordinary least squares. Definitions: docs/statistics.md.
#pragma once
#include <vector>

#include "src/base/result.h"
#include "src/figures/figure.h"
#include "src/report/figures/figure_scope.h"

namespace opline::report {

/// Residuals against fitted latencies, with the prediction interval.
[[nodiscard]] Result<figures::Figure> residuals_figure(const std::vector<SeriesResult>& all);
/// Externally studentised residuals against normal quantiles (Blom's positions), with the pointwise
/// 95 % envelope of normal errors.
[[nodiscard]] Result<figures::Figure> qq_figure(const std::vector<SeriesResult>& all);
/// Internally studentised residuals against leverage, with lines of Cook's distance 0.5 and 1 where
/// they are near; the three networks with the largest distance are marked.
[[nodiscard]] Result<figures::Figure> leverage_figure(const std::vector<SeriesResult>& all);
/// Held-out error against networks fitted: the learning curve of the judgement, which it needs.
[[nodiscard]] Result<figures::Figure> learning_figure(const std::vector<SeriesResult>& all);

}  // namespace opline::report
