// src/cli/layer_report.h - what layers cost, and which model of them predicts networks, as text and
// JSON.
#pragma once
#include <string>

#include "analysis/layers/layer_model.h"
#include "analysis/layers/layer_validation.h"
#include "src/base/json.h"

namespace opline::cli {

/// A row a kernel: layers, signatures, coefficients, R^2, error. Ends with a newline.
[[nodiscard]] std::string in_words(const analysis::PerLayerModel& model);
[[nodiscard]] Json to_json(const analysis::PerLayerModel& model);

/// A row a model: held-out errors of networks, and of layers. Ends with a newline.
[[nodiscard]] std::string in_words(const analysis::LayerValidation& validation);
[[nodiscard]] Json to_json(const analysis::LayerValidation& validation);

}  // namespace opline::cli
