// src/report/study_outputs.h - what a fit leaves in files: the cost model and the figure.
#pragma once
#include <string>
#include <vector>

#include "src/costmodel/cost_model.h"
#include "src/evaluation/series_fit.h"

namespace opline::report {

/// The cost model of a fit that has a line (asserted).
[[nodiscard]] costmodel::CostModel cost_model_of(const evaluation::SeriesFit& fit,
                                                 const costmodel::Provenance& provenance);

/// Draws `folder`/`stem`.svg and .png, one picture of all `fits`; returns both paths, none where
/// nothing was measured. `command` goes into the files' note.
std::vector<std::string> draw_latency(const std::vector<evaluation::SeriesFit>& fits,
                                      const std::string& folder, const std::string& stem,
                                      const std::string& command);

}  // namespace opline::report
