// src/report/html/static_figures.h - pictures for a page without Chart.js, drawn by gnuplot.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/series_fit.h"

namespace opline::report::html {

/// A <figure> per series that has measurements: latency against ops as an SVG inside the page, as
/// `opline plot` draws it. Throws Error{missing_tool} without gnuplot, Error{io} where it fails.
[[nodiscard]] std::string static_figures(const std::vector<evaluation::SeriesFit>& fits,
                                         const std::string& command);

}  // namespace opline::report::html
