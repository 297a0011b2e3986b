// src/base/random.h - the same seed gives the same bits, everywhere.
//
// A counter-based generator (Philox 4x32-10, Salmon et al., SC 2011, from Random123) needs no state
// that threads would have to share: stream `index` of `seed` is the same whatever the order, thread
// count or shard. The standard library's distributions differ between implementations and are never
// used.
#pragma once
#include <array>
#include <cstddef>
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
  std::uint32_t next() {
    if (used_ == words_.size()) refill();
    return words_[used_++];
  }

  /// Uniform in [0, bound), exactly: the draws that would favour small values are rejected (Lemire,
  /// 2019). `bound` >= 1.
  std::uint32_t below(std::uint32_t bound) {
    const std::uint64_t product = std::uint64_t{next()} * bound;
    if (static_cast<std::uint32_t>(product) <= bound - 1) return below_slowly(bound, product);
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  void refill();
  std::uint32_t below_slowly(std::uint32_t bound, std::uint64_t product);

  /// Blocks computed at a time: a processor overlaps what does not depend on each other.
  static constexpr std::size_t kBlocks = 4;

  std::uint64_t seed_;
  std::uint64_t index_;
  std::uint64_t block_;  ///< A lane is 2^32 blocks of 128 bits.
  std::array<std::uint32_t, 4 * kBlocks> words_;
  std::size_t used_ = 4 * kBlocks;
};

}  // namespace opline
