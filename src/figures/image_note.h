// src/figures/image_note.h - who made a picture, inside the picture.
//
// Every file that opline writes names its format, version and provenance. Pictures have no header
// of ours, so the note goes where the image formats keep such things.
#pragma once
#include <string>
#include <string_view>

namespace opline::figures {

/// `svg` (as gnuplot writes it) with `generator` as a comment in its first line, `title` and `note`
/// as the document's title and description in place of gnuplot's and its titles of curves. Throws
/// Error{io} when `svg` does not start as gnuplot's SVG does.
[[nodiscard]] std::string with_svg_note(std::string_view svg, std::string_view generator,
                                        std::string_view title, std::string_view note);

/// `svg` with a size of its own in mm, so that it is printed as large as it was laid out, and with
/// fonts to fall back to beside Helvetica. Throws as with_svg_note().
[[nodiscard]] std::string with_svg_size(std::string_view svg, double width_mm, double height_mm);

/// `pdf` with `title` and `note` in a document information dictionary without a date (ISO 32000-1,
/// 14.3.3), as an incremental update (7.5.6). Throws Error{io} when `pdf` does not end as cairo's
/// files do.
[[nodiscard]] std::string with_pdf_note(std::string_view pdf, std::string_view title,
                                        std::string_view note);

/// `png` with `note` as a tEXt chunk "Software" after its header (PNG specification, second
/// edition, 11.3.4.3). Characters beyond ASCII become '?'. Throws Error{io} when `png` does not
/// start like a PNG file.
[[nodiscard]] std::string with_png_note(std::string_view png, std::string_view note);

}  // namespace opline::figures
