// src/report/fit_report.h - the line through a series: as text, as a row of a table, as a record.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/series_fit.h"
#include "src/report/record.h"

namespace opline::report {

/// "350 drawn (348 different), 2 of them pending; 346 of the other 346 fit the board, 346
/// measured"; "12 imported" for a table. `drawn` counts draws of the prior, everything else
/// networks.
[[nodiscard]] std::string counts_of(const evaluation::Series& series);
/// "networks   350 drawn (348 different), 2 of them pending; 346 of the other 346 fit the board,
/// 346 measured": counts_of() as a line of text, indented.
[[nodiscard]] std::string counts_text(const evaluation::Series& series);

/// The fit with its counts and what the intervals mean. Ends with a newline.
[[nodiscard]] std::string text_of(const evaluation::SeriesFit& fit);

/// One line per series: counts (of an imported table only those measured), slope, throughput,
/// intercept, R^2, error. Ends with a newline.
[[nodiscard]] std::string table_of(const std::vector<evaluation::SeriesFit>& all);

/// docs/formats/fit.md.
[[nodiscard]] Record record_of(const evaluation::SeriesFit& fit);

/// The fit as a study keeps it. A fit without a line is not kept (asserted).
[[nodiscard]] store::NewFit stored_fit(const evaluation::SeriesFit& fit);

}  // namespace opline::report
