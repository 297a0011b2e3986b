#include "src/figures/figure_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "src/figures/layout.h"
#include "src/figures/pen.h"
#include "src/figures/plain_text.h"

namespace opline::figures {
namespace {

using Kind = Element::Kind;

constexpr std::array<double, 4> kGuideDashes = {6, 4, 0, 0};

class Script {
 public:
  Script(std::ostream& out, const Figure& figure, const FigureOptions& options, ImageFormat format)
      : out_(out),
        figure_(figure),
        terminal_(format, options.png_dpi),
        layout_(lay_out(figure, options)) {
    if (options.with_title) title_ = clean_utf8(figure.title);
  }

  void write() {
    line("set encoding utf8");
    line("{}", terminal_.set(layout_.width, layout_.height, layout_.font));
    write_axes();
    write_texts();
    write_block();
    for (const Mark& mark : figure_.marks) write_mark(mark);
    for (std::size_t i = 0; i < figure_.elements.size(); ++i) write_data(i);
    write_plot();
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ << fmt::format(format, std::forward<Args>(args)...) << '\n';
  }

  [[nodiscard]] double sx(double pt) const { return pt / layout_.width; }
  [[nodiscard]] double sy(double pt) const { return pt / layout_.height; }

  void label(const std::string& text, double x, double y, const char* side, double size,
             const Colour& colour, const char* more = "") {
    line(
        "set label {} at screen {:.6f}, screen {:.6f} {} noenhanced font ',{:.2f}' textcolor rgb "
        "{}{}",
        gnuplot_quoted(text), sx(x), sy(y), side, size, colour.opaque(), more);
  }

  void write_axes() {
    line("set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}", sx(layout_.left),
         sx(layout_.right));
    line("set bmargin at screen {:.6f}\nset tmargin at screen {:.6f}", sy(layout_.bottom),
         sy(layout_.top));
    if (layout_.x.log) line("set logscale x");
    if (layout_.y.log) line("set logscale y");
    line("set xrange [{:.17g}:{:.17g}]", layout_.x.low, layout_.x.high);
    const bool down = layout_.y_downward;
    line("set yrange [{:.17g}:{:.17g}]", down ? layout_.y.high : layout_.y.low,
         down ? layout_.y.low : layout_.y.high);
    line("set border 15 front {} lc rgb {}", line_style(0.5), frame_colour.opaque());
    line("set tics out nomirror scale 0 textcolor rgb {}", text_colour.opaque());
    line("unset xtics\nunset ytics\nunset key");
    for (const Tick& tick : layout_.x_ticks) write_x_tick(tick);
    for (const Tick& tick : layout_.y_ticks) write_y_tick(tick);
  }

  void write_x_tick(const Tick& tick) {
    const double x = layout_.page_x(tick.value);
    const double length = tick.label.empty() ? 1.5 : 2.5;
    if (!tick.label.empty()) grid(x, layout_.bottom, x, layout_.top);
    stroke(x, layout_.bottom, x, layout_.bottom - length, 0.5, frame_colour);
    if (!tick.label.empty())
      label(tick.label, x, layout_.bottom - 3.5 - 0.55 * layout_.tick_font, "center",
            layout_.tick_font, text_colour);
  }

  void write_y_tick(const Tick& tick) {
    const double y = layout_.page_y(tick.value);
    const double length = tick.label.empty() ? 1.5 : 2.5;
    if (!tick.label.empty() && !layout_.y_downward) grid(layout_.left, y, layout_.right, y);
    stroke(layout_.left, y, layout_.left - length, y, 0.5, frame_colour);
    if (!tick.label.empty())
      label(tick.label, layout_.left - 4, y, "right", layout_.tick_font, text_colour);
  }

  void grid(double x0, double y0, double x1, double y1) {
    stroke(x0, y0, x1, y1, 0.4, grid_colour);
  }

  void stroke(double x0, double y0, double x1, double y1, double width, const Colour& colour) {
    line(
        "set arrow from screen {:.6f}, screen {:.6f} to screen {:.6f}, screen {:.6f} nohead back "
        "{} lc rgb {}",
        sx(x0), sy(y0), sx(x1), sy(y1), line_style(width), colour.opaque());
  }

  void write_texts() {
    const double middle_x = (layout_.left + layout_.right) / 2;
    const double middle_y = (layout_.bottom + layout_.top) / 2;
    label(title_of(figure_.x, layout_.x), middle_x,
          layout_.bottom - 3.5 - 1.2 * layout_.tick_font - 0.6 * layout_.font, "center",
          layout_.font, text_colour);
    if (!layout_.y_downward)
      label(title_of(figure_.y, layout_.y), 0.95 * layout_.font, middle_y, "center", layout_.font,
            text_colour, " rotate by 90");
    if (!title_.empty()) {
      const double room = layout_.width / (0.62 * 1.1 * layout_.font);
      label(shorten(title_, static_cast<std::size_t>(std::max(8.0, room))), layout_.left,
            layout_.height - 0.9 * layout_.font, "left", 1.1 * layout_.font, text_colour);
    }
    double y = 0.35 * layout_.font +
               1.25 * layout_.caption_font * (static_cast<double>(layout_.below.size()) - 0.5);
    for (const std::string& text : layout_.below) {
      label(text, 0.35 * layout_.font, y, "left", layout_.caption_font, faint_text);
      y -= 1.25 * layout_.caption_font;
    }
  }

  void write_block() {
    const Block& block = layout_.block;
    double y = block.top - 0.4 * layout_.note_font - block.row_height / 2;
    for (const BlockRow& row : block.rows) {
      const double x = block.left + 0.6 * layout_.note_font;
      if (row.element != nullptr) write_sample(*row.element, x, y);
      label(row.text, x + block.sample_width, y, "left", layout_.note_font, text_colour, " front");
      y -= block.row_height;
    }
  }

  /// How an element looks, in the legend.
  void write_sample(const Element& one, double x, double y) {
    const double width = layout_.block.sample_width - 0.6 * layout_.note_font;
    const double middle = x + width / 2;
    switch (one.kind) {
      case Kind::points:
        line("set label '' at screen {:.6f}, screen {:.6f} point {} front", sx(middle), sy(y),
             point_style(one, true));
        break;
      case Kind::line:
      case Kind::guide:
        line(
            "set arrow from screen {:.6f}, screen {:.6f} to screen {:.6f}, screen {:.6f} nohead "
            "front {}",
            sx(x), sy(y), sx(x + width), sy(y), stroke_style(one));
        break;
      case Kind::rug:
        line(
            "set arrow from screen {:.6f}, screen {:.6f} to screen {:.6f}, screen {:.6f} nohead "
            "front {}",
            sx(middle), sy(y - 2.5), sx(middle), sy(y + 2.5), stroke_style(one));
        break;
      case Kind::bins:
        write_shades(one, x, y, width);
        break;
      case Kind::band:
      case Kind::bars: {
        const double half = 0.32 * layout_.note_font;
        line(
            "set object rectangle from screen {:.6f}, screen {:.6f} to screen {:.6f}, screen "
            "{:.6f} front {}",
            sx(x + width / 4), sy(y - half), sx(x + 3 * width / 4), sy(y + half), fill_style(one));
        break;
      }
    }
  }

  /// From one point to most.
  void write_shades(const Element& one, double x, double y, double width) {
    constexpr int kShades = 5;
    const double half = 0.32 * layout_.note_font;
    for (int i = 0; i < kShades; ++i) {
      line(
          "set object rectangle from screen {:.6f}, screen {:.6f} to screen {:.6f}, screen {:.6f} "
          "front fc rgb {} fs solid noborder",
          sx(x + width * i / kShades), sy(y - half), sx(x + width * (i + 1) / kShades),
          sy(y + half), shade_of(one.pen, static_cast<double>(i) / (kShades - 1)).opaque());
    }
  }

  void write_mark(const Mark& mark) {
    const double x = layout_.page_x(layout_.x.clamped(mark.x));
    const double y = layout_.page_y(layout_.y.clamped(mark.y));
    const std::string text = clean_utf8(mark.text);
    const bool left = x + 4 + width_of(text) * layout_.note_font > layout_.right;
    label(text, left ? x - 4 : x + 4, y, left ? "right" : "left", layout_.note_font, text_colour,
          " front");
  }

  /// Lines are as much heavier as the type is larger than that of a page.
  [[nodiscard]] std::string line_style(double width_pt,
                                       const std::array<double, 4>& dashes = {}) const {
    return terminal_.line(width_pt * std::clamp(layout_.font / 9, 0.9, 2.5), dashes);
  }

  [[nodiscard]] std::string point_style(const Element& one, bool sample) const {
    const Pen& pen = pen_of(one.pen);
    const bool many = one.x.size() > 400 && !sample;
    const double share = many ? 0.13 : one.x.size() > 60 && !sample ? 0.17 : 0.21;
    const double radius = share * layout_.font;
    const bool soft = one.filled && !sample;
    return fmt::format(
        "pt {} {} {} lc rgb {}", one.filled ? pen.filled_marker : pen.open_marker,
        terminal_.marker(radius), line_style(many ? 0.35 : 0.6),
        soft ? pen.colour.with_transparency(many ? 0x90 : 0x60) : pen.colour.opaque());
  }

  [[nodiscard]] std::string stroke_style(const Element& one) const {
    const Pen& pen = pen_of(one.pen);
    if (one.kind == Kind::line)
      return fmt::format("{} lc rgb {}", line_style(1.0, pen.dashes), pen.colour.darker().opaque());
    if (one.kind == Kind::rug)
      return fmt::format("{} lc rgb {}", line_style(0.5), pen.colour.darker().opaque());
    return fmt::format("{} lc rgb {}", line_style(0.7, kGuideDashes), pen.colour.darker().opaque());
  }

  [[nodiscard]] static std::string fill_style(const Element& one) {
    const Pen& pen = pen_of(one.pen);
    if (one.kind == Kind::band)
      return fmt::format("fc rgb {} fs solid noborder", pen.colour.with_transparency(0xA0));
    return fmt::format("fc rgb {} fs solid border lc rgb {}", bar_fill(one.pen).opaque(),
                       frame_colour.opaque());
  }

  /// Bars next to each other differ in brightness, for prints in grey.
  static Colour bar_fill(std::size_t pen) {
    static constexpr std::array<Colour, 6> fills = {
        {{0xBFDDF0}, {0x2F7FB5}, {0xF2B84B}, {0x8C4A6B}, {0xA8D5C2}, {0x555555}}};
    return fills[pen % fills.size()];
  }

  void write_data(std::size_t i) {
    const Element& one = figure_.elements[i];
    line("$e{} << e", i);
    if (one.kind == Kind::bins) {
      write_bins(one);
    } else if (one.kind == Kind::points || one.kind == Kind::rug) {
      for (std::size_t k = 0; k < one.x.size(); ++k)
        line("{:.9g} {:.9g}", one.x[k], one.kind == Kind::points ? one.y[k] : layout_.y.low);
    } else if (one.kind == Kind::bars) {
      for (std::size_t k = 0; k < one.y.size(); ++k)
        line("{:.9g} {:.9g} {:.9g} {:.9g} {:.9g} {:.9g}", (one.low[k] + one.high[k]) / 2, one.y[k],
             layout_.x.clamped(one.low[k]), one.high[k], one.y[k] - 0.4, one.y[k] + 0.4);
    } else {
      write_curve(one);
    }
    line("e");
  }

  void write_bins(const Element& one) {
    const std::uint64_t most = *std::max_element(one.counts.begin(), one.counts.end());
    for (std::size_t k = 0; k < one.x.size(); ++k)
      line("{:.9g} {:.9g} {:.9g} {:.9g} {:.9g} {:.9g} {}", one.x[k], one.y[k],
           layout_.x.clamped(one.low[k]), layout_.x.clamped(one.high[k]),
           layout_.y.clamped(one.bottom[k]), layout_.y.clamped(one.top[k]),
           shade_of(one.pen, share_of(one.counts[k], most)).rgb);
  }

  /// 0 for a single point, 1 for `most` of them, in equal ratios.
  static double share_of(std::uint64_t count, std::uint64_t most) {
    if (most <= 1) return 1;
    return std::log(static_cast<double>(count)) / std::log(static_cast<double>(most));
  }

  void write_curve(const Element& one) {
    for (std::size_t k = 0; k < one.x.size(); ++k) {
      if (one.kind == Kind::band) {
        line("{:.9g} {:.9g} {:.9g}", one.x[k], layout_.y.clamped(one.low[k]),
             layout_.y.clamped(one.high[k]));
      } else if (layout_.y.log && one.y[k] <= 0) {
        line("");  // the line ends where the axis does
      } else {
        line("{:.9g} {:.9g}", one.x[k], one.y[k]);
      }
    }
  }

  void write_plot() {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < figure_.elements.size(); ++i) {
      const Element& one = figure_.elements[i];
      if (one.x.empty() && one.y.empty()) continue;
      parts.push_back(fmt::format("$e{} {} notitle", i, plot_style(one)));
    }
    line("plot {}", fmt::join(parts, ", \\\n  "));
  }

  [[nodiscard]] std::string plot_style(const Element& one) const {
    switch (one.kind) {
      case Kind::points:
        return "using 1:2 with points " + point_style(one, false);
      case Kind::bins:
        return "using 1:2:3:4:5:6:7 with boxxyerror fs solid noborder lc rgb variable";
      case Kind::line:
      case Kind::guide:
        return "using 1:2 with lines " + stroke_style(one);
      case Kind::band:
        return "using 1:2:3 with filledcurves " + fill_style(one);
      case Kind::bars:
        return "using 1:2:3:4:5:6 with boxxyerror " + fill_style(one) + " " + line_style(0.4);
      case Kind::rug: {
        const double top = layout_.y.value_at(0.025);
        return fmt::format("using 1:2:(0):({:.9g}) with vectors nohead {}", top - layout_.y.low,
                           stroke_style(one));
      }
    }
    return {};
  }

  std::ostream& out_;
  const Figure& figure_;
  Terminal terminal_;
  Layout layout_;
  std::string title_;
};

}  // namespace

void write_figure_script(std::ostream& script, const Figure& figure, const FigureOptions& options,
                         ImageFormat format) {
  Script(script, figure, options, format).write();
}

}  // namespace opline::figures
