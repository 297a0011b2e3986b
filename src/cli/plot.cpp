#include <fmt/ostream.h>

#include <ostream>
#include <set>

#include "src/base/error.h"
#include "src/cli/exit_code.h"
#include "src/cli/source.h"
#include "src/report/study_outputs.h"

namespace opline::cli {

int plot_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "plot",
      "Draw latency against ops: points, fitted line, intervals, equation. One figure per\n"
      "campaign and setup, as SVG and PNG; --together draws up to eight in one figure.",
      "opline plot --db study.db --out results\n"
      "opline plot --db study.db --together --name boards --out results");
  add_selection_options(options);
  options.value("out", "DIR", "folder for the figures", ".");
  options.flag("together", "one figure of everything selected");
  options.value("name", "NAME", "with --together: name of the files, without extension",
                "together");
  options.exits({static_cast<int>(ErrorCode::missing_tool), kNoResult});
  if (!options.parse(arguments, console)) return 0;

  store::Study study = store::Study::open(options.text("db"), store::Mode::read_only);
  const std::vector<evaluation::Series> series =
      evaluation::read_series(study, read_selection(options));
  std::vector<evaluation::SeriesFit> all;
  all.reserve(series.size());
  for (const evaluation::Series& one : series) all.push_back(evaluation::fit_series(one));
  std::vector<std::string> paths;
  if (options.has("together")) {
    paths =
        report::draw_latency(all, options.text("out"), options.text("name"), console.command_line);
  } else {
    std::set<std::string> stems;
    for (const evaluation::SeriesFit& fit : all) {
      std::string stem = file_stem(*fit.series);
      if (!stems.insert(stem).second) stem += "-" + fit.series->setup_id.substr(0, 8);
      for (std::string& path :
           report::draw_latency({fit}, options.text("out"), stem, console.command_line)) {
        paths.push_back(std::move(path));
      }
    }
  }
  if (paths.empty()) {
    fmt::print(console.err, "opline: {}: nothing was measured yet, so there is nothing to draw\n",
               options.text("db"));
    return kNoResult;
  }
  for (const std::string& path : paths) fmt::print(console.out, "{}\n", path);
  return 0;
}

}  // namespace opline::cli
