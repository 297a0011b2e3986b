#include "runners/simulator/machine/exceptions.h"

#include <algorithm>

#include <fmt/format.h>

#include "runners/simulator/machine/cpu.h"

namespace opline::simulator {
namespace {

using namespace exception;

constexpr std::uint32_t kSetEnable = 0xE000E100, kClearEnable = 0xE000E180,
                        kSetPending = 0xE000E200, kClearPending = 0xE000E280, kActive = 0xE000E300,
                        kPriority = 0xE000E400, kIcsr = 0xE000ED04, kAircr = 0xE000ED0C,
                        kShpr = 0xE000ED18, kShcsr = 0xE000ED24, kCfsr = 0xE000ED28,
                        kHfsr = 0xE000ED2C, kMmfar = 0xE000ED34, kBfar = 0xE000ED38,
                        kStir = 0xE000EF00;
constexpr std::uint32_t kWords = 4;           // of 32 interrupts each
constexpr std::uint8_t kPriorityBits = 0xF0;  // RM0390 10.1.1: 16 levels

/// Bits of SHCSR (B3.2.13).
struct HandlerBit {
  unsigned bit, number;
};
constexpr HandlerBit kActiveBits[] = {{0, kMemManage}, {1, kBusFault},     {3, kUsageFault},
                                      {7, kSvc},       {8, kDebugMonitor}, {10, kPendSv},
                                      {11, kSysTick}};
constexpr HandlerBit kPendingBits[] = {
    {12, kUsageFault}, {13, kMemManage}, {14, kBusFault}, {15, kSvc}};
constexpr HandlerBit kEnableBits[] = {{16, kMemManage}, {17, kBusFault}, {18, kUsageFault}};

/// Which of the words from `base` on the address is; none where it is not in the block.
std::optional<unsigned> word_in(std::uint32_t base, std::uint32_t address) {
  const std::uint32_t word = (address - base) / 4;
  return word < kWords ? std::optional(word) : std::nullopt;
}

}  // namespace

std::string exception_name(unsigned number) {
  switch (number) {
    case kNmi:
      return "NMI";
    case kHardFault:
      return "HardFault";
    case kMemManage:
      return "MemManage";
    case kBusFault:
      return "BusFault";
    case kUsageFault:
      return "UsageFault";
    case kSvc:
      return "SVCall";
    case kDebugMonitor:
      return "DebugMonitor";
    case kPendSv:
      return "PendSV";
    case kSysTick:
      return "SysTick";
    default:
      return number < kFirstInterrupt ? fmt::format("exception {}", number)
                                      : fmt::format("interrupt {}", number - kFirstInterrupt);
  }
}

Exceptions::Exceptions() {
  for (const unsigned number : {kNmi, kHardFault, kSvc, kDebugMonitor, kPendSv, kSysTick})
    enabled_.set(number);
}

int Exceptions::priority(unsigned number) const {
  if (number == kNmi) return -2;
  return number == kHardFault ? -1 : priorities_[number];
}

int Exceptions::group_priority(int priority) const {
  return priority < 0 ? priority : priority & ~((2 << group_shift_) - 1);
}

int Exceptions::execution_priority(const CpuState& cpu) const {
  int result = 256;
  for (unsigned number = kNmi; number < kCount; ++number) {
    if (active_[number]) result = std::min(result, group_priority(priority(number)));
  }
  if (cpu.basepri != 0)
    result = std::min(result, group_priority(static_cast<int>(cpu.basepri & kPriorityBits)));
  if (cpu.primask != 0) result = std::min(result, 0);
  if (cpu.faultmask != 0) result = std::min(result, -1);
  return result;
}

std::optional<unsigned> Exceptions::most_urgent() const {
  const Set candidates = pending_ & enabled_;
  std::optional<unsigned> found;
  for (unsigned number = kNmi; candidates.any() && number < kCount; ++number) {
    if (candidates[number] && (!found || priority(number) < priority(*found))) found = number;
  }
  return found;
}

std::optional<unsigned> Exceptions::takeable(const CpuState& cpu) const {
  if (pending_.none()) return std::nullopt;
  const std::optional<unsigned> found = most_urgent();
  if (!found || group_priority(priority(*found)) >= execution_priority(cpu)) return std::nullopt;
  return found;
}

bool Exceptions::wakes(const CpuState& cpu) const {
  CpuState unmasked = cpu;
  unmasked.primask = 0;
  return takeable(unmasked).has_value();
}

void Exceptions::record_fault(std::uint32_t status, std::optional<std::uint32_t> address) {
  fault_status_ |= status;
  if (!address) return;
  fault_status_ |= fault_status::kBusAddressValid;
  bus_address_ = *address;
}

std::uint32_t Exceptions::interrupts_of(const Set& set, unsigned word) {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < 32; ++i) {
    const unsigned number = kFirstInterrupt + 32 * word + i;
    if (number < kCount && set[number]) bits |= 1U << i;
  }
  return bits;
}

void Exceptions::change_interrupts(Set& set, unsigned word, std::uint32_t bits, bool to) {
  for (unsigned i = 0; i < 32; ++i) {
    const unsigned number = kFirstInterrupt + 32 * word + i;
    if (number < kCount && (bits >> i & 1) != 0) set.set(number, to);
  }
}

std::uint32_t Exceptions::control_and_state(const CpuState& cpu) const {
  const std::optional<unsigned> next = most_urgent();
  std::uint32_t value = cpu.exception;
  if (active_.count() <= 1) value |= 1U << 11;  // RETTOBASE: none but this one is active
  if (next) value |= *next << 12;
  if ((pending_ >> kFirstInterrupt).any()) value |= 1U << 22;  // ISRPENDING
  if (pending_[kSysTick]) value |= 1U << 26;
  if (pending_[kPendSv]) value |= 1U << 28;
  if (pending_[kNmi]) value |= 1U << 31;
  return value;
}

void Exceptions::set_control_and_state(std::uint32_t value) {
  if ((value & 1U << 25) != 0) pending_.reset(kSysTick);
  if ((value & 1U << 26) != 0) pending_.set(kSysTick);
  if ((value & 1U << 27) != 0) pending_.reset(kPendSv);
  if ((value & 1U << 28) != 0) pending_.set(kPendSv);
  if ((value & 1U << 31) != 0) pending_.set(kNmi);
}

std::uint32_t Exceptions::handler_control() const {
  std::uint32_t value = 0;
  const auto collect = [&](const auto& bits, const Set& set) {
    for (const HandlerBit& one : bits) value |= set[one.number] ? 1U << one.bit : 0;
  };
  collect(kActiveBits, active_);
  collect(kPendingBits, pending_);
  collect(kEnableBits, enabled_);
  return value;
}

void Exceptions::set_handler_control(std::uint32_t value) {
  const auto assign = [&](const auto& bits, Set& set) {
    for (const HandlerBit& one : bits) set.set(one.number, (value >> one.bit & 1) != 0);
  };
  assign(kActiveBits, active_);
  assign(kPendingBits, pending_);
  assign(kEnableBits, enabled_);
}

std::uint32_t Exceptions::priorities_at(unsigned number) const {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4 && number + i < kCount; ++i)
    value |= std::uint32_t{priorities_[number + i]} << 8 * i;
  return value;
}

void Exceptions::set_priorities_at(unsigned number, std::uint32_t value) {
  for (unsigned i = 0; i < 4 && number + i < kCount; ++i)
    priorities_[number + i] = static_cast<std::uint8_t>(value >> 8 * i) & kPriorityBits;
}

bool Exceptions::read(std::uint32_t address, std::uint32_t& value, const CpuState& cpu) const {
  if (const auto word = word_in(kSetEnable, address)) {
    value = interrupts_of(enabled_, *word);
  } else if (const auto clear = word_in(kClearEnable, address)) {
    value = interrupts_of(enabled_, *clear);
  } else if (const auto set = word_in(kSetPending, address)) {
    value = interrupts_of(pending_, *set);
  } else if (const auto reset = word_in(kClearPending, address)) {
    value = interrupts_of(pending_, *reset);
  } else if (const auto active = word_in(kActive, address)) {
    value = interrupts_of(active_, *active);
  } else if (address - kPriority < kCount - kFirstInterrupt) {
    value = priorities_at(kFirstInterrupt + address - kPriority);
  } else if (address - kSetEnable < 0x500) {
    value = 0;  // interrupts that are not implemented
  } else if (address == kIcsr) {
    value = control_and_state(cpu);
  } else if (address == kAircr) {
    value = 0xFA050000U | group_shift_ << 8;
  } else if (address - kShpr < 12) {
    value = priorities_at(kMemManage + address - kShpr);
  } else if (address == kShcsr) {
    value = handler_control();
  } else if (address == kCfsr) {
    value = fault_status_;
  } else if (address == kHfsr) {
    value = hard_fault_status_;
  } else if (address == kMmfar) {
    value = fault_address_;
  } else if (address == kBfar) {
    value = bus_address_;
  } else {
    return false;
  }
  return true;
}

bool Exceptions::write(std::uint32_t address, std::uint32_t value) {
  if (const auto word = word_in(kSetEnable, address)) {
    change_interrupts(enabled_, *word, value, true);
  } else if (const auto clear = word_in(kClearEnable, address)) {
    change_interrupts(enabled_, *clear, value, false);
  } else if (const auto set = word_in(kSetPending, address)) {
    change_interrupts(pending_, *set, value, true);
  } else if (const auto reset = word_in(kClearPending, address)) {
    change_interrupts(pending_, *reset, value, false);
  } else if (address - kPriority < kCount - kFirstInterrupt) {
    set_priorities_at(kFirstInterrupt + address - kPriority, value);
  } else if (address - kSetEnable < 0x500) {
    // Read-only, or an interrupt that is not implemented.
  } else if (address == kIcsr) {
    set_control_and_state(value);
  } else if (address == kAircr) {
    group_shift_ = value >> 8 & 7;
  } else if (address - kShpr < 12) {
    set_priorities_at(kMemManage + address - kShpr, value);
  } else if (address == kShcsr) {
    set_handler_control(value);
  } else if (address == kCfsr) {
    fault_status_ &= ~value;
  } else if (address == kHfsr) {
    hard_fault_status_ &= ~value;
  } else if (address == kMmfar) {
    fault_address_ = value;
  } else if (address == kBfar) {
    bus_address_ = value;
  } else if (address == kStir) {
    if (const unsigned number = kFirstInterrupt + (value & 0x1FF); number < kCount)
      pending_.set(number);
  } else {
    return false;
  }
  return true;
}

bool Exceptions::decides(std::uint32_t address) {
  return address - kSetEnable < 0x500 || address == kIcsr || address == kAircr ||
         address - kShpr < 12 || address == kShcsr || address == kStir;
}

}  // namespace opline::simulator
