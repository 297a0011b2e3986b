// src/report/figures/calibration_figure.h - simulated against measured seconds, with the line that
// a calibration is.
#pragma once
#include <vector>

#include "src/base/result.h"
#include "src/evaluation/calibration/calibrate.h"
#include "src/figures/figure.h"

namespace opline::report {

/// Measured seconds of each pair against its simulated ones: the pairs, the calibrated line, the
/// identity; of a single calibration also what a further network is within. No figure where no
/// calibration has a fit. Throws Error{input} for more than 8.
[[nodiscard]] Result<figures::Figure> calibration_figure(
    const std::vector<evaluation::Calibration>& all);

}  // namespace opline::report
