// See the header.
#include "runners/simulator/trace/history.h"

#include <algorithm>
#include <deque>

#include "src/base/error.h"

namespace opline::simulator {
namespace {

bool is_expected(StopReason reason) {
  return reason == StopReason::waiting_for_input || reason == StopReason::breakpoint;
}

/// The end of the run from `before` that stops at the cycle `end`, traced from the cycle `from` on.
std::vector<TracedInstruction> trace_end(Machine& machine, const Machine::Snapshot& before,
                                         Budget budget, std::uint64_t from, std::size_t count) {
  std::deque<TracedInstruction> last;
  machine.trace({.from_cycle = from, .instructions = UINT64_MAX},
                [&](const TracedInstruction& one) {
                  last.push_back(one);
                  if (last.size() > count) last.pop_front();
                });
  machine.restore(before);
  // A run that went on from a breakpoint stops there again at first.
  if (machine.run(budget).reason == StopReason::breakpoint) machine.run(budget);
  machine.stop_tracing();
  return {last.begin(), last.end()};
}

}  // namespace

RunWithHistory run_with_history(Machine& machine, Budget budget, std::size_t count) {
  const Machine::Snapshot before = machine.save();
  const std::uint64_t start = machine.cycles();
  RunWithHistory run{machine.run(budget), {}};
  if (is_expected(run.stop.reason) || count == 0) return run;
  const std::uint64_t end = machine.cycles(), instructions = machine.instructions();
  // Long enough even where every access misses; and longer where it was not.
  for (std::uint64_t tail = 100 * count; run.last.size() < count; tail *= 100) {
    const std::uint64_t from = end - start > tail ? end - tail : start;
    run.last = trace_end(machine, before, budget, from, count);
    OPLINE_ASSERT(machine.cycles() == end && machine.instructions() == instructions,
                  "a run that was repeated ended elsewhere");
    if (from == start) break;
  }
  return run;
}

std::string history_text(const std::vector<TracedInstruction>& last, const ElfImage& image) {
  if (last.empty()) return {};
  std::string text = trace_heading() + "\n";
  for (const TracedInstruction& one : last) text += trace_line(one, image) + "\n";
  return text;
}

}  // namespace opline::simulator
