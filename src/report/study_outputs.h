// src/report/study_outputs.h - the figures that a fit leaves in files.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/series_fit.h"

namespace opline::report {

/// Draws `folder`/`stem`.svg and .png, one picture of all `fits`; returns both paths, none where
/// nothing was measured. `command` goes into the files' note.
std::vector<std::string> draw_latency(const std::vector<evaluation::SeriesFit>& fits,
                                      const std::string& folder, const std::string& stem,
                                      const std::string& command);

}  // namespace opline::report
