#include "src/cli/output_format.h"

#include <fmt/format.h>

namespace opline::cli {

void add_format_options(Options& options) {
  options.value("format", "NAME", "text, json or csv (one row per result)", "text");
  options.completes("format", {"text", "json", "csv"});
  options.flag("json", "the same as --format json");
}

OutputFormat read_format(const Options& options) {
  if (options.has("json") && options.given("format") && options.text("format") != "json")
    options.fail(
        fmt::format("--json and --format {} are both given; keep one", options.text("format")));
  constexpr OutputFormat kFormats[] = {OutputFormat::text, OutputFormat::json, OutputFormat::csv};
  return options.has("json") ? OutputFormat::json : kFormats[options.choice("format")];
}

}  // namespace opline::cli
