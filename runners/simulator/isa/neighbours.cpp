#include "runners/simulator/isa/neighbours.h"

#include <algorithm>

namespace opline::simulator {
namespace {

bool is_store(Kind kind) { return kind == Kind::store || kind == Kind::store_register; }
bool is_access(Kind kind) { return kind == Kind::load || is_store(kind); }

/// A load in front of `next`: how many of its cycles they share.
std::uint32_t shared_with_load(const board::Core& core, const Decoded& now, const Decoded& next) {
  const board::SingleIssueRules& rules = core.single_issue_rules;
  if (next.kind == Kind::nop) return rules.absorbed_nop;
  const bool depends = ((now.writes | now.written_base) & next.address_registers) != 0;
  if (!is_access(next.kind) || depends) return 0;
  std::uint32_t shared = core.memory.pipelined_saving;
  if (is_store(next.kind)) shared = std::min(shared, rules.load_then_store);
  if ((now.written_base | next.written_base) != 0) shared = std::min(shared, rules.write_back);
  return shared;
}

/// A store in front of `next`: what it waits for.
std::uint32_t stall_of_store(const board::Core& core, const Decoded& now, const Decoded& next) {
  const board::SingleIssueRules& rules = core.single_issue_rules;
  const bool same_base = (now.written_base & next.address_registers) != 0;
  return std::max(next.loads ? rules.store_then_load : 0, same_base ? rules.same_base : 0);
}

/// A result in front of an access that it addresses.
std::uint32_t stall_of_address(const board::Core& core, const Decoded& now, const Decoded& next) {
  if (!is_access(next.kind) || (now.writes & next.address_registers) == 0) return 0;
  if (now.kind == Kind::vmov) return core.single_issue_rules.vmov_address;
  return now.kind == Kind::data ? core.memory.address_dependency : 0;
}

std::uint32_t shared_with_it(const board::Core& core, const Decoded& now, const Decoded& next) {
  const bool folds = next.kind == Kind::it && now.halfwords == 1 && now.kind != Kind::it;
  return folds ? core.integer.it - core.integer.it_folded : 0;
}

}  // namespace

std::uint32_t cycles_before(const board::Core& core, const Decoded& now, const Decoded& next) {
  std::uint32_t stall = stall_of_address(core, now, next), shared = shared_with_it(core, now, next);
  if (now.kind == Kind::load) shared += shared_with_load(core, now, next);
  if (is_store(now.kind)) stall += stall_of_store(core, now, next);
  if (now.kind == Kind::store_register && next.kind == Kind::nop)
    shared += core.single_issue_rules.absorbed_nop;
  if ((now.float_writes & next.float_reads) != 0) stall += core.floating.result_stall;
  return stall + now.cycles - std::min(now.cycles, shared);
}

std::uint32_t direct_refill(const board::Core& core, std::uint32_t target,
                            std::uint16_t first_halfword) {
  const board::SingleIssueRules& rules = core.single_issue_rules;
  const std::uint32_t refill = core.integer.refill;
  const bool straddles = (target & 2) != 0 && is_wide(first_halfword);
  return refill - std::min(refill, rules.early_branch) + (straddles ? rules.branch_alignment : 0);
}

}  // namespace opline::simulator
