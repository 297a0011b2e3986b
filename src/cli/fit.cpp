#include <fmt/ostream.h>

#include <ostream>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/utc_now.h"
#include "src/cli/exit_code.h"
#include "src/cli/fit_options.h"
#include "src/cli/output_format.h"
#include "src/cli/source.h"
#include "src/evaluation/study_comparison.h"
#include "src/report/fit_report.h"
#include "src/report/model_report.h"
#include "src/report/study_comparison_report.h"

namespace opline::cli {
namespace {

constexpr std::size_t kWhole = std::string::npos;  // names in it are short

using evaluation::FitRequest;
using evaluation::ModelFit;
using evaluation::SeriesFit;

/// Whether the options ask for more than the line and its intervals.
bool detailed(const Options& options) {
  for (const char* option : {"diagnostics", "no-intercept", "of", "model", "estimator", "errors"}) {
    if (options.given(option)) return true;
  }
  return false;
}

/// Keeps the fits in the study. Those of one that cannot be written now are printed all the same.
void keep(store::Study& study, const std::vector<SeriesFit>& fits, Console& console) {
  for (const SeriesFit& fit : fits) {
    if (!fit.line) continue;
    const store::SavedFit saved = study.try_save_fit(report::stored_fit(fit), utc_now());
    if (saved.not_stored.empty()) continue;
    fmt::print(console.err, "opline: the fits are not stored in the study: {}\n", saved.not_stored);
    return;
  }
}

void print(const std::vector<SeriesFit>& fits, const std::vector<ModelFit>& models,
           const evaluation::StudyComparison& comparison, std::ostream& out) {
  for (std::size_t i = 0; i < fits.size(); ++i) {
    out << (i == 0 ? "" : "\n") << printable_lines(report::text_of(fits[i]), kWhole);
    if (i < models.size()) out << printable_lines(report::text_of(models[i]), kWhole);
  }
  if (!comparison.empty()) out << "\n" << printable_lines(report::text_of(comparison), kWhole);
}

std::vector<report::Record> records_of(const std::vector<SeriesFit>& fits,
                                       const std::vector<ModelFit>& models) {
  std::vector<report::Record> records;
  for (std::size_t i = 0; i < fits.size(); ++i)
    records.push_back(report::record_of(fits[i], models[i]));
  return records;
}

/// kNoResult where nothing that was asked for could be fitted.
int exit_code_of(const std::vector<SeriesFit>& fits, const std::vector<ModelFit>& models) {
  for (const SeriesFit& fit : fits) {
    if (models.empty() && fit.line) return 0;
  }
  for (const ModelFit& fit : models) {
    if (fit.why_no_fit.empty()) return 0;
  }
  return kNoResult;
}

}  // namespace

int fit_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "fit",
      "Fit latency = slope x ops + intercept to the measurements of a study, one fit for each\n"
      "campaign and setup, keep the fits in the study, and compare boards on the networks that "
      "all\n"
      "of them measured. Or fit your own table (--csv). --diagnostics adds linearity,\n"
      "heteroscedasticity and influential networks. Whether a search may use the line:\n"
      "opline validate. JSON and CSV: docs/formats/fit.md.\n"
      "Exit code: 11 when nothing could be fitted.",
      "opline fit --db study.db\n"
      "opline fit --db study.db --space kws --boards nucleo-f446re --diagnostics\n"
      "opline fit --db study.db --estimator relative --errors classical --format csv\n"
      "opline fit --csv mine.csv --ops mmacs --latency latency_ms --name model");
  add_source_options(options);
  add_fit_options(options);
  options.flag("diagnostics",
               "also linearity, heteroscedasticity, normality, influential networks");
  add_format_options(options);
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io), kNoResult});
  if (!options.parse(arguments, console)) return 0;
  const FitRequest request = read_fit_options(options);
  const OutputFormat format = read_format(options);

  Source source = open_source(
      options, needs_layers(request) ? evaluation::WithLayers::yes : evaluation::WithLayers::no,
      console, store::Mode::write_if_possible);
  std::vector<SeriesFit> fits;
  std::vector<ModelFit> models;
  for (const evaluation::Series& series : source.series) {
    fits.push_back(evaluation::fit_series(series));
    if (format != OutputFormat::text || detailed(options))
      models.push_back(evaluation::fit_model(series, request));
  }
  const bool raw = !options.has("calibration");  // a study keeps what is simulated, and fits of it
  if (source.study && raw) keep(*source.study, fits, console);
  const evaluation::StudyComparison comparison = evaluation::compare_study(fits);
  if (format == OutputFormat::text) {
    print(fits, models, comparison, console.out);
  } else if (format == OutputFormat::csv) {
    console.out << report::records_as_csv(records_of(fits, models), "opline-fits",
                                          console.command_line);
  } else {
    console.out << to_text(Json{{"format", "opline-fits"},
                                {"version", 2},
                                {"study", source.name},
                                {"fits", report::to_json(records_of(fits, models))},
                                {"comparison", report::json_of(comparison)}});
  }
  return exit_code_of(fits, models);
}

}  // namespace opline::cli
