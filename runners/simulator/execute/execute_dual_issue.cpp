// The step of the two-issue pipeline before each instruction, on cores that have one.
#include <algorithm>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {

namespace {

/// A result that the ALU can use from `cycle` on.
[[gnu::always_inline]] inline void set_ready(PipelineState::Ready& ready,
                                             const PipelineState::Ready& later,
                                             std::int32_t cycle) {
  using Lanes [[gnu::vector_size(sizeof(PipelineState::Ready))]] = std::int32_t;
  Lanes lanes;
  std::memcpy(&lanes, later.data(), sizeof lanes);
  lanes += cycle;
  std::memcpy(ready.data(), &lanes, sizeof lanes);
}

}  // namespace

inline void DualIssue::note_stored(std::uint32_t word) {
  state_.stores[1] = state_.stores[0];
  state_.stores[0] = {word, state_.cycle + timing_.rules.store_load};
}

inline void DualIssue::note_store(const IssueInfo& info, std::uint32_t address) {
  if (info.bytes < 4 || address % 4 != 0)
    buffer_store(address / 4 % 2, address % 4 + info.bytes > 4);
  note_stored(address / 4);
}

inline void DualIssue::note_jump(const IssueInfo& info) {
  state_.jump = info.jump;
  state_.attention = info.jump != Jump::none;
  if (info.jump == Jump::none) return;
  if (state_.last_offset != PipelineState::kNoOffset) state_.address = address_of_last();
  state_.next_address = state_.address + info.code_bytes();
  state_.jump_target = info.imm;
  state_.jump_cycle = state_.cycle;
  state_.jump_tests_flags = (info.flags & IssueInfo::kTestsFlags) != 0;
}

template <bool kPlain, DualIssue::Mode kMode>
[[gnu::always_inline]] inline Time DualIssue::issue_as(const IssueInfo& info, const Cpu& cpu,
                                                       std::uint32_t offset, Time time,
                                                       Issued* issued,
                                                       const Circumstances* assumed) {
  constexpr bool kNoted = kMode == Mode::noted, kAssumed = kMode == Mode::assumed;
  // Branchless, because what waits for what changes from round to round. Cycles of the epoch.
  const auto later = [](std::int32_t x, std::int32_t y) { return x > y ? x : y; };
  const std::int32_t* const ready = state_.ready.front().data();
  const auto needed = [&](unsigned i) { return ready[info.source[i]] - info.advance[i]; };
  const std::int64_t before = state_.cycle;
  const auto now = static_cast<std::int32_t>(before - state_.epoch);
  std::int32_t earliest = later(later(needed(0), needed(1)), later(needed(2), needed(3)));
  bool executes = true, accesses = false, plain_load = false;
  std::uint32_t where = 0;
  if constexpr (!kPlain) {
    executes = kAssumed ? !assumed->skipped : info.cond == 14 || passes(cpu, info.cond);
    accesses = info.access != Access::none && executes;
    if (!kAssumed && accesses) where = access_address(info, cpu);
    plain_load = accesses & ((info.flags & IssueInfo::kLoadsPlain) != 0);
    if (plain_load) {
      for (unsigned i = 0; i < 2; ++i) {
        const PipelineState::Store& stored = state_.stores[i];
        if (kAssumed ? (assumed->just_stored >> i & 1) != 0 : stored.word == where / 4) [[unlikely]]
          earliest = later(earliest, static_cast<std::int32_t>(stored.visible - state_.epoch));
      }
    }
  }
  bool pairs = (earliest <= now) & ((state_.units & info.conflicts) == 0);
  if constexpr (!kPlain) {
    const bool same_bank = kAssumed ? assumed->same_bank : (where >> 2 & 1) == state_.bank;
    pairs &= !(plain_load & state_.loads & same_bank);
    if ((info.mode & IssueInfo::kOlderAfterFused) != 0) [[unlikely]]
      pairs &= state_.ready[kAfterFused][0] <= now;
  }
  const std::int32_t at = pairs ? now : later(earliest, now + 1);
  // In the older place, or a shift in the younger if the older leaves it the shifter.
  const bool shifter_is_free =
      ((info.flags & IssueInfo::kEarlyYounger) != 0) & ((state_.units & kShifter) == 0);
  const bool early =
      ((info.flags & IssueInfo::kEarly) != 0) & (!pairs | shifter_is_free) & (earliest < at);
  const std::int32_t first_latency = info.latency[0] - (early_gain_ & -std::int32_t{early});
  if constexpr (kNoted) note_wait(info, earliest, at - now, *issued);
  state_.cycle = state_.epoch + at;
  state_.units = static_cast<std::uint16_t>(info.uses | (kEverything & -int{pairs}));
  state_.loads = plain_load;
  if constexpr (!kPlain) {
    state_.bank = where >> 2 & 1;
    if constexpr (kAssumed) {
      if (assumed->unaligned) state_.cycle += unaligned_cycles(info);
      data_wanted_ = state_.cycle;
      state_.cycle += assumed->access_wait;
    } else if (accesses && !accesses_quickly(info, where)) {
      access_memory(info, where);
    }
    if constexpr (kNoted) note_access(info, where, state_.cycle - state_.epoch - at, *issued);
    if (accesses && info.access == Access::store && info.words == 0) {
      [[maybe_unused]] const std::int64_t asked = state_.cycle;
      if constexpr (kAssumed) {
        if (info.bytes < 4 || (assumed->buffer & Circumstances::kBuffered) != 0)
          buffer_store(assumed->buffer & Circumstances::kUpperBank,
                       (assumed->buffer & Circumstances::kBothBanks) != 0);
        note_stored(PipelineState::kNoWord);
      } else {
        note_store(info, where);
      }
      if constexpr (kNoted)
        issued->cycles[CycleCause::store_buffer] +=
            static_cast<std::uint32_t>(state_.cycle - asked);
    }
  }

  // Results.
  if (executes) {
    if constexpr (kNoted) issued->mark_results(info);
    const auto done = static_cast<std::int32_t>(state_.cycle - state_.epoch);
    const auto& by_use = later_[info.result() + later_.size() / 2 * std::size_t{early}];
    set_ready(state_.ready[info.target[0]], by_use, done + first_latency);
    set_ready(state_.ready[info.target[1]], by_use, done + info.latency[1]);
    if constexpr (!kPlain) set_ready(state_.ready[info.base_target], later_[0], done);
  }
  state_.last_offset = offset;
  if constexpr (!kPlain) {
    if (info.issue_cycles != 1) [[unlikely]] {
      const std::uint32_t further = further_cycles(info, cpu, executes);
      state_.cycle += further;
      if constexpr (kNoted) issued->cycles[CycleCause::multi_cycle] = further;
    }
    note_jump(info);
  }
  if constexpr (kNoted) issued->waited = state_.cycle - state_.epoch - at, issued->paired = pairs;
  return time + static_cast<Time>(state_.cycle - before);
}

template <bool kNoted>
[[gnu::always_inline]] inline Time DualIssue::step_as(const IssueInfo& info, const Cpu& cpu,
                                                      std::uint32_t address, Time time,
                                                      Issued* issued) {
  const std::int64_t before = state_.cycle;
  if (state_.jump == Jump::repeat) [[unlikely]] {
    state_.jump = info.jump;
    state_.attention = true;
    // What stops after its issue and continues, a poll of a device, took its cycle only.
    if constexpr (kNoted)
      issued->waited = 0,
      issued->paired = (state_.units & kAnyPlace) != 0 && (info.uses & kAnyPlace) == 0;
    return time;
  }
  if (state_.cycle - state_.epoch > PipelineState::kLongestEpoch) [[unlikely]]
    state_.renew_epoch();
  if (state_.jump != Jump::none) follow_branch(address);
  if constexpr (kNoted) issued->branch_before = static_cast<std::uint32_t>(state_.cycle - before);
  const std::uint32_t last_line = (address + info.code_bytes() - 2) >> line_shift_;
  if (last_line != fetch_line_) fetch(address, last_line);
  time += static_cast<Time>(state_.cycle - before);
  if constexpr (kNoted) {
    issued->cycles[CycleCause::fetch] =
        static_cast<std::uint32_t>(state_.cycle - before) - issued->branch_before;
  }
  state_.address = address;
  const std::uint32_t offset =
      in_flash(address) ? (address - flash_base_) / 2 * static_cast<std::uint32_t>(sizeof(Op))
                        : PipelineState::kNoOffset;
  return issue_as < false,
         kNoted ? Mode::noted : Mode::live > (info, cpu, offset, time, issued, nullptr);
}

std::int64_t DualIssue::issue_in(const IssueInfo& info, const Circumstances& circumstances,
                                 std::uint32_t offset) {
  static const Cpu kNone;
  state_.cycle += circumstances.fetch_wait;
  if (circumstances.fetch_wait != 0) state_.units = kEverything;
  state_.address = flash_base_ + offset / static_cast<std::uint32_t>(sizeof(Op)) * 2;
  issue_as<false, Mode::assumed>(info, kNone, offset, 0, nullptr, &circumstances);
  return data_wanted_;
}

Time DualIssue::step(const IssueInfo& info, const Cpu& cpu, std::uint32_t address, Time time) {
  return step_as<false>(info, cpu, address, time, nullptr);
}

Time DualIssue::step_noted(const IssueInfo& info, const Cpu& cpu, std::uint32_t address, Time time,
                           Issued& issued) {
  issued.cycles = {};
  issued.branch_before = 0;
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
                     (info.mode & IssueInfo::kOlderAfterFused) == 0;
  return plain ? issue_from_flash<true> : issue_from_flash<false>;
}
Handler issue_from_scratch_handler() { return issue_from_scratch; }

}  // namespace opline::simulator
