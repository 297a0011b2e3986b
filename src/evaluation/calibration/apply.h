// src/evaluation/calibration/apply.h - simulated seconds in views, times the constants of their
// scope.
//
// Applied once, between reading a series and everything that is computed from it: seconds of
// networks, seconds of layers (which take the scale; an offset is of no layer) and energy that is
// modelled as power x seconds. Cycles and what a study stores stay raw.
#pragma once
#include <vector>

#include "src/evaluation/calibration/calibration_file.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

/// The calibration of `file` for this setup: its scope is the setup's, field by field. Null where
/// the file has none for the board. Throws Error{usage} that names both scopes where it has only
/// calibrations of other firmware, flags, clock, placement or timing model on this board: such a
/// constant would be off by up to 50 % (docs/accuracy.md).
[[nodiscard]] const StoredCalibration* calibration_for(const CalibrationFile& file,
                                                       const measure::Setup& setup);

/// What a view is labelled with.
[[nodiscard]] AppliedCalibration applied(const CalibrationFile& file,
                                         const StoredCalibration& calibration);

/// Calibrates the simulated series that the file has a calibration for. Throws as
/// calibration_for(), and Error{usage} listing the file's scopes where it has none for any of them;
/// Error{input} where a calibrated latency is not above 0.
void apply_calibrations(const CalibrationFile& file, std::vector<Series>& all);

}  // namespace opline::evaluation
