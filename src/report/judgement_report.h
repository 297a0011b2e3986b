// src/report/judgement_report.h - a verdict: on one screen, in full, as a record.
//
//   kws on nucleo-f446re (simulated, opline 0.1.0, prior uniform-decisions, seed 1, setup 1a2b3c4d)
//     networks   200 drawn (200 different), 145 fit the board, 145 measured
//     latency    = 7.21 ns/op x ops + 19.6 ms, R^2 0.9962
//
//   VALID: ops may stand in for latency on nucleo-f446re (simulated), runtime opline 0.1.0, ...
//     criterion        figure    95 % interval     required   result
//     networks            145    -                 >= 99      met
//   Why    ...
//   Next   ...
#pragma once
#include <string>

#include "src/evaluation/judge.h"
#include "src/report/record.h"

namespace opline::report {

/// Verdict, criteria, why, what to do next: what fits on one screen. Ends with a newline.
[[nodiscard]] std::string summary_of(const evaluation::Judgement& judgement);
/// The figures behind it: order, held-out errors, budgets, other models, residuals, caveats. Empty
/// where nothing was judged; else ends with a newline.
[[nodiscard]] std::string details_of(const evaluation::Judgement& judgement);
/// docs/formats/validation.md.
[[nodiscard]] Record record_of(const evaluation::Judgement& judgement);

}  // namespace opline::report
