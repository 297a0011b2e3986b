#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>

#include "src/base/error.h"
#include "src/base/parallel.h"
#include "src/base/printable.h"
#include "src/cli/exit_code.h"
#include "src/cli/figure_options.h"
#include "src/cli/progress.h"
#include "src/cli/source.h"
#include "src/evaluation/judge.h"
#include "src/report/figures/series_figures.h"

namespace opline::cli {
namespace {

using evaluation::Series;
using report::SeriesFigure;
using report::SeriesResult;

std::vector<std::string> figure_names() {
  std::vector<std::string> names;
  for (const SeriesFigure& one : report::series_figures()) names.emplace_back(one.name);
  names.emplace_back("all");
  return names;
}

std::vector<const SeriesFigure*> read_figures(const Options& options) {
  std::vector<const SeriesFigure*> wanted;
  for (const std::string& name : options.list("figure")) {
    if (name == "all") {
      for (const SeriesFigure& one : report::series_figures()) wanted.push_back(&one);
      continue;
    }
    wanted.push_back(report::find_series_figure(name));
    if (wanted.back() != nullptr) continue;
    options.fail(fmt::format("--figure: there is no figure '{}'; choose from {}",
                             printable(name, 40), fmt::join(figure_names(), ", ")));
  }
  return wanted;
}

std::string purpose() {
  std::string text =
      "Draw figures of each campaign and setup of a study, or of your own table (--csv): pictures\n"
      "in the size in which they are printed, and their numbers as CSV beside them. --together\n"
      "draws up to eight series in one figure. Figures of single networks: opline inspect; of two\n"
      "series against each other: opline compare --plot; examples: docs/figures.md.\nFigures:";
  for (const SeriesFigure& one : report::series_figures())
    text += fmt::format("\n  {:<10} {}", one.name, one.content);
  return text;
}

/// Everything that is drawn from; the results refer to the series.
struct Drawing {
  std::vector<const SeriesFigure*> wanted;
  report::ParetoAxis against;
  report::FigureOutput output;
  std::vector<evaluation::SeriesFit> fits;
  std::vector<evaluation::Judgement> judgements;  ///< Empty where no figure needs them.
  std::vector<SeriesResult> results;
  std::vector<std::string> paths;
};

void evaluate(Drawing& drawing, const std::vector<Series>& series, Console& console) {
  for (const Series& one : series) drawing.fits.push_back(evaluation::fit_series(one));
  const bool judged = std::any_of(drawing.wanted.begin(), drawing.wanted.end(),
                                  [](const SeriesFigure* one) { return one->needs_judgement; });
  if (judged) {
    evaluation::JudgeOptions wanted;
    wanted.thresholds = evaluation::shipped_thresholds();
    wanted.threads = processors();
    Progress progress(console, "bootstrap");
    wanted.progress = [&](std::uint64_t done, std::uint64_t total) {
      progress.update(done, total);
    };
    drawing.judgements = evaluation::judge_all(series, false, wanted);
  }
  for (std::size_t i = 0; i < series.size(); ++i)
    drawing.results.push_back({&drawing.fits[i], judged ? &drawing.judgements[i] : nullptr});
}

/// Every figure that is wanted of these series; why one is missing goes to console.err.
void draw(Drawing& drawing, const std::vector<SeriesResult>& results,
          const std::filesystem::path& stem, Console& console) {
  for (const SeriesFigure* wanted : drawing.wanted) {
    Result<figures::Figure> figure = report::figure_of(*wanted, results, drawing.against);
    if (!figure) {
      fmt::print(console.err, "opline: no figure '{}' of {}: {}\n", wanted->name,
                 results.size() == 1 ? title_of(results.front().series()) : "these series",
                 printable_lines(figure.reason(), std::string::npos));
      continue;
    }
    figures::Figure drawn = *figure;
    drawn.provenance = console.command_line;
    std::filesystem::path path = stem;
    if (wanted->name != "latency") path += "-" + std::string(wanted->name);
    for (std::string& written : report::write_figure(drawn, path, drawing.output))
      drawing.paths.push_back(std::move(written));
  }
}

void draw_each(Drawing& drawing, const std::filesystem::path& folder, Console& console) {
  std::set<std::string> stems;
  for (const SeriesResult& one : drawing.results) {
    std::string stem = file_stem(one.series());
    if (!stems.insert(stem).second) stem += "-" + one.series().setup_id.substr(0, 8);
    draw(drawing, {one}, folder / stem, console);
  }
}

void add_options(Options& options) {
  add_source_options(options);
  options.value("figure", "NAME,...", "the figures to draw, or all", "latency");
  options.completes("figure", figure_names());
  options.value("against", "COLUMN",
                "of the figure pareto: this column of the table (--csv or --values), not SRAM");
  options.value("values", "FILE",
                "CSV file with the column of --against, and with a column network, architecture or "
                "name, for networks of a study");
  options.flag("less-is-better", "of --against: smaller values are better");
  options.value("out", "DIR", "folder for the figures", ".");
  options.flag("together", "one figure of everything selected");
  options.value("file-name", "NAME", "with --together: name of the files, without extension",
                "together");
  add_figure_options(options, WithFormats::yes);
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), kNoResult});
}

}  // namespace

int plot_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options("plot", purpose(),
                  "opline plot --db study.db --out results\n"
                  "opline plot --db study.db --figure latency,residuals,predicted --preset column "
                  "--format pdf\n"
                  "opline plot --db study.db --figure all --out results\n"
                  "opline plot --db study.db --together --file-name boards --out results\n"
                  "opline plot --csv mine.csv --ops mmacs --latency latency_ms --name model "
                  "--figure pareto --against accuracy");
  add_options(options);
  if (!options.parse(arguments, console)) return 0;
  if (options.has("together") && options.has("csv"))
    options.fail("--together draws several series; a table is one");
  if (options.given("file-name") && !options.has("together"))
    options.fail(
        "--file-name applies only to --together; other figures are named after their campaign");
  if (options.has("against") && options.has("csv") == options.has("values"))
    options.fail(options.has("csv") ? "--values is for a study; a table (--csv) has its own columns"
                                    : "--against names a column of --csv, or of --values");
  if (options.has("values") && !options.has("against"))
    options.fail("--values FILE needs --against COLUMN");
  if (options.has("less-is-better") && !options.has("against"))
    options.fail("--less-is-better applies only to --against");
  Drawing drawing;
  drawing.wanted = read_figures(options);
  drawing.against.column = options.optional_text("against").value_or("");
  drawing.against.more_is_better = !options.has("less-is-better");
  std::vector<std::filesystem::path> taken;
  if (options.has("db")) taken = files_of_study(options.text("db"));
  for (const char* input : {"csv", "values"})
    if (options.has(input)) taken.emplace_back(options.text(input));
  drawing.output = read_figure_options(options, WithFormats::yes, taken);

  if (options.has("values"))
    drawing.against.values =
        evaluation::read_network_values(options.text("values"), drawing.against.column);
  const bool layers = std::any_of(drawing.wanted.begin(), drawing.wanted.end(),
                                  [](const SeriesFigure* one) { return one->needs_layers; });
  const Source source = open_source(
      options, layers ? evaluation::WithLayers::yes : evaluation::WithLayers::no, console);
  evaluate(drawing, source.series, console);
  const std::filesystem::path folder = options.text("out");
  if (options.has("together")) {
    draw(drawing, drawing.results, folder / options.text("file-name"), console);
  } else {
    draw_each(drawing, folder, console);
  }
  for (const std::string& path : drawing.paths) fmt::print(console.out, "{}\n", path);
  return drawing.paths.empty() ? kNoResult : 0;
}

}  // namespace opline::cli
