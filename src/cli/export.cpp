#include <fmt/ostream.h>

#include <ostream>

#include "notebooks_export/measurements_csv.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/version.h"
#include "src/cli/fitting.h"

namespace opline::cli {
namespace {

const FittedSeries& only_one(const std::vector<FittedSeries>& all, const Options& options) {
  if (all.size() == 1) return all.front();
  std::string titles;
  for (const FittedSeries& fitted : all) titles += "\n  " + fitted.title();
  options.fail(fmt::format(
      "a cost model speaks about one campaign and setup, but {} match; choose with --space and --boards:{}",
      all.size(), titles));
}

std::string raw_csv(const std::vector<FittedSeries>& all, const std::string& study,
                    const std::string& command, const std::string& now) {
  std::vector<store::Series> series;
  std::vector<std::string> comments = {
      "opline-measurements version 1, written by opline " + std::string(version()),
      "study: " + study + ", exported " + now, "command: " + command};
  for (const FittedSeries& fitted : all) {
    comments.push_back("series: " + fitted.title());
    series.push_back(fitted.series);
  }
  return notebooks_export::measurements_csv(series, comments);
}

}  // namespace

int export_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "export",
      "Write a study's cost model (JSON, docs/formats/cost-model.md), which a search loads, or its raw\n"
      "measurements (CSV, docs/formats/measurements-csv.md).",
      "opline export --db study.db --space kws --boards nucleo-f446re --format cost-model --out kws.json\n"
      "opline export --db study.db --format csv --out measurements.csv");
  add_selection_options(options);
  options.value("format", "NAME", "cost-model or csv");
  options.value("out", "FILE", "the file to write");
  if (!options.parse(arguments, console)) return 0;

  const std::string format = options.text("format");
  const std::string path = options.text("out");
  if (format != "cost-model" && format != "csv")
    options.fail("--format is '" + format + "'; it must be cost-model or csv");
  store::Study study = store::Study::open(options.text("db"), store::Mode::read_only);
  const std::vector<FittedSeries> all = fit_study(study, options);
  const std::string now = utc_now();
  if (format == "csv") {
    write_file_atomically(path, raw_csv(all, study.path().filename().string(), console.command_line, now));
  } else {
    costmodel::write_cost_model(path, cost_model(only_one(all, options), study, console.command_line, now));
  }
  fmt::print(console.out, "{}\n", path);
  return 0;
}

}  // namespace opline::cli
