// runners/simulator/timing/pipeline_state.h - what the next instruction sees of those before it, in
// the two-issue pipeline.
//
// Apart from memories (caches, buses, the line that instructions come from) and the branch target
// cache, the cycles of an instruction depend on this and on nothing else. Plain data.
#pragma once
#include <array>
#include <cstdint>

#include "runners/simulator/timing/issue_info.h"

namespace opline::simulator {

struct PipelineState {
  static constexpr std::uint32_t kNoOffset = 0xFFFFFFFF, kNoWord = 0xFFFFFFFF;

  /// When the last instruction issued, or what it waited for came. All cycles are absolute, as
  /// Cpu::now.
  std::int64_t cycle = 0;

  // ---- the older instruction of this cycle ----
  std::uint16_t units = kEverything;  ///< That it has; everything: no younger fits in.
  bool loads = false;                 ///< It is a plain load,
  std::uint32_t bank = 0;             ///< of this bank.

  // ---- results and stores on their way ----
  /// By resource and Use: from which cycle on, counted from `epoch`, an instruction that needs it
  /// may issue.
  using Ready = std::array<std::int32_t, kUses>;
  alignas(16) std::array<Ready, 64> ready{};
  std::int64_t epoch = 0;  ///< At most kLongestEpoch before `cycle`.
  static constexpr std::int64_t kLongestEpoch = std::int64_t{1} << 30;
  /// When entries of the store buffer, and the banks that it writes to, are free.
  std::array<std::int64_t, board::DualIssueRules::kMostEntries> entry_free{};
  std::array<std::int64_t, 2> bank_free{};
  /// The last two single stores: address / 4, and from which cycle on a load gets the word.
  struct Store {
    std::uint32_t word = kNoWord;
    std::int64_t visible = 0;
    bool operator==(const Store&) const = default;
  };
  std::array<Store, 2> stores{};

  // ---- the instruction before ----
  bool attention = true;  ///< It is a branch, or its line is not known to be there.
  std::uint32_t last_offset =
      kNoOffset;  ///< Of its Op, where it is in flash; else it is at `address`.
  Jump jump = Jump::none;
  bool jump_tests_flags = false;
  std::uint32_t address = 1, next_address = 0, jump_target = 0;
  std::int64_t jump_cycle = 0;

  bool operator==(const PipelineState&) const = default;

  /// Begins a new epoch; nothing that the next instruction sees changes.
  void renew_epoch();

  /// The same in cycles relative to `cycle`, where what has passed no longer differs: states that
  /// are equal so give the same cycles from here on.
  [[nodiscard]] PipelineState relative() const;

  /// Without what only tells where instructions and data are.
  [[nodiscard]] PipelineState without_places() const;

  /// Of two states that are relative(): wherever the next instructions and their data are, they
  /// take the same cycles.
  [[nodiscard]] bool sees_the_same(const PipelineState& other) const;

  /// What relative().without_places() says where no jump is pending, packed: of two states it is
  /// equal where that is. The cycle must be at most kLongestEpoch behind the epoch.
  struct Packed {
    static constexpr std::size_t kReady = 64 * kUses;
    std::array<std::int16_t, kReady + board::DualIssueRules::kMostEntries + 2 + 2 + 4> values{};
    bool operator==(const Packed&) const = default;
  };
  [[nodiscard]] Packed packed() const;
};

}  // namespace opline::simulator
