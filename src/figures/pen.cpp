#include "src/figures/pen.h"

#include <fmt/format.h>

namespace opline::figures {

std::string Colour::with_transparency(unsigned alpha) const {
  return fmt::format("'#{:02x}{:06x}'", alpha, rgb);
}

std::string Colour::opaque() const { return fmt::format("'#{:06x}'", rgb); }

Colour Colour::darker() const {
  const auto channel = [&](int shift) { return (rgb >> shift & 0xFF) * 55 / 100 << shift; };
  return {channel(16) | channel(8) | channel(0)};
}

std::string Pen::points(Colour colour, std::size_t how_many) const {
  const bool many = how_many > 400;
  const double size = (many ? 0.55 : 0.85) * (format_ == ImageFormat::svg ? 1 : 1.7) * scale_;
  return fmt::format("points pt 7 ps {:.3f} lc rgb {}", size,
                     colour.with_transparency(many ? 0x90 : 0x60));
}

std::string Pen::key_point(Colour colour) const {
  const double size = format_ == ImageFormat::svg ? 1.1 : 1.8;
  return fmt::format("points pt 7 ps {:.3f} lc rgb {}", size * scale_, colour.opaque());
}

std::string Pen::fitted_line(Colour colour) const {
  return fmt::format("lines lw {:.3f} lc rgb {}", 1.8 * scale_, colour.opaque());
}

std::string Pen::band(Colour colour) const {
  return fmt::format("filledcurves fc rgb {} fs solid noborder", colour.with_transparency(0x70));
}

std::string Pen::dashed_line(Colour colour) const {
  const char* pattern = format_ == ImageFormat::svg ? "(8,5)" : "(16,10)";
  return fmt::format("lines lw {:.3f} dt {} lc rgb {}", 1.3 * scale_, pattern, colour.opaque());
}

double Pen::font(double pixels) const {
  return pixels * scale_ * (format_ == ImageFormat::svg ? 1 : 0.77);
}

std::string Pen::terminal(int width, int height) const {
  return fmt::format(
      "set terminal {} size {},{} noenhanced font 'sans-serif,{:.2f}' background rgb 'white'",
      format_ == ImageFormat::svg ? "svg" : "pngcairo", width, height, font(15));
}

}  // namespace opline::figures
