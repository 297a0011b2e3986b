// src/cli/validation_report.h - a validated series as text and JSON, apart from the verdict on it.
#pragma once
#include <string>

#include "analysis/validation/proxy_validation.h"
#include "src/base/json.h"
#include "src/cli/model_fit.h"

namespace opline::cli {

/// Order, unseen networks, extrapolation, budgets, regret: a paragraph each. Ends with a newline.
[[nodiscard]] std::string in_words(const analysis::ProxyValidation& validation, Response of);
/// Docs: docs/formats/validation.md.
[[nodiscard]] Json to_json(const analysis::ProxyValidation& validation);

}  // namespace opline::cli
