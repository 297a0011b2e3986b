#include "src/figures/binning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "src/figures/layout.h"

namespace opline::figures {
namespace {

using Kind = Element::Kind;

constexpr double kSmallestBin = 2;  // pt; 0.7 mm, which can be told from its neighbours
constexpr double kRugBin = 0.35;    // pt; strokes closer than this are one
constexpr double kMmPerPoint = 25.4 / 72;

bool is_crowded(const Element& one) {
  return (one.kind == Kind::points || one.kind == Kind::rug) && one.x.size() > kMostPoints;
}

/// A grid over the frame of a layout, from its lower left corner.
class Grid {
 public:
  Grid(const Layout& layout, double bin) : layout_(layout), bin_(bin) {}

  [[nodiscard]] std::int64_t column(double x) const {
    return static_cast<std::int64_t>(std::floor((layout_.page_x(x) - layout_.left) / bin_));
  }
  [[nodiscard]] std::int64_t row(double y) const {
    return static_cast<std::int64_t>(std::floor((layout_.page_y(y) - layout_.bottom) / bin_));
  }
  /// Value at `share` of a column's width from its left edge, or of a row's height.
  [[nodiscard]] double x(std::int64_t column, double share) const {
    return layout_.x.value_at((static_cast<double>(column) + share) * bin_ /
                              (layout_.right - layout_.left));
  }
  [[nodiscard]] double y(std::int64_t row, double share) const {
    return layout_.y.value_at((static_cast<double>(row) + share) * bin_ /
                              (layout_.top - layout_.bottom));
  }

 private:
  const Layout& layout_;
  double bin_;
};

Element emptied(const Element& one) {
  Element result = one;
  for (auto* values : {&result.x, &result.y}) values->clear();
  result.labels.clear();
  return result;
}

/// Bins in the order of (column, row).
Element bins_of(const Element& one, const Grid& grid) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::uint64_t> counts;
  for (std::size_t i = 0; i < one.x.size(); ++i)
    ++counts[{grid.column(one.x[i]), grid.row(one.y[i])}];
  Element bins = emptied(one);
  bins.kind = Kind::bins;
  for (const auto& [place, count] : counts) {
    bins.x.push_back(grid.x(place.first, 0.5));
    bins.low.push_back(grid.x(place.first, 0));
    bins.high.push_back(grid.x(place.first, 1));
    bins.y.push_back(grid.y(place.second, 0.5));
    bins.bottom.push_back(grid.y(place.second, 0));
    bins.top.push_back(grid.y(place.second, 1));
    bins.counts.push_back(count);
  }
  const std::string what = one.legend.empty() ? one.role : one.legend;
  bins.legend = fmt::format("{}: 1 to {} in a bin", what, std::ranges::max(bins.counts));
  return bins;
}

/// One stroke for all that are in a column.
Element strokes_of(const Element& one, const Grid& grid) {
  std::map<std::int64_t, std::uint64_t> counts;
  for (const double x : one.x) ++counts[grid.column(x)];
  Element strokes = emptied(one);
  for (const auto& [column, count] : counts) {
    strokes.x.push_back(grid.x(column, 0.5));
    strokes.counts.push_back(count);
  }
  return strokes;
}

}  // namespace

Figure binned(const Figure& figure, const FigureOptions& options) {
  require_size(options);
  require_drawable(figure);
  Figure result = figure;
  if (std::ranges::none_of(figure.elements, is_crowded)) return result;
  const Layout layout = lay_out(figure, options);
  const double area = (layout.right - layout.left) * (layout.top - layout.bottom);
  const double bin = std::max(kSmallestBin, std::sqrt(area / static_cast<double>(kMostBins)));
  std::size_t points = 0;
  for (Element& one : result.elements) {
    if (!is_crowded(one)) continue;
    if (one.kind == Kind::rug) {
      one = strokes_of(one, Grid(layout, kRugBin));
      continue;
    }
    points += one.x.size();
    one = bins_of(one, Grid(layout, bin));
  }
  if (points != 0)
    result.caption.push_back(
        fmt::format("{} points are counted in squares of {:.2g} mm; darker, in equal ratios: more.",
                    points, bin * kMmPerPoint));
  return result;
}

}  // namespace opline::figures
