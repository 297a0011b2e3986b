#include "sampler/count/ops_strata.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::sampler {
namespace {

constexpr std::uint32_t kLane = 1;

/// The edges between `low` and `high`, without `low`, ascending.
void add_edges(double low, double high, unsigned doublings, std::vector<std::uint64_t>& edges) {
  if (doublings == 0) {
    edges.push_back(static_cast<std::uint64_t>(high));
    return;
  }
  const double middle = std::sqrt(low * high);
  add_edges(low, middle, doublings - 1, edges);
  add_edges(middle, high, doublings - 1, edges);
}

}  // namespace

OpsStrata::OpsStrata(std::vector<std::uint64_t> pilot) {
  OPLINE_ASSERT(pilot.size() == kPilotSamples, "{} pilot samples", pilot.size());
  std::sort(pilot.begin(), pilot.end());
  const std::uint64_t low = pilot[kPilotTail];
  const std::uint64_t high = pilot[kPilotSamples - 1 - kPilotTail];
  std::vector<std::uint64_t> edges{low};
  add_edges(static_cast<double>(low), static_cast<double>(high), kStrataDoublings, edges);
  edges.back() = high + 1;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const auto begin = std::lower_bound(pilot.begin(), pilot.end(), edges[i]);
    const auto end = std::lower_bound(pilot.begin(), pilot.end(), edges[i + 1]);
    if (end - begin >= static_cast<std::ptrdiff_t>(kMinPilotHits))
      intervals_.emplace_back(edges[i], edges[i + 1]);
  }
  OPLINE_ASSERT(!intervals_.empty(), "4088 samples in 32 strata leave one with 4 at least");
}

const OpsStrata::Interval& OpsStrata::of_sample(std::uint64_t seed, std::uint64_t index) const {
  const std::uint64_t count = intervals_.size();
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  RandomStream random(seed, index / count, kLane);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  }
  return intervals_[order[index % count]];
}

}  // namespace opline::sampler
