// src/cli/source.h - where the verbs that fit and judge take their series from: the options --db
// and --csv with what selects or reads, and series named as one argument.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/cli/options.h"
#include "src/evaluation/study_series.h"

namespace opline::cli {

/// --db, --space, --prior, --seed, --boards, --setup.
void add_selection_options(Options& options);
[[nodiscard]] store::Selection read_selection(const Options& options);

/// What a study consists of: its file, and those that SQLite keeps beside it. No output may be one.
[[nodiscard]] std::vector<std::filesystem::path> files_of_study(const std::filesystem::path& study);

/// --calibration.
void add_calibration_option(Options& options);
/// Calibrates the simulated series by the file that --calibration names, if it is given. Throws as
/// load_calibrations() and apply_calibrations().
void apply_calibration(const Options& options, std::vector<evaluation::Series>& series);

/// add_selection_options(), add_calibration_option() and add_table_options(): --db or --csv. For a
/// table --space and --boards are the names that its networks and its board are given.
void add_source_options(Options& options);

/// What --db or --csv holds.
struct Source {
  std::string name;                        ///< The file, as it was given.
  std::optional<store::Study> study;       ///< Of --db.
  std::vector<evaluation::Series> series;  ///< At least one.
};
/// Throws Error{usage} unless exactly one of --db and --csv is given, or for options of a table
/// beside --db; else as Study::open, read_series() and read_table().
[[nodiscard]] Source open_source(const Options& options, evaluation::WithLayers layers,
                                 Console& console, store::Mode mode = store::Mode::read_only);

/// What one argument of `verb` names, as series_argument(): every series that matches.
[[nodiscard]] Source source_argument(const std::string& verb, const std::string& text,
                                     Console& console);

/// One series named by one argument, for verb `compare`:
///   study.db                                     a study with one series
///   study.db:space=kws,boards=nucleo-f446re      one of several; keys are the options that select
///   mine.csv:ops=mmacs,latency=latency_ms        a table; keys are the options that read one
/// Read with its layers. Throws Error{usage} for an unknown key or unless exactly one series
/// matches (then they are listed as arguments to give); messages begin with `text`.
[[nodiscard]] evaluation::Series series_argument(const std::string& text, Console& console);

/// The files of such an argument: the table, or files_of_study().
[[nodiscard]] std::vector<std::filesystem::path> files_of_argument(const std::string& text);

}  // namespace opline::cli
