#include "src/report/figures/figure_files.h"

#include "src/base/output.h"
#include "src/figures/binning.h"
#include "src/figures/figure_csv.h"
#include "src/figures/image_file.h"

namespace opline::report {

std::vector<std::string> write_figure(const figures::Figure& given,
                                      const std::filesystem::path& stem,
                                      const FigureOutput& output) {
  const figures::Figure figure = figures::binned(given, output.look);
  std::vector<std::string> paths;
  for (const figures::ImageFormat format : output.images)
    paths.push_back(stem.string() + extension_of(format));
  if (output.numbers) paths.push_back(stem.string() + ".csv");
  if (output.check) {
    for (const std::string& path : paths) output.check(path);
  }
  for (std::size_t i = 0; i < output.images.size(); ++i)
    figures::write_image(paths[i], figure, output.look);
  if (output.numbers) write_file_atomically(paths.back(), figures::csv_of(figure));
  return paths;
}

std::vector<std::string> write_figure_as(const figures::Figure& figure,
                                         const std::filesystem::path& path, FigureOutput output) {
  std::filesystem::path stem = path;
  stem.replace_extension();
  output.images = {figures::image_format_of(path)};
  return write_figure(figure, stem, output);
}

}  // namespace opline::report
