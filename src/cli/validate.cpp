#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ostream>
#include <string_view>

#include "src/cli/judging.h"
#include "src/cli/output_format.h"
#include "src/cli/progress.h"
#include "src/cli/source.h"

namespace opline::cli {
namespace {

/// "100ms,0.2s" in seconds, "20mJ" in joules.
std::vector<double> read_budgets(const Options& options, Response of) {
  struct Unit {
    std::string_view name;
    double factor;
  };
  static constexpr Unit kTime[] = {{"ms", 1e-3}, {"us", 1e-6}, {"s", 1}};
  static constexpr Unit kEnergy[] = {{"mJ", 1e-3}, {"uJ", 1e-6}, {"J", 1}};
  std::vector<double> budgets;
  for (const std::string& item : options.list("budget")) {
    double value = 0;
    const char* const last = item.data() + item.size();
    const auto [end, error] = std::from_chars(item.data(), last, value);
    const std::string_view unit(end, static_cast<std::size_t>(last - end));
    double factor = 0;
    for (const Unit& one : of == Response::latency ? kTime : kEnergy) {
      if (one.name == unit) factor = one.factor;
    }
    if (error != std::errc{} || !(value > 0 && std::isfinite(value)) || factor == 0)
      options.fail(fmt::format("--budget: '{}' is not a {} above 0, as {}", item, to_string(of),
                               of == Response::latency ? "100ms, 0.1s or 900us" : "20mJ or 0.02J"));
    budgets.push_back(value * factor);
  }
  return budgets;
}

/// With progress of its own for each.
Judged judge_one(Source& source, std::vector<const FittedSeries*> series, JudgeOptions wanted,
                 Console& console) {
  Progress progress(console, "bootstrap");
  wanted.progress = [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); };
  return judge(source.study(), std::move(series), wanted);
}

std::vector<Judged> judge_all(Source& source, const std::vector<FittedSeries>& series,
                              bool together, const JudgeOptions& wanted, Console& console) {
  std::vector<const FittedSeries*> all;
  all.reserve(series.size());
  for (const FittedSeries& one : series) all.push_back(&one);
  std::vector<Judged> judged;
  if (together) {
    judged.push_back(judge_one(source, all, wanted, console));
  } else {
    for (const FittedSeries* one : all) judged.push_back(judge_one(source, {one}, wanted, console));
  }
  return judged;
}

}  // namespace

int validate_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "validate",
      "May a search use ops as a stand-in for latency here? Judges each campaign and setup of a "
      "study, or a "
      "table\n"
      "(--csv), and says what to do next: does the line predict networks it has not seen, larger "
      "ones, "
      "smaller ones;\n"
      "does it keep their order; which margin keeps a latency budget; what explains the rest.\n"
      "Thresholds: data/verdict.toml, or your copy of it. Figures: docs/statistics.md, "
      "docs/formats/validation.md.\n"
      "tau-b: how well ops order the networks by latency, from -1 (reversed) to 1 (the same "
      "order).\n"
      "Margin: accept networks predicted at up to budget / (1 + margin), so that few accepted ones "
      "are over "
      "it.\n"
      "Regret: how much more than the best of equally accurate networks the one with the fewest "
      "ops takes.\n"
      "Exit code: 0 valid, 8 valid with a margin, 9 judged and not valid, 4 nothing could be "
      "judged; of "
      "several\n"
      "9, else 4, else 8.",
      "opline validate --db study.db\n"
      "opline validate --db study.db --budget 100ms,200ms\n"
      "opline validate --db study.db --space kws --boards nucleo-f446re --json\n"
      "opline validate --db study.db --boards nucleo-f446re --together      # one proxy for all "
      "spaces?\n"
      "opline validate --csv mine.csv --ops mmacs --latency latency_ms --thresholds strict.toml");
  add_source_options(options);
  add_response_option(options);
  options.value("thresholds", "FILE", "what is asked of a proxy; default: data/verdict.toml");
  options.value(
      "budget", "LIMIT,...",
      "judge these budgets, as 100ms or 20mJ; default: the quartiles of what was measured");
  options.value("features", "COLUMN,...",
                "columns of the table that may explain what ops leave open");
  options.flag("together", "judge everything selected as one proxy: is there one slope for all?");
  options.value("resampling-seed", "S", "of bootstrap, cross-validation and regret", "1");
  add_format_options(options);
  if (!options.parse(arguments, console)) return 0;
  JudgeOptions wanted;
  wanted.of = read_response(options);
  wanted.thresholds = read_thresholds(options.optional_text("thresholds"));
  wanted.seed = options.integer("resampling-seed");
  if (options.has("budget")) wanted.budgets = read_budgets(options, wanted.of);
  const OutputFormat format = read_format(options);

  if (options.has("features") && !options.has("csv"))
    options.fail("--features names columns of --csv; of a study's networks the layers are known");
  Source source(options, store::Mode::read_only, console);
  wanted.features = source.features();
  const std::vector<FittedSeries> series = source.series();
  const std::vector<Judged> all =
      judge_all(source, series, options.has("together"), wanted, console);
  Json verdicts = Json::array();
  for (const Judged& judged : all) {
    verdicts.push_back(to_json(judged));
    if (format == OutputFormat::text)
      console.out << in_words(judged) << (&judged == &all.back() ? "" : "\n");
  }
  if (format == OutputFormat::csv)
    console.out << rows_as_csv(verdicts, "opline-validation", console.command_line);
  if (format == OutputFormat::json) {
    console.out << to_text(
        Json{{"format", "opline-validation"},
             {"version", 1},
             {"source", source.name()},
             {"thresholds", options.optional_text("thresholds").value_or("data/verdict.toml")},
             {"results", verdicts}});
  }
  return exit_code_of(all);
}

}  // namespace opline::cli
