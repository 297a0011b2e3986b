#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>
#include <set>

#include "src/base/error.h"
#include "src/base/other_file.h"
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
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), kNoResult});
  if (!options.parse(arguments, console)) return 0;
  if (options.given("name") && !options.has("together"))
    options.fail("--name applies only to --together; other figures are named after their campaign");

  store::Study study = store::Study::open(options.text("db"), store::Mode::read_only);
  const std::vector<evaluation::Series> series =
      evaluation::read_series(study, read_selection(options));
  std::vector<evaluation::SeriesFit> all;
  all.reserve(series.size());
  for (const evaluation::Series& one : series) all.push_back(evaluation::fit_series(one));
  const auto draw = [&](const std::vector<evaluation::SeriesFit>& fits, const std::string& stem) {
    for (const char* extension : {".svg", ".png"})
      require_other_file(std::filesystem::path(options.text("out")) / (stem + extension),
                         files_of_study(study.path()));
    return report::draw_latency(fits, options.text("out"), stem, console.command_line);
  };
  std::vector<std::string> paths;
  if (options.has("together")) {
    paths = draw(all, options.text("name"));
  } else {
    std::set<std::string> stems;
    for (const evaluation::SeriesFit& fit : all) {
      std::string stem = file_stem(*fit.series);
      if (!stems.insert(stem).second) stem += "-" + fit.series->setup_id.substr(0, 8);
      for (std::string& path : draw({fit}, stem)) paths.push_back(std::move(path));
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
