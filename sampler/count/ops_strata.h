// sampler/count/ops_strata.h - intervals of ops, equally wide on a logarithmic scale, from which
// uniform-log-ops draws in turn.
//
// Of 4096 pilot samples, sorted by ops, lo is number 4 and hi number 4091 (0-based): the 0.1 % and
// the 99.9 % point. The edges divide lo .. hi into 32 strata of one ratio: the middle edge is
// sqrt(lo * hi), the others likewise between their neighbours, rounded down to whole ops. (Square
// roots and products are the same on every machine; logarithms are not.) A stratum with fewer than
// 4 pilot samples is left out, so none is hopeless to draw from. Internal to the module.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace opline::sampler {

inline constexpr std::size_t kPilotSamples = 4096;
inline constexpr std::size_t kPilotTail = 4;     ///< Samples beyond each end.
inline constexpr std::size_t kMinPilotHits = 4;  ///< Of a stratum.
inline constexpr unsigned kStrataDoublings = 5;  ///< 2^5 = 32 strata.

class OpsStrata {
 public:
  /// From (included) to (excluded).
  using Interval = std::pair<std::uint64_t, std::uint64_t>;

  /// From the ops of kPilotSamples samples, in any order.
  explicit OpsStrata(std::vector<std::uint64_t> pilot);

  /// Ascending; at least one.
  [[nodiscard]] const std::vector<Interval>& intervals() const { return intervals_; }
  /// The stratum of sample `index`. Every run of intervals().size() samples that starts at a
  /// multiple of that number has one sample in each stratum, in an order shuffled (Fisher-Yates)
  /// with RandomStream(seed, number of the run, lane 1).
  [[nodiscard]] const Interval& of_sample(std::uint64_t seed, std::uint64_t index) const;

 private:
  std::vector<Interval> intervals_;
};

}  // namespace opline::sampler
