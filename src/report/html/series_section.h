// src/report/html/series_section.h - one series of a page: its verdict, and the figures behind it.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/judge.h"
#include "src/evaluation/model_fit.h"
#include "src/evaluation/series_fit.h"
#include "src/store/rows.h"

namespace opline::report::html {

/// A series with everything that was found about it.
struct JudgedSeries {
  const evaluation::SeriesFit* fit = nullptr;
  const evaluation::Judgement* judged = nullptr;  ///< Of this series alone.
  const evaluation::ModelFit* model = nullptr;    ///< Of the default request.
  const store::CampaignRow* campaign = nullptr;   ///< None for a table.
  std::string name = {};  ///< What tells it from the others of its page; not escaped.
};

/// The answer in a sentence, criteria, reasons, what to do next. `alone`: the only one of its page.
[[nodiscard]] std::string verdict_card(const JudgedSeries& one, std::size_t number, bool alone);

/// Fit, held-out errors, diagnostics, budgets, residuals, setup: a <section> with the id
/// "series-<number>".
[[nodiscard]] std::string series_section(const JudgedSeries& one, std::size_t number);

}  // namespace opline::report::html
