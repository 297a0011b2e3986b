#include "src/report/html/static_figures.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/report/figures/figure_files.h"
#include "src/report/figures/line_figures.h"
#include "src/report/html/markup.h"
#include "src/report/html/typed_column.h"

namespace opline::report::html {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "opline-report-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw Error(ErrorCode::io, "{}: cannot create a temporary folder; set TMPDIR", name);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

std::string static_figures(const std::vector<evaluation::SeriesFit>& fits,
                           const std::string& command) {
  const TemporaryFolder folder;
  FigureOutput svg_only;
  svg_only.images = {figures::ImageFormat::svg};
  svg_only.numbers = false;
  std::string text;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const Result<figures::Figure> drawn = latency_figure({SeriesResult{&fits[i], nullptr}});
    if (!drawn) continue;
    figures::Figure figure = *drawn;
    figure.provenance = command;
    write_figure(figure, folder.path() / "figure", svg_only);
    const std::string title = html_text(title_of(*fits[i].series), 1000);
    text += fmt::format(
        "<figure data-series=\"{0}\"><figcaption>Latency against ops: {1}</figcaption>\n<img "
        "alt=\"Latency against ops of {1}. The line and its figures are in the section of this "
        "series.\" src=\"data:image/svg+xml;base64,{2}\"></figure>\n",
        i, title, base64(read_file(folder.path() / "figure.svg")));
  }
  return text;
}

}  // namespace opline::report::html
