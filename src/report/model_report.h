// src/report/model_report.h - the fit of a model: coefficients, quality, diagnostics.
#pragma once
#include <string>

#include "src/evaluation/model_fit.h"
#include "src/evaluation/series_fit.h"
#include "src/report/record.h"

namespace opline::report {

/// Ends with a newline.
[[nodiscard]] std::string text_of(const evaluation::ModelFit& fit);
/// Key `regression` of docs/formats/fit.md.
[[nodiscard]] Record record_of(const evaluation::ModelFit& fit);
/// A series' line with its `regression`: all of docs/formats/fit.md, Fit.
[[nodiscard]] Record record_of(const evaluation::SeriesFit& line,
                               const evaluation::ModelFit& regression);

}  // namespace opline::report
