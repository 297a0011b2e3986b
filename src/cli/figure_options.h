// src/cli/figure_options.h - the options that say how figures look and as what they are written.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "src/base/result.h"
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

/// For a verb whose --plot FILE draws one figure: its output. Throws Error{usage} where a file that
/// would be written is one of `taken`, or other options of figures are given without --plot.
[[nodiscard]] report::FigureOutput read_plot_options(
    const Options& options, const std::vector<std::filesystem::path>& taken);
/// Writes --plot FILE and the numbers beside it, and names them on console.err. Throws Error{input}
/// with the reason where there is no figure.
void write_plot(const Result<figures::Figure>& figure, const std::string& path,
                const report::FigureOutput& output, Console& console);

}  // namespace opline::cli
