// src/figures/figure_options.h - size, type size and formats of a figure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "src/figures/axis.h"

namespace opline::figures {

enum class ImageFormat { svg, pdf, png };
/// ".svg", ".pdf", ".png".
[[nodiscard]] const char* extension_of(ImageFormat format);

/// Millimetres and points are those of the page: a figure of one column is drawn as it is printed,
/// and is not to be scaled.
struct FigureOptions {
  double width_mm = 174;     ///< 40 to 1000.
  double height_mm = 100;    ///< 30 to 1000.
  bool may_grow = true;      ///< The height grows where a chart of named bars needs it.
  double font_pt = 9;        ///< Labels of the axes, 4 to 40; ticks, notes and caption are smaller.
  int png_dpi = 300;         ///< Of PNG only, 50 to 1200.
  bool with_title = false;   ///< Draws Figure::title above the frame.
  bool with_caption = true;  ///< Else Figure::caption is in the files' notes and in the CSV only.
  Scale scale = Scale::automatic;   ///< Of the axes whose own scale is automatic.
  std::string program = "gnuplot";  ///< Looked up in PATH, or a path.
};

/// Sizes that are asked for again and again: `column` (84 x 68 mm, 8 pt), `double` (174 x 100 mm,
/// 9 pt: two columns), `slide` (254 x 143 mm, 18 pt, with a title). Nothing for another name.
[[nodiscard]] std::optional<FigureOptions> preset(std::string_view name);
/// "column, double or slide", for messages.
[[nodiscard]] std::string preset_names();

/// Throws Error{usage} for a size out of range.
void require_size(const FigureOptions& options);

}  // namespace opline::figures
