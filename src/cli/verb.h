// src/cli/verb.h - what the command line consists of: one verb per file.
#pragma once
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace opline::cli {

struct VerbTable;

/// Where a verb writes. Results go to `out`, everything about the work to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;  ///< Progress is redrawn there, and printed line by line elsewhere.
  std::string command_line;      ///< command_line_of() the arguments, for provenance.
  bool quiet = false;            ///< --quiet: no progress.
  VerbTable* table = nullptr;  ///< When set, a verb fills it and does nothing else (verb_table.h).
};

/// "opline plot --prior 'uniform-networks given ops ..60000'": what a shell reads as the program
/// with these arguments.
[[nodiscard]] std::string command_line_of(const std::vector<std::string>& arguments);

struct Verb {
  std::string_view name;
  std::string_view summary;  ///< One line of `opline --help`.
  int (*run)(const std::vector<std::string>& arguments, Console& console);
};

/// What `opline --help` says first.
inline constexpr std::string_view kQuestion =
    "may a network search use op count as a stand-in for latency on this microcontroller?";

/// Every verb, in the order of `opline --help`.
[[nodiscard]] std::span<const Verb> verbs();

/// The whole program: picks the verb, turns an Error into a message and its exit code.
int run_program(const std::vector<std::string>& arguments, Console& console);

// The verbs; each file's --help is its documentation. Return the exit code.
int study_verb(const std::vector<std::string>& arguments, Console& console);
int sample_verb(const std::vector<std::string>& arguments, Console& console);
int run_verb(const std::vector<std::string>& arguments, Console& console);
int submit_verb(const std::vector<std::string>& arguments, Console& console);
int status_verb(const std::vector<std::string>& arguments, Console& console);
int merge_verb(const std::vector<std::string>& arguments, Console& console);
int fit_verb(const std::vector<std::string>& arguments, Console& console);
int validate_verb(const std::vector<std::string>& arguments, Console& console);
int compare_verb(const std::vector<std::string>& arguments, Console& console);
int calibrate_verb(const std::vector<std::string>& arguments, Console& console);
int plot_verb(const std::vector<std::string>& arguments, Console& console);
int report_verb(const std::vector<std::string>& arguments, Console& console);
int import_verb(const std::vector<std::string>& arguments, Console& console);
int export_verb(const std::vector<std::string>& arguments, Console& console);
int predict_verb(const std::vector<std::string>& arguments, Console& console);
int spaces_verb(const std::vector<std::string>& arguments, Console& console);
int boards_verb(const std::vector<std::string>& arguments, Console& console);
int firmware_verb(const std::vector<std::string>& arguments, Console& console);
int measure_verb(const std::vector<std::string>& arguments, Console& console);
int layers_verb(const std::vector<std::string>& arguments, Console& console);
int inspect_verb(const std::vector<std::string>& arguments, Console& console);
int profile_verb(const std::vector<std::string>& arguments, Console& console);
int doctor_verb(const std::vector<std::string>& arguments, Console& console);
int simulate_verb(const std::vector<std::string>& arguments, Console& console);
int energy_verb(const std::vector<std::string>& arguments, Console& console);
int mlperf_verb(const std::vector<std::string>& arguments, Console& console);
int self_test_verb(const std::vector<std::string>& arguments, Console& console);

}  // namespace opline::cli
