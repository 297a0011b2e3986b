#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "src/base/error.h"
#include "src/base/other_file.h"
#include "src/base/parallel.h"
#include "src/base/printable.h"
#include "src/base/shell_word.h"
#include "src/base/utc_now.h"
#include "src/cli/campaign_options.h"
#include "src/cli/cost_model_export.h"
#include "src/cli/measuring.h"
#include "src/cli/report_file.h"
#include "src/cli/source.h"
#include "src/evaluation/judge.h"
#include "src/evaluation/study_comparison.h"
#include "src/evaluation/study_series.h"
#include "src/report/figures/figure_files.h"
#include "src/report/figures/line_figures.h"
#include "src/report/fit_report.h"
#include "src/report/judgement_report.h"
#include "src/report/study_comparison_report.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

using evaluation::Series;
using evaluation::SeriesFit;

/// What a study leaves behind.
struct Results {
  std::vector<Series> series;
  std::vector<SeriesFit> fits;                    ///< One per series.
  std::vector<evaluation::Judgement> judgements;  ///< One per series.
  evaluation::StudyComparison comparison;
  std::vector<std::string> models;
  std::vector<std::string> plots;
  std::string report;  ///< Empty where it could not be written.
  int exit_code = 0;   ///< Of the first output that could not be written.
};

evaluation::JudgeOptions judge_options() {
  evaluation::JudgeOptions options;
  options.thresholds = evaluation::shipped_thresholds();
  options.threads = processors();
  return options;
}

/// Fits and judges `series`; the result refers to its own copy.
void evaluate(Results& results) {
  for (const Series& one : results.series) results.fits.push_back(evaluation::fit_series(one));
  results.comparison = evaluation::compare_study(results.fits);
  results.judgements = evaluation::judge_all(results.series, false, judge_options());
}

/// Writes one output. An output that cannot be written is reported, and the others are still made:
/// the measurements took longer than all of them.
template <typename Write>
void attempt(Results& results, Console& console, const Write& write) {
  try {
    write();
  } catch (const Error& error) {
    fmt::print(console.err, "opline: {}\n", error.what());
    if (results.exit_code == 0) results.exit_code = exit_code(error.code());
  }
}

void write_models(Results& results, store::Study& study, const fs::path& folder,
                  bool allow_not_valid, Console& console) {
  for (const SeriesFit& fit : results.fits) {
    if (!fit.line) continue;
    attempt(results, console, [&] { study.save_fit(report::stored_fit(fit), utc_now()); });
    attempt(results, console, [&] {
      const std::string path = (folder / (file_stem(*fit.series) + ".json")).string();
      require_other_file(path, files_of_study(study.path()));
      evaluation::ModelsOptions wanted;
      wanted.judge = judge_options();
      const report::CostModelView view =
          view_cost_model(*fit.series, study, wanted, allow_not_valid, console);
      if (view.file.models.empty()) return;
      costmodel::write_cost_model(path, view.file);
      results.models.push_back(path);
    });
  }
}

/// Latency against ops: one figure per series, and one of all boards.
void draw_plots(Results& results, const store::Study& study, const fs::path& folder,
                Console& console) {
  report::FigureOutput output;
  output.check = [&](const fs::path& path) {
    require_other_file(path, files_of_study(study.path()));
  };
  const auto draw = [&](const std::vector<report::SeriesResult>& drawn, const std::string& stem) {
    attempt(results, console, [&] {
      const Result<figures::Figure> figure = report::latency_figure(drawn);
      if (!figure) return;
      figures::Figure named = *figure;
      named.provenance = console.command_line;
      for (std::string& path : report::write_figure(named, folder / stem, output))
        results.plots.push_back(std::move(path));
    });
  };
  std::vector<report::SeriesResult> all;
  for (std::size_t i = 0; i < results.fits.size(); ++i)
    all.push_back({&results.fits[i], &results.judgements[i]});
  for (const report::SeriesResult& one : all) draw({one}, file_stem(one.series()));
  if (!results.comparison.boards.empty()) draw(all, boards_file_stem(results.series.front()));
}

void write_page(Results& results, store::Study& study, const fs::path& folder, Console& console) {
  attempt(results, console, [&] {
    const std::string path = (folder / "report.html").string();
    const std::string name = study.path().string();
    write_report(
        {results.fits, results.judgements, results.comparison, &study, name,
         fmt::format("opline report --db {} --out {}", shell_word(name), shell_word(path))},
        path, console);
    results.report = path;
  });
}

void print_outputs(const Results& results, const store::Study& study, bool details,
                   std::ostream& out) {
  fmt::print(out, "\nstudy       {}\n", study.path().string());
  for (const std::string& path : results.plots) fmt::print(out, "plot        {}\n", path);
  for (const std::string& path : results.models) fmt::print(out, "cost model  {}\n", path);
  if (!results.report.empty()) fmt::print(out, "report      {}\n", results.report);
  if (!details)
    fmt::print(out, "details     opline validate --db {} --details\n",
               shell_word(study.path().string()));
}

/// A report as the terminal gets it: names in it may be those of another author.
std::string shown(const std::string& text) { return printable_lines(text, std::string::npos); }

/// One screen; with `details` everything.
void print(const Results& results, const Measured& measured, bool details, std::ostream& out) {
  const auto draws = static_cast<std::uint64_t>(measured.draws);
  if (details) {
    out << in_words(measured) << "\n";
  } else if (measured.tries > draws) {
    out << report::acceptance_text(draws, measured.tries) << "\n";
  }
  for (std::size_t i = 0; i < results.judgements.size(); ++i) {
    fmt::print(out, "{}{}", i == 0 ? "" : "\n", shown(report::summary_of(results.judgements[i])));
    if (!details) continue;
    fmt::print(out, "\n{}\n{}", shown(report::text_of(results.fits[i])),
               shown(report::details_of(results.judgements[i])));
  }
  if (!results.comparison.empty())
    fmt::print(out, "\n{}", shown(report::text_of(results.comparison)));
  if (results.fits.size() > 1) fmt::print(out, "\n{}", report::table_of(results.fits));
}

Json to_json(const Results& results, const Measured& measured, const store::Study& study) {
  Json fits = Json::array();
  for (const SeriesFit& fit : results.fits) fits.push_back(report::record_of(fit).json());
  Json verdicts = Json::array();
  for (const evaluation::Judgement& judged : results.judgements)
    verdicts.push_back(report::record_of(judged).json());
  return {{"format", "opline-study-result"},
          {"version", 1},
          {"study", study.path().string()},
          {"campaign", to_json(measured)},
          {"fits", fits},
          {"comparison", report::json_of(results.comparison)},
          {"verdicts", verdicts},
          {"plots", results.plots},
          {"cost_models", results.models},
          {"report", results.report.empty() ? Json(nullptr) : Json(results.report)}};
}

/// A folder that cannot be written is reported before an hour of measuring, not after it.
void require_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || !fs::is_directory(folder)) {
    throw Error(ErrorCode::io, "--out {}: cannot create the output directory ({}); name another",
                folder.string(), failed ? failed.message() : "it is a file");
  }
}

}  // namespace

Options study_options() {
  Options options(
      "study",
      "The whole path: draw networks from a search space, execute each as int8 firmware on\n"
      "simulated or attached boards, keep the cycles in a study file, fit latency ~ ops, judge\n"
      "whether a search may use it, draw it and write the cost model that a search loads. Run\n"
      "again it resumes where it stopped; a larger --count extends the study.",
      "opline study --space kws --boards nucleo-f446re --count 200 --seed 1 --db study.db --out "
      "results\n"
      "opline study --space my_space.toml --count 1000 --db study.db --out results --dry-run");
  add_campaign_options(options, "200",
                       std::string(kStudyFile) + "; default: study.db in the folder of --out");
  options.value("out", "DIR", "folder for plots, cost models and the report", "opline-study");
  options.flag("allow-not-valid", "write cost models that are judged not valid, too");
  options.flag("details", "also the fits in full and the figures behind the verdict");
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), static_cast<int>(ErrorCode::device), kInterrupted,
                 kNoResult});
  return options;
}

int study_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options = study_options();
  if (!options.parse(arguments, console)) return 0;
  const Asked asked = read_campaign(options);
  if (options.has("dry-run")) {
    print_forecast(asked, options, console);
    return 0;
  }
  const std::unique_ptr<campaign::NetworkSource> source = networks_of(asked, console);
  const fs::path folder = options.text("out");
  require_folder(folder);
  store::Study study =
      store::Study::open(options.optional_text("db").value_or((folder / "study.db").string()),
                         store::Mode::create, utc_now());
  const Measured measured =
      measure(asked, campaign::identity_of(asked.query), *source, study, console);
  const bool lost = report_set_aside(asked, console);
  if (measured.report.interrupted) {
    console.out << (options.has("json") ? to_text(to_json(measured)) : in_words(measured));
    return kInterrupted;
  }
  Results results;
  if (lost) results.exit_code = static_cast<int>(ErrorCode::device);
  results.series = evaluation::read_campaign(study, measured.campaign, measured.report.setups,
                                             measured.draws, evaluation::WithLayers::yes);
  evaluate(results);
  const bool text = !options.has("json");
  if (text) {
    print(results, measured, options.has("details"), console.out);
    console.out.flush();
  }
  write_models(results, study, folder, options.has("allow-not-valid"), console);
  draw_plots(results, study, folder, console);
  write_page(results, study, folder, console);
  if (text) {
    print_outputs(results, study, options.has("details"), console.out);
  } else {
    console.out << to_text(to_json(results, measured, study));
  }
  if (results.exit_code != 0) return results.exit_code;
  const auto has_line = [](const SeriesFit& fit) { return fit.line.has_value(); };
  return std::any_of(results.fits.begin(), results.fits.end(), has_line) ? 0 : kNoResult;
}

}  // namespace opline::cli
