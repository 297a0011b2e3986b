#include <fmt/ostream.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <new>
#include <ostream>
#include <sstream>

#include "src/base/error.h"
#include "src/base/shell_word.h"
#include "src/base/suggest.h"
#include "src/base/version.h"
#include "src/cli/exit_code.h"
#include "src/cli/signals.h"
#include "src/cli/verb.h"
#include "src/cli/verb_table.h"

namespace opline::cli {
namespace {

constexpr Verb kVerbs[] = {
    {"study", "everything: sample, measure, fit, judge, plot, export", study_verb},
    {"sample", "draw architectures from a search space", sample_verb},
    {"run", "measure the networks of a campaign into a study file", run_verb},
    {"submit", "measure a campaign on a Slurm cluster or on several hosts", submit_verb},
    {"status", "how a submitted campaign stands", status_verb},
    {"merge", "merge studies into one; the digest of what a study holds", merge_verb},
    {"measure", "measure .tflite files on boards, also with your own runtime", measure_verb},
    {"fit", "fit latency ~ ops on the measurements of a study", fit_verb},
    {"validate", "judge whether a search may use the line: valid, valid with a margin, not valid",
     validate_verb},
    {"compare", "compare two series: boards, spaces, priors, runtimes, studies", compare_verb},
    {"calibrate", "determine the constant between simulated and measured seconds", calibrate_verb},
    {"plot", "draw figures of a study or a table as SVG, PDF, PNG and CSV", plot_verb},
    {"report", "write verdict, figures and diagnostics as one HTML page", report_verb},
    {"import", "read your own measurements from a CSV file into a study", import_verb},
    {"export", "write a cost model (JSON), raw measurements (CSV) or a network (.tflite)",
     export_verb},
    {"predict", "predict latency and energy of networks with a cost model", predict_verb},
    {"spaces", "list the search spaces, show one", spaces_verb},
    {"boards", "list the boards, show one, check a board's file", boards_verb},
    {"firmware", "build the firmware of a board from its file", firmware_verb},
    {"layers", "measure single layers: what a multiply-accumulate costs", layers_verb},
    {"inspect", "show a network or a .tflite layer by layer: ops, memory, cycles", inspect_verb},
    {"profile", "show where the cycles of a network or of a firmware go", profile_verb},
    {"doctor", "check boards that are plugged in, and what measuring on them needs", doctor_verb},
    {"simulate", "run any Cortex-M program on a simulated board, or under a debugger",
     simulate_verb},
    {"energy", "measure energy with a power meter, or in a recorded trace", energy_verb},
    {"mlperf", "run MLPerf Tiny's measurement on a device that speaks its protocol", mlperf_verb},
    {"self-test", "check the arithmetic against NIST's certified fits", self_test_verb},
};

void print_help(std::ostream& out) {
  fmt::print(out,
             "opline {}: {}\n\n"
             "Usage: opline VERB [options]\n\nVerbs:\n",
             version(), kQuestion);
  for (const Verb& verb : kVerbs) fmt::print(out, "  {:<10}{}\n", verb.name, verb.summary);
  fmt::print(out,
             "\nStart with:\n"
             "  opline study --space kws --boards nucleo-f446re --count 200 --seed 1 --db study.db "
             "--out results\n"
             "  opline help VERB\n\nExit codes:\n");
  for (const ExitCode& code : kExitCodes) fmt::print(out, "{:>4}  {}\n", code.value, code.meaning);
}

const Verb& verb_named(const std::string& name) {
  std::vector<std::string> known = {"help"};
  for (const Verb& verb : kVerbs) {
    if (verb.name == name) return verb;
    known.emplace_back(verb.name);
  }
  throw Error(ErrorCode::usage, "there is no verb `{}`{}; see opline --help", name,
              did_you_mean(name, known));
}

int dispatch(const std::vector<std::string>& arguments, Console& console) {
  if (arguments.empty()) {
    print_help(console.err);
    return static_cast<int>(ErrorCode::usage);
  }
  const std::string& first = arguments.front();
  const bool help = first == "--help" || first == "-h" || first == "help";
  const bool of_verb = arguments.size() > 1 && arguments[1] != "help";
  if (help && of_verb) return verb_named(arguments[1]).run({"--help"}, console);
  if (help) {
    print_help(console.out);
    return 0;
  }
  if (first == "--version") {
    fmt::print(console.out, "opline {}\n", version());
    return 0;
  }
  return verb_named(first).run({arguments.begin() + 1, arguments.end()}, console);
}

/// Everything is written, or the exit code says why not.
int finish(int code, Console& console) {
  errno = 0;
  console.out.flush();
  if (console.out) return code;
  const int reason = errno;
  if (output_pipe_is_closed()) return kClosedPipe;  // quietly, as by SIGPIPE, which is ignored here
  throw Error(ErrorCode::io, "standard output: cannot be written{}",
              reason == 0 ? std::string() : fmt::format(" ({})", std::strerror(reason)));
}

}  // namespace

std::string command_line_of(const std::vector<std::string>& arguments) {
  std::string line = "opline";
  for (const std::string& argument : arguments) line += " " + shell_word(argument);
  return line;
}

std::span<const Verb> verbs() { return kVerbs; }

VerbTable table_of(const Verb& verb) {
  VerbTable table;
  std::ostringstream nowhere;
  Console console{nowhere, nowhere, false, "", true, &table};
  (void)verb.run({}, console);
  OPLINE_ASSERT(table.verb == verb.name, "the verb {} has no table", verb.name);
  return table;
}

int run_program(const std::vector<std::string>& arguments, Console& console) {
  try {
    return finish(dispatch(arguments, console), console);
  } catch (const Error& error) {
    fmt::print(console.err, "opline: {}\n", error.what());
    return exit_code(error.code());
  } catch (const std::bad_alloc&) {
    fmt::print(console.err, "opline: not enough memory; free some, or ask for less at once\n");
    return static_cast<int>(ErrorCode::io);
  } catch (const std::exception& error) {
    fmt::print(console.err, "opline: this is a bug in opline: {}; please report it\n",
               error.what());
    return static_cast<int>(ErrorCode::internal);
  }
}

}  // namespace opline::cli
