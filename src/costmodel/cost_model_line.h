// src/costmodel/cost_model_line.h - the model of files of versions 1 and 2: latency as a line in
// ops.
#pragma once
#include "src/base/strict_json.h"
#include "src/costmodel/cost_model.h"

namespace opline::costmodel {

/// The keys `kind`, `coefficients`, `fit` and `ops_seen` of `root`. Errors of the terms are HC3's;
/// their covariance, margin and verdict are unknown. Throws as StrictObject does.
[[nodiscard]] Model read_line_of_version_2(StrictObject& root, const Counts& counts);

}  // namespace opline::costmodel
