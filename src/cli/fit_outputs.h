// src/cli/fit_outputs.h - what a fit leaves in files: cost models and figures.
#pragma once
#include <string>
#include <vector>

#include "src/cli/fitting.h"
#include "src/costmodel/cost_model.h"

namespace opline::cli {

/// Throws Error{input} where there is no fit.
[[nodiscard]] costmodel::CostModel cost_model(const FittedSeries& fitted, const store::Study& study,
                                              const std::string& command, const std::string& now);

/// Draws `folder`/`stem`.svg and .png, one picture of all `series`; returns both paths, none
/// without a measurement.
std::vector<std::string> draw_figure(const std::vector<FittedSeries>& series,
                                     const std::string& folder, const std::string& stem,
                                     const std::string& command);

}  // namespace opline::cli
