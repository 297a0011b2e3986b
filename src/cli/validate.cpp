#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/cli/fit_options.h"
#include "src/cli/judging.h"
#include "src/cli/output_format.h"
#include "src/cli/progress.h"
#include "src/cli/source.h"
#include "src/report/judgement_report.h"

namespace opline::cli {
namespace {

constexpr std::size_t kWhole = std::string::npos;  // names in it are short

using evaluation::Judgement;
using evaluation::JudgeOptions;
using evaluation::Response;

/// "100ms,0.2s" in seconds, "20mJ" in joules.
std::vector<double> read_budgets(const Options& options, Response of) {
  const bool is_latency = of == Response::latency;
  const Quantity quantity = is_latency ? Quantity::seconds : Quantity::joules;
  std::vector<double> budgets;
  for (const std::string& item : options.list("budget")) {
    const std::optional<double> budget = parse_quantity(item, quantity);
    if (!budget || *budget <= 0)
      options.fail(fmt::format("--budget: '{}' is not {} above 0, e.g. {}; units: {}",
                               printable(item, 40), is_latency ? "a latency" : "an energy",
                               is_latency ? "100ms or 0.1s" : "20mJ or 0.02J",
                               known_units(quantity)));
    budgets.push_back(*budget);
  }
  return budgets;
}

void print(const std::vector<Judgement>& all, bool details, Console& console) {
  for (const Judgement& judged : all) {
    if (&judged != &all.front()) console.out << "\n";
    console.out << printable_lines(report::summary_of(judged), kWhole);
    if (details) console.out << "\n" << printable_lines(report::details_of(judged), kWhole);
  }
  if (!details)
    console.out << "\nFigures behind the verdict: " << console.command_line << " --details\n";
}

JudgeOptions read_judge_options(const Options& options) {
  JudgeOptions wanted = judge_options(options);
  wanted.of = read_response(options);
  wanted.seed = options.integer("resampling-seed");
  if (options.has("budget")) wanted.budgets = read_budgets(options, wanted.of);
  return wanted;
}

}  // namespace

int validate_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "validate",
      "May a search use op count as a stand-in for latency here? Judges each campaign and setup "
      "of\n"
      "a study, or your own table (--csv): does the line predict networks it has not seen, larger\n"
      "and smaller ones; does it keep their order; which margin keeps a latency budget. Prints "
      "the\n"
      "verdict, its criteria, why, and what to do next; --details adds the figures behind it.\n"
      "Thresholds: data/verdict.toml, or your copy of it. Figures: docs/statistics.md,\n"
      "docs/formats/validation.md.\n"
      "tau-b: how well ops order the networks by latency, from -1 (reversed) to 1 (same order).\n"
      "Margin: accept networks predicted at up to budget / (1 + margin), so that few accepted "
      "ones\n"
      "exceed the budget.\n"
      "Regret: of equally accurate networks, how much more latency the one with the fewest ops "
      "has\n"
      "than the fastest.\n"
      "Exit code: 0 valid, 8 valid with a margin, 9 judged and not valid, 10 undecided, 4 nothing\n"
      "could be judged; of several results 9, else 4, else 10, else 8.",
      "opline validate --db study.db\n"
      "opline validate --db study.db --details\n"
      "opline validate --db study.db --budget 100ms,200ms\n"
      "opline validate --db study.db --space kws --boards nucleo-f446re --json\n"
      "opline validate --db study.db --boards nucleo-f446re --together      # one proxy for all?\n"
      "opline validate --csv mine.csv --ops mmacs --latency latency_ms --thresholds strict.toml");
  add_source_options(options);
  add_response_option(options);
  options.value("thresholds", "FILE", "what a proxy has to meet; default: data/verdict.toml");
  options.value(
      "budget", "LIMIT,...",
      "judge these budgets, e.g. 100ms or 20mJ; default: the quartiles of what was measured");
  options.value("features", "COLUMN,...",
                "columns of the table that may explain the residuals of ops");
  options.flag("together", "judge everything selected as one proxy: is there one slope for all?");
  options.value("resampling-seed", "S", "of bootstrap, cross-validation and regret", "1");
  options.flag("details", "also order, held-out errors, budgets, other models, residuals");
  add_format_options(options);
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io),
                 kValidWithMargin, kNotValid, kUndecided});
  if (!options.parse(arguments, console)) return 0;
  JudgeOptions wanted = read_judge_options(options);
  const OutputFormat format = read_format(options);
  if (options.has("features") && !options.has("csv"))
    options.fail("--features names columns of --csv; a study knows the layers of its networks");

  const Source source = open_source(options, evaluation::WithLayers::yes, console);
  Progress progress(console, "bootstrap");
  wanted.progress = [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); };
  const std::vector<Judgement> all =
      evaluation::judge_all(source.series, options.has("together"), wanted);
  std::vector<report::Record> records;
  records.reserve(all.size());
  for (const Judgement& judged : all) records.push_back(report::record_of(judged));
  if (format == OutputFormat::text) {
    print(all, options.has("details"), console);
  } else if (format == OutputFormat::csv) {
    console.out << report::records_as_csv(records, "opline-validation", console.command_line);
  } else {
    console.out << to_text(
        Json{{"format", "opline-validation"},
             {"version", 2},
             {"source", source.name},
             {"thresholds", options.optional_text("thresholds").value_or("data/verdict.toml")},
             {"results", report::to_json(records)}});
  }
  return exit_code_of(all);
}

}  // namespace opline::cli
