#include "src/figures/image_file.h"

#include <fmt/format.h>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/version.h"
#include "src/figures/binning.h"
#include "src/figures/figure_script.h"
#include "src/figures/gnuplot_process.h"
#include "src/figures/image_note.h"
#include "src/figures/layout.h"

namespace opline::figures {
namespace {

std::string note_of(const Figure& figure, const std::string& generator) {
  std::string note = generator;
  if (!figure.provenance.empty()) note += "; " + figure.provenance;
  for (const auto* lines : {&figure.notes, &figure.caption})
    for (const std::string& line : *lines) note += "; " + line;
  return note;
}

}  // namespace

ImageFormat image_format_of(const std::filesystem::path& path) {
  for (const ImageFormat format : {ImageFormat::svg, ImageFormat::pdf, ImageFormat::png}) {
    if (path.extension() == extension_of(format)) return format;
  }
  throw Error(ErrorCode::usage,
              "{}: a figure is written as .svg, .pdf or .png; choose one of these extensions",
              path.string());
}

std::string image_of(const Figure& given, ImageFormat format, const FigureOptions& options) {
  const Figure figure = binned(given, options);
  const std::string image = run_gnuplot(options.program, [&](std::ostream& script) {
    write_figure_script(script, figure, options, format);
  });
  const std::string generator = fmt::format("{}; opline {}", format_of(figure), version());
  const std::string note = note_of(figure, generator);
  switch (format) {
    case ImageFormat::svg: {
      const double height_mm = lay_out(figure, options).height * 25.4 / 72;
      return with_svg_note(with_svg_size(image, options.width_mm, height_mm), generator,
                           figure.title, note);
    }
    case ImageFormat::pdf:
      return with_pdf_note(image, figure.title, note);
    case ImageFormat::png:
      return with_png_note(image, note);
  }
  OPLINE_ASSERT(false, "image format {}", static_cast<int>(format));
  return {};
}

void write_image(const std::filesystem::path& path, const Figure& figure,
                 const FigureOptions& options) {
  const ImageFormat format = image_format_of(path);
  write_file_atomically(path, image_of(figure, format, options));
}

}  // namespace opline::figures
