// src/report/html/plain_words.h - a verdict and its diagnostics as sentences for a reader who does
// not know the tests.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/judge.h"
#include "src/evaluation/model_fit.h"

namespace opline::report::html {

/// One sentence: "Yes, with a margin of 6.3 %: a search over kws may count ops in place of
/// measuring latency on nucleo-f446re (simulated)." Names as they are.
[[nodiscard]] std::string answer_of(const evaluation::Judgement& judged);
/// "valid", "valid-with-margin", "not-valid", "undecided" or "none": the verdict as a class name.
[[nodiscard]] std::string ruling_class(const evaluation::Judgement& judged);

/// Linearity, spread, normality, influence, order, held-out errors, other sizes: a sentence each.
/// `model`: of the series judged.
[[nodiscard]] std::vector<std::string> diagnostics_of(const evaluation::Judgement& judged,
                                                      const evaluation::ModelFit& model);

/// What has to be known about the results: simulated, uncalibrated, pending, whole enumeration.
[[nodiscard]] std::vector<std::string> caveats_of(const evaluation::Judgement& judged);

}  // namespace opline::report::html
