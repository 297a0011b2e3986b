// src/report/judgement_words.h - a verdict in words: ruling, scope, criteria, why, what to do next.
// What the terminal's summary and the HTML report both show.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/judge.h"

namespace opline::report {

/// A row of the table of criteria. Figures have their units.
struct CriterionWords {
  std::string name;      ///< "cross-validated MAPE"
  std::string figure;    ///< "2.02 %"; "unknown" without one.
  std::string interval;  ///< "1.774 to 2.333"; "-" without one.
  std::string required;  ///< "<= 10 %"
  std::string result;    ///< "met", "missed", "undecided".
};

/// "VALID", "VALID WITH A MARGIN OF 6.3 %", "NOT VALID", "UNDECIDED", "NOTHING CAN BE JUDGED".
[[nodiscard]] std::string ruling_text(const evaluation::Judgement& judged);
/// "ops as a stand-in for latency on nucleo-f446re (simulated), runtime opline 0.1.0, prior
/// uniform-decisions": what the verdict applies to. Names are printable() and shortened.
[[nodiscard]] std::string scope_text(const evaluation::Judgement& judged);
/// The criteria that apply; none without a verdict.
[[nodiscard]] std::vector<CriterionWords> criteria_of(const evaluation::Judgement& judged);
/// What to do next, with units and names of networks, which analysis/ does not know; none without
/// a verdict.
[[nodiscard]] std::vector<std::string> advice_of(const evaluation::Judgement& judged);
/// The margin at the median, a share; 0 where the ruling needs none.
[[nodiscard]] double margin_of(const analysis::Verdict& verdict);

}  // namespace opline::report
