#include <ostream>

#include "src/base/error.h"
#include "src/base/utc_now.h"
#include "src/cli/measuring.h"

namespace opline::cli {

Options run_options() {
  Options options(
      "run",
      "Measure the networks of a campaign (space x prior x seed x count) on simulated or attached\n"
      "boards and store every outcome in a study file. What the file already holds is not\n"
      "measured again: the same command resumes an interrupted run, and a larger --count extends\n"
      "it.",
      "opline run --space kws --count 1000 --boards nucleo-f446re --db study.db --dry-run\n"
      "opline run --space kws --count 1000 --boards nucleo-f446re --db study.db\n"
      "opline run --space kws --boards nucleo-f446re@/dev/ttyACM0,nucleo-f746zg --db study.db\n"
      "opline run --firmware my.elf --payload tflite --space kws --boards nucleo-f446re --count "
      "100 --db mine.db");
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), static_cast<int>(ErrorCode::device), kInterrupted,
                 kNoResult});
  add_campaign_options(options, "100");
  return options;
}

int run_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options = run_options();
  if (!options.parse(arguments, console)) return 0;
  const Asked asked = read_campaign(options);
  if (options.has("dry-run")) {
    print_forecast(asked, options, console);
    return 0;
  }
  const std::unique_ptr<campaign::NetworkSource> source = networks_of(asked, console);
  store::Study study = store::Study::open(options.text("db"), store::Mode::create, utc_now());
  const Measured measured =
      measure(asked, campaign::identity_of(asked.query), *source, study, console);
  console.out << (options.has("json") ? to_text(to_json(measured)) : in_words(measured));
  const bool lost = report_set_aside(asked, console);
  if (measured.report.interrupted) return kInterrupted;
  if (lost) return static_cast<int>(ErrorCode::device);
  return measured.report.with_latency == 0 ? kNoResult : 0;
}

}  // namespace opline::cli
