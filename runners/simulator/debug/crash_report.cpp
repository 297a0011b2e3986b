#include "runners/simulator/debug/crash_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "runners/simulator/trace/history.h"

namespace opline::simulator {
namespace {

constexpr std::uint64_t kPieceCycles = 10'000'000;  // between two snapshots: some milliseconds

/// Repeats the run from `before` to its first fault.
CrashReport report_crash(Machine& machine, const Machine::Snapshot& before, Budget budget) {
  machine.restore(before);
  machine.stop_at_faults(true);
  RunWithHistory run = run_with_history(machine, budget);
  // A run that went on from a breakpoint stops there again at first.
  if (run.stop.reason == StopReason::breakpoint) run = run_with_history(machine, budget);
  machine.stop_at_faults(false);
  return {run.stop, machine.registers(), backtrace(machine), std::move(run.last)};
}

void forward(Machine& machine, const std::function<void(std::string_view)>& output) {
  for (const std::string& text :
       {machine.take_output(), machine.take_semihosting_output(), machine.take_itm_output()}) {
    if (!text.empty()) output(text);
  }
}

}  // namespace

bool has_crashed(const Machine& machine, const Stop& stop) {
  const bool in_handler = machine.special_registers().xpsr % 512 != 0;
  return is_error(stop.reason) || (machine.last_fault() && in_handler);
}

std::string crash_text(const CrashReport& report, const ElfImage& image) {
  std::string text = report.stop.text + "\n\n";
  for (std::uint8_t i = 0; i < 16; ++i) {
    text += fmt::format("{:<4}{:#010x}{}", i == 15 ? "pc" : register_name(i), report.registers.r[i],
                        i % 4 == 3 ? "\n" : "   ");
  }
  text += "\n" + backtrace_text(report.frames, image);
  if (!report.last.empty()) text += "\n" + history_text(report.last, image);
  return text;
}

FreeRun run_freely(Machine& machine, const FreeRunLimits& limits,
                   const std::function<void(std::string_view)>& output) {
  FreeRun run;
  std::optional<Machine::Snapshot> before_fault;
  Budget of_fault;
  const std::uint64_t start = machine.cycles();
  do {
    const std::uint64_t used = machine.cycles() - start;
    const Budget budget{std::min(kPieceCycles, limits.cycles - std::min(used, limits.cycles))};
    const auto fault = machine.last_fault();
    Machine::Snapshot before = machine.save();
    run.stop = machine.run(budget);
    forward(machine, output);
    if (machine.last_fault() != fault || is_error(run.stop.reason)) {
      before_fault = std::move(before);
      of_fault = budget;
    }
  } while (run.stop.reason == StopReason::budget_exhausted &&
           machine.cycles() - start < limits.cycles && !(limits.stop != nullptr && *limits.stop));
  run.cycles = machine.cycles();
  run.instructions = machine.instructions();
  if (before_fault && has_crashed(machine, run.stop))
    run.crash = report_crash(machine, *before_fault, of_fault);
  return run;
}

}  // namespace opline::simulator
