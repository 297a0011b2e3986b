// src/figures/figure_script.h - a figure as commands and data for gnuplot 5.4.
#pragma once
#include <iosfwd>
#include <string>

#include "src/figures/figure.h"
#include "src/figures/figure_options.h"

namespace opline::figures {

/// Most points of one element that are drawn; of more, those that can be told apart (thinning.h).
inline constexpr std::size_t kMostPoints = 12000;

/// Writes the whole script; the picture goes to standard output. `figure` and `options` are valid.
/// Where points were left out, the lines below the frame say so.
void write_figure_script(std::ostream& script, const Figure& figure, const FigureOptions& options,
                         ImageFormat format);

}  // namespace opline::figures
