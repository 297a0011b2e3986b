#include "src/figures/layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "src/base/error.h"
#include "src/figures/plain_text.h"

namespace opline::figures {
namespace {

using Kind = Element::Kind;

constexpr double kPointsPerMm = 72 / 25.4;
constexpr double kLine = 1.25;          // of a line of text, in sizes of its type
constexpr double kTickLength = 2.5;     // pt
constexpr double kMostExtension = 1.5;  // of the y axis, for a block that covers nothing
constexpr double kGap = 0.02;           // between block and data, of the frame's height
constexpr double kLongest = 2.5;        // of the y axis, whatever the block covers
constexpr double kMostBlock = 0.45;     // of the frame's height

/// Smallest and largest value; above 0 only, for log axes, in `positive`.
struct Extent {
  double smallest = std::numeric_limits<double>::infinity();
  double largest = -std::numeric_limits<double>::infinity();
  double positive = std::numeric_limits<double>::infinity();

  void add(const std::vector<double>& values) {
    for (const double value : values) {
      smallest = std::min(smallest, value);
      largest = std::max(largest, value);
      if (value > 0) positive = std::min(positive, value);
    }
  }
  void add(const Extent& other) {
    smallest = std::min(smallest, other.smallest);
    largest = std::max(largest, other.largest);
    positive = std::min(positive, other.positive);
  }
  [[nodiscard]] bool empty() const { return smallest > largest; }
};

Extent x_extent(const Figure& figure) {
  Extent extent;
  for (const Element& one : figure.elements) {
    if (!one.widens_axes) continue;
    extent.add(one.x);
    if (one.kind == Kind::bars) {
      extent.add(one.low);
      extent.add(one.high);
    }
  }
  return extent;
}

Extent y_extent(const Figure& figure) {
  Extent extent;
  Extent bands;
  for (const Element& one : figure.elements) {
    if (!one.widens_axes) continue;
    extent.add(one.y);
    if (one.kind == Kind::band) {
      bands.add(one.low);
      bands.add(one.high);
    }
  }
  // A band may reach below 0, where no latency is: it is cut off there.
  if (extent.smallest >= 0 && !bands.empty()) bands.smallest = std::max(bands.smallest, 0.0);
  extent.add(bands);
  return extent;
}

AxisRange range_in(const Axis& axis, const Extent& extent, Scale wanted) {
  Axis scaled = axis;
  if (scaled.scale == Scale::automatic) scaled.scale = wanted;
  if (extent.empty()) return range_of(scaled, 0, 1);
  if (scaled.scale == Scale::log && extent.smallest <= 0) {
    if (!std::isfinite(extent.positive)) scaled.scale = Scale::linear;
    return range_of(scaled, std::isfinite(extent.positive) ? extent.positive : extent.smallest,
                    extent.largest);
  }
  return range_of(scaled, extent.smallest, extent.largest);
}

double widest(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, width_of(tick.label));
  return width;
}

/// `width` and `font` in pt.
std::vector<std::string> wrapped(const std::vector<std::string>& texts, double width, double font) {
  std::vector<std::string> lines;
  for (const std::string& text : texts) {
    for (std::string& line : wrap(clean_utf8(text), width / font)) lines.push_back(std::move(line));
  }
  return lines;
}

class Builder {
 public:
  Builder(const Figure& figure, const FigureOptions& options, const std::string& last)
      : figure_(figure), options_(options), last_(last) {
    out_.width = options.width_mm * kPointsPerMm;
    out_.height = options.height_mm * kPointsPerMm;
    out_.font = options.font_pt;
    out_.tick_font = 0.9 * options.font_pt;
    out_.note_font = 0.85 * options.font_pt;
    out_.caption_font = 0.78 * options.font_pt;
    out_.y_downward = !figure.y.names.empty();
    find_ranges();
  }

  Layout build() {
    const std::vector<std::string> nothing;
    place_frame(nothing);
    if (!place_block(true)) {
      place_frame(figure_.notes);
      place_block(false);
    }
    return out_;
  }

 private:
  void find_ranges() {
    Extent x = x_extent(figure_);
    Extent y = y_extent(figure_);
    if (figure_.same_ranges) {
      x.add(y);
      y = x;
    }
    out_.x = range_in(figure_.x, x, options_.scale);
    out_.y = range_in(figure_.y, y, options_.scale);
    // Latency and ops are proportional: one log axis beside a linear one would bend the line.
    const bool both = figure_.x.scale == Scale::automatic && figure_.y.scale == Scale::automatic;
    if (both && options_.scale == Scale::automatic && out_.x.log != out_.y.log) {
      const bool possible = x.smallest > 0 && y.smallest > 0;
      out_.x = range_in(figure_.x, x, possible ? Scale::log : Scale::linear);
      out_.y = range_in(figure_.y, y, possible ? Scale::log : Scale::linear);
    }
    x_before_marks_ = out_.x;
    y_before_block_ = out_.y;
  }

  [[nodiscard]] std::size_t fitting(double length, double each) const {
    return static_cast<std::size_t>(std::clamp(length / each, 2.0, 12.0));
  }

  /// Edges and ticks; `notes` are the first of the lines below.
  void place_frame(const std::vector<std::string>& notes) {
    const double pad = 0.35 * out_.font;
    out_.x = x_before_marks_;
    out_.y = y_before_block_;
    std::vector<std::string> texts = notes;
    std::string caption;
    const auto add = [&](const std::string& sentence) {
      if (!sentence.empty()) caption += (caption.empty() ? "" : " ") + sentence;
    };
    if (options_.with_caption) std::for_each(figure_.caption.begin(), figure_.caption.end(), add);
    add(last_);
    if (!caption.empty()) texts.push_back(caption);
    out_.below = wrapped(texts, out_.width - 2 * pad, out_.caption_font);
    out_.bottom = pad + kLine * out_.caption_font * static_cast<double>(out_.below.size()) +
                  (out_.below.empty() ? 0 : 0.3 * out_.font) + kLine * out_.font +
                  kLine * out_.tick_font + kTickLength + 1;
    const double above = options_.with_title ? 1.7 * out_.font : 0.6 * out_.tick_font;
    grow(above);
    out_.top = out_.height - above;
    place_y_ticks();
    const double names = y_label_width();
    out_.left = pad + (figure_.y.names.empty() ? 1.35 * out_.font : 0) + names + kTickLength + 2;
    out_.right = out_.width - 0.9 * out_.tick_font;
    leave_room_for_marks();
    const double length = out_.right - out_.left;
    out_.x_ticks = ticks_of(out_.x, fitting(length, 3.2 * out_.tick_font));
    while (out_.x_ticks.size() > 3 && !out_.x.log &&
           widest(out_.x_ticks) * out_.tick_font * 1.5 * static_cast<double>(out_.x_ticks.size()) >
               length)
      out_.x_ticks = ticks_of(out_.x, out_.x_ticks.size() - 1);
    leave_room_for_last_label();
  }

  /// A chart of named bars needs a line of text for each, as long as that is sensible.
  void grow(double above) {
    const std::size_t names = figure_.y.names.size();
    if (names == 0 || names > 60 || !options_.may_grow) return;
    const double needed =
        out_.bottom + above + 1.12 * out_.tick_font * (static_cast<double>(names) + 1);
    out_.height = std::max(out_.height, needed);
  }

  void place_y_ticks() {
    const double length = out_.top - out_.bottom;
    if (figure_.y.names.empty()) {
      out_.y_ticks = ticks_of(out_.y, fitting(length, 2.2 * out_.tick_font));
      return;
    }
    out_.y_ticks.clear();
    const double each = length / (out_.y.high - out_.y.low);
    const auto every =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(out_.tick_font / each)));
    for (std::size_t i = 0; i < figure_.y.names.size(); i += every) {
      out_.y_ticks.push_back({static_cast<double>(i), fitting_name(figure_.y.names[i])});
    }
  }

  /// The name, shortened where it would take more than 45 % of the page.
  [[nodiscard]] std::string fitting_name(const std::string& name) const {
    const std::string clean = clean_utf8(name);
    std::string text = clean;
    for (std::size_t most = characters(clean);
         most > 6 && width_of(text) * out_.tick_font > 0.45 * out_.width; --most)
      text = shorten(clean, most);
    return text;
  }
  [[nodiscard]] double y_label_width() const {
    return std::min(widest(out_.y_ticks) * out_.tick_font, 0.45 * out_.width);
  }

  /// The texts behind the ends of bars.
  void leave_room_for_marks() {
    if (figure_.y.names.empty()) return;
    const double length = out_.right - out_.left;
    for (const Mark& mark : figure_.marks) {
      const double text = 6 + width_of(clean_utf8(mark.text)) * out_.note_font;
      const double end = out_.x.position(mark.x) * length + text;
      if (end > length && text < length) out_.x.high = mark.x * length / (length - text);
    }
  }

  void leave_room_for_last_label() {
    for (const Tick& tick : out_.x_ticks) {
      const double half = 0.5 * width_of(tick.label) * out_.tick_font;
      const double end = out_.left + (out_.right - out_.left) * out_.x.position(tick.value) + half;
      if (end > out_.width - 1) out_.right -= end - out_.width + 1;
    }
  }

  [[nodiscard]] std::vector<BlockRow> rows(bool with_notes) const {
    std::vector<BlockRow> rows;
    for (const Element& one : figure_.elements) {
      if (!one.legend.empty()) rows.push_back({&one, clean_utf8(one.legend)});
    }
    if (with_notes) {
      for (const std::string& note : figure_.notes) rows.push_back({nullptr, clean_utf8(note)});
    }
    return rows;
  }

  /// Whether the block has a place; one without notes gets one in any case.
  bool place_block(bool with_notes) {
    Block block;
    block.rows = rows(with_notes);
    out_.block = block;
    if (block.rows.empty()) return with_notes;
    measure(block);
    const double frame_width = out_.right - out_.left;
    const double frame_height = out_.top - out_.bottom;
    if (with_notes && !figure_.notes.empty() &&
        (block.height > kMostBlock * frame_height || block.width > 0.97 * frame_width))
      return false;
    const double share = std::min(0.95, block.height / frame_height);
    const Place place = best_place(block.width / frame_width, share);
    if (with_notes && !figure_.notes.empty() && place.extension > kMostExtension) return false;
    if (std::isfinite(place.extension)) extend(place.extension, share);
    block.left = place.left ? out_.left : out_.right - block.width;
    block.top = place.top ? out_.top : out_.bottom + block.height;
    out_.block = block;
    return true;
  }

  void measure(Block& block) const {
    const double font = out_.note_font;
    const bool samples = std::any_of(block.rows.begin(), block.rows.end(),
                                     [](const BlockRow& row) { return row.element != nullptr; });
    block.sample_width = samples ? 2.2 * font : 0;
    block.row_height = kLine * font;
    const double frame_width = out_.right - out_.left;
    double text = 0;
    for (BlockRow& row : block.rows) {
      const double average =
          std::max(0.4, width_of(row.text) / std::max<double>(1, characters(row.text)));
      const double room = frame_width - block.sample_width - 1.4 * font;
      row.text =
          shorten(row.text, static_cast<std::size_t>(std::max(4.0, room / (average * font))));
      text = std::max(text, width_of(row.text) * font);
    }
    block.width = std::min(frame_width, block.sample_width + text + 1.2 * font);
    block.height = block.row_height * static_cast<double>(block.rows.size()) + 0.6 * font;
  }

  struct Place {
    bool left = true;
    bool top = true;
    double extension = std::numeric_limits<double>::infinity();
  };

  /// `width` and `height` in frames.
  [[nodiscard]] Place best_place(double width, double height) const {
    Place best;
    for (const bool top : {true, false}) {
      for (const bool left : {true, false}) {
        const double from = left ? 0 : 1 - width;
        const Place place{left, top, extension_for({from, from + width}, top, height)};
        if (place.extension < best.extension - 1e-9) best = place;
      }
    }
    return best;
  }

  struct Span {
    double from, to;
  };

  /// How much longer the y axis must be for a block at this end of it. Only the end with the larger
  /// values can be moved.
  [[nodiscard]] double extension_for(const Span& columns, bool top, double height) const {
    double high = 0;  // of what is in these columns, from the lower end of the frame
    double low = 1;
    visit_obstacles([&](double x_from, double x_to, double y_from, double y_to) {
      if (x_to < columns.from - 0.01 || x_from > columns.to + 0.01) return;
      high = std::max(high, y_to);
      low = std::min(low, y_from);
    });
    const double room = 1 - height - kGap;
    const double needed = (top ? high : 1 - low) / std::max(0.05, room);
    if (needed <= 1) return 1;
    const bool movable = top != out_.y_downward && !figure_.same_ranges;
    return movable ? needed : std::numeric_limits<double>::infinity();
  }

  [[nodiscard]] double share_x(double value) const { return out_.x.position(value); }
  [[nodiscard]] double share_y(double value) const {
    return out_.y_downward ? 1 - out_.y.position(value) : out_.y.position(value);
  }

  /// Boxes that the block must not cover, as shares of the frame: x from, to, y from, to.
  template <typename Visit>
  void visit_obstacles(const Visit& visit) const {
    for (const Element& one : figure_.elements) {
      if (one.kind == Kind::bars) {
        for (std::size_t i = 0; i < one.y.size(); ++i)
          visit(share_x(one.low[i]), share_x(one.high[i]), share_y(one.y[i] + 0.5),
                share_y(one.y[i] - 0.5));
      } else if (one.kind == Kind::rug) {
        for (const double x : one.x) visit(share_x(x), share_x(x), 0, 0.03);
      } else {
        visit_curve(one, visit);
      }
    }
    for (const Mark& mark : figure_.marks) {
      const double y = share_y(mark.y);
      visit(share_x(mark.x), share_x(mark.x), y - 0.03, y + 0.03);
    }
  }

  /// Points as they are; lines, guides and bands also between their points, where the frame shows
  /// them.
  template <typename Visit>
  void visit_curve(const Element& one, const Visit& visit) const {
    const bool band = one.kind == Kind::band;
    const auto& lower = band ? one.low : one.y;
    const auto& upper = band ? one.high : one.y;
    const auto visit_shown = [&](double x, double low, double high) {
      if (high >= 0 && low <= 1) visit(x, x, std::max(low, 0.0), std::min(high, 1.0));
    };
    for (std::size_t i = 0; i < one.x.size(); ++i) {
      const double x = share_x(one.x[i]);
      const double low = share_y(lower[i]);
      const double high = share_y(upper[i]);
      visit_shown(x, low, high);
      if (one.kind == Kind::points || one.kind == Kind::bins || i == 0) continue;
      constexpr int kSteps = 32;
      const double x0 = share_x(one.x[i - 1]);
      const double low0 = share_y(lower[i - 1]);
      const double high0 = share_y(upper[i - 1]);
      for (int step = 1; step < kSteps && std::abs(x - x0) > 0.01; ++step) {
        const double share = static_cast<double>(step) / kSteps;
        visit_shown(x0 + (x - x0) * share, low0 + (low - low0) * share,
                    high0 + (high - high0) * share);
      }
    }
  }

  /// Makes the y axis longer; where bars have names and the page may grow, it grows instead, so
  /// that names keep their distance. `block` is the block's share of the frame.
  void extend(double factor, double block) {
    if (factor <= 1) return;
    if (out_.y_downward && options_.may_grow) {
      const double taken = block + kGap;
      factor = taken + factor * (1 - taken);
      const double more = (factor - 1) * (out_.top - out_.bottom);
      out_.top += more;
      out_.height += more;
    }
    out_.y.high = out_.y.value_at(std::min(factor, kLongest));
    place_y_ticks();
  }

  const Figure& figure_;
  const FigureOptions& options_;
  const std::string& last_;
  Layout out_;
  AxisRange x_before_marks_, y_before_block_;
};

}  // namespace

double Layout::page_x(double value) const { return left + (right - left) * x.position(value); }

double Layout::page_y(double value) const {
  const double at = y.position(value);
  return bottom + (top - bottom) * (y_downward ? 1 - at : at);
}

Layout lay_out(const Figure& figure, const FigureOptions& options, const std::string& last) {
  return Builder(figure, options, last).build();
}

Unit x_unit_of(const Figure& figure) {
  return range_in(figure.x, x_extent(figure), Scale::linear).unit;
}
Unit y_unit_of(const Figure& figure) {
  return range_in(figure.y, y_extent(figure), Scale::linear).unit;
}

}  // namespace opline::figures
