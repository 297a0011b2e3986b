// analysis/verdict/verdict_words.h - a verdict's sentences and advice.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/verdict.h"

namespace opline::analysis {

/// "R^2 is 0.931 [0.902, 0.955]; at least 0.95 is required: undecided".
[[nodiscard]] std::string sentence(const Criterion& criterion);

/// The text, with up to five row numbers (1-based).
[[nodiscard]] std::string sentence(const Advice& advice);

/// Whether networks of the table are medians of rows that are not repeats of a measurement.
[[nodiscard]] bool mixed(const SourceFacts& source);

/// "rows of one name differ by 63 % (standard deviation), ...": why they are not repeats.
[[nodiscard]] std::string sentence(const RepeatSpread& spread);

/// "rows of one name differ by a factor of 2.6: is there a column that separates them ...": for
/// rows that are far apart (RepeatSpread::wide()).
[[nodiscard]] std::string question_about(const RepeatSpread& spread);

/// The budget that fewest networks keep; null without budgets.
[[nodiscard]] const BudgetValidation* tightest_budget(const ProxyValidation& validation);

/// Of a verdict whose ruling, margin, criteria and deciding rows are set.
[[nodiscard]] std::vector<Advice> advice_for(const Verdict& verdict,
                                             const ProxyValidation& validation,
                                             const std::optional<SlopeDifference>& slopes,
                                             const Thresholds& thresholds,
                                             const SourceFacts& source);

}  // namespace opline::analysis
