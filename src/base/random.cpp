#include "src/base/random.h"

#include <Random123/philox.h>

#include <algorithm>

#include "src/base/error.h"

namespace opline {

PhiloxBlock philox(const PhiloxBlock& counter, std::uint64_t key) {
  using Philox = r123::Philox4x32;
  const Philox::ctr_type block = Philox{}(
      Philox::ctr_type{{counter[0], counter[1], counter[2], counter[3]}},
      Philox::key_type{{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}});
  return {block[0], block[1], block[2], block[3]};
}

void RandomStream::refill() {
  for (std::size_t i = 0; i < kBlocks; ++i, ++block_) {
    const PhiloxBlock block =
        philox({static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(index_ >> 32),
                static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32)},
               seed_);
    std::copy(block.begin(), block.end(), words_.begin() + 4 * i);
  }
  used_ = 0;
}

std::uint32_t RandomStream::below_slowly(std::uint32_t bound, std::uint64_t product) {
  OPLINE_ASSERT(bound >= 1, "no integer is below zero");
  const std::uint32_t threshold = (0U - bound) % bound;
  while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{next()} * bound;
  return static_cast<std::uint32_t>(product >> 32);
}

}  // namespace opline
