#include "runners/simulator/timing/l1_cache.h"

#include <algorithm>
#include <bit>

namespace opline::simulator {

// Using way 0 or 1 makes bit 0 point at ways 2 and 3, and the reverse; within a pair the bit points
// at the other way.
const std::uint8_t L1Cache::kUsed[4][8] = {
    {3, 3, 3, 3, 7, 7, 7, 7},  // way 0: bit 0 = 1, bit 1 = 1
    {1, 1, 1, 1, 5, 5, 5, 5},  // way 1: bit 0 = 1, bit 1 = 0
    {4, 4, 6, 6, 4, 4, 6, 6},  // way 2: bit 0 = 0, bit 2 = 1
    {0, 0, 2, 2, 0, 0, 2, 2},  // way 3: bit 0 = 0, bit 2 = 0
};

const std::uint8_t L1Cache::kLastUsed[8] = {3, 1, 3, 0, 2, 1, 2, 0};

L1Cache::L1Cache(const board::Cache& cache, std::uint32_t line_bytes)
    : ways_(cache.ways),
      way_bits_(static_cast<std::uint32_t>(std::countr_zero(cache.ways))),
      set_mask_(cache.bytes / line_bytes / cache.ways - 1),
      tags_(cache.bytes / line_bytes + kMostWays, kNone),
      dirty_(cache.bytes / line_bytes, 0),
      used_(set_mask_ + 1, 0) {}

std::uint32_t L1Cache::clear() {
  ++changes_;
  const auto dirty = static_cast<std::uint32_t>(std::count(dirty_.begin(), dirty_.end(), 1));
  std::fill(tags_.begin(), tags_.end(), kNone);
  std::fill(dirty_.begin(), dirty_.end(), std::uint8_t{0});
  std::fill(used_.begin(), used_.end(), std::uint8_t{0});
  return dirty;
}

std::uint32_t L1Cache::clean_slot(std::uint32_t set, std::uint32_t way, bool invalidate) {
  if (set > set_mask_ || way >= ways_) return 0;
  const std::uint32_t slot = set * ways_ + way, was_dirty = dirty_[slot];
  dirty_[slot] = 0;
  if (invalidate) tags_[slot] = kNone, ++changes_;
  return was_dirty;
}

std::uint32_t L1Cache::clean_line(std::uint32_t line, bool invalidate) {
  const std::uint32_t set = line & set_mask_;
  for (std::uint32_t way = 0; way < ways_; ++way) {
    if (tags_[set * ways_ + way] == line) return clean_slot(set, way, invalidate);
  }
  return 0;
}

}  // namespace opline::simulator
