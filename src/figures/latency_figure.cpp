#include "src/figures/latency_figure.h"

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/version.h"
#include "src/figures/gnuplot_process.h"
#include "src/figures/image_note.h"
#include "src/figures/latency_script.h"
#include "src/figures/latency_text.h"

namespace opline::figures {
namespace {

ImageFormat format_of(const std::filesystem::path& path) {
  if (path.extension() == ".svg") return ImageFormat::svg;
  if (path.extension() == ".png") return ImageFormat::png;
  throw Error(ErrorCode::usage, "{}: a figure is written as .svg or .png; name it so", path.string());
}

void require_size(const FigureOptions& options) {
  if (options.width >= 600 && options.width <= 10000 && options.height >= 500 && options.height <= 10000)
    return;
  throw Error(ErrorCode::usage, "figure: a size of {} x {} pixels; choose from 600 x 500 to 10000 x 10000",
              options.width, options.height);
}

void require_drawable(const LatencySeries& series, std::size_t number) {
  if (series.ops.empty()) {
    throw Error(ErrorCode::input, "figure: series {} has no points; measure networks that fit the board",
                number);
  }
  if (series.ops.size() != series.seconds.size()) {
    throw Error(ErrorCode::input, "figure: series {} has {} ops and {} latencies; give one latency for each",
                number, series.ops.size(), series.seconds.size());
  }
  const bool finite =
      std::all_of(series.ops.begin(), series.ops.end(),
                  [](double v) { return v >= 0 && std::isfinite(v); }) &&
      std::all_of(series.seconds.begin(), series.seconds.end(), [](double v) { return std::isfinite(v); });
  if (!finite) {
    throw Error(ErrorCode::input,
                "figure: series {} has ops or latencies that are no numbers or negative ops; {}", number,
                "leave those networks out");
  }
}

void require_drawable(const LatencyFigure& figure) {
  if (figure.series.empty() || figure.series.size() > 8) {
    throw Error(ErrorCode::input, "figure: {} series; draw 1 to 8 in one figure", figure.series.size());
  }
  for (std::size_t i = 0; i < figure.series.size(); ++i) require_drawable(figure.series[i], i + 1);
}

std::string generator() { return fmt::format("opline-latency-figure 1; opline {}", version()); }

/// Format, generator and provenance, as the picture keeps them.
std::string note(const LatencyFigure& figure) {
  return figure.provenance.empty() ? generator() : generator() + "; " + figure.provenance;
}

}  // namespace

const char* to_string(Origin origin) {
  switch (origin) {
    case Origin::simulated:
      return "simulated";
    case Origin::measured:
      return "measured";
    case Origin::imported:
      return "imported";
  }
  OPLINE_ASSERT(false, "origin {}", static_cast<int>(origin));
  return "";
}

void write_latency_figure(const std::filesystem::path& path, const LatencyFigure& figure,
                          const FigureOptions& options) {
  const ImageFormat format = format_of(path);
  require_size(options);
  require_drawable(figure);
  const std::string image =
      run_gnuplot(options.program, [&](std::ostream& script, const std::filesystem::path& output) {
        write_latency_script(script, figure, options, format, output);
      });
  write_file_atomically(path, format == ImageFormat::svg
                                  ? with_svg_note(image, generator(), title(figure), note(figure))
                                  : with_png_note(image, note(figure)));
}

}  // namespace opline::figures
