// See the header.
#include "runners/simulator/trace/traced_code.h"

#include <algorithm>

#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {
namespace {

Decoded decoded(const Cpu& cpu, std::uint32_t address, const CodeAt& code) {
  const DecodeContext context{cpu.core, cpu.flash_base, cpu.flash_bytes, cpu.fpu};
  const std::uint32_t first = code.wide ? code.bits >> 16 : code.bits;
  return decode(context, address, static_cast<std::uint16_t>(first),
                static_cast<std::uint16_t>(code.bits), code.in_it);
}

/// What the cycles after the first are, if nothing else is known about them.
CycleCause further_cycles(const IssueInfo& info) {
  if (info.words != 0) return CycleCause::multi_cycle;
  if (info.access != Access::none) return CycleCause::load_use;
  if (info.jump != Jump::none) return CycleCause::branch;
  return CycleCause::multi_cycle;
}

/// Op::cost by cause: `now.cycles` are the instruction's own; a difference is due to the
/// instruction that follows (prepare.cpp), less where they overlap, more where that waits for a
/// result.
CycleBreakdown fixed_cycles(const board::Core& core, const Decoded& now, const IssueInfo& info,
                            std::uint32_t cost) {
  CycleBreakdown cycles;
  const std::uint32_t own = std::min(now.cycles, cost);
  std::uint32_t rest = own;
  const auto take = [&](CycleCause cause, std::uint32_t most) {
    const std::uint32_t taken = std::min(rest, most);
    cycles[cause] += taken;
    rest -= taken;
  };
  take(CycleCause::issue, 1);
  if (info.access != Access::none && info.jump != Jump::none)
    take(CycleCause::branch, core.integer.refill);
  take(further_cycles(info), rest);
  cycles[CycleCause::dependency] += cost - own;
  return cycles;
}

}  // namespace

TracedCode traced_code(const Cpu& cpu, std::uint32_t address, const Op& op) {
  TracedCode traced{code_of(cpu, address, &op), {}, {}};
  const CodeAt& code = traced.code;
  const board::DualIssueTiming any;  // only latencies depend on it, which are not used
  traced.info =
      issue_info(cpu.core->dual_issue.value_or(any), address, code.bits, code.wide, code.in_it);
  traced.info.cond = code.condition;
  if (cpu.pipeline == nullptr) {
    traced.fixed =
        fixed_cycles(*cpu.core, decoded(cpu, address, code), traced.info, cycles_of(op.cost));
  }
  return traced;
}

DataAccess data_access(const IssueInfo& info, const Cpu& cpu) {
  if (info.access == Access::none || !passes(cpu, info.cond)) return {};
  const std::uint32_t address = DualIssue::access_address(info, cpu);
  const bool unaligned = info.bytes > 1 && (address & (info.bytes - 1U)) != 0;
  return {info.access, address, info.words != 0 ? 4U * info.words : info.bytes, unaligned};
}

}  // namespace opline::simulator
