// src/report/validation_report.h - the figures behind a verdict, as text and as a record.
#pragma once
#include <string>

#include "analysis/validation/proxy_validation.h"
#include "src/evaluation/series.h"
#include "src/report/record.h"

namespace opline::report {

/// Order, held-out errors, extrapolation, budgets, regret: a paragraph each. Ends with a newline.
[[nodiscard]] std::string text_of(const analysis::ProxyValidation& validation,
                                  evaluation::Response of);
/// docs/formats/validation.md.
[[nodiscard]] Record record_of(const analysis::ProxyValidation& validation);

}  // namespace opline::report
