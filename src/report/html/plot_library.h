// src/report/html/plot_library.h - Chart.js as the system has it, to be written into a page.
//
// The library is not part of opline: Debian's package libjs-chart.js is read when a page is
// written, and its licence goes into the page with it.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace opline::report::html {

struct PlotLibrary {
  std::string script;   ///< Safe inside a <script> element.
  std::string licence;  ///< The package's copyright file.
};

inline constexpr const char* kPlotLibraryInstall =
    "apt-get install -y --no-install-recommends libjs-chart.js";

/// Chart.js 3 below `root` (usr/share/javascript/chart.js/Chart.min.js, and its licence below
/// usr/share/doc). None where either is missing or the script is of another major version.
[[nodiscard]] std::optional<PlotLibrary> find_plot_library(const std::filesystem::path& root = "/");

}  // namespace opline::report::html
