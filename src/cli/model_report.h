// src/cli/model_report.h - a fitted model as text and JSON, with its diagnostics.
//
//   latency = intercept + ops, ordinary least squares, classical errors
//                        estimate   std. error         t          p  95 % interval
//     intercept           0.01811    0.0004612     39.27   <2e-16    0.01721 to 0.01902      s
//     ops               5.782e-09    1.344e-11     430.1   <2e-16    5.755e-09 to 5.808e-09  s/op
#pragma once
#include <string>

#include "src/base/json.h"
#include "src/cli/model_fit.h"

namespace opline::cli {

/// Ends with a newline. `sampled` false (a whole enumeration): without errors, intervals and
/// p-values.
[[nodiscard]] std::string in_words(const ModelFit& fit, bool sampled);
/// Key "regression" of a fit: docs/formats/fit.md.
[[nodiscard]] Json to_json(const ModelFit& fit, bool sampled);

}  // namespace opline::cli
