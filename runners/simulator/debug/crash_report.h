// runners/simulator/debug/crash_report.h - a program that runs by itself, and what led to its end.
//
//   const FreeRun run = run_freely(machine, {.cycles = 1'800'000'000}, [](std::string_view text) {
//     std::cout << text; });
//   if (run.crash) std::cerr << crash_text(*run.crash, machine.image());
//
// The program's own fault handlers run, as on the board. Nothing is recorded meanwhile: at the end,
// the run is repeated from a snapshot shortly before the last fault and stopped there.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/simulator/debug/backtrace.h"
#include "runners/simulator/machine/machine.h"
#include "runners/simulator/trace/trace.h"

namespace opline::simulator {

/// At the instruction that could not be completed.
struct CrashReport {
  Stop stop;
  Registers registers;
  std::vector<Frame> frames;
  std::vector<TracedInstruction> last;  ///< The instructions before it, oldest first.
};

/// Whether the run that ended with `stop` is a crash: in a fault, or in a handler after one. A
/// program that deals with its faults and goes on has not crashed.
[[nodiscard]] bool has_crashed(const Machine& machine, const Stop& stop);

/// Registers, calls, last instructions; every line ends.
[[nodiscard]] std::string crash_text(const CrashReport& report, const ElfImage& image);

struct FreeRun {
  Stop stop;
  std::uint64_t cycles = 0, instructions = 0;  ///< Since reset, at the stop.
  /// Of the last fault that was taken, or of the stop where it is an error.
  std::optional<CrashReport> crash;
};

struct FreeRunLimits {
  std::uint64_t cycles = UINT64_MAX;
  const std::atomic<bool>* stop = nullptr;  ///< Ends the run within some milliseconds.
};

/// Runs until the core stops. `output`: what the UART, semihosting and the ITM print, as it comes.
/// With a crash the machine is left at it. Ends a trace that the caller has started.
FreeRun run_freely(Machine& machine, const FreeRunLimits& limits,
                   const std::function<void(std::string_view)>& output);

}  // namespace opline::simulator
