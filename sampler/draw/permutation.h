// sampler/draw/permutation.h - the numbers 0 .. N-1 in an order that a key decides, each by itself.
//
// What sampling without replacement needs so that a shard can draw its samples without drawing the
// others'. A Feistel network permutes 0 .. 2^(2h)-1, the smallest even number of bits that holds
// N-1 (h >= 2); a result beyond N-1 is permuted again until one below N comes out ("cycle walking":
// Black & Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002), fewer than four times on
// average for N > 4. That is a bijection of 0 .. N-1 for any round function. 16 rounds; the round
// function takes h bits to h bits:
//   s_0 = (0, 0, round, 256 h + 2),  s_(j+1) = Philox4x32-10(counter = s_j xor (chunk_j, 0, 0), key
//   = seed) over the 64-bit chunks of the half, least significant first, then words 4m .. 4m+3 of
//   the result = Philox4x32-10(counter = s xor (0, 0, m + 1, 1), key = seed), cut to h bits.
// It is no cipher: it scatters, it keeps no secret.
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
  /// Where `position` (0 .. size-1) goes. Values and their order are frozen for a given size and
  /// key.
  [[nodiscard]] BigCount at(const BigCount& position) const;

 private:
  using Half =
      std::vector<std::uint32_t>;  ///< Little-endian words; bits beyond `half_bits_` are 0.
  [[nodiscard]] BigCount once(const BigCount& number) const;
  void mix(Half& target, const Half& source, std::uint32_t round) const;

  BigCount size_;
  std::uint64_t key_;
  unsigned half_bits_;
  BigCount half_mask_;
};

}  // namespace opline::sampler
