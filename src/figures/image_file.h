// src/figures/image_file.h - a figure as a picture: its bytes, or a file.
#pragma once
#include <filesystem>
#include <string>

#include "src/figures/figure.h"
#include "src/figures/figure_options.h"

namespace opline::figures {

/// The picture, of very many points binned (binning.h), with the figure's format, title, caption
/// and provenance as its note (image_note.h). An SVG states its size in mm. The same figure gives
/// the same bytes with the same gnuplot; they hold no date. Throws Error{usage} for a size out of
/// range, Error{input} as require_drawable(), Error{missing_tool} without gnuplot, Error{io} when
/// gnuplot fails (with its message).
[[nodiscard]] std::string image_of(const Figure& figure, ImageFormat format,
                                   const FigureOptions& options = {});

/// The format of a file's extension: .svg, .pdf or .png. Throws Error{usage} for another one.
[[nodiscard]] ImageFormat image_format_of(const std::filesystem::path& path);

/// Writes image_of() to `path`, whose extension (.svg, .pdf, .png) is the format, in one step: a
/// reader sees the old file or the new. Throws as image_of(), Error{usage} for another extension,
/// Error{io} when the file cannot be written.
void write_image(const std::filesystem::path& path, const Figure& figure,
                 const FigureOptions& options = {});

}  // namespace opline::figures
