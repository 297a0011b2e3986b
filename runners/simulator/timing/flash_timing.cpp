#include "runners/simulator/timing/flash_timing.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace opline::simulator {
namespace {


constexpr std::int32_t kNeverOldest = INT32_MAX;

}  // namespace

LineCache::LineCache(std::uint32_t lines, std::uint32_t flash_lines)
    : slot_of_(flash_lines + 1, kAbsent), lines_(lines) {
  age_.fill(kNeverOldest);
}

void LineCache::insert(std::uint32_t line) {
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
  age_[slot] = ++clock_;
}

// Eight at a time, which compilers make vectors of: a full cache searches on every miss.
std::uint32_t LineCache::oldest() const {
  std::array<std::int32_t, 8> least{};
  least.fill(kNeverOldest);
  for (std::uint32_t slot = 0; slot < lines_; slot += 8) {
    for (std::uint32_t i = 0; i < 8; ++i)
      least[i] = age_[slot + i] < least[i] ? age_[slot + i] : least[i];
  }
  const std::int32_t age = *std::min_element(least.begin(), least.end());
  return static_cast<std::uint32_t>(std::find(age_.begin(), age_.end(), age) - age_.begin());
}

void LineCache::renumber() {
  std::vector<std::uint32_t> slots(used_);
  std::iota(slots.begin(), slots.end(), 0U);
  std::sort(slots.begin(), slots.end(),
            [&](std::uint32_t a, std::uint32_t b) { return age_[a] < age_[b]; });
  clock_ = 0;
  for (const std::uint32_t slot : slots) age_[slot] = ++clock_;
}

void LineCache::clear() {
  for (std::uint32_t slot = 0; slot < used_; ++slot) slot_of_[line_in_[slot]] = kAbsent;
  age_.fill(kNeverOldest);
  used_ = 0;
}

FlashTiming::FlashTiming(const board::Flash& flash)
    : line_shift(static_cast<std::uint32_t>(std::countr_zero(flash.line_bytes))),
      lines_(flash.bytes / flash.line_bytes),
      can_cache_instructions_(flash.instruction_lines != 0),
      can_cache_data_(flash.data_lines != 0),
      can_prefetch_(flash.prefetch),
      instruction_(flash.instruction_lines, lines_),
      data_(flash.data_lines, lines_) {}

void FlashTiming::program(std::uint32_t access_control) {
  const auto bit = [&](unsigned n) { return (access_control >> n & 1) != 0; };
  wait_states_ = access_control & 0xF;
  prefetch_ = bit(8) && can_prefetch_;
  cache_instructions_ = bit(9) && can_cache_instructions_;
  cache_data_ = bit(10) && can_cache_data_;
  if (bit(11) || !cache_instructions_) instruction_.clear();
  if (bit(12) || !cache_data_) data_.clear();
  if (!prefetch_) prefetch_line_ = kNoLine;
}

std::uint32_t FlashTiming::enter(std::uint32_t line, std::uint64_t now) {
  current_line = line;
  if (wait_states_ == 0) return 0;
  std::uint64_t ready = now;
  if (instruction_.holds(line)) {
    instruction_.touch(line);
  } else if (line == prefetch_line_) {
    ready = std::max(now, prefetch_ready_);
    prefetch_line_ = kNoLine;
  } else {
    ready = busy_until_ = std::max(now, busy_until_) + wait_states_;
    if (cache_instructions_) instruction_.insert(line);
  }
  prefetch_after(line, ready);
  return static_cast<std::uint32_t>(ready - now);
}

std::uint32_t FlashTiming::read(std::uint32_t line, std::uint64_t now) {
  if (wait_states_ == 0 || read_cached(line)) return 0;
  busy_until_ = std::max(now, busy_until_) + wait_states_;
  if (cache_data_) data_.insert(line);
  return static_cast<std::uint32_t>(busy_until_ - now);
}

}  // namespace opline::simulator
