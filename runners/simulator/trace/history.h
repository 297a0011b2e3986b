// runners/simulator/trace/history.h - the instructions that led to a stop.
//
//   const RunWithHistory run = run_with_history(machine, {.cycles = 1'000'000'000});
//   fmt::print("{}\n{}", run.stop.text, history_text(run.last, machine.image()));
//
// Nothing is recorded while the core runs. If it stops with an error, the run is repeated from a
// snapshot with a trace of its end (trace.h). Runs are deterministic, so it ends in the same state.
// The cost is a copy of the board's memories before the run, and a second run after an error.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "runners/simulator/machine/machine.h"

namespace opline::simulator {

struct RunWithHistory {
  Stop stop;
  /// The last instructions before the one that stopped, oldest first. Empty if the core waits for
  /// input or is at a breakpoint; fewer than asked for if the run was shorter.
  std::vector<TracedInstruction> last;
};

/// Like Machine::run(). Ends a trace that the caller has started.
RunWithHistory run_with_history(Machine& machine, Budget budget = {}, std::size_t count = 12);

/// Heading and lines of a trace, each with a line end; empty for none.
[[nodiscard]] std::string history_text(const std::vector<TracedInstruction>& last,
                                       const ElfImage& image);

}  // namespace opline::simulator
