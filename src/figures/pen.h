// src/figures/pen.h - colours, markers and dashes of every figure, and the terminals of gnuplot
// that draw them.
//
// Series are told apart by colour, by marker and by dashes, so that a print in grey shows them,
// too. The colours are those of Okabe and Ito ("Color Universal Design", 2008), which colour-blind
// readers tell apart, without yellow (too faint on white) and with a grey. gnuplot's terminals have
// different units for type, lines, markers and dashes; a Terminal takes points (1/72 inch) for all.
#pragma once
#include <array>
#include <cstddef>
#include <string>

#include "src/figures/figure_options.h"

namespace opline::figures {

struct Colour {
  unsigned rgb;
  /// "'#rrggbb'"
  [[nodiscard]] std::string opaque() const;
  /// "'#aarrggbb'" with 0 opaque and 255 clear.
  [[nodiscard]] std::string with_transparency(unsigned alpha) const;
  /// For lines over points of the same colour.
  [[nodiscard]] Colour darker() const;
};

struct Pen {
  Colour colour;
  int open_marker;               ///< gnuplot's point type.
  int filled_marker;             ///< The same shape, filled.
  std::array<double, 4> dashes;  ///< Lengths of dashes and gaps, in widths of the line; 0: solid.
};

/// One for each series, in order: circle, triangle, square, inverted triangle, diamond, pentagon,
/// plus, cross.
inline constexpr std::array<Pen, 8> pens = {{{{0x0072B2}, 6, 7, {0, 0, 0, 0}},
                                             {{0xD55E00}, 8, 9, {6, 3, 0, 0}},
                                             {{0x009E73}, 4, 5, {6, 2, 1.5, 2}},
                                             {{0xCC79A7}, 10, 11, {2, 2, 0, 0}},
                                             {{0xE69F00}, 12, 13, {10, 3, 0, 0}},
                                             {{0x56B4E9}, 14, 15, {8, 2, 2, 2}},
                                             {{0x666666}, 1, 1, {4, 4, 0, 0}},
                                             {{0x000000}, 2, 2, {1.2, 1.5, 0, 0}}}};
[[nodiscard]] inline const Pen& pen_of(std::size_t number) { return pens[number % pens.size()]; }

/// Of a bin: from a tint of the pen's colour at 0 to the colour at 1; lines over it are darker.
[[nodiscard]] Colour shade_of(std::size_t pen, double share);

inline constexpr Colour text_colour = {0x202020};
inline constexpr Colour faint_text = {0x555555};
inline constexpr Colour frame_colour = {0x404040};
inline constexpr Colour grid_colour = {0xE4E4E4};

/// gnuplot's way to say lengths in one image format.
class Terminal {
 public:
  Terminal(ImageFormat format, int png_dpi) : format_(format), dpi_(png_dpi) {}

  /// `set terminal ...` for a picture of this size, in pt; `font_pt` is the default type.
  [[nodiscard]] std::string set(double width, double height, double font_pt) const;
  /// "lw ..." and, where there are dashes (in widths of the line), "dt (...)".
  [[nodiscard]] std::string line(double width_pt, const std::array<double, 4>& dashes = {}) const;
  /// "ps ..." for a marker of this radius.
  [[nodiscard]] std::string marker(double radius_pt) const;

 private:
  ImageFormat format_;
  int dpi_;
};

}  // namespace opline::figures
