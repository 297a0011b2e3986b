// The step of the two-issue pipeline before each instruction, on cores that have one.
#include <algorithm>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {

template <bool kPlain, bool kNoted>
[[gnu::always_inline]] inline Time DualIssue::issue(const IssueInfo& info, const Cpu& cpu,
                                                    std::uint32_t offset, Time time,
                                                    Issued* issued) {
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
    if (accesses && !accesses_quickly(info, where)) access_memory(info, where);
  }

  // Results.
  if (executes) {
    const std::size_t to_first = std::size_t{2} * info.target[0],
                      to_second = std::size_t{2} * info.target[1];
    const std::int64_t first = cycle_ + first_latency, second = cycle_ + info.latency[1];
    std::int64_t to_multiplier = 0;
    if constexpr (!kPlain) to_multiplier = (info.flags & IssueInfo::kWordLoad) != 0 ? 1 : 0;
    ready_[to_first] = first;
    ready_[to_first + 1] = first + to_multiplier;
    ready_[to_second] = second;
    ready_[to_second + 1] = second + to_multiplier;
    if constexpr (!kPlain) {
      const std::size_t base = std::size_t{2} * info.base_target;
      ready_[base] = ready_[base + 1] = cycle_;
    }
  }
  last_offset_ = offset;
  if constexpr (!kPlain) {
    if (info.issue_cycles != 1 && executes) [[unlikely]] {
      const bool divides =
          (info.flags & (IssueInfo::kSignedDivide | IssueInfo::kUnsignedDivide)) != 0;
      cycle_ += (divides ? divide_cycles(info, cpu) : info.issue_cycles) - 1;
    }
    jump_ = info.jump;
    attention_ = info.jump != Jump::none;
    if (info.jump != Jump::none) {
      if (offset != kOutsideFlash) address_ = address_of_last();
      next_address_ = address_ + 2U * info.halfwords;
      jump_target_ = info.imm;
      jump_cycle_ = cycle_;
      jump_tests_flags_ = (info.flags & IssueInfo::kTestsFlags) != 0;
    }
  }
  if constexpr (kNoted) *issued = {cycle_ - at, pairs};
  return time + static_cast<Time>(cycle_ - now);
}

template <bool kNoted>
[[gnu::always_inline]] inline Time DualIssue::step_as(const IssueInfo& info, const Cpu& cpu,
                                                      std::uint32_t address, Time time,
                                                      Issued* issued) {
  const std::int64_t before = cycle_;
  if (jump_ == Jump::repeat) [[unlikely]] {
    jump_ = info.jump;
    attention_ = true;
    // What stops after its issue and continues, a poll of a device, took its cycle only.
    if constexpr (kNoted) *issued = {0, units_ == kEverything && info.uses != kEverything};
    return time;
  }
  if (jump_ != Jump::none) follow_branch(address);
  const std::uint32_t last_line = (address + 2U * info.halfwords - 2) >> line_shift_;
  if (last_line != fetch_line_) fetch(address, last_line);
  time += static_cast<Time>(cycle_ - before);
  address_ = address;
  const std::uint32_t offset =
      in_flash(address) ? (address - flash_base_) / 2 * static_cast<std::uint32_t>(sizeof(Op))
                        : kOutsideFlash;
  return issue<false, kNoted>(info, cpu, offset, time, issued);
}

Time DualIssue::step(const IssueInfo& info, const Cpu& cpu, std::uint32_t address, Time time) {
  return step_as<false>(info, cpu, address, time, nullptr);
}

Time DualIssue::step_noted(const IssueInfo& info, const Cpu& cpu, std::uint32_t address, Time time,
                           Issued& issued) {
  return step_as<true>(info, cpu, address, time, &issued);
}

namespace {

inline std::size_t offset_of(const Op* op, const Cpu* cpu) {
  return static_cast<std::size_t>(reinterpret_cast<const char*>(op) -
                                  reinterpret_cast<const char*>(cpu->ops));
}
inline const IssueInfo* info_at(std::size_t offset, const Cpu* cpu) {
  return reinterpret_cast<const IssueInfo*>(reinterpret_cast<const char*>(cpu->issue) + offset);
}

[[gnu::noinline]] void issue_slowly(const Op* op, Cpu* cpu, Time time) {
  const std::size_t offset = offset_of(op, cpu);
  const IssueInfo* const info = info_at(offset, cpu);
  const std::uint32_t address =
      cpu->flash_base + static_cast<std::uint32_t>(offset / sizeof(Op)) * 2;
  time = cpu->pipeline->step(*info, *cpu, address, time);
  OPLINE_JUMP(info->run, op, time);
}

// The frequent case has no calls, and so no frame.
template <bool kPlain>
void issue_from_flash(const Op* op, Cpu* cpu, Time time) {
  const std::size_t offset = offset_of(op, cpu);
  const IssueInfo* const info = info_at(offset, cpu);
  DualIssue& pipeline = *cpu->pipeline;
  if (pipeline.attention() || (info->flags & IssueInfo::kEntersLine) != 0)
    return issue_slowly(op, cpu, time);
  time = pipeline.issue<kPlain>(*info, *cpu, static_cast<std::uint32_t>(offset), time);
  OPLINE_JUMP(info->run, op, time);
}

void issue_from_scratch(const Op* op, Cpu* cpu, Time time) {
  const IssueInfo& info = *cpu->scratch_issue;
  time = cpu->pipeline->step(info, *cpu, cpu->scratch_pc, time);
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
