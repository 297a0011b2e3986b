// runners/simulator/machine/stop.h - why the simulated core stopped, and where.
#pragma once
#include <cstdint>
#include <string>

namespace opline::simulator {

enum class StopReason : std::uint8_t {
  running,            ///< Not stopped; never returned.
  waiting_for_input,  ///< The UART's receive register is polled and empty; send() and run() go on.
  budget_exhausted,   ///< The cycles given to run() are used up; run() continues.
  breakpoint,  ///< BKPT, or an address given to Machine::stop_at; run() continues after the latter.
  fault,       ///< A hard fault on hardware: unmapped, unaligned, write to flash, FPU off, SVC, ...
  unknown_instruction,  ///< Undefined in ARMv7E-M, or not modelled.
  stack_overflow,       ///< SP below the image's symbol `opline_stack_limit`.
  endless_loop,         ///< A branch to itself, WFI or WFE: no interrupt can end it.
  exited,               ///< The program ended by semihosting; Machine::exit_status().
};

/// "waiting for input", "fault", ...
[[nodiscard]] const char* to_text(StopReason reason);

/// Whether the program did what the core cannot do.
[[nodiscard]] bool is_error(StopReason reason);

struct Stop {
  StopReason reason = StopReason::running;
  std::uint32_t pc = 0;  ///< The instruction that could not be completed, or would be the next one.
  /// "write of 4 bytes at 0x40000000 at 0x08001234 (in conv_1x1+0x24): str r0, [r1]".
  std::string text;
};

}  // namespace opline::simulator
