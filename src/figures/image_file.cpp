#include "src/figures/image_file.h"

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/version.h"
#include "src/figures/gnuplot_process.h"
#include "src/figures/image_note.h"

namespace opline::figures {
namespace {

ImageFormat format_of(const std::filesystem::path& path) {
  if (path.extension() == ".svg") return ImageFormat::svg;
  if (path.extension() == ".png") return ImageFormat::png;
  throw Error(ErrorCode::usage,
              "{}: a figure is written as .svg or .png; choose one of these extensions",
              path.string());
}

void require_size(const FigureOptions& options) {
  if (options.width >= 600 && options.width <= 10000 && options.height >= 500 &&
      options.height <= 10000)
    return;
  throw Error(ErrorCode::usage,
              "figure: a size of {} x {} pixels; choose from 600 x 500 to 10000 x 10000",
              options.width, options.height);
}

}  // namespace

void write_image(
    const std::filesystem::path& path, const FigureOptions& options, const ImageNote& note,
    const std::function<void(std::ostream& script, ImageFormat format)>& write_script) {
  const ImageFormat format = format_of(path);
  require_size(options);
  const std::string image =
      run_gnuplot(options.program, [&](std::ostream& script) { write_script(script, format); });
  const std::string generator = fmt::format("{}; opline {}", note.format, version());
  const std::string whole =
      note.provenance.empty() ? generator : generator + "; " + note.provenance;
  write_file_atomically(path, format == ImageFormat::svg
                                  ? with_svg_note(image, generator, note.title, whole)
                                  : with_png_note(image, whole));
}

}  // namespace opline::figures
