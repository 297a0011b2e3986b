#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>

#include "src/cli/comparison.h"
#include "src/cli/measuring.h"

namespace opline::cli {
namespace {

/// Fits, pictures and cost models of everything that was measured; prints them.
void conclude(const Options& options, store::Study& study, const Measured& measured, Console& console) {
  const std::string folder = options.text("out");
  const std::string now = utc_now();
  std::vector<std::string> paths;
  const std::vector<FittedSeries> all =
      fit_campaign(study, measured.campaign, measured.setups, measured.draws);
  for (const FittedSeries& fitted : all) {
    fmt::print(console.out, "\n{}", in_words(fitted));
    for (std::string& path : draw_figure({fitted}, folder, fitted.file_stem(), console.command_line)) {
      paths.push_back(std::move(path));
    }
    if (!fitted.fit) continue;
    save(study, fitted, now);
    paths.push_back((std::filesystem::path(folder) / (fitted.file_stem() + ".json")).string());
    costmodel::write_cost_model(paths.back(), cost_model(fitted, study, console.command_line, now));
  }
  if (const Comparison comparison = compare(all); !comparison.empty()) {
    fmt::print(console.out, "\n{}", in_words(comparison));
    for (std::string& path :
         draw_figure(all, folder, all.front().campaign.space_name + "-boards", console.command_line)) {
      paths.push_back(std::move(path));
    }
  }
  fmt::print(console.out, "\nstudy       {}\n", study.path().string());
  for (const std::string& path : paths) {
    fmt::print(console.out, "{:<11} {}\n", path.ends_with(".json") ? "cost model" : "plot", path);
  }
}

}  // namespace

int study_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "study",
      "The whole path: draw networks from a search space, execute each as int8 firmware on simulated boards, "
      "keep\n"
      "the cycles in a study file, fit latency ~ ops, draw it and write the cost model that a search loads.\n"
      "Run again it goes on where it stopped; a larger --count extends the study.",
      "opline study --space kws --boards nucleo-f446re --count 100 --seed 1 --db study.db --out results\n"
      "opline study --space my_space.toml --count 1000 --db study.db --out results --dry-run");
  add_campaign_options(options, "100");
  options.value("out", "DIR", "folder for plots and cost models", "opline-study");
  if (!options.parse(arguments, console)) return 0;
  if (options.has("dry-run")) {
    print_forecast(options, console);
    return 0;
  }
  const std::string path = options.optional_text("db").value_or(
      (std::filesystem::path(options.text("out")) / "study.db").string());
  store::Study study = store::Study::open(path, store::Mode::create, utc_now());
  const Measured measured = measure(options, study, console);
  console.out << in_words(measured);
  if (measured.report.interrupted) return kInterrupted;
  conclude(options, study, measured, console);
  return 0;
}

}  // namespace opline::cli
