#include "src/figures/memory_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

#include "src/base/error.h"
#include "src/base/units.h"
#include "src/base/version.h"
#include "src/figures/pen.h"
#include "src/figures/plain_text.h"

namespace opline::figures {
namespace {

constexpr std::size_t kMostLayers = 512;
constexpr std::size_t kMostNames =
    40;  // more bars are numbered only: names would run into each other
constexpr double kKilobyte = 1024;

/// A part of every bar: how the legend calls it, from bottom to top.
struct Part {
  const char* name;
  std::uint64_t LayerMemory::*bytes;
  Colour colour;
};
constexpr std::array<Part, 4> kParts = {
    {{"read by the layer", &LayerMemory::inputs, palette[5]},
     {"written by the layer", &LayerMemory::output, palette[0]},
     {"scratch of the layer", &LayerMemory::scratch, palette[4]},
     {"waiting for a later layer", &LayerMemory::waiting, palette[3]}}};

class Script {
 public:
  Script(std::ostream& out, const MemoryFigure& figure, const FigureOptions& options,
         ImageFormat format)
      : out_(out),
        figure_(figure),
        options_(options),
        scale_(options.width / 1200.0),
        pen_(format, scale_) {}

  void write() {
    line("set encoding utf8\n{}", pen_.terminal(options_.width, options_.height));
    write_texts();
    write_axes();
    write_data();
    write_plot();
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ << fmt::format(format, std::forward<Args>(args)...) << '\n';
  }

  [[nodiscard]] double y(double pixels_from_top) const {
    return 1 - pixels_from_top * scale_ / options_.height;
  }

  void label(const std::string& text, double from_top, double size, const std::string& colour) {
    line(
        "set label {} at screen 0.08, screen {:.6f} left noenhanced font ',{:.1f}' textcolor rgb "
        "{}",
        gnuplot_quoted(shorten(clean_utf8(text), 120)), y(from_top), pen_.font(size), colour);
  }

  void write_texts() {
    label(figure_.title, 34, 20, "'#000000'");
    const std::string plan =
        fmt::format("memory plan {} of activations", format_bytes(figure_.planned));
    label(figure_.subtitle.empty() ? plan : figure_.subtitle + " · " + plan, 60, 15,
          text_grey.opaque());
    line(
        "set label {} at screen 0.97, screen 0.02 right noenhanced font ',{:.1f}' textcolor rgb {}",
        gnuplot_quoted(fmt::format("opline {}", version())), pen_.font(13), text_grey.opaque());
  }

  [[nodiscard]] double highest() const {
    std::uint64_t most = figure_.planned;
    for (const LayerMemory& layer : figure_.layers) most = std::max(most, layer.total());
    // A limit far above the bars would flatten them; then only the legend shows it.
    if (shows_limit()) most = std::max(most, *figure_.available);
    return static_cast<double>(most) / kKilobyte;
  }

  [[nodiscard]] bool shows_limit() const {
    return figure_.available &&
           *figure_.available <= 4 * std::max<std::uint64_t>(figure_.planned, 1);
  }

  void write_axes() {
    const bool named = figure_.layers.size() <= kMostNames;
    line("set lmargin at screen 0.08\nset rmargin at screen 0.97");
    line("set tmargin at screen {:.6f}\nset bmargin at screen {:.6f}", y(162), named ? 0.27 : 0.10);
    line("set xrange [-0.7:{}]\nset yrange [0:{:.17g}]",
         static_cast<double>(figure_.layers.size()) - 0.3, std::max(highest(), 1e-3) * 1.06);
    line("set ylabel 'live in SRAM (KiB)' offset 0.5,0");
    line("set label 'layer, in order of execution' at screen 0.525, screen {:.6f} center",
         named ? 0.025 : 0.03);
    line(
        "set border 3 lw 1 lc rgb '#404040'\nset tics nomirror out scale 0.6 textcolor rgb "
        "'#202020'");
    line("set grid ytics back lt 1 lw 0.7 lc rgb '#e2e2e2'");
    line(
        "set style data histograms\nset style histogram rowstacked\nset boxwidth 0.8\nset style "
        "fill solid "
        "noborder");
    if (named) line("set xtics rotate by 55 right font ',{:.1f}'", pen_.font(12));
    line(
        "set key at screen 0.075, screen {:.6f} left top Left reverse horizontal maxcols 3 samplen "
        "1.6 "
        "spacing {}",
        y(80), pen_.key_spacing());
  }

  void write_data() {
    const bool named = figure_.layers.size() <= kMostNames;
    line("$bars << e");
    for (std::size_t i = 0; i < figure_.layers.size(); ++i) {
      const LayerMemory& layer = figure_.layers[i];
      std::string row = named ? gnuplot_column(fmt::format("{} {}", i, layer.name))
                              : (i % 10 == 0 ? std::to_string(i) : "\"\"");
      for (const Part& part : kParts)
        row += fmt::format(" {:.17g}", static_cast<double>(layer.*part.bytes) / kKilobyte);
      line("{}", row);
    }
    line("e");
  }

  /// A quoted column of data; a quote inside would end it.
  static std::string gnuplot_column(std::string text) {
    text = shorten(clean_utf8(text), 28);
    std::replace(text.begin(), text.end(), '"', '\'');
    return '"' + text + '"';
  }

  void write_plot() {
    std::vector<std::string> curves;
    for (std::size_t i = 0; i < kParts.size(); ++i) {
      curves.push_back(fmt::format("$bars using {}{} title {} lc rgb {}", i + 2,
                                   i == 0 ? ":xtic(1)" : "", gnuplot_quoted(kParts[i].name),
                                   kParts[i].colour.opaque()));
    }
    if (figure_.available) {
      const std::string title = gnuplot_quoted(fmt::format(
          "{} leaves {}", clean_utf8(figure_.device), format_bytes(*figure_.available)));
      const std::string style = pen_.dashed_line(palette[1]);
      curves.push_back(shows_limit()
                           ? fmt::format("{:.17g} with {} title {}",
                                         static_cast<double>(*figure_.available) / kKilobyte, style,
                                         title)
                           : fmt::format("keyentry with {} title {}", style, title));
    }
    line("plot {}", fmt::join(curves, ", \\\n  "));
  }

  std::ostream& out_;
  const MemoryFigure& figure_;
  const FigureOptions& options_;
  double scale_;  ///< Pixels of the picture to pixels of a picture 1200 wide.
  Pen pen_;
};

}  // namespace

void write_memory_figure(const std::filesystem::path& path, const MemoryFigure& figure,
                         const FigureOptions& options) {
  if (figure.layers.empty() || figure.layers.size() > kMostLayers) {
    throw Error(ErrorCode::input, "figure: {} layers; draw 1 to {} in one figure",
                figure.layers.size(), kMostLayers);
  }
  write_image(path, options, {"opline-memory-figure 1", figure.title, figure.provenance},
              [&](std::ostream& script, ImageFormat format) {
                Script(script, figure, options, format).write();
              });
}

}  // namespace opline::figures
