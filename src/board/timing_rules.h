// src/board/timing_rules.h - named rules of a core's timing, each of which can be switched off.
//
// What a manual's table of cycles leaves open was measured by others, and sources contradict each
// other in places. Such a rule has a name, a sentence and a source in data/cores/<name>.toml, under
// [rules.<name>], and figures of which 0 means that the rule makes no difference. Without one of
// its rules a core has another timing model, so measurements never mix.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/base/toml.h"

namespace opline::board {

/// One rule, for listings.
struct TimingRule {
  std::string name;    ///< "store-then-load"; unique within its core.
  std::string text;    ///< What it says, one sentence.
  std::string source;  ///< Who measured or stated it.
};

/// Rules of a single-issue core (Cortex-M4). Figures are cycles.
struct SingleIssueRules {
  std::uint32_t early_branch = 0;      ///< Saved by a taken direct branch.
  std::uint32_t branch_alignment = 0;  ///< Added when its target is wide and not word-aligned.
  std::uint32_t loaded_pc = 0;         ///< Added to LDR PC.
  std::uint32_t loaded_table = 0;      ///< Added to TBB and TBH.
  std::uint32_t load_then_store = 0;   ///< Saved by a load before a store.
  std::uint32_t store_then_load = 0;   ///< Added to a store before a load.
  std::uint32_t write_back = 0;    ///< Saved by a load before an access with another base, where
                                   ///< one of them writes its base back.
  std::uint32_t same_base = 0;     ///< Added to a store that writes back the next one's base.
  std::uint32_t absorbed_nop = 0;  ///< Saved by a load or register-offset store before NOP.
  std::uint32_t vmov_address = 0;  ///< Added to VMOV before an access that it addresses.
  std::uint32_t fetch_bubble = 0;  ///< Added before three unaligned wide instructions.
};

/// Rules of a two-issue core (Cortex-M7). Figures are cycles where nothing else is said.
struct DualIssueRules {
  std::uint32_t branch_target_pair = 0;  ///< Instructions at its target that issue beside a branch.
  std::uint32_t younger_shift = 0;       ///< Not 0: a younger shift may run early.
  std::uint32_t early_reversal = 0;      ///< Not 0: REV and the like run early.
  std::uint32_t early_pkhtb = 0;         ///< Not 0: PKHTB needs its first operand early.
  std::uint32_t load_late_operand = 0;   ///< Not 0: a loaded word comes a cycle later to an operand
                                         ///< beside one that is needed early.
  std::uint32_t load_address = 0;        ///< Added from a loaded word to an address.
  std::uint32_t multiply_address = 0;    ///< Added from a product to an address.
  std::uint32_t unaligned_younger = 0;   ///< Added to an unaligned load in the younger place.
  std::uint32_t store_multiple_alignment = 0;  ///< Added to stores of an even number of words that
                                               ///< are not aligned to two.
  std::uint32_t skipped_multiple = 0;  ///< Not 0: skipped instructions take all their cycles.
  std::uint32_t buffer_entries = 0;    ///< Narrow and unaligned stores that the buffer holds; at
                                       ///< most DualIssueRules::kMostEntries.
  std::uint32_t buffer_bank = 0;       ///< That one of them occupies its bank for.
  std::uint32_t buffer_entry = 0;      ///< That one of them occupies its entry for.
  std::uint32_t store_load = 0;        ///< From a store to a load of the same word.
  std::uint32_t fused_pairing = 0;     ///< After VMLA, VFMA in which some do not issue.
  static constexpr std::uint32_t kMostEntries = 8;
};

/// Reads [rules] of a core's file: every rule that `Rules` has, and no others. Throws Error{input}.
template <typename Rules>
std::vector<TimingRule> read_rules(const TomlTable& table, Rules& rules);

/// Sets the figures of the rule `name` to 0. False where `Rules` has no such rule.
template <typename Rules>
bool switch_off(Rules& rules, const std::string& name);

}  // namespace opline::board
