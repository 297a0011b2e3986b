// The step of the two-issue pipeline before each instruction, on cores that have one.   Room: runners/simulator.
#include "runners/simulator/dual_issue.h"
#include "runners/simulator/execute.h"
#include "runners/simulator/handlers.h"

namespace opline::simulator {
namespace {

void issue_from_flash(const Op* op, Cpu* cpu, Time time) {
  const auto offset =
      static_cast<std::size_t>(reinterpret_cast<const char*>(op) - reinterpret_cast<const char*>(cpu->ops));
  const auto* const info =
      reinterpret_cast<const IssueInfo*>(reinterpret_cast<const char*>(cpu->issue) + offset);
  const std::uint32_t address = cpu->flash_base + static_cast<std::uint32_t>(offset / sizeof(Op)) * 2;
  time = cpu->pipeline->step(*info, *cpu, address, time);
  OPLINE_JUMP(info->run, op, time);
}

void issue_from_scratch(const Op* op, Cpu* cpu, Time time) {
  const IssueInfo& info = *cpu->scratch_issue;
  time = cpu->pipeline->step(info, *cpu, cpu->scratch_pc, time);
  OPLINE_JUMP(info.run, op, time);
}

}  // namespace

Handler issue_from_flash_handler() { return issue_from_flash; }
Handler issue_from_scratch_handler() { return issue_from_scratch; }

}  // namespace opline::simulator
