// src/evaluation/series_fit.h - the line through a series: latency, and energy where it was
// measured, on ops. What figures draw, cost models carry and a study keeps.
#pragma once
#include <optional>
#include <string>

#include "analysis/regression/regression.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

struct SeriesFit {
  const Series* series = nullptr;  ///< Outlives this.
  ResponseRows rows;               ///< Of the latency.
  std::optional<analysis::LinearFit> line;
  std::string why_none;  ///< Where there is no line.
  /// Joules on ops over the networks with measured energy; none for fewer than three of them or
  /// one op count only.
  std::optional<analysis::LinearFit> energy;
};

[[nodiscard]] SeriesFit fit_series(const Series& series);

}  // namespace opline::evaluation
