// src/base/random.h - the same seed gives the same bits, everywhere.
//
// A counter-based generator (Philox 4x32-10, Salmon et al., SC 2011, from Random123) needs no state
// that threads would have to share: stream `index` of `seed` is the same whatever the order, thread
// count or shard. The standard library's distributions differ between implementations and are never
// used.
#pragma once
#include <array>
#include <cstdint>

namespace opline {

/// The counter and the result of one call of the generator.
using PhiloxBlock = std::array<std::uint32_t, 4>;

/// Philox 4x32-10: 128 bits that look random, for a counter and a key.
[[nodiscard]] PhiloxBlock philox(const PhiloxBlock& counter, std::uint64_t key);

/// One stream of uniform random bits. Cheap to make: one per sampled architecture.
class RandomStream {
 public:
  /// `lane`: streams that share seed and index and no bit, for what is drawn beside the main thing.
  RandomStream(std::uint64_t seed, std::uint64_t index, std::uint32_t lane = 0)
      : seed_(seed), index_(index), block_(std::uint64_t{lane} << 32) {}

  /// The next 32 uniform bits.
  std::uint32_t next();

  /// Uniform in [0, bound), exactly: the draws that would favour small values are rejected (Lemire,
  /// 2019). `bound` >= 1.
  std::uint32_t below(std::uint32_t bound);

 private:
  std::uint64_t seed_;
  std::uint64_t index_;
  std::uint64_t block_;  ///< A lane is 2^32 blocks of 128 bits.
  PhiloxBlock words_{};
  unsigned used_ = 4;
};

}  // namespace opline
