// src/report/calibration_report.h - a calibration as text and as records; docs/calibration.md.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/calibration/calibrate.h"
#include "src/report/record.h"

namespace opline::report {

/// What was paired, constants with intervals, errors, trends, the verdict with its reasons, and the
/// pairs as a table.
[[nodiscard]] std::string text_of(const evaluation::Calibration& calibration);

/// One record per pair: scope, network, seconds, residuals; docs/formats/calibration.md. None where
/// nothing could be fitted.
[[nodiscard]] std::vector<Record> records_of(const evaluation::Calibration& calibration);

}  // namespace opline::report
