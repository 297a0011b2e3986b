// src/cli/fit_report.h - a fit as text, as a row of a table and as JSON, and kept in the study.
#pragma once
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/cli/fitting.h"

namespace opline::cli {

/// "  networks   350 drawn (348 different), 2 of them pending; 346 of the other 346 fit the board,
/// 346 measured".
[[nodiscard]] std::string counts_in_words(const FittedSeries& fitted);

/// The fit in words, with its counts and what the intervals mean. Ends with a newline.
[[nodiscard]] std::string in_words(const FittedSeries& fitted);

/// One line a series: counts, slope, throughput, intercept, R^2, error. Ends with a newline.
[[nodiscard]] std::string table(const std::vector<FittedSeries>& all);

/// One object of `opline fit --json`; key `r_squared` and all others documented in
/// docs/formats/fit.md.
[[nodiscard]] Json to_json(const FittedSeries& fitted);

/// Keeps the fit in the study; nothing where there is none.
void save(store::Study& study, const FittedSeries& fitted, const std::string& now);

}  // namespace opline::cli
