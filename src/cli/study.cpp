#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>

#include "src/base/error.h"
#include "src/cli/comparison.h"
#include "src/cli/fit_outputs.h"
#include "src/cli/fit_report.h"
#include "src/cli/judging.h"
#include "src/cli/measuring.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

/// What a study leaves behind, in the order in which it is made: what can fail last comes last.
struct Results {
  std::vector<FittedSeries> series;
  std::vector<Judged> judged;  ///< One a series.
  Comparison comparison;
  std::vector<std::string> models;
  std::vector<std::string> plots;
};

void write_models(Results& results, store::Study& study, const fs::path& folder,
                  const std::string& command) {
  const std::string now = utc_now();
  for (const FittedSeries& fitted : results.series) {
    if (!fitted.fit) continue;
    save(study, fitted, now);
    results.models.push_back((folder / (fitted.file_stem() + ".json")).string());
    costmodel::write_cost_model(results.models.back(), cost_model(fitted, study, command, now));
  }
}

void draw_plots(Results& results, const std::string& folder, const std::string& command) {
  const auto add = [&](std::vector<std::string> paths) {
    results.plots.insert(results.plots.end(), paths.begin(), paths.end());
  };
  for (const FittedSeries& fitted : results.series)
    add(draw_figure({fitted}, folder, fitted.file_stem(), command));
  if (!results.comparison.boards.empty()) {
    add(draw_figure(results.series, folder, results.series.front().boards_file_stem(), command));
  }
}

void print(const Results& results, const Measured& measured, const store::Study& study,
           std::ostream& out) {
  out << in_words(measured);
  for (const FittedSeries& fitted : results.series) fmt::print(out, "\n{}", in_words(fitted));
  if (!results.comparison.empty()) fmt::print(out, "\n{}", in_words(results.comparison));
  for (const Judged& judged : results.judged) fmt::print(out, "\n{}", verdict_in_words(judged));
  fmt::print(out, "\n{}\nstudy       {}\n", table(results.series), study.path().string());
  for (const std::string& path : results.plots) fmt::print(out, "plot        {}\n", path);
  for (const std::string& path : results.models) fmt::print(out, "cost model  {}\n", path);
}

Json to_json(const Results& results, const Measured& measured, const store::Study& study) {
  Json fits = Json::array();
  for (const FittedSeries& fitted : results.series) fits.push_back(to_json(fitted));
  Json verdicts = Json::array();
  for (const Judged& judged : results.judged) verdicts.push_back(to_json(judged));
  return {{"format", "opline-study-result"},
          {"version", 1},
          {"study", study.path().string()},
          {"campaign", to_json(measured)},
          {"fits", fits},
          {"comparison", to_json(results.comparison)},
          {"verdicts", verdicts},
          {"plots", results.plots},
          {"cost_models", results.models}};
}

/// A folder that can't be written is found before an hour of measuring, not after it.
void require_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || !fs::is_directory(folder)) {
    throw Error(ErrorCode::io, "--out {}: is no folder and can't be made one ({})", folder.string(),
                failed.message());
  }
}

}  // namespace

int study_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "study",
      "The whole path: draw networks from a search space, execute each as int8 firmware on "
      "simulated "
      "boards,\n"
      "keep the cycles in a study file, fit latency ~ ops, judge whether a search may use it, draw "
      "it and "
      "write\n"
      "the cost model that a search loads. Run again it goes on where it stopped; a larger --count "
      "extends "
      "the study.",
      "opline study --space kws --boards nucleo-f446re --count 200 --seed 1 --db study.db --out "
      "results\n"
      "opline study --space my_space.toml --count 1000 --db study.db --out results --dry-run");
  add_campaign_options(options, "200");
  options.value("out", "DIR", "folder for plots and cost models", "opline-study");
  if (!options.parse(arguments, console)) return 0;
  const Asked asked = read_campaign(options);
  if (options.has("dry-run")) {
    print_forecast(asked, options, console);
    return 0;
  }
  const Sampled sampled = sample(asked);
  const fs::path folder = options.text("out");
  require_folder(folder);
  store::Study study =
      store::Study::open(options.optional_text("db").value_or((folder / "study.db").string()),
                         store::Mode::create, utc_now());
  const Measured measured = measure(asked, sampled, study, console);
  if (measured.report.interrupted) {
    console.out << (options.has("json") ? to_text(to_json(measured)) : in_words(measured));
    return kInterrupted;
  }
  Results results;
  results.series = fit_campaign(study, measured.campaign, measured.setups, measured.draws);
  results.comparison = compare(results.series);
  JudgeOptions wanted;
  wanted.thresholds = read_thresholds({});
  for (const FittedSeries& fitted : results.series)
    results.judged.push_back(judge(study, {&fitted}, wanted));
  write_models(results, study, folder, console.command_line);
  draw_plots(results, folder.string(), console.command_line);
  if (options.has("json")) {
    console.out << to_text(to_json(results, measured, study));
  } else {
    print(results, measured, study, console.out);
  }
  return 0;
}

}  // namespace opline::cli
