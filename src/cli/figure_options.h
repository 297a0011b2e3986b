// src/cli/figure_options.h - the options that say how figures look and as what they are written.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "src/cli/options.h"
#include "src/report/figures/figure_files.h"

namespace opline::cli {

/// Whether a verb writes several files per figure, as its --format lists; else a file's name says
/// its format.
enum class WithFormats { no, yes };

/// --preset, --width, --height, --font-size, --title, --axes, --dpi, --no-caption, and --format.
void add_figure_options(Options& options, WithFormats formats);
/// Its output refuses to be one of `taken`. Throws Error{usage}.
[[nodiscard]] report::FigureOutput read_figure_options(
    const Options& options, WithFormats formats,
    const std::vector<std::filesystem::path>& taken = {});
/// Throws Error{usage} where one of them is given, which means nothing without --`option`.
void require_no_figure_options(const Options& options, WithFormats formats,
                               const std::string& option);

}  // namespace opline::cli
