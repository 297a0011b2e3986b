#include "src/cli/report_file.h"

#include <fmt/ostream.h>

#include <ostream>

#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/utc_now.h"
#include "src/cli/source.h"
#include "src/evaluation/model_fit.h"
#include "src/report/html/report_page.h"

namespace opline::cli {

void write_report(const Reported& reported, const std::string& path, Console& console) {
  require_other_file(path, files_of_study(reported.source));
  std::vector<evaluation::ModelFit> models;
  models.reserve(reported.fits.size());
  for (const evaluation::SeriesFit& fit : reported.fits)
    models.push_back(evaluation::fit_model(*fit.series, {}));
  report::html::Results results{
      reported.fits,
      reported.judgements,
      models,
      reported.comparison,
      {},
      {reported.source, console.command_line, reported.repeat, utc_now()}};
  if (reported.study != nullptr) results.campaigns = reported.study->campaigns();
  const report::html::Page page =
      report::html::report_page(results, report::html::find_plot_library());
  write_output(path, page.html, console.out);
  for (const std::string& one : page.missing)
    fmt::print(console.err, "opline: {}: {}\n", path, one);
}

}  // namespace opline::cli
