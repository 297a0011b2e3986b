#include "sampler/space/convolution_reader.h"

#include <fmt/format.h>

#include "sampler/space/block_types.h"
#include "sampler/space/width_reader.h"

namespace opline::sampler {
namespace {

constexpr int kMostPercent = 99;

/// An integer from 1 on, or { choices = [...] } of such.
std::vector<int> read_counts(const TomlTable& block, std::string_view key) {
  if (block.kind(key) != TomlKind::table)
    return {static_cast<int>(block.integer(key, 1, kMaxExtent))};
  const TomlTable table = block.table(key);
  std::vector<int> options;
  std::vector<std::string> texts;
  for (const std::int64_t count : table.integers("choices")) {
    if (count < 1 || count > kMaxExtent)
      table.fail("choices", fmt::format("has {}; each must be from 1 to {}", count, kMaxExtent));
    options.push_back(static_cast<int>(count));
    texts.push_back(std::to_string(count));
  }
  check_choices(table, options, texts);
  return options;
}

/// One percentage, or several of a decision; 0 only as one of several.
std::vector<int> read_percents(const TomlTable& table) {
  if (table.kind("percent") != TomlKind::list)
    return {static_cast<int>(table.integer("percent", 1, kMostPercent))};
  std::vector<int> percents;
  for (const std::int64_t percent : table.integers("percent")) {
    if (percent < 0 || percent > kMostPercent)
      table.fail("percent",
                 fmt::format("has {}; each must be from 0 to {}", percent, kMostPercent));
    if (!percents.empty() && percent <= percents.back())
      table.fail("percent", fmt::format("{} follows {}; list them in ascending order, each once",
                                        percent, percents.back()));
    percents.push_back(static_cast<int>(percent));
  }
  if (percents.size() < 2)
    table.fail("percent",
               "leaves no choice; write an integer, or list 0 or another percentage too");
  return percents;
}

Gate read_gate(const TomlTable& table) {
  if (!table.has("gate")) return Gate::logistic;
  const std::string text = table.text("gate");
  for (const Gate known : {Gate::logistic, Gate::hard_sigmoid}) {
    if (to_string(known) == text) return known;
  }
  table.fail("gate",
             fmt::format("`{}` is not known; write \"logistic\" or \"hard_sigmoid\"", text));
}

}  // namespace

void declare_convolution_keys(const TomlTable& table) {
  declare_window_keys(table, "dilation");
  for (const char* key : {"groups", "depth_multiplier"}) {
    if (table.kind(key) == TomlKind::table) (void)table.table(key).has("choices");
  }
  if (table.kind("squeeze_excite") != TomlKind::table) return;
  for (const char* key : {"percent", "multiple_of", "activation", "gate"})
    (void)table.table("squeeze_excite").has(key);
}

void read_dilation(BlockEntry& entry) {
  if (!entry.table.has("dilation")) return;
  const int extents =
      choose(entry, DecisionKind::dilation, read_window(entry.table, "dilation", entry.dialect));
  entry.block.window.dilation_h = extents / kExtentBase;
  entry.block.window.dilation_w = extents % kExtentBase;
}

void read_groups(BlockEntry& entry) {
  if (!entry.table.has("groups")) return;
  entry.block.groups = choose(entry, DecisionKind::groups, read_counts(entry.table, "groups"));
}

void read_depth_multiplier(BlockEntry& entry) {
  if (!entry.table.has("depth_multiplier")) return;
  entry.block.depth_multiplier =
      choose(entry, DecisionKind::depth_multiplier, read_counts(entry.table, "depth_multiplier"));
}

void read_squeeze_excite(BlockEntry& entry) {
  if (!entry.table.has("squeeze_excite")) return;
  if (entry.table.kind("squeeze_excite") != TomlKind::table)
    entry.table.fail("squeeze_excite", "must be a table, as { percent = 25 }");
  const TomlTable table = entry.table.table("squeeze_excite");
  SqueezeExcite& how = entry.block.squeeze_excite;
  how.percent = choose(entry, DecisionKind::squeeze_excite, read_percents(table));
  if (table.has("multiple_of"))
    how.multiple_of = static_cast<int>(table.integer("multiple_of", 1, kMaxExtent));
  if (table.has("activation"))
    how.activation = activation_of(table, "activation", table.text("activation"), entry.dialect);
  how.gate = read_gate(table);
}

}  // namespace opline::sampler
