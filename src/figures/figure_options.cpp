#include "src/figures/figure_options.h"

#include "src/base/error.h"

namespace opline::figures {

const char* extension_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::svg:
      return ".svg";
    case ImageFormat::pdf:
      return ".pdf";
    case ImageFormat::png:
      return ".png";
  }
  OPLINE_ASSERT(false, "image format {}", static_cast<int>(format));
  return "";
}

std::optional<FigureOptions> preset(std::string_view name) {
  FigureOptions options;
  if (name == "double") return options;
  if (name == "column") {
    options.width_mm = 84;
    options.height_mm = 68;
    options.font_pt = 8;
    return options;
  }
  if (name == "slide") {
    options.width_mm = 254;
    options.height_mm = 143;
    options.font_pt = 18;
    options.with_title = true;
    return options;
  }
  return std::nullopt;
}

std::string preset_names() { return "column, double or slide"; }

void require_size(const FigureOptions& options) {
  const auto require = [](double value, double least, double most, const char* what) {
    if (!(value >= least && value <= most))
      throw Error(ErrorCode::usage, "figure: {} {:g}; choose from {:g} to {:g}", what, value, least,
                  most);
  };
  require(options.width_mm, 40, 1000, "width in mm:");
  require(options.height_mm, 30, 1000, "height in mm:");
  require(options.font_pt, 4, 40, "font size in pt:");
  require(options.png_dpi, 50, 1200, "resolution in dpi:");
}

}  // namespace opline::figures
