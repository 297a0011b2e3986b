// src/figures/latency_script.h - the latency figure as commands and data for gnuplot 5.4.
#pragma once
#include <iosfwd>

#include "src/figures/image_file.h"
#include "src/figures/latency_figure.h"

namespace opline::figures {

/// Writes the whole script: terminal, layout, data, plot; the picture goes to standard output.
/// `figure` and `options` are valid (as write_latency_figure checks). Layout, from the top: title,
/// line below it, legend, plot, axis, counts.
void write_latency_script(std::ostream& script, const LatencyFigure& figure,
                          const FigureOptions& options, ImageFormat format);

}  // namespace opline::figures
