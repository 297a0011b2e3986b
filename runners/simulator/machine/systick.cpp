#include "runners/simulator/machine/systick.h"

#include <utility>

namespace opline::simulator {
namespace {

constexpr std::uint32_t kTickInterrupt = 2, kCountFlag = 1U << 16;
constexpr std::uint32_t kCalibration = 0xC0000000;  // no reference clock, skew (B3.3.6)

}  // namespace

/// Ticks after `from_` until it reaches zero: from zero, the first tick reloads.
std::uint64_t SysTick::first_zero() const {
  return count_ != 0 ? count_ : std::uint64_t{reload_} + 1;
}

std::uint64_t SysTick::zeros(std::uint64_t now) const {
  const std::uint64_t passed = ticks(now);
  if (!counts() || passed < first_zero()) return 0;
  return reload_ == 0 ? 1 : 1 + (passed - first_zero()) / (std::uint64_t{reload_} + 1);
}

std::uint32_t SysTick::value(std::uint64_t now) const {
  if (!counts()) return count_;
  const std::uint64_t passed = ticks(now), period = std::uint64_t{reload_} + 1;
  if (passed <= count_) return static_cast<std::uint32_t>(count_ - passed);
  return static_cast<std::uint32_t>((period - (passed - count_) % period) % period);
}

void SysTick::note_zeros(std::uint64_t now) {
  const std::uint64_t count = zeros(now);
  if (count == zeros_noted_) return;
  zeros_noted_ = count;
  reached_zero_ = true;
  asks_ = asks_ || (control_ & kTickInterrupt) != 0;
}

void SysTick::restart(std::uint32_t count, std::uint64_t now) {
  count_ = count;
  from_ = now;
  zeros_noted_ = 0;
}

std::uint32_t SysTick::read(unsigned index, std::uint64_t now) {
  note_zeros(now);
  switch (index) {
    case 0:
      return control_ | (std::exchange(reached_zero_, false) ? kCountFlag : 0);
    case 1:
      return reload_;
    case 2:
      return value(now);
    default:
      return kCalibration;
  }
}

void SysTick::write(unsigned index, std::uint32_t value_written, std::uint64_t now) {
  note_zeros(now);
  restart(value(now), now);
  if (index == 0) control_ = value_written & 7;
  if (index == 1) reload_ = value_written & 0xFFFFFF;
  if (index == 2) {  // any write clears the counter and COUNTFLAG
    count_ = 0;
    reached_zero_ = false;
  }
}

bool SysTick::expired(std::uint64_t now) {
  note_zeros(now);
  return std::exchange(asks_, false);
}

std::uint64_t SysTick::next_expiry(std::uint64_t now) const {
  if (!counts() || (control_ & kTickInterrupt) == 0) return UINT64_MAX;
  const std::uint64_t passed = zeros(now);
  if (passed != 0 && reload_ == 0) return UINT64_MAX;
  const std::uint64_t tick = first_zero() + passed * (std::uint64_t{reload_} + 1);
  return from_ + tick * cycles_per_tick();
}

}  // namespace opline::simulator
