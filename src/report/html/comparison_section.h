// src/report/html/comparison_section.h - boards and spaces of a page compared.
#pragma once
#include <string>

#include "src/evaluation/study_comparison.h"

namespace opline::report::html {

/// A table with drawn intervals for each set of boards, a sentence for each pair of spaces. Empty
/// where nothing can be compared.
[[nodiscard]] std::string comparison_section(const evaluation::StudyComparison& comparison);

}  // namespace opline::report::html
