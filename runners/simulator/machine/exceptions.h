// runners/simulator/machine/exceptions.h - which exceptions are enabled, pending and active, and
// with what priority: the NVIC and the system handlers.
//
// ARM DDI 0403, B1.5 (exception model), B3.2 (system control block: ICSR, AIRCR, SHPR, SHCSR, CFSR,
// HFSR, MMFAR, BFAR) and B3.4 (NVIC, STIR). Priorities have four bits, as on every STM32F4 and F7
// (RM0390 10.1.1, RM0385 10.1.1). Entry and return are in exception_model.h. Plain data, so that a
// snapshot is a copy.
#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>

namespace opline::simulator {

struct CpuState;

/// Exception numbers (B1.5.2, table B1-4).
namespace exception {
inline constexpr unsigned kThread = 0, kNmi = 2, kHardFault = 3, kMemManage = 4, kBusFault = 5,
                          kUsageFault = 6, kSvc = 11, kDebugMonitor = 12, kPendSv = 14,
                          kSysTick = 15, kFirstInterrupt = 16;
}  // namespace exception

/// Bits of the Configurable Fault Status Register (B3.2.15).
namespace fault_status {
inline constexpr std::uint32_t kFetchViolation = 1U << 0, kFetchError = 1U << 8,
                               kPreciseError = 1U << 9, kUnstackingError = 1U << 11,
                               kStackingError = 1U << 12, kBusAddressValid = 1U << 15,
                               kUndefined = 1U << 16, kInvalidState = 1U << 17,
                               kInvalidReturn = 1U << 18, kNoCoprocessor = 1U << 19,
                               kUnaligned = 1U << 24, kDivideByZero = 1U << 25;
}  // namespace fault_status

/// "HardFault", "SysTick", "interrupt 38".
[[nodiscard]] std::string exception_name(unsigned number);

class Exceptions {
 public:
  static constexpr unsigned kCount = 128;  ///< 16 of the system, 112 interrupts.

  Exceptions();

  /// -2, -1, or 0 (most urgent) to 240.
  [[nodiscard]] int priority(unsigned number) const;
  /// The part of a priority that decides preemption (AIRCR.PRIGROUP).
  [[nodiscard]] int group_priority(int priority) const;
  /// Of what executes now, with PRIMASK, BASEPRI and FAULTMASK; 256 where nothing limits (B1.5.4).
  [[nodiscard]] int execution_priority(const CpuState& cpu) const;
  /// The most urgent enabled and pending exception that may preempt what executes.
  [[nodiscard]] std::optional<unsigned> takeable(const CpuState& cpu) const;
  /// One that would be takeable if PRIMASK were clear: it ends WFI and WFE (B1.5.19).
  [[nodiscard]] bool wakes(const CpuState& cpu) const;
  [[nodiscard]] bool any_pending() const { return pending_.any(); }

  [[nodiscard]] bool is_pending(unsigned number) const { return pending_[number]; }
  [[nodiscard]] bool is_active(unsigned number) const { return active_[number]; }
  [[nodiscard]] bool is_enabled(unsigned number) const { return enabled_[number]; }
  [[nodiscard]] std::size_t active_count() const { return active_.count(); }
  void set_pending(unsigned number) { pending_.set(number); }
  void clear_pending(unsigned number) { pending_.reset(number); }
  void set_active(unsigned number, bool active) { active_.set(number, active); }

  /// Adds to CFSR, and to BFAR where `address` is given (B3.2.15, B3.2.18).
  void record_fault(std::uint32_t status, std::optional<std::uint32_t> address);
  /// HFSR.FORCED (B3.2.16).
  void record_escalation() { hard_fault_status_ |= 1U << 30; }

  /// Word access to one of these registers, at an aligned address from 0xE000E000; false where
  /// another block has it.
  [[nodiscard]] bool read(std::uint32_t address, std::uint32_t& value, const CpuState& cpu) const;
  bool write(std::uint32_t address, std::uint32_t value);
  /// Whether a write there can make an exception pending or takeable.
  [[nodiscard]] static bool decides(std::uint32_t address);

  /// What the last fault that was taken as an exception was; empty since reset.
  std::string last_fault;

 private:
  using Set = std::bitset<kCount>;
  [[nodiscard]] static std::uint32_t interrupts_of(const Set& set, unsigned word);
  static void change_interrupts(Set& set, unsigned word, std::uint32_t bits, bool to);
  [[nodiscard]] std::uint32_t control_and_state(const CpuState& cpu) const;
  void set_control_and_state(std::uint32_t value);
  [[nodiscard]] std::uint32_t handler_control() const;
  void set_handler_control(std::uint32_t value);
  [[nodiscard]] std::optional<unsigned> most_urgent() const;
  [[nodiscard]] std::uint32_t priorities_at(unsigned number) const;
  void set_priorities_at(unsigned number, std::uint32_t value);

  Set pending_, enabled_, active_;
  std::array<std::uint8_t, kCount> priorities_{};
  unsigned group_shift_ = 0;  ///< AIRCR.PRIGROUP
  std::uint32_t fault_status_ = 0, hard_fault_status_ = 0, fault_address_ = 0, bus_address_ = 0;
};

}  // namespace opline::simulator
