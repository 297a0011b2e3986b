// See the header.
#include "runners/simulator/trace/traced_code.h"

#include <algorithm>

#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/neighbours.h"
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

/// What an instruction of `own` cycles waits for because `next` follows it (isa/neighbours.h).
CycleCause stall_before(const board::Core& core, const Decoded& now, const Decoded& next) {
  const bool store = now.kind == Kind::store || now.kind == Kind::store_register;
  return store && cycles_before(core, now, next) > now.cycles ? CycleCause::store_buffer
                                                              : CycleCause::dependency;
}

/// Op::cost by cause: the instruction's own cycles, less what it shares with the one that follows,
/// or more: what it waits for on its account, and the bubble of a fetch that cannot keep up.
CycleBreakdown fixed_cycles(const Cpu& cpu, std::uint32_t address, const CodeAt& code,
                            const IssueInfo& info, std::uint32_t cost) {
  const board::Core& core = *cpu.core;
  const Decoded now = decoded(cpu, address, code);
  CycleBreakdown cycles;
  std::uint32_t left = cost;
  const auto take = [&](CycleCause cause, std::uint32_t most) {
    const std::uint32_t taken = std::min(left, most);
    cycles[cause] += taken;
    left -= taken;
    return taken;
  };
  std::uint32_t own = now.cycles - std::min(now.cycles, take(CycleCause::issue, 1));
  if (info.access != Access::none && info.jump != Jump::none)
    own -= std::min(own, take(CycleCause::branch, core.integer.refill));
  take(further_cycles(info), own);
  if (left == 0) return cycles;
  if (info.jump != Jump::none) {
    take(CycleCause::branch, left);
    return cycles;
  }
  const std::uint32_t behind = address + (code.wide ? 4 : 2);
  const Decoded next = decoded(cpu, behind, code_of(cpu, behind, nullptr));
  const std::uint32_t before = cycles_before(core, now, next);
  take(stall_before(core, now, next), before - std::min(before, now.cycles));
  take(CycleCause::fetch, left);
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
    traced.fixed = fixed_cycles(cpu, address, code, traced.info, cycles_of(op.cost));
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
