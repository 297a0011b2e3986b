#include "src/cli/source.h"

#include <fmt/format.h>

#include <filesystem>

namespace opline::cli {
namespace {

/// What is said of a table's columns says nothing about a study.
void require_no_table_options(const Options& options) {
  for (const char* option : {"ops", "latency", "name", "energy", "runtime", "clock-hz"}) {
    if (options.given(option))
      options.fail(
          fmt::format("--{} is about a table (--csv); of a study (--db) it is known", option));
  }
}

}  // namespace

void add_source_options(Options& options) {
  add_selection_options(options);
  add_table_options(options);
}

Source::Source(const Options& options, store::Mode mode, Console& console) : options_(options) {
  if (options.has("db") == options.has("csv"))
    options.fail(options.has("db") ? "--db and --csv are both given; name a study or a table"
                                   : "--db FILE (a study) or --csv FILE (a table) is needed");
  if (options.has("db")) {
    require_no_table_options(options);
    name_ = options.text("db");
    study_ = store::Study::open(name_, mode);
    return;
  }
  name_ = options.text("csv");
  const std::string stem = std::filesystem::path(name_).stem().string();
  const MeasuredTable table =
      read_table(options, options.optional_text("space").value_or(stem),
                 options.optional_text("boards").value_or("board not named"));
  features_ = table.features;
  folder_.emplace();
  study_ = store::Study::open(folder_->study(), store::Mode::create, utc_now());
  store_table(*study_, table, options, console);
}

std::vector<FittedSeries> Source::series() { return fit_study(*study_, options_); }

}  // namespace opline::cli
