// src/report/study_comparison_report.h - boards and spaces of one study compared.
#pragma once
#include <string>

#include "src/base/json.h"
#include "src/evaluation/study_comparison.h"

namespace opline::report {

/// A table per campaign that several boards measured, a line per pair of spaces. Empty where
/// nothing can be compared.
[[nodiscard]] std::string text_of(const evaluation::StudyComparison& comparison);
/// Key `comparison` of docs/formats/fit.md.
[[nodiscard]] Json json_of(const evaluation::StudyComparison& comparison);

}  // namespace opline::report
