#include <fmt/ostream.h>

#include <algorithm>
#include <exception>
#include <ostream>

#include "src/base/error.h"
#include "src/base/version.h"
#include "src/cli/verb.h"

namespace opline::cli {
namespace {

constexpr Verb kVerbs[] = {
    {"study", "everything: sample, measure, fit, judge, plot, export", study_verb},
    {"sample", "draw architectures from a search space", sample_verb},
    {"run", "measure the networks of a campaign into a study file", run_verb},
    {"fit", "fit latency ~ ops on the measurements of a study", fit_verb},
    {"validate", "judge whether a search may use the line: valid, valid with a margin, not valid",
     validate_verb},
    {"compare", "hold two series against each other: boards, spaces, priors, runtimes",
     compare_verb},
    {"plot", "draw latency against ops as SVG and PNG", plot_verb},
    {"import", "read your own measurements from a CSV file into a study", import_verb},
    {"export", "write a cost model (JSON), raw measurements (CSV) or a network (.tflite)",
     export_verb},
    {"spaces", "list the search spaces, show one", spaces_verb},
    {"boards", "list the boards, show one", boards_verb},
    {"layers", "measure single layers: what a multiply-accumulate costs", layers_verb},
    {"inspect", "show a network or a .tflite layer by layer: ops, memory, cycles", inspect_verb},
    {"self-test", "check the arithmetic against NIST's certified fits", self_test_verb},
};

void print_help(std::ostream& out) {
  fmt::print(out,
             "opline {}: may a network search use op count as a stand-in for latency on this "
             "microcontroller?\n\n"
             "Usage: opline VERB [options]\n\nVerbs:\n",
             version());
  for (const Verb& verb : kVerbs) fmt::print(out, "  {:<10}{}\n", verb.name, verb.summary);
  fmt::print(
      out,
      "\nStart with:\n"
      "  opline study --space kws --boards nucleo-f446re --count 200 --seed 1 --db study.db --out "
      "results\n"
      "  opline VERB --help\n\n"
      "Exit codes: 0 done, 2 wrong usage, 3 something has to be installed, 4 bad content of a "
      "file, 5 "
      "reading or\n"
      "writing failed, 6 a board can't be used, 7 interrupted (the same command resumes); of\n"
      "validate 0 valid, 8 valid with a margin, 9 not valid, 10 undecided, 4 nothing to judge; 70 "
      "a "
      "bug in opline.\n");
}

int dispatch(const std::vector<std::string>& arguments, Console& console) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
      (arguments[0] == "help" && arguments.size() == 1)) {
    print_help(arguments.empty() ? console.err : console.out);
    return arguments.empty() ? static_cast<int>(ErrorCode::usage) : 0;
  }
  if (arguments[0] == "--version") {
    fmt::print(console.out, "opline {}\n", version());
    return 0;
  }
  for (const Verb& verb : kVerbs) {
    if (arguments.size() == 2 && arguments[0] == "help" && verb.name == arguments[1])
      return verb.run({"--help"}, console);
    if (verb.name == arguments[0])
      return verb.run({arguments.begin() + 1, arguments.end()}, console);
  }
  throw Error(ErrorCode::usage, "there is no verb '{}'; see opline --help", arguments[0]);
}

}  // namespace

/// As it is where a POSIX shell reads it as one word; else in single quotes, in which it interprets
/// nothing.
std::string shell_word(const std::string& argument) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./,:=@%+").find(c) != std::string_view::npos;
  };
  if (!argument.empty() && std::all_of(argument.begin(), argument.end(), plain)) return argument;
  std::string word = "'";
  for (const char c : argument) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string command_line_of(const std::vector<std::string>& arguments) {
  std::string line = "opline";
  for (const std::string& argument : arguments) line += " " + shell_word(argument);
  return line;
}

std::span<const Verb> verbs() { return kVerbs; }

int run_program(const std::vector<std::string>& arguments, Console& console) {
  try {
    const int code = dispatch(arguments, console);
    console.out.flush();
    if (!console.out) throw Error(ErrorCode::io, "the output could not be written");
    return code;
  } catch (const Error& error) {
    fmt::print(console.err, "opline: {}\n", error.what());
    return exit_code(error.code());
  } catch (const std::exception& error) {
    fmt::print(console.err, "opline: this is a bug in opline: {}; please report it\n",
               error.what());
    return static_cast<int>(ErrorCode::internal);
  }
}

}  // namespace opline::cli
