#include "src/cli/source.h"

#include <fmt/format.h>
#include <stdlib.h>

#include "src/base/error.h"

namespace opline::cli {
namespace {

std::filesystem::path own_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "opline-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw Error(ErrorCode::io, "{}: can't be made; set TMPDIR to a folder that can be written", pattern);
  return pattern;
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
    name_ = options.text("db");
    study_ = store::Study::open(name_, mode);
    return;
  }
  name_ = options.text("csv");
  const std::string stem = std::filesystem::path(name_).stem().string();
  const MeasuredTable table = read_table(options, options.optional_text("space").value_or(stem),
                                         options.optional_text("boards").value_or("board not named"));
  features_ = table.features;
  folder_ = own_folder();
  try {
    study_ = store::Study::open(folder_ / "table.db", store::Mode::create, utc_now());
    store_table(*study_, table, options, console);
  } catch (...) {
    study_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    throw;
  }
}

Source::~Source() {
  if (folder_.empty()) return;
  study_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<FittedSeries> Source::series() { return fit_study(*study_, options_); }

}  // namespace opline::cli
