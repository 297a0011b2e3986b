#include "src/board/timing_rules.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace opline::board {
namespace {

constexpr std::int64_t kMostCycles = 100;  // as of other figures of a core

/// One figure of a rule, and where it goes.
template <typename Rules>
struct Figure {
  std::string_view rule, key;
  std::uint32_t Rules::*member;
};

using M4 = SingleIssueRules;
constexpr Figure<M4> kSingleIssue[] = {
    {"early-branch", "cycles", &M4::early_branch},
    {"branch-alignment", "cycles", &M4::branch_alignment},
    {"loaded-branch", "pc", &M4::loaded_pc},
    {"loaded-branch", "table", &M4::loaded_table},
    {"load-then-store", "cycles", &M4::load_then_store},
    {"store-then-load", "cycles", &M4::store_then_load},
    {"write-back", "cycles", &M4::write_back},
    {"write-back", "same_base", &M4::same_base},
    {"absorbed-nop", "cycles", &M4::absorbed_nop},
    {"vmov-address", "cycles", &M4::vmov_address},
    {"fetch-bubble", "cycles", &M4::fetch_bubble},
};

using M7 = DualIssueRules;
constexpr Figure<M7> kDualIssue[] = {
    {"branch-target-pair", "instructions", &M7::branch_target_pair},
    {"younger-shift", "applies", &M7::younger_shift},
    {"early-reversal", "applies", &M7::early_reversal},
    {"early-pkhtb", "applies", &M7::early_pkhtb},
    {"load-late-operand", "applies", &M7::load_late_operand},
    {"load-address", "cycles", &M7::load_address},
    {"multiply-address", "cycles", &M7::multiply_address},
    {"unaligned-younger", "cycles", &M7::unaligned_younger},
    {"store-multiple-alignment", "cycles", &M7::store_multiple_alignment},
    {"skipped-multiple", "applies", &M7::skipped_multiple},
    {"store-buffer", "entries", &M7::buffer_entries},
    {"store-buffer", "bank", &M7::buffer_bank},
    {"store-buffer", "entry", &M7::buffer_entry},
    {"store-load", "cycles", &M7::store_load},
    {"fused-pairing", "cycles", &M7::fused_pairing},
};

std::span<const Figure<M7>> figures_of(const DualIssueRules&) { return kDualIssue; }
std::span<const Figure<M4>> figures_of(const SingleIssueRules&) { return kSingleIssue; }

}  // namespace

template <typename Rules>
std::vector<TimingRule> read_rules(const TomlTable& table, Rules& rules) {
  std::vector<TimingRule> read;
  for (const Figure<Rules>& figure : figures_of(rules)) {
    const TomlTable rule = table.table(figure.rule);
    rules.*figure.member = static_cast<std::uint32_t>(rule.integer(figure.key, 0, kMostCycles));
    const std::string name(figure.rule);
    if (read.empty() || read.back().name != name)
      read.push_back({name, rule.text("text"), rule.text("source")});
  }
  return read;
}

template <typename Rules>
bool switch_off(Rules& rules, const std::string& name) {
  bool found = false;
  for (const Figure<Rules>& figure : figures_of(rules)) {
    if (figure.rule != name) continue;
    rules.*figure.member = 0;
    found = true;
  }
  return found;
}

template std::vector<TimingRule> read_rules(const TomlTable&, SingleIssueRules&);
template bool switch_off(SingleIssueRules&, const std::string&);
template std::vector<TimingRule> read_rules(const TomlTable&, DualIssueRules&);
template bool switch_off(DualIssueRules&, const std::string&);

}  // namespace opline::board
