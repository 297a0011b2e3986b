// src/figures/pen.h - colours and pens of every figure, as gnuplot writes them.
//
// The colours are those of Okabe and Ito ("Color Universal Design", 2008), which colour-blind
// readers tell apart, without yellow (too faint on white) and with a grey. gnuplot's two terminals
// draw the same pen differently; a pen evens that out.
#pragma once
#include <array>
#include <cstddef>
#include <string>

#include "src/figures/image_file.h"

namespace opline::figures {

struct Colour {
  unsigned rgb;
  /// "'#aarrggbb'" with 0 opaque and 255 clear.
  [[nodiscard]] std::string with_transparency(unsigned alpha) const;
  /// "'#rrggbb'"
  [[nodiscard]] std::string opaque() const;
  /// For lines over points of the same colour.
  [[nodiscard]] Colour darker() const;
};

/// One for each series, in order.
inline constexpr std::array<Colour, 8> palette = {{{0x0072B2},
                                                   {0xD55E00},
                                                   {0x009E73},
                                                   {0xCC79A7},
                                                   {0xE69F00},
                                                   {0x56B4E9},
                                                   {0x666666},
                                                   {0x000000}}};
inline constexpr Colour text_grey = {0x555555};

/// Plotting styles for one format; `scale` is the picture's width over 1200 pixels.
class Pen {
 public:
  Pen(ImageFormat format, double scale) : format_(format), scale_(scale) {}

  /// Points let others show through, the more so the more there are.
  [[nodiscard]] std::string points(Colour colour, std::size_t how_many) const;
  /// As the legend shows a series: opaque and large enough to tell the colour.
  [[nodiscard]] std::string key_point(Colour colour) const;
  [[nodiscard]] std::string fitted_line(Colour colour) const;
  [[nodiscard]] std::string band(Colour colour) const;
  [[nodiscard]] std::string dashed_line(Colour colour) const;
  /// A font size in pixels of a picture 1200 wide, in the terminal's own unit.
  [[nodiscard]] double font(double pixels) const;
  /// `set terminal ...` for a picture of `width` x `height` pixels.
  [[nodiscard]] std::string terminal(int width, int height) const;
  /// Line spacing of the legend that gives rows of 25 pixels.
  [[nodiscard]] double key_spacing() const { return format_ == ImageFormat::svg ? 1.15 : 1.4; }

 private:
  ImageFormat format_;
  double scale_;
};

}  // namespace opline::figures
