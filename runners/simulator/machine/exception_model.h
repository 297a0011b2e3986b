// runners/simulator/machine/exception_model.h - entry to and return from exceptions, faults, and
// sleep.
//
// ARM DDI 0403, B1.5.5 to B1.5.17. All of it happens between two slices of a run (machine.cpp), so
// that code without exceptions does not pay for them. Whatever needs it ends its slice: a write to
// a register that decides about exceptions is executed as a slice of one instruction, a slice ends
// before SysTick expires, and SVC, an exception return, WFI, WFE and faults stop with Cpu::trap.
//
// Cycles come from data/cores/*.toml, [exception]. The memory accesses of stacking do not wait and
// do not change the data cache; the first instruction of a handler waits for the flash as any
// branch target does. LDM, STM and divide are completed before an interrupt is taken, which may
// abandon or interrupt them on silicon (B1.5.10). Faults are precise: a store that fails is
// reported at the store.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "runners/simulator/machine/exceptions.h"

namespace opline::simulator {

class Bus;
struct Cpu;

class ExceptionModel {
 public:
  ExceptionModel(Cpu& cpu, Bus& bus) : cpu_(cpu), bus_(bus) {}

  /// Takes the most urgent pending exception if it may preempt. False: its vector holds no code,
  /// and Cpu::reason and why say so.
  bool take_pending();

  /// After a slice that ended with Cpu::trap: what the trap asks for, so that the run goes on at
  /// Cpu::pc. False where it is the end of the run: no handler is there, or nothing can end a
  /// sleep. `where` is the text of the stop; `last_cycle`: sleep lasts no longer.
  bool resolve_trap(const std::string& where, std::uint64_t last_cycle);

  /// Sleeps on, after a run ended while the core slept. False: nothing can end it.
  bool sleep(std::uint64_t last_cycle);

  /// The next cycle when SysTick asks for its exception; UINT64_MAX: never.
  [[nodiscard]] std::uint64_t next_event() const;

  bool stops_at_faults = false;  ///< No fault is taken as an exception.

  /// Whether the vector of an exception holds the address of code.
  [[nodiscard]] bool has_handler(unsigned number) const;

 private:
  Exceptions& exceptions();
  [[nodiscard]] const Exceptions& exceptions() const;
  [[nodiscard]] std::uint32_t vector(unsigned number) const;
  void update();
  void spend(std::uint64_t cycles);
  /// The instruction at Cpu::pc, which stopped before its end, is done.
  void complete_instruction();
  bool call_host();
  void push_frame(unsigned number);
  void push_float_registers(std::uint32_t frame);
  void pop_frame(std::uint32_t exc_return);
  void pop_float_registers(std::uint32_t frame);
  bool enter(unsigned number, std::uint32_t exc_return);
  bool leave(std::uint32_t exc_return);
  [[nodiscard]] bool is_valid_return(std::uint32_t exc_return) const;
  bool fault(const std::string& where);
  bool supervisor_call(const std::string& where);
  bool lockup(const std::string& where);
  bool pend_fault(unsigned number, const std::string& where);
  bool can_wait_for_input();
  bool begin_sleep(std::uint64_t last_cycle);
  bool skip_idle_loop(std::uint64_t last_cycle);
  std::uint32_t load_word(std::uint32_t address);
  void store_word(std::uint32_t address, std::uint32_t value);

  Cpu& cpu_;
  Bus& bus_;
  bool stack_failed_ = false;  ///< An access of stacking or unstacking failed.
};

/// ExecuteFPCheck (B1.4.7): the beginning of a floating-point context, after the registers of an
/// interrupted one were saved where that was put off (FPCCR.LSPACT; B1.5.7). The core's access to
/// the FPU was checked before.
void begin_float_context(Cpu& cpu);

/// ITSTATE of the instruction at Cpu::pc, as xPSR holds it; 0 outside IT blocks.
[[nodiscard]] std::uint8_t it_state(const Cpu& cpu);

}  // namespace opline::simulator
