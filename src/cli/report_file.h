// src/cli/report_file.h - the HTML report as a file: what the verbs `report` and `study` write.
#pragma once
#include <string>
#include <vector>

#include "src/cli/verb.h"
#include "src/evaluation/judge.h"
#include "src/evaluation/series_fit.h"
#include "src/evaluation/study_comparison.h"
#include "src/store/study.h"

namespace opline::cli {

/// What is reported on; fits and judgements are one per series, in the same order.
struct Reported {
  const std::vector<evaluation::SeriesFit>& fits;
  const std::vector<evaluation::Judgement>& judgements;
  const evaluation::StudyComparison& comparison;
  store::Study* study = nullptr;  ///< None for a table.
  std::string source;             ///< The study or table, as it was given.
  std::string repeat;             ///< The command that writes the page again.
};

/// Writes the page into `path`, "-" for console.out. What it lacks, e.g. Chart.js, is reported on
/// console.err with the package that provides it. Throws as write_output(), and Error{usage} where
/// `path` is a file of the source.
void write_report(const Reported& reported, const std::string& path, Console& console);

}  // namespace opline::cli
