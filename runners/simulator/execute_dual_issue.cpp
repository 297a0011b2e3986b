// The step of the two-issue pipeline before each instruction, on cores that have one.   Room: runners/simulator.
#include <algorithm>

#include "runners/simulator/dual_issue.h"
#include "runners/simulator/execute.h"
#include "runners/simulator/handlers.h"

namespace opline::simulator {

template <bool kPlain>
[[gnu::always_inline]] inline Time DualIssue::step(const IssueInfo& info, const Cpu& cpu,
                                                   std::uint32_t address, Time time) {
  const std::int64_t before = cycle_;
  if (jump_ != Jump::none) {
    if (jump_ == Jump::repeat) [[unlikely]] {
      jump_ = info.jump;
      return time;
    }
    follow_branch(address);
  }
  const std::uint32_t last_line = (address + 2U * info.halfwords - 2) >> line_shift_;
  if (last_line != fetch_line_) [[unlikely]]
    fetch(address, last_line);

  // Operands and units.
  // Branchless, because what waits for what changes from round to round.
  const auto later = [](std::int64_t x, std::int64_t y) { return x > y ? x : y; };
  const std::int64_t first_two =
      later(ready_[info.source[0]] - info.advance[0], ready_[info.source[1]] - info.advance[1]);
  const std::int64_t last_two =
      later(ready_[info.source[2]] - info.advance[2], ready_[info.source[3]] - info.advance[3]);
  const std::int64_t earliest = later(first_two, last_two), now = cycle_;
  bool executes = true, accesses = false, plain_load = false;
  std::uint32_t where = 0;
  if constexpr (!kPlain) {
    executes = info.cond == 14 || passes(cpu, info.cond);
    accesses = info.access != Access::none && executes;
    if (accesses) where = access_address(info, cpu);
    plain_load = (info.flags & IssueInfo::kLoadsPlain) != 0;
  }
  bool pairs = (earliest <= now) & ((units_ & info.conflicts) == 0);
  if constexpr (!kPlain) pairs &= !(plain_load & loads_ & ((where >> 2 & 1) == bank_));
  const std::int64_t at = pairs ? now : later(earliest, now + 1);
  const bool early = ((info.flags & IssueInfo::kEarly) != 0) & !pairs & (earliest < at);
  const std::uint32_t first_latency = early ? timing_.early_alu : info.latency[0];
  cycle_ = at;
  units_ = pairs ? std::uint8_t{kEverything} : info.uses;
  loads_ = plain_load;
  if constexpr (!kPlain) bank_ = where >> 2 & 1;
  if constexpr (!kPlain) {
    if (accesses) access_memory(info, where);
  }

  // Results.
  if (executes) {
    const std::int64_t first = cycle_ + first_latency, second = cycle_ + info.latency[1];
    std::int64_t to_multiplier = 0;
    if constexpr (!kPlain) to_multiplier = (info.flags & IssueInfo::kWordLoad) != 0 ? 1 : 0;
    ready_[2U * info.target[0]] = first;
    ready_[2U * info.target[0] + 1] = first + to_multiplier;
    ready_[2U * info.target[1]] = second;
    ready_[2U * info.target[1] + 1] = second + to_multiplier;
    if constexpr (!kPlain) ready_[2U * info.base_target] = ready_[2U * info.base_target + 1] = cycle_;
  }
  address_ = address;
  next_address_ = address + 2U * info.halfwords;
  if constexpr (!kPlain) {
    if (info.issue_cycles != 1 && executes) [[unlikely]] {
      const bool divides = (info.flags & (IssueInfo::kSignedDivide | IssueInfo::kUnsignedDivide)) != 0;
      cycle_ += (divides ? divide_cycles(info, cpu) : info.issue_cycles) - 1;
    }
    if (info.jump != Jump::none) {
      jump_target_ = info.imm;
      jump_cycle_ = cycle_;
      jump_tests_flags_ = (info.flags & IssueInfo::kTestsFlags) != 0;
    }
  }
  jump_ = kPlain ? Jump::none : info.jump;
  return time + static_cast<Time>(cycle_ - before);
}

namespace {

template <bool kPlain>
void issue_from_flash(const Op* op, Cpu* cpu, Time time) {
  const auto offset =
      static_cast<std::size_t>(reinterpret_cast<const char*>(op) - reinterpret_cast<const char*>(cpu->ops));
  const auto* const info =
      reinterpret_cast<const IssueInfo*>(reinterpret_cast<const char*>(cpu->issue) + offset);
  const std::uint32_t address = cpu->flash_base + static_cast<std::uint32_t>(offset / sizeof(Op)) * 2;
  time = cpu->pipeline->step<kPlain>(*info, *cpu, address, time);
  OPLINE_JUMP(info->run, op, time);
}

void issue_from_scratch(const Op* op, Cpu* cpu, Time time) {
  const IssueInfo& info = *cpu->scratch_issue;
  time = cpu->pipeline->step<false>(info, *cpu, cpu->scratch_pc, time);
  OPLINE_JUMP(info.run, op, time);
}

}  // namespace

Handler issue_from_flash_handler(const IssueInfo& info) {
  const bool plain = info.access == Access::none && info.jump == Jump::none && info.cond == 14 &&
                     info.issue_cycles == 1 && info.base_target == kNowhere &&
                     (info.flags & IssueInfo::kWordLoad) == 0;
  return plain ? issue_from_flash<true> : issue_from_flash<false>;
}
Handler issue_from_scratch_handler() { return issue_from_scratch; }

}  // namespace opline::simulator
