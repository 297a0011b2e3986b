// src/report/series_comparison_report.h - two series compared, as text and as a record.
#pragma once
#include <string>

#include "src/evaluation/series_comparison.h"
#include "src/report/record.h"

namespace opline::report {

/// Of a comparison that has figures (why_none is empty). Ends with a newline.
[[nodiscard]] std::string text_of(const evaluation::SeriesComparison& comparison);
/// docs/formats/comparison.md.
[[nodiscard]] Record record_of(const evaluation::SeriesComparison& comparison);

}  // namespace opline::report
