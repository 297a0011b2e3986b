#include <ostream>

#include "src/base/utc_now.h"
#include "src/cli/measuring.h"

namespace opline::cli {

int run_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "run",
      "Measure the networks of a campaign (space x prior x seed x count) on simulated boards and "
      "keep every\n"
      "outcome in a study file. What is there is not measured again: a killed run goes on with the "
      "same\n"
      "command, and a larger --count extends it.",
      "opline run --space kws --count 1000 --boards nucleo-f446re --db study.db --dry-run\n"
      "opline run --space kws --count 1000 --boards nucleo-f446re --db study.db\n"
      "opline run --firmware my.elf --payload tflite --space kws --boards nucleo-f446re --count "
      "100 --db "
      "mine.db");
  add_campaign_options(options, "100");
  if (!options.parse(arguments, console)) return 0;
  const Asked asked = read_campaign(options);
  if (options.has("dry-run")) {
    print_forecast(asked, options, console);
    return 0;
  }
  const Sampled sampled = sample(asked);
  store::Study study = store::Study::open(options.text("db"), store::Mode::create, utc_now());
  const Measured measured = measure(asked, sampled, study, console);
  console.out << (options.has("json") ? to_text(to_json(measured)) : in_words(measured));
  return measured.report.interrupted ? kInterrupted : 0;
}

}  // namespace opline::cli
