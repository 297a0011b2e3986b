#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "src/base/error.h"
#include "src/cli/judging.h"
#include "src/cli/progress.h"
#include "src/cli/report_file.h"
#include "src/cli/source.h"

namespace opline::cli {
int report_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "report",
      "Write the results of a study, or of your own table (--csv), as one HTML page that needs no\n"
      "network and no other file: the verdict with its criteria, figures in which every network\n"
      "can be named and opened, fit, diagnostics and provenance. The figures are drawn by "
      "Chart.js\n"
      "(Debian package libjs-chart.js); without it the page has static figures. Content: "
      "docs/report.md.",
      "opline report --db study.db --out report.html\n"
      "opline report --db study.db --space kws --boards nucleo-f446re --out kws.html\n"
      "opline report --csv mine.csv --ops mmacs --latency latency_ms --name model --out mine.html");
  add_source_options(options);
  options.value("thresholds", "FILE", "what a proxy has to meet; default: data/verdict.toml");
  options.value("out", "FILE", "the page; - for standard output", "report.html");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io), kNoResult});
  if (!options.parse(arguments, console)) return 0;

  Source source = open_source(options, evaluation::WithLayers::yes, console);
  evaluation::JudgeOptions wanted = judge_options(options);
  Progress progress(console, "bootstrap");
  wanted.progress = [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); };
  std::vector<evaluation::SeriesFit> fits;
  for (const evaluation::Series& one : source.series) fits.push_back(evaluation::fit_series(one));
  const std::vector<evaluation::Judgement> judgements =
      evaluation::judge_all(source.series, false, wanted);
  const std::string out = options.text("out");
  write_report({fits, judgements, evaluation::compare_study(fits),
                source.study ? &*source.study : nullptr, source.name, console.command_line},
               out, console);
  if (out != "-") fmt::print(console.out, "{}\n", out);
  const auto has_line = [](const evaluation::SeriesFit& fit) { return fit.line.has_value(); };
  return std::any_of(fits.begin(), fits.end(), has_line) ? 0 : kNoResult;
}

}  // namespace opline::cli
