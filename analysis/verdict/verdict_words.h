// analysis/verdict/verdict_words.h - a verdict's sentences.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/verdict.h"

namespace opline::analysis {

/// "R^2 is 0.931 [0.902, 0.955]; at least 0.95 is asked: undecided".
[[nodiscard]] std::string sentence(const Criterion& criterion);

/// Of a verdict whose ruling, margin and criteria are set.
[[nodiscard]] std::vector<std::string> advice_for(const Verdict& verdict,
                                                  const ProxyValidation& validation,
                                                  const std::optional<SlopeDifference>& slopes,
                                                  const Thresholds& thresholds);

}  // namespace opline::analysis
