#include "analysis/regression/pairwise_slopes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/inversions.h"
#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::analysis {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Whether a stands before b; equal places are broken by x, so that a pair on the view's own slope
/// has changed places already (`inclusive`) or not yet.
struct Before {
  bool inclusive = false;
  template <typename Point>
  bool operator()(const Point& a, const Point& b) const {
    if (a.at.high != b.at.high) return a.at.high < b.at.high;
    if (a.at.low != b.at.low) return a.at.low < b.at.low;
    return inclusive ? a.x > b.x : a.x < b.x;
  }
};

/// `count` numbers below `bound`, ascending; not quite uniform, which only costs time.
std::vector<std::uint64_t> random_places(std::uint64_t bound, std::size_t count,
                                         std::uint64_t round) {
  RandomStream random(0, round);
  std::vector<std::uint64_t> places(count);
  for (std::uint64_t& place : places) {
    const std::uint64_t high = random.next();
    place = (high << 32 | random.next()) % bound;
  }
  std::sort(places.begin(), places.end());
  return places;
}

}  // namespace

PairwiseSlopes::PairwiseSlopes(std::span<const double> x, std::span<const double> y) {
  OPLINE_ASSERT(x.size() == y.size() && x.size() <= UINT32_MAX, "{} x and {} y", x.size(),
                y.size());
  for (std::size_t i = 0; i < x.size(); ++i) points_.push_back({x[i], y[i], {}});
  std::sort(points_.begin(), points_.end(),
            [](const Point& a, const Point& b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
  std::size_t same = 0;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    same = i > 0 && points_[i].x == points_[i - 1].x ? same + 1 : 0;
    count_ += i - same;
  }
}

PairwiseSlopes::View PairwiseSlopes::just_below(double slope) {
  return slope == 0 ? View{0, false}
                    : View{slope - 4 * std::numeric_limits<double>::epsilon() * std::abs(slope)};
}

PairwiseSlopes::View PairwiseSlopes::just_above(double slope) {
  return {slope + 4 * std::numeric_limits<double>::epsilon() * std::abs(slope)};
}

void PairwiseSlopes::look(std::vector<Point>& points, double t) {
  for (Point& point : points) {
    if (std::isinf(t)) {  // by x, those of one x by y
      point.at.high = t < 0 ? point.x : -point.x;
      point.at.low = point.y;
      continue;
    }
    point.at = DoubleDouble(point.y) - DoubleDouble::product(t, point.x);
    if (!std::isfinite(point.at.high) || !std::isfinite(point.at.low)) {
      throw InsufficientData(
          "slopes of pairs: {} times x of {} leaves the range of a double; use other units", t,
          point.x);
    }
  }
}

std::uint64_t PairwiseSlopes::count_up_to(const View& view) const {
  std::vector<Point> points = points_;
  look(points, view.t);
  std::uint64_t inversions = 0;
  sort_visiting_inversions(points, Before{view.inclusive},
                           [&](const Point* first, const Point* last, const Point&) {
                             inversions += static_cast<std::uint64_t>(last - first);
                           });
  return inversions;
}

std::vector<double> PairwiseSlopes::slopes(
    const View& low, const View& high,
    const std::optional<std::vector<std::uint64_t>>& places) const {
  std::vector<Point> points = points_;
  look(points, low.t);
  std::sort(points.begin(), points.end(), Before{low.inclusive});
  look(points, high.t);
  std::vector<double> found;
  std::uint64_t seen = 0;
  std::size_t wanted = 0;
  sort_visiting_inversions(points, Before{high.inclusive},
                           [&](const Point* first, const Point* last, const Point& other) {
                             const auto group = static_cast<std::uint64_t>(last - first);
                             const auto slope_to = [&](const Point& one) {
                               return (one.y - other.y) / (one.x - other.x) + 0.0;
                             };  // no -0
                             if (!places) {
                               std::transform(first, last, std::back_inserter(found), slope_to);
                               return;
                             }
                             for (; wanted < places->size() && (*places)[wanted] < seen + group;
                                  ++wanted)
                               found.push_back(slope_to(first[(*places)[wanted] - seen]));
                             seen += group;
                           });
  return found;
}

PairwiseSlopes::Selected PairwiseSlopes::select(std::uint64_t rank) const {
  OPLINE_ASSERT(rank < count_, "slope {} of {}", rank, count_);
  const std::size_t few = std::max<std::size_t>(1024, 4 * points_.size());
  View low{-kInfinity}, high{kInfinity};
  std::uint64_t below = 0, up_to = count_;  // slopes up to `low` and `high`: below <= rank < up_to
  const auto narrow = [&](const View& view) {
    const std::uint64_t slopes_up_to = count_up_to(view);
    if (slopes_up_to <= below || slopes_up_to >= up_to) return slopes_up_to;
    (slopes_up_to <= rank ? low : high) = view;
    (slopes_up_to <= rank ? below : up_to) = slopes_up_to;
    return slopes_up_to;
  };
  for (std::uint64_t round = 0; up_to - below > few; ++round) {
    const std::uint64_t inside = up_to - below;
    std::vector<double> sample = slopes(low, high, random_places(inside, points_.size(), round));
    std::sort(sample.begin(), sample.end());
    if (round > 200 || !std::isfinite(sample.front()) || !std::isfinite(sample.back())) {
      throw InsufficientData("slopes of pairs: they leave the range of a double; use other units");
    }
    const auto size = static_cast<double>(sample.size());
    const double share = (static_cast<double>(rank - below) + 0.5) / static_cast<double>(inside);
    const auto place = [&](double at) {
      return sample[static_cast<std::size_t>(std::clamp(at, 0.0, size - 1))];
    };
    const double middle = place(share * size);
    narrow(just_below(place(share * size - 1.5 * std::sqrt(size))));
    narrow(just_above(place(share * size + 1.5 * std::sqrt(size))));
    if (place(share * size - 1) != middle && place(share * size + 1) != middle) {
      narrow({middle});
      continue;
    }
    // Many pairs of one slope: is it the one?
    const std::uint64_t less = narrow(just_below(middle));
    const std::uint64_t not_more = narrow(just_above(middle));
    if (less <= rank && rank < not_more)
      return {middle, rank + 1 < not_more ? std::optional(middle) : std::nullopt};
  }
  std::vector<double> left = slopes(low, high, std::nullopt);
  const auto at = left.begin() + static_cast<std::ptrdiff_t>(rank - below);
  std::nth_element(left.begin(), at, left.end());
  if (at + 1 == left.end()) return {*at, std::nullopt};
  return {*at, *std::min_element(at + 1, left.end())};
}

}  // namespace opline::analysis
