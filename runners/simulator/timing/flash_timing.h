// runners/simulator/timing/flash_timing.h - what flash costs: wait states, line caches, prefetch
// (STM32F4's ART).
//
// ST documents the ART accelerator in RM0390 section 3.4.2 and, with the same text, in RM0090
// section 3.5.2 (rev. 21, pages 82 to 84). What these say:
//
// - The flash delivers one 128-bit line per read, which takes 1 + LATENCY cycles.
// - With PRFTEN the next sequential line is read while the current one executes.
// - An instruction fetch misses when its line is neither the current, nor the prefetched one, nor
// in
//   the instruction cache (64 lines). The line read on a miss is copied into that cache. So a
//   prefetched line that is used becomes the current line, but does not enter the cache.
// - A full cache replaces its least recently used line. The data cache (8 lines) works likewise.
//
// Assumed, because the manuals do not say: the caches are fully associative; a read that has begun
// is completed before another begins, also where a data read, which has priority, waits for a
// prefetch; a prefetch never delays a line that is already cached; a data read that misses occupies
// the flash as an instruction read does; a line that execution has left has to be fetched again.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "src/board/board.h"

namespace opline::simulator {
namespace translated {
class Clock;
}

/// Fully associative, least recently used. Lines are numbered from the start of the flash.
class LineCache {
 public:
  static constexpr std::uint8_t kAbsent = 0xFF;
  static constexpr std::uint32_t kMostLines = 254;

  LineCache() = default;
  /// `lines` <= kMostLines of a flash of `flash_lines` lines.
  LineCache(std::uint32_t lines, std::uint32_t flash_lines);

  [[nodiscard]] bool holds(std::uint32_t line) const { return slot_of_[line] != kAbsent; }
  /// Marks a line that `holds` as the most recently used.
  void touch(std::uint32_t line) { use(slot_of_[line]); }
  void insert(std::uint32_t line);
  void clear();
  /// The same lines, last used in the same order.
  bool operator==(const LineCache& other) const { return by_last_use() == other.by_last_use(); }

 private:
  friend class translated::Clock;
  void use(std::uint32_t slot) { last_use_[slot] = (clock_ += kStep) | slot; }
  [[nodiscard]] std::uint32_t oldest() const;
  [[nodiscard]] std::vector<std::uint32_t> by_last_use() const;

  /// By flash line. What lies behind the last line counts as held, since nothing fetches it.
  std::vector<std::uint8_t> slot_of_;
  std::array<std::uint32_t, kMostLines> line_in_{};  // by slot
  /// By slot: when it was last used, and its number in the low byte; kNever where it was not.
  std::array<std::uint64_t, kMostLines + 2> last_use_{};
  std::uint32_t lines_ = 0, used_ = 0;
  static constexpr std::uint64_t kStep = 256, kNever = UINT64_MAX;
  std::uint64_t clock_ = 0;
};

inline void LineCache::insert(std::uint32_t line) {
  if (lines_ == 0 || holds(line)) return;
  std::uint32_t slot = used_;
  if (used_ < lines_) {
    ++used_;
  } else {
    slot = oldest();
    slot_of_[line_in_[slot]] = kAbsent;
  }
  slot_of_[line] = static_cast<std::uint8_t>(slot);
  line_in_[slot] = line;
  use(slot);
}

// Eight at a time without a branch: a full cache searches on every miss.
inline std::uint32_t LineCache::oldest() const {
  const auto older = [](std::uint64_t a, std::uint64_t b) { return a < b ? a : b; };
  std::uint64_t least = kNever;
  for (std::uint32_t slot = 0; slot < lines_; slot += 8) {
    const std::uint64_t* const of = &last_use_[slot];
    least = older(least, older(older(older(of[0], of[1]), older(of[2], of[3])),
                               older(older(of[4], of[5]), older(of[6], of[7]))));
  }
  return static_cast<std::uint32_t>(least % kStep);
}

/// What of the flash's timing the firmware has programmed.
struct FlashAccess {
  std::uint32_t wait_states = 0;  ///< As in the register.
  std::uint32_t wait_cycles = 0;  ///< What they are in cycles of the core.
  bool prefetch = false, cache_instructions = false, cache_data = false;
  bool reset_instructions = false, reset_data = false;  ///< The caches are being emptied.
  bool operator==(const FlashAccess&) const = default;
};

class FlashTiming {
 public:
  static constexpr std::uint32_t kNoLine = 0xFFFFFFFF;

  FlashTiming() = default;
  explicit FlashTiming(const board::Flash& flash);

  /// Takes into effect what was programmed, as far as the flash has it.
  void program(const FlashAccess& access);

  /// Cycles that the core waits when execution enters `line` at `now`; makes it the current line.
  std::uint32_t enter(std::uint32_t line, std::uint64_t now);
  /// Cycles that a data read of `line` waits at `now`.
  std::uint32_t read(std::uint32_t line, std::uint64_t now);
  bool operator==(const FlashTiming&) const = default;
  /// Execution went on elsewhere (SRAM).
  void leave() { current_line = kNoLine; }

  /// True, and `enter` is done, when nothing waits and nothing is fetched: the line and its
  /// successor are cached.
  bool enter_cached(std::uint32_t line) {
    if (!instruction_.holds(line)) {
      if (wait_states_ != 0) return false;
    } else {
      if (wait_states_ != 0 && !instruction_.holds(line + 1)) return false;
      instruction_.touch(line);
    }
    current_line = line;
    return true;
  }
  /// True, and `enter` is done, when execution goes on in the line that was prefetched, as it does
  /// in straight-line code. Adds the wait to `time`, whose low half is `now`.
  bool enter_prefetched(std::uint32_t line, std::uint64_t now, std::uint64_t& time) {
    if (line != prefetch_line_ || instruction_.holds(line)) return false;
    const std::uint64_t ready = prefetch_ready_ > now ? prefetch_ready_ : now;
    current_line = line;
    prefetch_line_ = kNoLine;
    prefetch_after(line, ready);
    time += ready - now;
    return true;
  }
  /// True, and `read` is done, when the data cache holds the line.
  bool read_cached(std::uint32_t line) {
    if (!data_.holds(line)) return wait_states_ == 0;
    data_.touch(line);
    return true;
  }

  std::uint32_t current_line = kNoLine;  ///< The line that instructions come from.
  std::uint32_t line_shift = 4;          ///< log2 of the line's bytes.

 private:
  friend class translated::Clock;
  /// Begins to read the line after `line`, which execution has entered at `now`.
  void prefetch_after(std::uint32_t line, std::uint64_t now) {
    const std::uint32_t next = line + 1;
    if (!prefetch_ || next == prefetch_line_ || instruction_.holds(next)) return;
    prefetch_line_ = next;
    prefetch_ready_ = busy_until_ = (now > busy_until_ ? now : busy_until_) + wait_states_ + 1;
  }

  std::uint32_t wait_states_ = 0;
  bool can_cache_instructions_ = false, can_cache_data_ = false, can_prefetch_ = false;
  bool cache_instructions_ = false, cache_data_ = false, prefetch_ = false;
  LineCache instruction_, data_;
  std::uint32_t prefetch_line_ = kNoLine;
  std::uint64_t prefetch_ready_ = 0;
  std::uint64_t busy_until_ = 0;
};

inline std::uint32_t FlashTiming::enter(std::uint32_t line, std::uint64_t now) {
  current_line = line;
  std::uint64_t ready = now;
  if (instruction_.holds(line)) {
    instruction_.touch(line);
  } else if (wait_states_ == 0) {
    return 0;
  } else if (line == prefetch_line_) {
    ready = now > prefetch_ready_ ? now : prefetch_ready_;
    prefetch_line_ = kNoLine;
  } else {
    ready = busy_until_ = (now > busy_until_ ? now : busy_until_) + wait_states_;
    if (cache_instructions_) instruction_.insert(line);
  }
  if (wait_states_ != 0) prefetch_after(line, ready);
  return static_cast<std::uint32_t>(ready - now);
}

}  // namespace opline::simulator
