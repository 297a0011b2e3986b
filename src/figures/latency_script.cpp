#include "src/figures/latency_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "src/base/counted.h"
#include "src/base/version.h"
#include "src/figures/latency_text.h"
#include "src/figures/pen.h"
#include "src/figures/plain_text.h"

namespace opline::figures {
namespace {

constexpr int curve_steps = 128;

/// Distances from the canvas' edges in pixels of a canvas that is 1200 wide; another width scales
/// everything.
struct Layout {
  int width = 1200;
  int height = 800;
  int title_y = 34, subtitle_y = 60, legend_y = 76;
  int row = 25, subtitle_row = 21, footer_row = 19;
  int left = 96, right = 36;
  int plot_top = 0, plot_bottom = 0;
};

/// One row of the legend: how it is drawn, what it says.
struct LegendRow {
  std::string style;
  std::string text;
};

class Script {
 public:
  Script(std::ostream& out, const LatencyFigure& figure, const FigureOptions& options,
         ImageFormat format)
      : out_(out), figure_(figure), scale_(options.width / 1200.0), pen_(format, scale_) {
    // About 7.8 pixels a character of the subtitle, 8 below the plot; longer lines would leave the
    // canvas.
    const auto module = static_cast<std::size_t>(layout_.width - layout_.left - layout_.right);
    subtitle_ = wrap(clean_utf8(subtitle(figure)), module * 10 / 78);
    for (const std::string& text : footer(figure)) {
      for (std::string& line : wrap(clean_utf8(text), module / 8))
        footer_.push_back(std::move(line));
    }
    legend_ = legend();
    layout_.legend_y += layout_.subtitle_row * (static_cast<int>(subtitle_.size()) - 1);
    layout_.plot_top = layout_.legend_y + layout_.row * static_cast<int>(legend_.size()) + 16;
    layout_.plot_bottom = 78 + layout_.footer_row * static_cast<int>(footer_.size());
    constexpr int least_plot = 300;
    layout_.height = std::max(static_cast<int>(options.height / scale_),
                              layout_.plot_top + layout_.plot_bottom + least_plot);
    find_ranges();
  }

  void write() {
    write_terminal();
    write_texts();
    write_axes();
    for (std::size_t i = 0; i < figure_.series.size(); ++i) write_data(i);
    write_plot();
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ << fmt::format(format, std::forward<Args>(args)...) << '\n';
  }

  [[nodiscard]] bool shows_intervals() const {
    return std::any_of(figure_.series.begin(), figure_.series.end(), [](const LatencySeries& s) {
      return s.fit.has_value() && !s.whole_enumeration;
    });
  }

  [[nodiscard]] std::vector<LegendRow> legend() const {
    std::vector<LegendRow> rows;
    const bool shows = shows_intervals();
    const bool single = figure_.series.size() == 1;
    const std::vector<std::string> names = series_names(figure_);
    for (std::size_t i = 0; i < figure_.series.size(); ++i) {
      const LatencySeries& series = figure_.series[i];
      if (!single) {
        rows.push_back(
            {pen_.key_point(palette[i]),
             fmt::format("{}: {}", shorten(clean_utf8(names[i]), 34),
                         line_in_words(series, shows && !series.whole_enumeration, false))});
      } else {
        rows.push_back({pen_.key_point(palette[i]),
                        fmt::format("{}, {}", counted(series.ops.size(), "network"),
                                    to_string(series.origin))});
        if (series.fit)
          rows.push_back(
              {pen_.fitted_line(palette[i].darker()),
               "latency = " + line_in_words(series, shows && !series.whole_enumeration, true)});
      }
    }
    if (!shows) return rows;
    const Colour colour = single ? palette[0] : text_grey;
    const double percent = 100 * confidence();
    rows.push_back(
        {pen_.band(colour), fmt::format("{:g} % interval of the mean (the line)", percent)});
    rows.push_back({pen_.dashed_line(single ? colour.darker() : colour),
                    fmt::format("{:g} % prediction interval (one more network)", percent)});
    return rows;
  }

  [[nodiscard]] double confidence() const {
    for (const LatencySeries& series : figure_.series) {
      if (series.fit) return series.fit->confidence;
    }
    return 0.95;
  }

  void find_ranges() {
    ops_ = seconds_ = {std::numeric_limits<double>::infinity(),
                       -std::numeric_limits<double>::infinity()};
    const auto widen = [](analysis::Interval& range, double value) {
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    };
    for (const LatencySeries& series : figure_.series) {
      for (const double ops : series.ops) widen(ops_, ops);
      for (const double seconds : series.seconds) widen(seconds_, seconds);
      if (series.fit) widen(seconds_, series.fit->predict(series.fit->x_max).value);
    }
    ops_unit_ = ops_unit(ops_.high);
    time_unit_ = time_unit(seconds_.high);
  }

  void write_terminal() {
    line("set encoding utf8");
    line("{}", pen_.terminal(pixels(layout_.width), pixels(layout_.height)));
  }

  [[nodiscard]] int pixels(int of_layout) const {
    return static_cast<int>(std::lround(of_layout * scale_));
  }
  [[nodiscard]] double x(int at) const { return static_cast<double>(at) / layout_.width; }
  [[nodiscard]] double y_from_top(int at) const {
    return 1 - static_cast<double>(at) / layout_.height;
  }

  void label(const std::string& text, double at_x, double at_y, const char* side, double size,
             const std::string& colour) {
    line(
        "set label {} at screen {:.6f}, screen {:.6f} {} noenhanced font ',{:.1f}' textcolor rgb "
        "{}",
        gnuplot_quoted(text), at_x, at_y, side, pen_.font(size), colour);
  }

  void write_texts() {
    const auto module = static_cast<std::size_t>(layout_.width - layout_.left - layout_.right);
    label(shorten(clean_utf8(title(figure_)), module / 12), x(layout_.left),
          y_from_top(layout_.title_y), "left", 20, "'#000000'");
    int from_top = layout_.subtitle_y;
    for (const std::string& text : subtitle_) {
      label(text, x(layout_.left), y_from_top(from_top), "left", 15, text_grey.opaque());
      from_top += layout_.subtitle_row;
    }
    from_top = layout_.height - layout_.footer_row * static_cast<int>(footer_.size()) + 2;
    for (const std::string& text : footer_) {
      label(text, x(layout_.left), y_from_top(from_top), "left", 13, text_grey.opaque());
      from_top += layout_.footer_row;
    }
    label(fmt::format("opline {}", version()), x(layout_.width - layout_.right),
          y_from_top(layout_.height - 17), "right", 13, text_grey.opaque());
  }

  /// `range` in `unit` with a margin; from zero where the data reach down to half of their largest
  /// value.
  static analysis::Interval axis_range(const analysis::Interval& range, const AxisUnit& unit) {
    const double low = range.low / unit.scale;
    const double high = range.high / unit.scale;
    if (low >= 0 && low < 0.5 * high) return {0, high * 1.04};
    const double margin = 0.05 * (high > low ? high - low : std::max(std::abs(high), 1.0));
    return {low - margin, high + margin};
  }

  void write_axes() {
    const analysis::Interval x_axis = axis_range(ops_, ops_unit_);
    const analysis::Interval y_axis = axis_range(seconds_, time_unit_);
    line("set xrange [{:.17g}:{:.17g}]", x_axis.low, x_axis.high);
    line("set yrange [{:.17g}:{:.17g}]", y_axis.low, y_axis.high);
    line("set xlabel {} offset 0,0.2", gnuplot_quoted(fmt::format("ops ({})", ops_unit_.name)));
    line("set ylabel {} offset 0.5,0",
         gnuplot_quoted(fmt::format("latency ({})", time_unit_.name)));
    line("set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}", x(layout_.left),
         1 - x(layout_.right));
    line("set tmargin at screen {:.6f}\nset bmargin at screen {:.6f}", y_from_top(layout_.plot_top),
         static_cast<double>(layout_.plot_bottom) / layout_.height);
    line("set border 3 lw 1 lc rgb '#404040'");
    line("set tics nomirror out scale 0.6 textcolor rgb '#202020'");
    line("set format '%.10g'");
    line("set grid xtics ytics back lt 1 lw 0.7 lc rgb '#e2e2e2'");
    line(
        "set key at screen {:.6f}, screen {:.6f} left top Left reverse vertical maxcols 1 samplen "
        "2.4 "
        "spacing {}",
        x(layout_.left - 8), y_from_top(layout_.legend_y), pen_.key_spacing());
  }

  void write_data(std::size_t i) {
    const LatencySeries& series = figure_.series[i];
    line("$points{} << e", i);
    for (std::size_t k = 0; k < series.ops.size(); ++k) {
      line("{:.17g} {:.17g}", series.ops[k] / ops_unit_.scale,
           series.seconds[k] / time_unit_.scale);
    }
    line("e");
    if (!series.fit) return;
    const analysis::LinearFit& fit = *series.fit;
    line("$line{} << e",
         i);  // ops, value, mean low and high, single low and high; only where data are
    for (int step = 0; step <= curve_steps; ++step) {
      const double ops = fit.x_min + (fit.x_max - fit.x_min) * step / curve_steps;
      const analysis::LinePrediction at = fit.predict(ops);
      line("{:.17g} {:.17g} {:.17g} {:.17g} {:.17g} {:.17g}", ops / ops_unit_.scale,
           at.value / time_unit_.scale, at.mean.low / time_unit_.scale,
           at.mean.high / time_unit_.scale, at.single.low / time_unit_.scale,
           at.single.high / time_unit_.scale);
    }
    line("e");
  }

  void write_plot() {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < figure_.series.size(); ++i) {
      parts.push_back(fmt::format("$points{} using 1:2 with {} notitle", i,
                                  pen_.points(palette[i], figure_.series[i].ops.size())));
    }
    for (std::size_t i = 0; i < figure_.series.size(); ++i) {
      if (!figure_.series[i].fit) continue;
      if (!figure_.series[i].whole_enumeration) {
        const std::string dashed = pen_.dashed_line(palette[i].darker());
        parts.push_back(
            fmt::format("$line{} using 1:3:4 with {} notitle", i, pen_.band(palette[i])));
        parts.push_back(fmt::format("$line{} using 1:5 with {} notitle", i, dashed));
        parts.push_back(fmt::format("$line{} using 1:6 with {} notitle", i, dashed));
      }
      parts.push_back(fmt::format("$line{} using 1:2 with {} notitle", i,
                                  pen_.fitted_line(palette[i].darker())));
    }
    for (const LegendRow& row : legend_) {
      parts.push_back(fmt::format("keyentry with {} title {}", row.style,
                                  gnuplot_quoted(shorten(row.text, 132))));
    }
    line("plot {}", fmt::join(parts, ", \\\n  "));
  }

  std::ostream& out_;
  const LatencyFigure& figure_;
  std::vector<LegendRow> legend_;
  std::vector<std::string> subtitle_, footer_;
  Layout layout_{};
  double scale_;  ///< Pixels of the picture to pixels of the layout.
  Pen pen_;
  AxisUnit ops_unit_, time_unit_;
  analysis::Interval ops_, seconds_;  ///< What the data reach.
};

}  // namespace

void write_latency_script(std::ostream& script, const LatencyFigure& figure,
                          const FigureOptions& options, ImageFormat format) {
  Script(script, figure, options, format).write();
}

}  // namespace opline::figures
