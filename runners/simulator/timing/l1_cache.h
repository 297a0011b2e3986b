// runners/simulator/timing/l1_cache.h - the tags of one level-1 cache: which lines it holds, and
// which of them are dirty.
//
// Set-associative. Assumed, because the Cortex-M7 TRM (DDI 0489, section 5.7) does not give the
// policy: a miss replaces an invalid way, else the one that a binary tree of least-recently-used
// bits points at (exact for two ways). Only time depends on it: data is always read from and
// written to the memories themselves.
#pragma once
#include <cstdint>
#include <vector>

#include "src/board/board.h"

namespace opline::simulator {

class L1Cache {
 public:
  L1Cache() = default;
  L1Cache(const board::Cache& cache, std::uint32_t line_bytes);

  /// Returns whether the cache holds the line (address / line_bytes); if so, makes it the most
  /// recently used of its set.
  bool touch(std::uint32_t line) {
    if (is_last_used(line)) return true;
    const std::uint32_t set = line & set_mask_, first = set << way_bits_;
    for (std::uint32_t way = 0; way < ways_; ++way) {
      if (tags_[first + way] != line) continue;
      mark_used(set, way);
      last_slot_ = first + way;
      return true;
    }
    return false;
  }
  /// The same where the line is the most recently used of its set already.
  bool is_last_used(std::uint32_t line) {
    const std::uint32_t set = line & set_mask_;
    last_slot_ = (set << way_bits_) + kLastUsed[used_[set]];
    return tags_[last_slot_] == line;
  }
  /// Inserts the line as the most recently used. Returns true if a dirty line was replaced.
  bool insert(std::uint32_t line);
  /// Marks the line that `touch` found or `insert` inserted last.
  void make_dirty() { dirty_[last_slot_] = 1; }

  /// Empties the cache. Returns the number of dirty lines that were in it.
  std::uint32_t clear();
  /// Cleans one line, given by set and way or by its number, and invalidates it if asked to.
  /// Returns 1 if it was dirty, else 0.
  std::uint32_t clean_slot(std::uint32_t set, std::uint32_t way, bool invalidate);
  std::uint32_t clean_line(std::uint32_t line, bool invalidate);

  /// The same lines, dirty or not, to be replaced in the same order.
  bool operator==(const L1Cache& other) const {
    return tags_ == other.tags_ && dirty_ == other.dirty_ && used_ == other.used_;
  }
  /// A number that differs when something else would be found, or replaced, than before. Copies
  /// count on from it independently.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] std::uint32_t ways() const { return ways_; }
  [[nodiscard]] std::uint32_t sets() const { return set_mask_ + 1; }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF, kMostWays = 4;
  void mark_used(std::uint32_t set, std::uint32_t way) {
    used_[set] = kUsed[way][used_[set]];
    ++changes_;
  }

  /// New tree bits by way and old bits: bit 0 points at the older pair, bits 1 and 2 at the older
  /// way of each pair. With two ways only way 0 and 1 occur, and bit 1 decides.
  static const std::uint8_t kUsed[4][8];
  /// The way that was used last, by these bits. Of a set that was never used it may be beyond the
  /// ways, where no line of the set is.
  static const std::uint8_t kLastUsed[8];
  [[nodiscard]] std::uint32_t victim(std::uint32_t set) const;

  std::uint32_t ways_ = 0, way_bits_ = 0, set_mask_ = 0, last_slot_ = 0;
  std::uint64_t changes_ = 0;
  std::vector<std::uint32_t> tags_;
  std::vector<std::uint8_t> dirty_, used_;
};

inline std::uint32_t L1Cache::victim(std::uint32_t set) const {
  const std::uint32_t first = set * ways_;
  for (std::uint32_t way = 0; way < ways_; ++way) {
    if (tags_[first + way] == kNone) return way;
  }
  const std::uint32_t bits = used_[set];
  if (ways_ == 1) return 0;
  if (ways_ == 2 || (bits & 1) == 0) return bits >> 1 & 1;
  return 2 + (bits >> 2 & 1);
}

inline bool L1Cache::insert(std::uint32_t line) {
  const std::uint32_t set = line & set_mask_, way = victim(set);
  last_slot_ = set * ways_ + way;
  const bool wrote_back = dirty_[last_slot_] != 0;
  tags_[last_slot_] = line;
  dirty_[last_slot_] = 0;
  mark_used(set, way);
  return wrote_back;
}

}  // namespace opline::simulator
