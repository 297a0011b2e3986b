// src/report/html/report_page.h - the results of a study as one HTML page that needs nothing else.
//
//   const Page page = report_page({fits, judgements, models, comparison, campaigns, source},
//                                 find_plot_library());
//   write_file_atomically("report.html", page.html);
//
// The page holds the verdict of every series with its criteria, interactive figures on a canvas,
// the networks with their architecture, layers and cycles, fit and diagnostics, and provenance. It
// makes no request (a Content-Security-Policy forbids it), and all but the interactive figures can
// be read without JavaScript. Style and scripts are data/report/*. Content and data:
// docs/report.md.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/evaluation/judge.h"
#include "src/evaluation/model_fit.h"
#include "src/evaluation/series_fit.h"
#include "src/evaluation/study_comparison.h"
#include "src/report/html/plot_library.h"
#include "src/store/rows.h"

namespace opline::report::html {

/// Where a page comes from.
struct Source {
  std::string name;     ///< The study or table, as it was given.
  std::string command;  ///< The command that wrote the page.
  std::string repeat;   ///< One that writes it again from `name`.
  std::string created;  ///< ISO 8601 UTC.
};

/// What a page shows; fits, judgements and models are one per series, in the same order.
struct Results {
  const std::vector<evaluation::SeriesFit>& fits;
  const std::vector<evaluation::Judgement>& judgements;
  const std::vector<evaluation::ModelFit>& models;
  const evaluation::StudyComparison& comparison;
  std::vector<store::CampaignRow> campaigns;  ///< Of the study; none for a table.
  Source source;
};

struct Page {
  std::string html;
  std::vector<std::string> missing;  ///< What the page lacks, and the package that provides it.
};

/// `library` none: static figures through gnuplot, and without gnuplot tables only. Throws as
/// resource() and read_file() where data/report is incomplete.
[[nodiscard]] Page report_page(const Results& results, const std::optional<PlotLibrary>& library);

}  // namespace opline::report::html
