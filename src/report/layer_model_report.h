// src/report/layer_model_report.h - what layers cost, and how well models of them predict networks.
#pragma once
#include <string>

#include "analysis/layers/layer_model.h"
#include "analysis/layers/layer_validation.h"
#include "src/report/record.h"

namespace opline::report {

/// One line per kernel: layers, signatures, coefficients, R^2, error. Ends with a newline.
[[nodiscard]] std::string text_of(const analysis::PerLayerModel& model);
[[nodiscard]] Json json_of(const analysis::PerLayerModel& model);

/// One line per model: held-out errors of networks, and of layers. Ends with a newline.
[[nodiscard]] std::string text_of(const analysis::LayerValidation& validation);
[[nodiscard]] Record record_of(const analysis::LayerValidation& validation);

}  // namespace opline::report
