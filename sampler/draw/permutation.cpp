#include "sampler/draw/permutation.h"

#include <algorithm>
#include <iterator>

#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::sampler {
namespace {

constexpr std::uint32_t kRounds = 16;
constexpr std::uint32_t kLane = 2;
constexpr unsigned kWordBits = 32;

unsigned half_bits_for(const BigCount& size) {
  const BigCount last = size - 1;
  const unsigned bits = last == 0 ? 0 : static_cast<unsigned>(msb(last)) + 1;
  return std::max(2U, (bits + 1) / 2);
}

std::vector<std::uint32_t> words_of(const BigCount& number, std::size_t count) {
  std::vector<std::uint32_t> words;
  words.reserve(count + 1);
  export_bits(number, std::back_inserter(words), kWordBits, false);
  words.resize(count);
  return words;
}

BigCount number_of(const std::vector<std::uint32_t>& words) {
  BigCount number;
  import_bits(number, words.begin(), words.end(), kWordBits, false);
  return number;
}

}  // namespace

KeyedPermutation::KeyedPermutation(BigCount size, std::uint64_t key)
    : size_(std::move(size)), key_(key) {
  OPLINE_ASSERT(size_ >= 1, "a permutation of nothing");
  half_bits_ = half_bits_for(size_);
  half_mask_ = 1;
  half_mask_ <<= half_bits_;
  --half_mask_;
}

BigCount KeyedPermutation::at(const BigCount& position) const {
  OPLINE_ASSERT(position >= 0 && position < size_, "position beyond the permutation");
  BigCount number = once(position);
  while (number >= size_) number = once(number);
  return number;
}

BigCount KeyedPermutation::once(const BigCount& number) const {
  const std::size_t words = (half_bits_ + kWordBits - 1) / kWordBits;
  Half left = words_of(number >> half_bits_, words);
  Half right = words_of(number & half_mask_, words);
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    mix(left, right, round);
    left.swap(right);
  }
  BigCount result = number_of(left);
  result <<= half_bits_;
  return result |= number_of(right);
}

void KeyedPermutation::mix(Half& target, const Half& source, std::uint32_t round) const {
  PhiloxBlock state = {0, 0, round, (half_bits_ << 8U) | kLane};  // words 0 and 1 are the chunk's
  for (std::size_t i = 0; i < source.size(); i += 2) {
    state[0] ^= source[i];
    if (i + 1 < source.size()) state[1] ^= source[i + 1];
    state = philox(state, key_);
  }
  for (std::size_t i = 0; i < target.size(); i += state.size()) {
    PhiloxBlock counter = state;
    counter[2] ^= static_cast<std::uint32_t>(i / state.size()) + 1;
    counter[3] ^= 1;
    const PhiloxBlock block = philox(counter, key_);
    for (std::size_t j = 0; j < block.size() && i + j < target.size(); ++j)
      target[i + j] ^= block[j];
  }
  if (half_bits_ % kWordBits != 0) target.back() &= (1U << (half_bits_ % kWordBits)) - 1;
}

}  // namespace opline::sampler
