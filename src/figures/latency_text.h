// src/figures/latency_text.h - every word in the latency figure.
//
// Pure functions from the figure's data to text, so that a test reads them without drawing.
#pragma once
#include <string>
#include <vector>

#include "src/figures/latency_figure.h"

namespace opline::figures {

/// A unit of an axis: `figure / scale` is shown with `name`.
struct AxisUnit {
  double scale = 1;
  const char* name = "";
};
/// ops, kops, Mops or Gops: the largest of which `most` holds at least two. 41.2e6 -> Mops, 1.5e9
/// -> Mops.
[[nodiscard]] AxisUnit ops_unit(double most);
/// ns, µs, ms or s, likewise, with `most` in seconds.
[[nodiscard]] AxisUnit time_unit(double most);

/// "13.25 ns/op × ops + 1.10 ms": as many digits as the standard errors bear out, three at least.
[[nodiscard]] std::string equation(const analysis::LinearFit& fit);
/// "slope 95 % interval [13.13, 13.37] ns/op", in the digits of equation().
[[nodiscard]] std::string slope_interval(const analysis::LinearFit& fit);
/// "R² = 0.982"; more nines get more digits, and 1 is not claimed for less. "R² not defined" where
/// it is not.
[[nodiscard]] std::string r_squared(const analysis::LinearFit& fit);
/// "n = 812 of 985 networks": of the different ones that were drawn.
[[nodiscard]] std::string sample_size(const LatencySeries& series);
/// equation(), slope_interval() where `with_interval`, r_squared() and n in one line; n "of 985
/// networks" where `with_drawn`. Says so when the series has no line.
[[nodiscard]] std::string line_in_words(const LatencySeries& series, bool with_interval,
                                        bool with_drawn);
/// "drawn 1000 · different 985 · fitting 830 · measured 812", and " · pending 20" where some are.
[[nodiscard]] std::string counts(const LatencySeries& series);

/// What the series share: the figure's own title, or one made from space and board.
[[nodiscard]] std::string title(const LatencyFigure& figure);
/// "simulated · runtime opline 0.1.0 · prior uniform-decisions · uncalibrated": what the series
/// share, then remarks.
[[nodiscard]] std::string subtitle(const LatencyFigure& figure);
/// What tells each series from the others, e.g. "nucleo-f446re"; its number where nothing does.
[[nodiscard]] std::vector<std::string> series_names(const LatencyFigure& figure);
/// The lines below the plot: counts of each series, then what intervals mean where that needs
/// saying.
[[nodiscard]] std::vector<std::string> footer(const LatencyFigure& figure);

}  // namespace opline::figures
