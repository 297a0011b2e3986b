#include <fmt/ostream.h>

#include <ostream>

#include "analysis/regression/reference_sets.h"
#include "src/base/csv.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/cli/options.h"

namespace opline::cli {
namespace {

std::vector<analysis::ReferenceResult> check_all() {
  const CsvTable certified = CsvTable::from_file(resource("data/reference/nist/certified.csv"));
  std::vector<analysis::ReferenceResult> results;
  for (const std::string& name : analysis::reference_names(certified)) {
    const CsvTable data = CsvTable::from_file(resource("data/reference/nist/" + name + ".csv"));
    results.push_back(analysis::check_reference(certified, name, data));
  }
  return results;
}

Json json_of(const std::vector<analysis::ReferenceResult>& results) {
  Json sets = Json::array();
  bool reached = true;
  for (const analysis::ReferenceResult& one : results) {
    reached = reached && one.reached();
    sets.push_back({{"data_set", one.name},
                    {"rows", one.rows},
                    {"coefficients", one.coefficients},
                    {"condition", one.condition},
                    {"digits",
                     {{"estimates", one.estimates},
                      {"standard_deviations", one.standard_deviations},
                      {"residual_deviation", one.residual_deviation},
                      {"r_squared", one.r_squared}}},
                    {"aim_digits", one.aim},
                    {"reached", one.reached()}});
  }
  return {
      {"format", "opline-self-test"}, {"version", 1}, {"reached", reached}, {"nist_strd", sets}};
}

void print(const std::vector<analysis::ReferenceResult>& results, std::ostream& out) {
  fmt::print(out,
             "NIST StRD, linear least squares: digits that agree with the certified figures (at "
             "most 15)\n\n"
             "{:<10}{:>6}{:>7}{:>11}{:>11}{:>11}{:>11}{:>7}\n",
             "data set", "rows", "terms", "estimates", "std. dev.", "residual", "R^2", "aim");
  for (const analysis::ReferenceResult& one : results) {
    fmt::print(out, "{:<10}{:>6}{:>7}{:>11.1f}{:>11.1f}{:>11.1f}{:>11.1f}{:>7.0f}{:>6}\n", one.name,
               one.rows, one.coefficients, one.estimates, one.standard_deviations,
               one.residual_deviation, one.r_squared, one.aim, one.reached() ? "ok" : "LESS");
  }
}

}  // namespace

int self_test_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options("self-test",
                  "Check the arithmetic of this program on this machine against NIST's eleven "
                  "certified linear\n"
                  "fits: how many digits agree, and how many should.",
                  "opline self-test\nopline self-test --json");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::internal)});
  if (!options.parse(arguments, console)) return 0;

  const std::vector<analysis::ReferenceResult> results = check_all();
  const Json json = json_of(results);
  if (options.has("json")) {
    console.out << to_text(json);
  } else {
    print(results, console.out);
  }
  if (json["reached"]) return 0;
  fmt::print(console.err,
             "opline: the arithmetic of this build is less accurate than required; was it compiled "
             "with -ffast-math? Please report it\n");
  return static_cast<int>(ErrorCode::internal);
}

}  // namespace opline::cli
