// src/report/figures/figure_scope.h - what a figure of series is about: names, counts, scope.
//
// Whoever sees the figure must see what it holds for: board, runtime, prior, and whether the
// figures are simulated, measured or imported. What series share is said once, what tells them
// apart names them.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/judge.h"
#include "src/evaluation/series_fit.h"

namespace opline::report {

/// A series with what was found out about it; refers to both.
struct SeriesResult {
  const evaluation::SeriesFit* fit = nullptr;
  /// Of the latency, where the caller judged it: verdict, margin and learning curve.
  const evaluation::Judgement* judgement = nullptr;
  [[nodiscard]] const evaluation::Series& series() const { return *fit->series; }
};

/// What tells each series from the others, e.g. "nucleo-f446re" and "nucleo-f746zg"; "series 1"
/// where nothing does. Printable and shortened.
[[nodiscard]] std::vector<std::string> names_of(const std::vector<SeriesResult>& all);

/// "kws on nucleo-f446re": space and board where the series share them; may be empty.
[[nodiscard]] std::string place_of(const std::vector<SeriesResult>& all);

/// "kws on nucleo-f446re, simulated, uncalibrated; opline 0.1.0, planner 2; prior
/// uniform-decisions, seed 1.": what the series share.
[[nodiscard]] std::string scope_of(const std::vector<SeriesResult>& all);

/// "n = 145 of 200 networks": of a campaign, measured and different ones; else "n = 52".
[[nodiscard]] std::string size_of(const evaluation::Series& series, std::size_t n);

/// "valid with a margin of 5.6 %"; empty where nothing was judged.
[[nodiscard]] std::string verdict_of(const SeriesResult& result);

}  // namespace opline::report
