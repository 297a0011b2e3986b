// runners/simulator/timing/dual_issue.h - time on the Cortex-M7: a two-issue in-order pipeline with
// level-1 caches.
//
// A scoreboard that is stepped once before each instruction is executed; the instruction itself is
// executed by the same handlers as on the Cortex-M4. Figures: data/cores/cortex-m7.toml and
// data/boards/*.toml, with their sources. Stages as in Arm's scheduling model of the core in LLVM:
// EX1 addresses and shifts, EX2 arithmetic and loaded words, EX3 slow loads and write-back, EX4
// store data.
//
// Issue. Up to two neighbouring instructions (older, younger) per cycle, in order:
//
// - at most one multiply, one store, one branch, one shifted operand, one bit-field or parallel
//   operation (as the older only), one floating-point operation; no multiply with a store; two
//   loads if they read different banks (bit 2 of the address); LDM, STM, PUSH, POP, LDRD, STRD,
//   divides, MSR, MRS and barriers alone;
// - the younger does not use a result of the older, except that of a plain add, subtract, move,
//   shift or reversal whose own operands were ready a cycle before (it then runs in EX1), and
//   except as data of a store.
//
// Operands. Needed in EX2; addresses, operands shifted in line and operands of bit-field extraction
// one cycle earlier; accumulators and stored data later. A loaded word reaches the multiplier one
// cycle later than the ALU.
//
// Branches. A direct-mapped BTAC with two-bit counters and last targets. Without an entry, backward
// conditional branches are predicted taken, forward ones not, and a direct branch is found when it
// is decoded. A taken branch ends its cycle, unless it is the older and was predicted. There is no
// return stack (the TRM names none): returns are predicted by the last target.
//
// Stores. A store of less than an aligned word waits for room in the store buffer, a load for the
// word of a store just before it. Other stores never wait.
//
// Rules that can be switched off are in src/board/timing_rules.h.
//
// Caches. A load that misses blocks the pipeline until its word arrives (critical word first); the
// rest of the line keeps the memory busy. A store that misses allocates its line in the background,
// one at a time. Evicted dirty lines follow the fill. In sequential code an instruction line is
// requested when execution enters the line before it (the prefetch queue holds 32 bytes). A branch
// back to an instruction that ends in the present line enters no line. Flash and SRAM each serve
// one line at a time, instructions and data alike.
//
// Assumed for want of a source: replacement (l1_cache.h), bus latency, BTAC size, redirect, the
// divider's steps; accesses to peripherals and the private bus cost what a cached load or store
// costs; no fetch bubbles due to alignment or width; no dynamic switch to no-allocate and no MPU
// attributes; invalidating a dirty line loses no data here.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "runners/simulator/timing/cycle_cause.h"
#include "runners/simulator/timing/flash_timing.h"
#include "runners/simulator/timing/issue_info.h"
#include "runners/simulator/timing/l1_cache.h"
#include "runners/simulator/timing/pipeline_state.h"
#include "src/board/board.h"
#include "src/board/core.h"

namespace opline::simulator {
namespace translated {
class PaceBase;
}

/// Plain data, so that a snapshot is a copy.
class DualIssue {
 public:
  DualIssue(const board::Board& board, const board::DualIssueTiming& timing);

  /// Issues the instruction at `address`; `time` gains the cycles from the instruction before it.
  Time step(const IssueInfo& info, const Cpu& cpu, std::uint32_t address, Time time);
  /// How it was issued, for traces.
  struct Issued {
    std::int64_t waited =
        0;  ///< Cycles from its issue to the end of the step: memory, and what it takes alone.
    bool paired = false;              ///< In the cycle of the instruction before it.
    CycleBreakdown cycles;            ///< Of the step, but for
    std::uint32_t branch_before = 0;  ///< what the branch before it lost.
    /// By resource: the last value came from memory. Kept from step to step.
    std::array<bool, 64> loaded{};
    void mark_results(const IssueInfo& info) {
      for (const std::uint8_t target : info.target) loaded[target] = info.access == Access::load;
      loaded[info.base_target] = false;
    }
  };
  Time step_noted(const IssueInfo& info, const Cpu& cpu, std::uint32_t address, Time time,
                  Issued& issued);

  /// What else than its place in the code an instruction's cycles depend on: where block timing
  /// (block_timing.h) issues it without executing it.
  struct Circumstances {
    bool skipped = false;    ///< Its condition fails.
    bool same_bank = false;  ///< A load, from the bank of the load before it.
    bool unaligned = false;  ///< A load; or a multiple store at an odd word.
    std::uint8_t just_stored =
        0;                    ///< A load, of the word of the last (1) or last but one (2) store.
    std::uint8_t buffer = 0;  ///< A store: kBuffered, kUpperBank, kBothBanks.
    std::int32_t fetch_wait = 0;   ///< Cycles until it is fetched.
    std::int32_t access_wait = 0;  ///< Cycles until its data come.
    static constexpr std::uint8_t kUpperBank = 1, kBothBanks = 2, kBuffered = 4;
    bool operator==(const Circumstances&) const = default;
  };
  /// Issues the instruction whose Op is at `offset`; returns the cycle from which on it waits for
  /// its data.
  std::int64_t issue_in(const IssueInfo& info, const Circumstances& circumstances,
                        std::uint32_t offset);
  /// The branch that was issued last went on at its target, or behind it, and lost `loss` cycles.
  void follow(bool taken, std::int64_t loss);
  [[nodiscard]] bool flags_were_early() const;
  /// A number below 4 for each loss that a branch can have.
  [[nodiscard]] unsigned kind_of_loss(std::uint32_t loss) const {
    if (loss == 0) return 0;
    return loss == timing_.redirect ? 1 : loss == timing_.mispredict ? 2 : 3;
  }
  void set_state(const PipelineState& state) { state_ = state; }
  /// The same where nothing but operands and units matters: no branch is pending (`attention`), and
  /// the instruction does not enter a line. `offset`: of its Op in the table of all. `kPlain`: it
  /// has neither access, jump nor condition, and takes one cycle. In execute_dual_issue.cpp, whose
  /// handlers it is part of.
  template <bool kPlain>
  Time issue(const IssueInfo& info, const Cpu& cpu, std::uint32_t offset, Time time) {
    return issue_as<kPlain, Mode::live>(info, cpu, offset, time, nullptr, nullptr);
  }
  /// Where an instruction with an `access` reads or writes.
  static std::uint32_t access_address(const IssueInfo& info, const Cpu& cpu) {
    if ((info.mode & IssueInfo::kAbsolute) != 0) return info.imm;
    const std::uint32_t base = cpu.r[info.base];
    if ((info.mode & IssueInfo::kPost) != 0) return base;
    if (info.index < 16) return base + (cpu.r[info.index] << info.shift);
    if ((info.mode & IssueInfo::kBefore) != 0) return base - 4U * info.words;
    return base + info.imm;
  }
  /// The same for all that comes: caches, predictions, and the pipeline from its cycle on.
  bool operator==(const DualIssue& other) const;
  [[nodiscard]] bool attention() const { return state_.attention; }
  [[nodiscard]] std::uint32_t line_shift() const { return line_shift_; }
  [[nodiscard]] const PipelineState& state() const { return state_; }

  /// The run stopped at `address`, and will go on there.
  void stopped_at(std::uint32_t address, bool before_issue) {
    if (before_issue || address != address_of_last()) return;
    state_.jump = Jump::repeat;
    state_.attention = true;
  }
  /// `cycles` pass in which nothing is issued.
  void wait(std::int64_t cycles) {
    state_.cycle += cycles;
    state_.units = kEverything;
    state_.renew_epoch();
  }
  /// A debugger set the PC to `address`: the pipeline is empty.
  void restart(std::uint32_t address);

  // What the firmware programs.
  void program_flash(const FlashAccess& access) { wait_states_ = access.wait_cycles; }
  void enable_caches(bool instruction, bool data);
  void invalidate_instructions();
  void forget_branches();
  /// Writes back (`clean`) and drops (`invalidate`) a line of the data cache, by set and way or by
  /// address.
  void maintain_slot(std::uint32_t set_way, bool clean, bool invalidate);
  void maintain_line(std::uint32_t address, bool clean, bool invalidate);
  /// CCSIDR for CSSELR (DDI 0403, B4.8.3).
  [[nodiscard]] std::uint32_t cache_geometry(bool instruction) const;
  [[nodiscard]] std::uint32_t dtcm_base() const { return dtcm_base_; }
  [[nodiscard]] std::uint32_t dtcm_bytes() const { return dtcm_bytes_; }
  [[nodiscard]] std::uint32_t itcm_bytes() const { return itcm_bytes_; }

 private:
  friend class translated::PaceBase;
  enum class Mode { live, noted, assumed };
  /// `assumed` takes the place of the core's registers and of the memories.
  template <bool kPlain, Mode kMode>
  Time issue_as(const IssueInfo& info, const Cpu& cpu, std::uint32_t offset, Time time,
                Issued* issued, const Circumstances* assumed);
  template <bool kNoted>
  Time step_as(const IssueInfo& info, const Cpu& cpu, std::uint32_t address, Time time,
               Issued* issued);
  struct Branch {
    std::uint32_t address = 1, target = 0;  // odd: never a branch
    std::uint8_t counter = 0;
    bool operator==(const Branch&) const = default;
  };

  [[nodiscard]] std::uint32_t address_of_last() const {
    return state_.last_offset == PipelineState::kNoOffset
               ? state_.address
               : flash_base_ + state_.last_offset / sizeof(Op) * 2;
  }
  void follow_branch(std::uint32_t address);
  void fetch(std::uint32_t address, std::uint32_t last_line);
  std::int64_t branch_loss(std::uint32_t address, bool taken, bool early_flags);
  void enter_line(std::uint32_t line, bool in_sequence);
  /// True for a single aligned access to DTCM or to the line of the last access, which neither
  /// waits nor changes a cache.
  [[nodiscard]] bool accesses_quickly(const IssueInfo& info, std::uint32_t address) const {
    if (info.words != 0 || (address & (info.bytes - 1U)) != 0) return false;
    if (address - dtcm_base_ < dtcm_bytes_) return true;
    const std::uint32_t line = address >> line_shift_;
    return line == last_loaded_line_ && (info.access == Access::load || line == last_stored_line_);
  }
  void access_memory(const IssueInfo& info, std::uint32_t address);
  /// Whether an access costs more for its alignment, and how much then.
  static bool is_unaligned(const IssueInfo& info, std::uint32_t address);
  [[nodiscard]] std::uint32_t unaligned_cycles(const IssueInfo& info) const;
  /// What later instructions see of a single store, and of a branch.
  [[gnu::always_inline]] void note_store(const IssueInfo& info, std::uint32_t address);
  [[gnu::always_inline]] void note_stored(std::uint32_t word);
  [[gnu::always_inline]] void note_jump(const IssueInfo& info);
  /// A narrow or unaligned store waits for room in the store buffer.
  void buffer_store(std::uint32_t bank, bool both_banks);
  void note_wait(const IssueInfo& info, std::int32_t earliest, std::int32_t waited,
                 Issued& issued) const;
  void note_access(const IssueInfo& info, std::uint32_t address, std::int64_t waited,
                   Issued& issued) const;
  static constexpr std::uint32_t kNoLine = 0xFFFFFFFF;
  static std::int64_t later(std::int64_t a, std::int64_t b) { return a > b ? a : b; }
  void insert(std::uint32_t line);
  void load_line(std::uint32_t line);
  void store_line(std::uint32_t line);
  std::int64_t fill(std::uint32_t line, std::int64_t request);
  void write_back();
  std::uint32_t divide_cycles(const IssueInfo& info, const Cpu& cpu) const;
  /// Cycles after that of its issue, in which nothing else issues.
  std::uint32_t further_cycles(const IssueInfo& info, const Cpu& cpu, bool executes) const;
  std::int64_t data_wanted_ = 0;  ///< See issue_in().
  [[nodiscard]] bool in_flash(std::uint32_t address) const {
    return address - flash_base_ < flash_bytes_;
  }

  board::DualIssueTiming timing_;
  std::uint32_t flash_base_ = 0, flash_bytes_ = 0, alias_base_ = 0;
  std::uint32_t cached_base_ = 0, cached_bytes_ = 0;  // SRAM over the bus
  std::uint32_t dtcm_base_ = 0, dtcm_bytes_ = 0, itcm_bytes_ = 0;
  std::uint32_t line_shift_ = 5, bus_latency_ = 0, sram_beats_ = 0, flash_beats_ = 0;

  /// How much earlier than others the results of what ran early come to the ALU.
  std::int32_t early_gain_ = 0;
  /// What comes later than to the ALU: cycles by Use, for each Result and for each that ran early.
  alignas(16) std::array<PipelineState::Ready, 8> later_{};
  PipelineState state_;
  std::vector<Branch> btac_;

  // Memories.
  std::uint32_t wait_states_ = 0;
  bool instruction_cache_on_ = false, data_cache_on_ = false;
  L1Cache instruction_, data_;
  std::uint32_t fetch_line_ = 0xFFFFFFFF;
  std::int64_t line_entered_ = 0;
  std::uint32_t last_loaded_line_ =
      0xFFFFFFFF;  ///< Known to be in the data cache and most recently used.
  std::uint32_t last_stored_line_ =
      0xFFFFFFFF;  ///< Known to be dirty while it is the last loaded one.
  std::int64_t flash_free_ = 0, sram_free_ = 0;
};

// ---- memories and branches: here, because translated code has them inlined (translate/pace.cpp)
// ----

inline std::int64_t DualIssue::fill(std::uint32_t line, std::int64_t request) {
  const bool flash = in_flash(line << line_shift_);
  std::int64_t& free = flash ? flash_free_ : sram_free_;
  const std::int64_t first = later(request, free) + bus_latency_ + 1 + (flash ? wait_states_ : 0);
  free = first + (flash ? flash_beats_ : sram_beats_) - 1;
  return first;
}

inline void DualIssue::write_back() { sram_free_ = later(sram_free_, state_.cycle) + sram_beats_; }

inline void DualIssue::enter_line(std::uint32_t line, bool in_sequence) {
  const std::int64_t request = in_sequence ? line_entered_ : state_.cycle;
  fetch_line_ = line;
  const std::uint32_t address = line << line_shift_;
  if (in_flash(address) || address - cached_base_ < cached_bytes_) {
    if (!instruction_cache_on_) {
      state_.cycle = later(state_.cycle, fill(line, request));
    } else if (!instruction_.touch(line)) {
      state_.cycle = later(state_.cycle, fill(line, request));
      instruction_.insert(line);
    }
  }
  line_entered_ = state_.cycle;
}

inline void DualIssue::insert(std::uint32_t line) {
  if (data_.insert(line)) write_back();
  last_stored_line_ = kNoLine;  // it may be the one that left, and come back clean
}

inline void DualIssue::load_line(std::uint32_t line) {
  if (line == last_loaded_line_) return;
  const std::uint32_t address = line << line_shift_;
  if (!in_flash(address) && address - cached_base_ >= cached_bytes_) {
    // The flash over ITCM has its wait states; TCM and peripherals wait for nothing.
    if (address - alias_base_ < flash_bytes_ && alias_base_ != flash_base_)
      state_.cycle += wait_states_;
    return;
  }
  if (!data_cache_on_) {
    state_.cycle = later(state_.cycle, fill(line, state_.cycle));
    return;
  }
  if (!data_.touch(line)) {
    state_.cycle = later(state_.cycle, fill(line, state_.cycle));
    insert(line);
  }
  last_loaded_line_ = line;
}

inline void DualIssue::store_line(std::uint32_t line) {
  if (!data_cache_on_ || (line << line_shift_) - cached_base_ >= cached_bytes_) return;
  if (!data_.touch(line)) {
    state_.cycle = later(state_.cycle, sram_free_);
    fill(line, state_.cycle);
    insert(line);
  }
  data_.make_dirty();
  last_loaded_line_ = last_stored_line_ = line;
}

inline std::int64_t DualIssue::branch_loss(std::uint32_t address, bool taken, bool early_flags) {
  Branch& entry = btac_[state_.address >> 1 & (timing_.btac_entries - 1)];
  const bool known = entry.address == state_.address;
  const std::uint32_t wrong = early_flags ? timing_.mispredict_early_flags : timing_.mispredict;
  std::uint32_t loss = 0;
  if (known) {
    const bool predicted = entry.counter >= 2;
    if (predicted != taken || (taken && entry.target != address)) loss = wrong;
  } else {
    const bool found = state_.jump == Jump::direct ||
                       (state_.jump == Jump::conditional && state_.jump_target <= state_.address);
    if (found) {
      loss = taken ? timing_.redirect : wrong;
    } else if (taken) {
      loss = wrong;
    }
  }
  if (taken) {
    entry.counter = !known ? std::uint8_t{2}
                           : static_cast<std::uint8_t>(entry.counter < 3 ? entry.counter + 1 : 3);
    entry.address = state_.address;
    entry.target = address;
  } else if (known && entry.counter > 0) {
    --entry.counter;
  }
  return loss;
}

}  // namespace opline::simulator
