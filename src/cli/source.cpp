#include "src/cli/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "src/base/error.h"
#include "src/base/shell_word.h"
#include "src/cli/table_options.h"
#include "src/evaluation/calibration/apply.h"

namespace opline::cli {
namespace {

using evaluation::Series;
using evaluation::WithLayers;

/// Options about the columns of a table mean nothing for a study.
void require_no_table_options(const Options& options) {
  for (const std::string& option : table_option_names()) {
    if (options.given(option))
      options.fail(fmt::format("--{} applies only to a table (--csv); a study stores it", option));
  }
}

void require_no_study_options(const Options& options) {
  for (const char* option : {"prior", "seed", "setup", "calibration"}) {
    if (options.given(option))
      options.fail(fmt::format("--{} applies to a study (--db); a table has none", option));
  }
}

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

/// The name of a space that may be given as its file.
std::string space_name_of(const std::string& text) {
  const bool is_file = text.ends_with(".toml") || text.ends_with(".csv");
  return is_file ? stem_of(text) : text;
}

/// "study.db:space=kws,boards=nucleo-f446re" taken apart.
struct Argument {
  std::string file;
  std::vector<std::pair<std::string, std::string>> keys;
  [[nodiscard]] bool is_table() const { return std::filesystem::path(file).extension() == ".csv"; }
};

/// Keys start after the first colon, then after commas. A value may hold colons and commas that no
/// key follows, as names of priors do.
Argument parse_argument(const std::string& text) {
  static const std::regex key("([:,])([a-z-]+)=");
  Argument argument;
  std::size_t value = 0;  // where the value of the last key starts
  const auto end_value = [&](std::size_t end) {
    if (argument.keys.empty()) {
      argument.file = text.substr(0, end);
    } else {
      argument.keys.back().second = text.substr(value, end - value);
    }
  };
  for (auto found = std::sregex_iterator(text.begin(), text.end(), key);
       found != std::sregex_iterator(); ++found) {
    if (((*found)[1] == ":") != argument.keys.empty()) continue;
    end_value(static_cast<std::size_t>(found->position()));
    argument.keys.emplace_back((*found)[2], "");
    value = static_cast<std::size_t>(found->position() + found->length());
  }
  end_value(text.size());
  return argument;
}

/// The argument's file and keys as options that were given: what the verbs `fit` and `validate`
/// take as --NAME VALUE.
void set_options(Options& options, const Argument& argument) {
  const std::vector<std::string> of_study = {"space",  "prior", "seed",
                                             "boards", "setup", "calibration"};
  std::vector<std::string> known = of_study;
  if (argument.is_table()) {
    known = table_option_names();
    known.insert(known.end(), {"space", "boards"});
  }
  options.set(argument.is_table() ? "csv" : "db", argument.file);
  for (const auto& [key, value] : argument.keys) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      options.fail(fmt::format("there is no key '{}' for a {}; keys: {}", key,
                               argument.is_table() ? "table" : "study", fmt::join(known, ", ")));
    options.set(key, value);
  }
}

/// The shortest argument that names this series of the file.
std::string argument_for(const std::string& file, const Series& series) {
  std::string text =
      fmt::format("{}:space={},boards={}", file, series.marked_space(), series.setup.board);
  if (series.seed) text += fmt::format(",prior={},seed={}", series.prior, *series.seed);
  return text + ",setup=" + series.setup_id.substr(0, 8);
}

Series only_series(std::vector<Series> all, const std::string& file, const Options& options) {
  if (all.size() == 1) return std::move(all.front());
  std::string known;
  for (const Series& one : all) known += "\n  " + shell_word(argument_for(file, one));
  options.fail(fmt::format("it has {} series; name one of them:{}\n", all.size(), known));
}

/// `take(source, options)` of the source that the argument names; messages begin with `text`.
auto read_argument(const std::string& verb, const std::string& text, Console& console,
                   const auto& take) {
  Options options(verb, "", "");
  add_source_options(options);
  (void)options.parse({}, console);  // the defaults
  try {
    set_options(options, parse_argument(text));
    return take(open_source(options, WithLayers::yes, console), options);
  } catch (const Error& error) {
    const std::string what = error.what();
    if (what.starts_with(parse_argument(text).file)) throw;
    throw Error(error.code(), text + ": " + what);
  }
}

}  // namespace

void add_selection_options(Options& options) {
  options.value("db", "FILE", "the study file");
  options.value("space", "NAME",
                "only campaigns of this space; NAME@ID where the study has two spaces of one name "
                "(titles show the ID)");
  options.completes("space", Names::spaces);
  options.value("prior", "NAME",
                "only campaigns of this prior (its whole name, as titles show it)");
  options.value("seed", "S", "only campaigns of this seed");
  options.value("boards", "NAME,...", "only these boards");
  options.completes("boards", Names::boards);
  options.alias("board", "boards");
  options.value("setup", "ID", "only setups whose id starts with ID (titles show eight digits)");
}

store::Selection read_selection(const Options& options) {
  store::Selection selection;
  if (options.has("space")) selection.space = space_name_of(options.text("space"));
  selection.prior = options.optional_text("prior");
  if (options.has("seed")) selection.seed = options.integer("seed");
  if (options.has("boards")) selection.boards = options.list("boards");
  if (options.has("setup")) selection.setups = {options.text("setup")};
  return selection;
}

std::vector<std::filesystem::path> files_of_study(const std::filesystem::path& study) {
  std::vector<std::filesystem::path> files = {study};
  for (const char* side : {"-wal", "-shm", "-journal"}) files.emplace_back(study.string() + side);
  return files;
}

void add_calibration_option(Options& options) {
  options.value("calibration", "FILE",
                "calibrate simulated seconds by the file's constant of their scope (opline "
                "calibrate)");
}

void apply_calibration(const Options& options, std::vector<Series>& series) {
  if (const auto path = options.optional_text("calibration"))
    evaluation::apply_calibrations(evaluation::load_calibrations(*path), series);
}

void add_source_options(Options& options) {
  add_selection_options(options);
  add_calibration_option(options);
  add_table_options(options);
}

Source open_source(const Options& options, WithLayers layers, Console& console, store::Mode mode) {
  if (options.has("db") == options.has("csv"))
    options.fail(options.has("db") ? "--db and --csv are both given; name a study or a table"
                                   : "--db FILE (a study) or --csv FILE (a table) is needed");
  Source source;
  if (options.has("db")) {
    require_no_table_options(options);
    source.name = options.text("db");
    source.study = store::Study::open(source.name, mode);
    source.series = evaluation::read_series(*source.study, read_selection(options), layers);
    apply_calibration(options, source.series);
    return source;
  }
  require_no_study_options(options);
  source.name = options.text("csv");
  source.series.push_back(
      read_table(options, options.optional_text("space").value_or(stem_of(source.name)),
                 options.optional_text("boards").value_or("board not named"), console)
          .series);
  return source;
}

std::vector<std::filesystem::path> files_of_argument(const std::string& text) {
  const Argument argument = parse_argument(text);
  return argument.is_table() ? std::vector<std::filesystem::path>{argument.file}
                             : files_of_study(argument.file);
}

Source source_argument(const std::string& verb, const std::string& text, Console& console) {
  return read_argument(verb, text, console, [](Source source, const Options&) { return source; });
}

Series series_argument(const std::string& text, Console& console) {
  return read_argument("compare", text, console, [](Source source, const Options& options) {
    return only_series(std::move(source.series), source.name, options);
  });
}

}  // namespace opline::cli
