#include "src/cli/output_format.h"

#include <fmt/format.h>

namespace opline::cli {

void add_format_options(Options& options) {
  options.value("format", "NAME", "text, json or csv (one row per result)", "text");
  options.flag("json", "the same as --format json");
}

OutputFormat read_format(const Options& options) {
  if (options.has("json") && options.given("format") && options.text("format") != "json")
    options.fail(
        fmt::format("--json and --format {} are both given; keep one", options.text("format")));
  const std::string name = options.has("json") ? "json" : options.text("format");
  if (name == "text") return OutputFormat::text;
  if (name == "json") return OutputFormat::json;
  if (name == "csv") return OutputFormat::csv;
  options.fail(fmt::format("--format is '{}'; it must be text, json or csv", name));
}

}  // namespace opline::cli
