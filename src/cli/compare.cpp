#include <fmt/ostream.h>

#include <ostream>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/cli/figure_options.h"
#include "src/cli/fit_options.h"
#include "src/cli/output_format.h"
#include "src/cli/source.h"
#include "src/evaluation/series_comparison.h"
#include "src/report/figures/choice_figures.h"
#include "src/report/series_comparison_report.h"

namespace opline::cli {
namespace {

constexpr std::size_t kWhole = std::string::npos;  // names in it are short

}  // namespace

int compare_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "compare",
      "Compare two series: two spaces, priors, boards, runtimes or studies. How far are their\n"
      "slopes apart, and does that matter (--margin)? Which is faster on the same networks? How\n"
      "well does the line of one predict the other, as it is and up to one factor? A series is\n"
      "FILE[:KEY=VALUE,...]: a study with the keys space, prior, seed, boards, setup, or a table\n"
      "(.csv) with the keys ops, latency, name, energy, ... A table whose networks have the names\n"
      "or ids of a study's networks is compared with it network by network.\n"
      "JSON and CSV: docs/formats/comparison.md.",
      "opline compare study.db:boards=nucleo-f446re study.db:boards=nucleo-f746zg\n"
      "opline compare kws.db cifar10.db --margin 0.1\n"
      "opline compare kws.db:prior=uniform-decisions kws.db:prior=uniform-networks --json\n"
      "opline compare kws.db mine.csv:ops=mmacs,latency=latency_ms,name=model");
  options.positional("SERIES SERIES", "the two series");
  options.value("margin", "SHARE", "slopes that differ by at most this share are the same", "0.05");
  options.value("resampling-seed", "S", "of the bootstrap", "1");
  add_response_option(options);
  options.value("plot", "FILE",
                "draw the networks that both have, one series against the other, as .svg, .pdf or "
                ".png, with a .csv beside it");
  add_figure_options(options, WithFormats::no);
  add_format_options(options);
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io)});
  if (!options.parse(arguments, console)) return 0;
  const std::vector<std::string> texts = options.positionals();
  if (texts.size() != 2) options.fail("two series are needed, each FILE[:KEY=VALUE,...]");
  evaluation::ComparisonOptions wanted;
  wanted.of = read_response(options);
  wanted.margin = options.number("margin", 0, 1);
  wanted.seed = options.integer("resampling-seed");
  const OutputFormat format = read_format(options);
  std::vector<std::filesystem::path> taken = files_of_argument(texts[0]);
  for (std::filesystem::path& path : files_of_argument(texts[1])) taken.push_back(std::move(path));
  const report::FigureOutput output = read_plot_options(options, taken);

  const evaluation::Series a = series_argument(texts[0], console);
  const evaluation::Series b = series_argument(texts[1], console);
  const evaluation::SeriesComparison pair = evaluation::compare_series(a, b, wanted);
  if (!pair.why_none.empty()) throw Error(ErrorCode::input, pair.why_none);
  if (options.has("plot"))
    write_plot(report::pair_figure(pair), options.text("plot"), output, console);
  if (format == OutputFormat::text) {
    console.out << printable_lines(report::text_of(pair), kWhole);
  } else if (format == OutputFormat::csv) {
    console.out << report::records_as_csv({report::record_of(pair)}, "opline-comparison",
                                          console.command_line);
  } else {
    console.out << to_text(Json{{"format", "opline-comparison"},
                                {"version", 1},
                                {"comparison", report::record_of(pair).json()}});
  }
  return 0;
}

}  // namespace opline::cli
