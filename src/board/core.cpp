#include "src/board/core.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/data_files.h"
#include "src/base/error.h"
#include "src/base/suggest.h"
#include "src/base/toml.h"

namespace opline::board {
namespace {

constexpr const char* kFolder = "data/cores";
constexpr std::int64_t kMostCycles = 100;  // no instruction takes longer; a larger figure is a slip
/// For how long the simulated pipeline knows when flags were set (PipelineState::relative()).
constexpr std::int64_t kMostFlagsEarly = 8;

std::uint32_t cycles(const TomlTable& table, std::string_view key, std::int64_t min = 0) {
  return static_cast<std::uint32_t>(table.integer(key, min, kMostCycles));
}

IntegerTiming read_integer(const TomlTable& t) {
  IntegerTiming timing{
      cycles(t, "data_processing", 1), cycles(t, "multiply", 1), cycles(t, "divide_min", 1),
      cycles(t, "divide_max", 1),      cycles(t, "skipped", 1),  cycles(t, "it"),
      cycles(t, "it_folded"),          cycles(t, "system", 1),   cycles(t, "barrier", 1),
      cycles(t, "branch", 1),          cycles(t, "refill"),      cycles(t, "table_branch", 1)};
  if (timing.divide_max < timing.divide_min) t.fail("divide_max", "must not be below divide_min");
  if (timing.it_folded > timing.it) t.fail("it_folded", "must not be above it");
  return timing;
}

MemoryTiming read_memory(const TomlTable& t) {
  MemoryTiming timing{cycles(t, "load", 1),
                      cycles(t, "store", 1),
                      cycles(t, "store_register_offset", 1),
                      cycles(t, "pipelined_saving"),
                      cycles(t, "address_dependency"),
                      cycles(t, "multiple_base"),
                      cycles(t, "unaligned_halfwords"),
                      cycles(t, "unaligned_bytes")};
  if (timing.pipelined_saving >= timing.load) t.fail("pipelined_saving", "must be below load");
  return timing;
}

FloatTiming read_float(const TomlTable& t) {
  return {cycles(t, "arithmetic", 1), cycles(t, "multiply_accumulate", 1),
          cycles(t, "divide", 1),     cycles(t, "square_root", 1),
          cycles(t, "move", 1),       cycles(t, "move_two", 1),
          cycles(t, "result_stall"),  cycles(t, "load", 1),
          cycles(t, "store", 1),      cycles(t, "multiple_base")};
}

DualIssueTiming::Float read_dual_float(const TomlTable& t) {
  return {cycles(t, "arithmetic", 1),
          cycles(t, "fused", 1),
          cycles(t, "chained", 1),
          cycles(t, "accumulate_advance"),
          cycles(t, "chained_advance"),
          cycles(t, "divide", 1),
          cycles(t, "square_root", 1),
          cycles(t, "double_add", 1),
          cycles(t, "double_multiply", 1),
          cycles(t, "double_fused", 1),
          cycles(t, "double_divide", 1),
          cycles(t, "from_core", 1),
          cycles(t, "load", 1)};
}

DualIssueTiming read_dual_issue(const TomlTable& t) {
  DualIssueTiming timing;
  timing.alu = cycles(t, "alu", 1);
  timing.early_alu = cycles(t, "early_alu");
  timing.multiply = cycles(t, "multiply", 1);
  timing.accumulate_advance = cycles(t, "accumulate_advance");
  timing.saturate = cycles(t, "saturate", 1);
  timing.load_word = cycles(t, "load_word", 1);
  timing.load_narrow = cycles(t, "load_narrow", 1);
  timing.store_data_advance = cycles(t, "store_data_advance");
  timing.multiple_words = cycles(t, "multiple_words", 1);
  timing.unaligned = cycles(t, "unaligned");
  timing.divide_min = cycles(t, "divide_min", 1);
  timing.divide_max = cycles(t, "divide_max", 1);
  timing.table_branch = cycles(t, "table_branch", 1);
  timing.mispredict = cycles(t, "mispredict");
  timing.mispredict_early_flags = cycles(t, "mispredict_early_flags");
  timing.flags_early = static_cast<std::uint32_t>(t.integer("flags_early", 0, kMostFlagsEarly));
  timing.redirect = cycles(t, "redirect");
  timing.btac_entries = static_cast<std::uint32_t>(t.integer("btac_entries", 1, 4096));
  timing.system = cycles(t, "system", 1);
  timing.floating = read_dual_float(t.table("float"));
  if (timing.early_alu > timing.alu) t.fail("early_alu", "must not be above alu");
  if (timing.divide_max < timing.divide_min) t.fail("divide_max", "must not be below divide_min");
  if (timing.mispredict_early_flags > timing.mispredict)
    t.fail("mispredict_early_flags", "must not be above mispredict");
  if ((timing.btac_entries & (timing.btac_entries - 1)) != 0)
    t.fail("btac_entries", "must be a power of two");
  return timing;
}

/// The tables of a core whose cycles are counted elsewhere: what decoding adds up is then nothing.
void clear_single_issue(Core& core) {
  core.integer = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  core.memory = {0, 0, 0, 0, 0, 0, 0, 0};
  core.floating = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
}

}  // namespace

Core load_core_file(const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_file(path);
  Core core;
  core.name = path.stem().string();
  core.title = file.text("title");
  core.timing_model = file.text("timing_model");
  if (file.has("dual_issue")) {
    core.dual_issue = read_dual_issue(file.table("dual_issue"));
    core.rules = read_rules(file.table("rules"), core.dual_issue->rules);
    if (core.dual_issue->rules.buffer_entries > DualIssueRules::kMostEntries)
      file.table("rules").table("store-buffer").fail("entries", "must not be above 8");
    clear_single_issue(core);
  } else {
    core.integer = read_integer(file.table("integer"));
    core.memory = read_memory(file.table("memory"));
    core.floating = read_float(file.table("float"));
    core.rules = read_rules(file.table("rules"), core.single_issue_rules);
  }
  file.reject_unknown_keys();
  return core;
}

Core load_core(std::string_view name) { return load_core_file(data_file(kFolder, "core", name)); }

Core without_rules(Core core, std::span<const std::string> names) {
  std::vector<std::string> known;
  for (const TimingRule& rule : core.rules) known.push_back(rule.name);
  std::vector<std::string> off(names.begin(), names.end());
  std::sort(off.begin(), off.end());
  off.erase(std::unique(off.begin(), off.end()), off.end());
  for (const std::string& name : off) {
    const bool is_known = core.dual_issue ? switch_off(core.dual_issue->rules, name)
                                          : switch_off(core.single_issue_rules, name);
    if (!is_known) {
      throw Error(ErrorCode::usage, "{} has no timing rule `{}`{}; its rules: {}", core.name, name,
                  did_you_mean(name, known), fmt::join(known, ", "));
    }
    core.timing_model += " no-" + name;
  }
  return core;
}

std::vector<std::string> core_names() { return data_names(kFolder); }

}  // namespace opline::board
