// sampler/draw/permutation.h - a keyed permutation of 0 .. N-1 that computes any position directly.
//
// With it, sampling without replacement can draw the samples of one shard without those of the
// others. A Feistel network permutes 0 .. 2^(2h)-1, the smallest even number of bits that holds
// N-1 (h >= 2); a result beyond N-1 is permuted again until one below N comes out ("cycle walking":
// Black & Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002), fewer than four times on
// average for N > 4. That is a bijection of 0 .. N-1 for any round function. 16 rounds; the round
// function takes h bits to h bits:
//   s_0 = (0, 0, round, 256 h + 2),
//   s_(j+1) = Philox4x32-10(counter = s_j xor (chunk_j, 0, 0), key = seed)
// over the 64-bit chunks of the half, least significant first; then the 32-bit words 4m .. 4m+3 of
// the result are Philox4x32-10(counter = s xor (0, 0, m + 1, 1), key = seed), cut to h bits. Not a
// cipher: it scatters, but hides nothing.
#pragma once
#include <cstdint>
#include <vector>

#include "sampler/count/big_count.h"

namespace opline::sampler {

class KeyedPermutation {
 public:
  /// Of 0 .. size-1; size >= 1.
  KeyedPermutation(BigCount size, std::uint64_t key);

  [[nodiscard]] const BigCount& size() const { return size_; }
  /// The number at `position` (0 .. size-1). Frozen for a given size and key.
  [[nodiscard]] BigCount at(const BigCount& position) const;

 private:
  /// 32-bit words, least significant first; bits beyond `half_bits_` are 0.
  using Half = std::vector<std::uint32_t>;
  [[nodiscard]] BigCount once(const BigCount& number) const;
  void mix(Half& target, const Half& source, std::uint32_t round) const;

  BigCount size_;
  std::uint64_t key_;
  unsigned half_bits_;
  BigCount half_mask_;
};

}  // namespace opline::sampler
