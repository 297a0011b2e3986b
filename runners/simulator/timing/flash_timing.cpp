#include "runners/simulator/timing/flash_timing.h"

#include <algorithm>
#include <bit>

namespace opline::simulator {
namespace {

constexpr std::uint8_t kOutside = 0xFE;  // no slot has this number
constexpr int kBehindLast = 16;          // translated code reads the slots of 16 lines at once

}  // namespace

LineCache::LineCache(std::uint32_t lines, std::uint32_t flash_lines)
    : slot_of_(flash_lines + kBehindLast, kAbsent), lines_(lines) {
  std::fill(slot_of_.end() - kBehindLast, slot_of_.end(), kOutside);
  last_use_.fill(kNever);
}

void LineCache::clear() {
  for (std::uint32_t slot = 0; slot < used_; ++slot) slot_of_[line_in_[slot]] = kAbsent;
  used_ = 0;
}

std::vector<std::uint32_t> LineCache::by_last_use() const {
  std::vector<std::uint64_t> uses(last_use_.begin(), last_use_.begin() + used_);
  std::sort(uses.begin(), uses.end());
  std::vector<std::uint32_t> lines;
  lines.reserve(uses.size());
  for (const std::uint64_t use : uses) lines.push_back(line_in_[use % kStep]);
  return lines;
}

FlashTiming::FlashTiming(const board::Flash& flash)
    : line_shift(static_cast<std::uint32_t>(std::countr_zero(flash.line_bytes))),
      can_cache_instructions_(flash.instruction_lines != 0),
      can_cache_data_(flash.data_lines != 0),
      can_prefetch_(flash.prefetch),
      instruction_(flash.instruction_lines, flash.bytes / flash.line_bytes),
      data_(flash.data_lines, flash.bytes / flash.line_bytes) {}

void FlashTiming::program(const FlashAccess& access) {
  wait_states_ = access.wait_cycles;
  prefetch_ = access.prefetch && can_prefetch_;
  cache_instructions_ = access.cache_instructions && can_cache_instructions_;
  cache_data_ = access.cache_data && can_cache_data_;
  if (access.reset_instructions || !cache_instructions_) instruction_.clear();
  if (access.reset_data || !cache_data_) data_.clear();
  if (!prefetch_) prefetch_line_ = kNoLine;
}

std::uint32_t FlashTiming::read(std::uint32_t line, std::uint64_t now) {
  if (read_cached(line)) return 0;
  busy_until_ = std::max(now, busy_until_) + wait_states_;
  if (cache_data_) data_.insert(line);
  return static_cast<std::uint32_t>(busy_until_ - now);
}

}  // namespace opline::simulator
