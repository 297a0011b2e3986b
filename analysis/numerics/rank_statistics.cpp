#include "analysis/numerics/rank_statistics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "analysis/numerics/inversions.h"
#include "analysis/numerics/moments.h"
#include "analysis/numerics/series_checks.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

std::uint64_t pairs_among(std::uint64_t n) {
  return n < 2 ? 0 : n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

/// Pairs within runs of neighbours that are `same`.
template <typename Same>
std::uint64_t pairs_in_runs(std::size_t n, const Same& same) {
  std::uint64_t pairs = 0;
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    for (end = begin + 1; end < n && same(begin, end);) ++end;
    pairs += pairs_among(end - begin);
  }
  return pairs;
}

/// Sorts `values` and counts the pairs that stood in falling order.
std::uint64_t sort_counting_inversions(std::vector<double>& values) {
  std::uint64_t inversions = 0;
  sort_visiting_inversions(values, std::less<>(),
                           [&](const double* first, const double* last, double) {
                             inversions += static_cast<std::uint64_t>(last - first);
                           });
  return inversions;
}

std::vector<std::uint32_t> order_by(std::span<const double> x, std::span<const double> y) {
  std::vector<std::uint32_t> order(x.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return x[a] != x[b] ? x[a] < x[b] : y[a] < y[b];
  });
  return order;
}

/// How many of the values added so far have at most a given rank (Fenwick, Software: Practice and
/// Experience 24(3), 1994).
class RankCounter {
 public:
  explicit RankCounter(std::size_t ranks) : tree_(ranks + 1) {}
  void add(std::size_t rank, std::int64_t count) {
    for (++rank; rank < tree_.size(); rank += rank & (~rank + 1)) tree_[rank] += count;
    total_ += count;
  }
  [[nodiscard]] std::int64_t above(std::size_t rank) const {
    std::int64_t up_to = 0;
    for (++rank; rank > 0; rank -= rank & (~rank + 1)) up_to += tree_[rank];
    return total_ - up_to;
  }

 private:
  std::vector<std::int64_t> tree_;
  std::int64_t total_ = 0;
};

/// x increasing, with the place of each y among the different values of y.
struct Ordered {
  std::vector<double> x;
  std::vector<std::size_t> y_place;
};

Ordered ordered(std::span<const double> x, std::span<const double> y) {
  std::vector<double> levels(y.begin(), y.end());
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  Ordered result;
  for (const std::uint32_t row : order_by(x, y)) {
    result.x.push_back(x[row]);
    const auto place = std::lower_bound(levels.begin(), levels.end(), y[row]) - levels.begin();
    result.y_place.push_back(static_cast<std::size_t>(place));
  }
  return result;
}

/// Pairs with different x and a relative difference below `to`, by a window that slides over x: for
/// a given larger x the partners are neighbours, and both ends of the window only move forward.
MisorderBin pairs_below(const Ordered& data, std::optional<double> to) {
  MisorderBin bin{0, to, 0, 0};
  RankCounter window(data.x.size());
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t row = 0; row < data.x.size(); ++row) {
    for (; data.x[end] < data.x[row]; ++end) window.add(data.y_place[end], 1);
    for (; to && begin < end && !((data.x[row] - data.x[begin]) / data.x[begin] < *to); ++begin) {
      window.add(data.y_place[begin], -1);
    }
    bin.pairs += end - begin;
    bin.misordered += static_cast<std::uint64_t>(window.above(data.y_place[row]));
  }
  return bin;
}

}  // namespace

PairCounts count_pairs(std::span<const double> x, std::span<const double> y) {
  require_pairs("rank statistics", x, y);
  const std::vector<std::uint32_t> order = order_by(x, y);
  const std::size_t n = x.size();
  std::vector<double> by_x(n);
  std::transform(order.begin(), order.end(), by_x.begin(),
                 [&](std::uint32_t row) { return y[row]; });
  const std::uint64_t same_x =
      pairs_in_runs(n, [&](std::size_t a, std::size_t b) { return x[order[a]] == x[order[b]]; });
  PairCounts counts;
  counts.tied_both = pairs_in_runs(n, [&](std::size_t a, std::size_t b) {
    return x[order[a]] == x[order[b]] && by_x[a] == by_x[b];
  });
  counts.discordant = sort_counting_inversions(by_x);
  const std::uint64_t same_y =
      pairs_in_runs(n, [&](std::size_t a, std::size_t b) { return by_x[a] == by_x[b]; });
  counts.tied_x = same_x - counts.tied_both;
  counts.tied_y = same_y - counts.tied_both;
  counts.concordant = pairs_among(n) - same_x - counts.tied_y - counts.discordant;
  return counts;
}

std::optional<double> kendall_tau_b(std::span<const double> x, std::span<const double> y) {
  const PairCounts counts = count_pairs(x, y);
  const std::uint64_t ordered_pairs = counts.concordant + counts.discordant;
  const auto differ_y = static_cast<double>(ordered_pairs + counts.tied_x);
  const auto differ_x = static_cast<double>(ordered_pairs + counts.tied_y);
  if (differ_x == 0 || differ_y == 0) return std::nullopt;
  const double excess =
      static_cast<double>(counts.concordant) - static_cast<double>(counts.discordant);
  // Without ties the root is known exactly, and a perfect order is exactly 1.
  const double scale = differ_x == differ_y ? differ_x : std::sqrt(differ_x) * std::sqrt(differ_y);
  return std::clamp(excess / scale, -1.0, 1.0);
}

std::vector<double> mid_ranks(std::span<const double> values) {
  require_pairs("ranks", values, values);
  const std::vector<std::uint32_t> order = order_by(values, values);
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    for (end = begin + 1; end < order.size() && values[order[end]] == values[order[begin]];) ++end;
    const double rank = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

std::optional<double> spearman_rho(std::span<const double> x, std::span<const double> y) {
  require_pairs("rank statistics", x, y);
  if (x.size() < 2) return std::nullopt;
  const Moments sums = moments(mid_ranks(x), mid_ranks(y));
  if (!(sums.sxx.value() > 0 && sums.syy.value() > 0)) return std::nullopt;
  return std::clamp(sums.sxy.value() / std::sqrt(sums.sxx.value()) / std::sqrt(sums.syy.value()),
                    -1.0, 1.0);
}

std::optional<double> MisorderBin::rate() const {
  if (pairs == 0) return std::nullopt;
  return static_cast<double>(misordered) / static_cast<double>(pairs);
}

Misorder misorder(std::span<const double> x, std::span<const double> y,
                  const std::vector<double>& edges) {
  require_pairs("misorder", x, y);
  require_positive("misorder", "x", x);
  require_positive("misorder", "edge", edges);
  if (std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) != edges.end()) {
    throw Error(ErrorCode::input,
                "misorder: the edges must increase; sort them and leave out doubles");
  }
  const Ordered data = ordered(x, y);
  Misorder result;
  result.all = pairs_below(data, std::nullopt);
  result.same_x = pairs_among(x.size()) - result.all.pairs;
  MisorderBin before;
  for (std::size_t i = 0; i <= edges.size(); ++i) {
    const MisorderBin up_to = i < edges.size() ? pairs_below(data, edges[i]) : result.all;
    result.bins.push_back({i == 0 ? 0 : edges[i - 1], up_to.to, up_to.pairs - before.pairs,
                           up_to.misordered - before.misordered});
    before = up_to;
  }
  return result;
}

double quantile_of_sorted(std::span<const double> sorted, double probability) {
  OPLINE_ASSERT(!sorted.empty() && probability >= 0 && probability <= 1, "quantile {} of {} values",
                probability, sorted.size());
  const double position = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] +
         (position - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

}  // namespace opline::analysis
