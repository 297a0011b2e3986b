#include "src/report/html/plot_library.h"

#include <string_view>

#include "src/base/files.h"

namespace opline::report::html {
namespace {

/// "</script" within a string of the script would end its element: "<\/script" is the same string.
std::string inside_script(std::string text) {
  constexpr std::string_view kEnd = "</script";
  for (std::size_t at = text.find(kEnd); at != std::string::npos; at = text.find(kEnd, at + 1))
    text.replace(at, 2, "<\\/");
  return text;
}

}  // namespace

std::optional<PlotLibrary> find_plot_library(const std::filesystem::path& root) {
  const std::filesystem::path script = root / "usr/share/javascript/chart.js/Chart.min.js";
  const std::filesystem::path licence = root / "usr/share/doc/libjs-chart.js/copyright";
  std::error_code failed;
  if (!std::filesystem::exists(script, failed) || !std::filesystem::exists(licence, failed))
    return std::nullopt;
  PlotLibrary library{inside_script(read_file(script)), read_file(licence)};
  constexpr std::string_view kMajorVersion = "Chart.js v3.";
  if (library.script.find(kMajorVersion) == std::string::npos) return std::nullopt;
  return library;
}

}  // namespace opline::report::html
