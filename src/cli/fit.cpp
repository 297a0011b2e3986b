#include <ostream>

#include "src/cli/comparison.h"
#include "src/cli/fit_report.h"
#include "src/cli/model_report.h"
#include "src/cli/output_format.h"
#include "src/cli/source.h"

namespace opline::cli {
namespace {

/// Whether the options ask for more than the line, its intervals and what they stand for.
bool detailed(const Options& options, const FitRequest& request) {
  return options.has("diagnostics") || options.has("no-intercept") ||
         request.of != Response::latency || request.model != ModelKind::ops ||
         request.estimator != Estimator::ols ||
         request.covariance != analysis::CovarianceKind::classical;
}

}  // namespace

int fit_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "fit",
      "Fit latency = slope x ops + intercept to the measurements of a study, one fit for each "
      "campaign and\n"
      "setup, keep the fits in the study, and compare boards on the networks that all of them "
      "measured. Or\n"
      "fit a table of your own (--csv). --diagnostics: is it a line, is its spread even, who "
      "decides it.\n"
      "Whether the line may be used: opline validate. JSON and CSV: docs/formats/fit.md.",
      "opline fit --db study.db\n"
      "opline fit --db study.db --space kws --boards nucleo-f446re --diagnostics\n"
      "opline fit --db study.db --estimator relative --errors hc3 --format csv\n"
      "opline fit --csv mine.csv --ops mmacs --latency latency_ms --name model");
  add_source_options(options);
  add_fit_options(options);
  options.flag("diagnostics",
               "also curvature, spread, normality and the most influential networks");
  add_format_options(options);
  if (!options.parse(arguments, console)) return 0;
  const FitRequest request = read_fit_options(options);
  const OutputFormat format = read_format(options);

  Source source(options, store::Mode::read_write, console);
  const std::vector<FittedSeries> all = source.series();
  const std::string now = utc_now();
  Json fits = Json::array();
  for (const FittedSeries& fitted : all) {
    const ModelFit model = fit_model(source.study(), fitted, request);
    save(source.study(), fitted, now);
    fits.push_back(to_json(fitted));
    fits.back()["regression"] = to_json(model, !fitted.whole_enumeration);
    if (format != OutputFormat::text) continue;
    console.out << in_words(fitted)
                << (detailed(options, request) ? in_words(model, !fitted.whole_enumeration) : "")
                << (&fitted == &all.back() ? "" : "\n");
  }
  const Comparison comparison = compare(all);
  if (format == OutputFormat::text) {
    if (!comparison.empty()) console.out << "\n" << in_words(comparison);
  } else if (format == OutputFormat::csv) {
    console.out << rows_as_csv(fits, "opline-fits", console.command_line);
  } else {
    console.out << to_text(Json{{"format", "opline-fits"},
                                {"version", 2},
                                {"study", source.name()},
                                {"fits", fits},
                                {"comparison", to_json(comparison)}});
  }
  return 0;
}

}  // namespace opline::cli
