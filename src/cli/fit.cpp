#include <ostream>

#include "src/cli/comparison.h"
#include "src/cli/fit_report.h"

namespace opline::cli {

int fit_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "fit",
      "Fit latency = slope x ops + intercept to the measurements of a study, one fit for each campaign and\n"
      "setup, keep the fits in the study, and compare boards on the networks that all of them measured. "
      "--json prints them as docs/formats/fit.md says.",
      "opline fit --db study.db\nopline fit --db study.db --space kws --boards nucleo-f446re --json");
  add_selection_options(options);
  options.flag("json", "print JSON");
  if (!options.parse(arguments, console)) return 0;

  store::Study study = store::Study::open(options.text("db"), store::Mode::read_write);
  const std::vector<FittedSeries> all = fit_study(study, options);
  const std::string now = utc_now();
  Json fits = Json::array();
  for (const FittedSeries& fitted : all) {
    save(study, fitted, now);
    fits.push_back(to_json(fitted));
    if (!options.has("json")) console.out << in_words(fitted) << (&fitted == &all.back() ? "" : "\n");
  }
  const Comparison comparison = compare(all);
  if (!options.has("json") && !comparison.empty()) console.out << "\n" << in_words(comparison);
  if (options.has("json")) {
    console.out << to_text(Json{{"format", "opline-fits"},
                                {"version", 1},
                                {"study", options.text("db")},
                                {"fits", fits},
                                {"comparison", to_json(comparison)}});
  }
  return 0;
}

}  // namespace opline::cli
