#include <ostream>

#include "src/cli/output_format.h"
#include "src/cli/series_pair.h"

namespace opline::cli {

int compare_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "compare",
      "Hold two series against each other: two spaces, priors, boards, runtimes or studies. How "
      "far are their\n"
      "slopes apart, and does that matter (--margin)? Which is faster on the same networks? How "
      "wrong is the\n"
      "line of one about the other, as it is and up to one factor? A series is "
      "FILE[:KEY=VALUE,...]: a study with\n"
      "the keys space, prior, seed, boards, setup, or a table (.csv) with the keys ops, latency, "
      "name, energy.\n"
      "JSON and CSV: docs/formats/comparison.md.",
      "opline compare study.db:boards=nucleo-f446re study.db:boards=nucleo-f746zg\n"
      "opline compare kws.db cifar10.db --margin 0.1\n"
      "opline compare kws.db:prior=uniform-decisions kws.db:prior=uniform-networks --json\n"
      "opline compare kws.db mine.csv:ops=mmacs,latency=latency_ms");
  options.positional("SERIES SERIES", "the two series");
  options.value("margin", "SHARE", "slopes that differ by at most this share are the same", "0.05");
  options.value("resampling-seed", "S", "of the bootstrap", "1");
  add_response_option(options);
  add_format_options(options);
  if (!options.parse(arguments, console)) return 0;
  const std::vector<std::string> texts = options.positionals();
  if (texts.size() != 2) options.fail("two series are needed, each FILE[:KEY=VALUE,...]");
  PairOptions wanted;
  wanted.of = read_response(options);
  wanted.margin = options.number("margin", 0, 1);
  wanted.seed = options.integer("resampling-seed");
  const OutputFormat format = read_format(options);

  Subject a(texts[0], console);
  Subject b(texts[1], console);
  const SeriesPair pair = compare(a, b, wanted);
  const Json json = {
      {"format", "opline-comparison"}, {"version", 1}, {"comparison", to_json(pair)}};
  if (format == OutputFormat::text) {
    console.out << in_words(pair);
  } else if (format == OutputFormat::csv) {
    console.out << rows_as_csv(Json::array({json["comparison"]}), "opline-comparison",
                               console.command_line);
  } else {
    console.out << to_text(json);
  }
  return 0;
}

}  // namespace opline::cli
