#include "src/figures/pen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"

namespace opline::figures {

std::string Colour::with_transparency(unsigned alpha) const {
  return fmt::format("'#{:02x}{:06x}'", alpha, rgb);
}

std::string Colour::opaque() const { return fmt::format("'#{:06x}'", rgb); }

Colour Colour::darker() const {
  const auto channel = [&](int shift) { return (rgb >> shift & 0xFF) * 60 / 100 << shift; };
  return {channel(16) | channel(8) | channel(0)};
}

Colour shade_of(std::size_t pen, double share) {
  constexpr double kLightest = 0.2;  // of the way from white to the pen's colour
  const double mixed = kLightest + (1 - kLightest) * share;
  const auto channel = [&](int shift) {
    const double colour = pen_of(pen).colour.rgb >> shift & 0xFF;
    return static_cast<unsigned>(std::lround(255 + (colour - 255) * mixed)) << shift;
  };
  return {channel(16) | channel(8) | channel(0)};
}

// Of gnuplot 5.4's terminals, measured in what they draw. svg: a canvas of as many units as the
// figure has points. cairo: type is scaled by 4/3; a PDF has half the widths of lines that it is
// told, a PNG as many pixels as its scales say.
std::string Terminal::set(double width, double height, double font_pt) const {
  const auto font =
      fmt::format("noenhanced font 'Helvetica,{:.2f}' background rgb 'white'", font_pt);
  switch (format_) {
    case ImageFormat::svg:
      return fmt::format("set terminal svg size {:.0f},{:.0f} {}", width, height, font);
    case ImageFormat::pdf:
      return fmt::format(
          "set terminal pdfcairo size {:.6f}in,{:.6f}in {} fontscale 0.75 linewidth 2", width / 72,
          height / 72, font);
    case ImageFormat::png: {
      const double scale = dpi_ / 72.0;
      return fmt::format(
          "set terminal pngcairo size {:.0f},{:.0f} {} fontscale {:.6f} linewidth {:.6f} "
          "pointscale "
          "{:.6f}",
          width * scale, height * scale, font, 0.75 * scale, scale, scale);
    }
  }
  OPLINE_ASSERT(false, "image format {}", static_cast<int>(format_));
  return {};
}

std::string Terminal::line(double width_pt, const std::array<double, 4>& dashes) const {
  std::string text = fmt::format("lw {:.3f}", width_pt);
  if (dashes[0] == 0) return text;
  // A dash's unit is half of the line's width in SVG, 0.25 of it in PNG, and in PDF 0.275 of it, or
  // of a point where it is thinner.
  const double unit = format_ == ImageFormat::svg   ? 0.5
                      : format_ == ImageFormat::pdf ? 0.275 * std::max(1.0, 1 / width_pt)
                                                    : 0.25;
  text += fmt::format(" dt ({:.3f},{:.3f}", dashes[0] / unit, dashes[1] / unit);
  if (dashes[2] != 0) text += fmt::format(",{:.3f},{:.3f}", dashes[2] / unit, dashes[3] / unit);
  return text + ")";
}

std::string Terminal::marker(double radius_pt) const {
  const double unit = format_ == ImageFormat::svg   ? 3.75
                      : format_ == ImageFormat::pdf ? 3.0
                                                    : 3.125;
  return fmt::format("ps {:.4f}", radius_pt / unit);
}

}  // namespace opline::figures
