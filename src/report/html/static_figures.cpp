#include "src/report/html/static_figures.h"

#include <fmt/format.h>

#include "src/figures/image_file.h"
#include "src/report/figures/line_figures.h"
#include "src/report/html/markup.h"
#include "src/report/html/typed_column.h"

namespace opline::report::html {

std::string static_figures(const std::vector<evaluation::SeriesFit>& fits,
                           const std::string& command) {
  std::string text;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const Result<figures::Figure> drawn = latency_figure({SeriesResult{&fits[i], nullptr}});
    if (!drawn) continue;
    figures::Figure figure = *drawn;
    figure.provenance = command;
    const std::string svg = figures::image_of(figure, figures::ImageFormat::svg, {});
    const std::string title = html_text(title_of(*fits[i].series), 1000);
    text += fmt::format(
        "<figure data-series=\"{0}\"><figcaption>Latency against ops: {1}</figcaption>\n<img "
        "alt=\"Latency against ops of {1}. The line and its figures are in the section of this "
        "series.\" src=\"data:image/svg+xml;base64,{2}\"></figure>\n",
        i, title, base64(svg));
  }
  return text;
}

}  // namespace opline::report::html
