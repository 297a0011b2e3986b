#include "src/base/random.h"

#include <Random123/philox.h>

#include "src/base/error.h"

namespace opline {

PhiloxBlock philox(const PhiloxBlock& counter, std::uint64_t key) {
  using Philox = r123::Philox4x32;
  const Philox::ctr_type block = Philox{}(
      Philox::ctr_type{{counter[0], counter[1], counter[2], counter[3]}},
      Philox::key_type{{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}});
  return {block[0], block[1], block[2], block[3]};
}

std::uint32_t RandomStream::next() {
  if (used_ == words_.size()) {
    words_ = philox({static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(index_ >> 32),
                     static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32)},
                    seed_);
    ++block_;
    used_ = 0;
  }
  return words_[used_++];
}

std::uint32_t RandomStream::below(std::uint32_t bound) {
  OPLINE_ASSERT(bound >= 1, "no integer is below zero");
  std::uint64_t product = std::uint64_t{next()} * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t threshold = (0U - bound) % bound;
    while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{next()} * bound;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

}  // namespace opline
