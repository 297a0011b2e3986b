// runners/simulator/trace/history.h - the instructions that led to a stop.
//
//   const RunWithHistory run = run_with_history(machine, {.cycles = 1'000'000'000});
//   fmt::print("{}\n{}", run.stop.text, history_text(run.last, machine.image()));
//
// Nothing is recorded while the core runs. When it has stopped where it should not, the run is
// repeated from a snapshot with a trace of its end (trace.h); a run is deterministic, so it ends in
// the same state. The cost is one copy of the board's memories before, and the time of the run
// again when it failed.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "runners/simulator/machine/machine.h"

namespace opline::simulator {

struct RunWithHistory {
  Stop stop;
  /// The last ones that were executed before the instruction of the stop, oldest first; empty when
  /// the core waits for input or is at a breakpoint, and fewer than asked for when the run was
  /// shorter.
  std::vector<TracedInstruction> last;
};

/// As Machine::run. Ends a trace of the caller's.
RunWithHistory run_with_history(Machine& machine, Budget budget = {}, std::size_t count = 12);

/// Heading and lines of a trace, each with a line end; empty for none.
[[nodiscard]] std::string history_text(const std::vector<TracedInstruction>& last,
                                       const ElfImage& image);

}  // namespace opline::simulator
