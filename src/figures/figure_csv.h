// src/figures/figure_csv.h - the numbers of a figure as CSV.
//
//   # opline-latency-figure 2, written by opline 0.1.0
//   # command: opline plot --db study.db
//   # title: Latency against ops: kws on nucleo-f446re
//   # kws on nucleo-f446re, simulated, uncalibrated; ...
//   element,series,name,ops,latency_s,latency_s_low,latency_s_high
//   networks,nucleo-f446re,conv1=84 ...,16384000,0.1409,,
//   line,nucleo-f446re,,10000000,0.0927,,
//   interval of the mean,nucleo-f446re,,10000000,,0.0921,0.0933
//
// One row per point, per step of a line or band, or per bar; every point, also those that a drawing
// leaves out (figure_script.h). Base units, in the columns' names.
#pragma once
#include <string>

#include "src/figures/figure.h"

namespace opline::figures {

/// `figure` is valid (require_drawable()).
[[nodiscard]] std::string csv_of(const Figure& figure);

}  // namespace opline::figures
