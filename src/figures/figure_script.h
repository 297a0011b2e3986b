// src/figures/figure_script.h - a figure as commands and data for gnuplot 5.4.
#pragma once
#include <iosfwd>
#include <string>

#include "src/figures/figure.h"
#include "src/figures/figure_options.h"

namespace opline::figures {

/// Writes the whole script; the picture goes to standard output. `figure` and `options` are valid.
void write_figure_script(std::ostream& script, const Figure& figure, const FigureOptions& options,
                         ImageFormat format);

}  // namespace opline::figures
