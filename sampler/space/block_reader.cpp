#include "sampler/space/block_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sampler/space/block_types.h"
#include "sampler/space/convolution_reader.h"
#include "sampler/space/width_reader.h"

namespace opline::sampler {
namespace {

constexpr std::size_t kMaxName = 40;
constexpr std::size_t kMostParallel = 8;  // branches of a block, and blocks of a branch

std::string read_name(const TomlTable& table, std::string_view key) {
  std::string name = table.text(key);
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool starts_well = !name.empty() && name[0] >= 'a' && name[0] <= 'z';
  if (!starts_well || name.size() > kMaxName || !std::all_of(name.begin(), name.end(), legal)) {
    table.fail(key, fmt::format("must be 1 to {} lower-case letters, digits and _, a letter first",
                                kMaxName));
  }
  return name;
}

int read_integer(const TomlTable& table, std::string_view key, int min, int max) {
  return static_cast<int>(table.integer(key, min, max));
}

std::pair<int, int> axes_of(int extents) { return {extents / kExtentBase, extents % kExtentBase}; }

void read_type_choice(BlockEntry& entry) {
  (void)choose(entry, DecisionKind::type, read_types(entry.table, entry.dialect));
}

void read_global_pool(BlockEntry& entry) {
  if (!is_pool(entry.block.type) || entry.table.text("kernel") != "global") {
    const std::string window =
        entry.dialect.version == 1 ? "a list [height, width]" : "{ height = 3, width = 5 }";
    entry.table.fail("kernel",
                     is_pool(entry.block.type)
                         ? "must be an integer, " + window + " or \"global\""
                         : "must be an integer or " + window + "; only pools can be \"global\"");
  }
  for (const char* key : {"stride", "padding"}) {
    if (entry.table.has(key))
      entry.table.fail(key, "has no meaning beside kernel = \"global\"; remove it");
  }
  entry.global = true;
  entry.block.global = true;
}

void read_kernel(BlockEntry& entry) {
  network::Window& window = entry.block.window;
  if (entry.table.kind("kernel") == TomlKind::text) return read_global_pool(entry);
  std::tie(window.kernel_h, window.kernel_w) = axes_of(
      choose(entry, DecisionKind::kernel, read_window(entry.table, "kernel", entry.dialect)));
  if (!is_pool(entry.block.type)) return;
  if (!entry.choices.empty() && entry.choices.back().kind == DecisionKind::kernel &&
      !entry.table.has("stride")) {
    entry.table.fail("stride", "is missing; beside a kernel that is a decision, it must be given");
  }
  window.stride_h = window.kernel_h;
  window.stride_w = window.kernel_w;
}

/// Whether `stride` has one for the first repetition and another for the rest.
bool is_stepwise(const TomlTable& table, const Dialect& dialect) {
  return dialect.version > 1 && table.kind("stride") == TomlKind::table &&
         table.table("stride").has("first");
}

void read_stride(BlockEntry& entry) {
  network::Window& window = entry.block.window;
  if (!entry.table.has("stride")) return;
  if (!is_stepwise(entry.table, entry.dialect)) {
    std::tie(window.stride_h, window.stride_w) = axes_of(
        choose(entry, DecisionKind::stride, read_window(entry.table, "stride", entry.dialect)));
    return;
  }
  if (!entry.numbered)
    entry.table.fail("stride", "has one for the first repetition, but repeat is missing; add it");
  const TomlTable strides = entry.table.table("stride");
  const auto one = [&](const char* key) {
    const std::vector<int> options = read_window(strides, key, entry.dialect);
    if (options.size() > 1) strides.fail(key, "can't be a decision here; write an integer");
    return axes_of(options.front());
  };
  std::tie(window.stride_h, window.stride_w) = one("first");
  entry.later_stride = one("rest");
}

void read_padding(BlockEntry& entry) {
  const TomlTable& table = entry.table;
  if (!table.has("padding")) return;
  const std::string padding = table.text("padding");
  for (const auto known : {network::Padding::same, network::Padding::valid}) {
    if (to_string(known) != padding) continue;
    entry.block.window.padding = known;
    return;
  }
  table.fail("padding", fmt::format("`{}` is not known; write \"same\" or \"valid\"", padding));
}

void read_activation(BlockEntry& entry) {
  Block& block = entry.block;
  if (block.type == BlockType::branches && block.join == Join::concatenate) {
    if (entry.table.has("activation"))
      entry.table.fail("activation",
                       "has no meaning beside join = \"concatenate\"; give it to the blocks of the "
                       "branches");
    return;
  }
  if (!entry.table.has("activation")) {
    const bool after_sum = block.type == BlockType::branches;
    block.activation =
        is_convolution(block.type) || after_sum ? BlockActivation::relu : BlockActivation::none;
    return;
  }
  const auto of = [&](const TomlTable& table, std::string_view key, std::string_view text) {
    return activation_of(table, key, text, entry.dialect);
  };
  block.activation = static_cast<BlockActivation>(choose(
      entry, DecisionKind::activation, read_texts(entry.table, "activation", entry.dialect, of)));
}

void read_block_width(BlockEntry& entry) {
  const bool flattens = entry.block.type == BlockType::fully_connected;
  WidthForms forms;
  if (flattens) {
    forms.why_not_same =
        "can't be \"same\" here: a fully connected layer flattens its map; write an integer";
    forms.why_no_ratio =
        "can't be a ratio here: a fully connected layer flattens its map; write an integer";
  }
  WidthEntry read = read_width(entry.table, "width", entry.dialect, forms);
  entry.block.width = read.width;
  entry.width_options = std::move(read.options);
  entry.width_read = true;
}

void read_expansion(BlockEntry& entry) {
  const bool bottleneck = entry.block.type == BlockType::resnet_bottleneck;
  const char* key = bottleneck ? "bottleneck" : "expansion";
  if (!entry.table.has(key)) return;
  WidthForms forms{"can't be \"same\"; remove it for a bottleneck that expands nothing"};
  if (bottleneck) {
    forms = {"can't be \"same\"; without the key it is a quarter of the width",
             "can't be a ratio; without the key it is a quarter of the width"};
  }
  WidthEntry read = read_width(entry.table, key, entry.dialect, forms);
  entry.block.expansion = read.width;
  entry.expansion_options = std::move(read.options);
}

void read_tie(BlockEntry& entry) {
  if (!entry.table.has("tie")) return;
  entry.block.tie = read_name(entry.table, "tie");
  if (entry.width_read && entry.block.width.kind != Width::Kind::decided) {
    entry.table.fail(
        "tie",
        entry.block.width.is_ratio()
            ? "shares the decision of a width in channels, but this one is a ratio; remove it"
            : "shares the decision of a width, but the width of this block is not a decision; "
              "remove it");
  }
}

/// Whether the block has a stride other than 1, whatever is decided.
bool may_shrink(const BlockEntry& entry) {
  if (entry.block.skip_pools()) return true;
  if (entry.later_stride && *entry.later_stride != std::pair(1, 1)) return true;
  return std::any_of(entry.choices.begin(), entry.choices.end(),
                     [](const ChoiceEntry& choice) { return choice.kind == DecisionKind::stride; });
}

bool may_multiply(const BlockEntry& entry) {
  return entry.block.depth_multiplier != 1 ||
         std::any_of(entry.choices.begin(), entry.choices.end(), [](const ChoiceEntry& choice) {
           return choice.kind == DecisionKind::depth_multiplier;
         });
}

Residual residual_of(const TomlTable& table, const Dialect& dialect) {
  if (dialect.version == 1 || table.kind("residual") == TomlKind::boolean)
    return table.boolean("residual") ? Residual::identity : Residual::none;
  if (table.kind("residual") == TomlKind::text) {
    for (const Residual known : {Residual::projection, Residual::if_same_shape}) {
      if (to_string(known) == table.text("residual")) return known;
    }
  }
  table.fail("residual", "must be true, false, \"projection\" or \"if_same_shape\"");
}

void read_residual(BlockEntry& entry) {
  const TomlTable& table = entry.table;
  if (!table.has("residual")) return;
  entry.block.residual = residual_of(table, entry.dialect);
  if (entry.block.residual == Residual::identity && may_shrink(entry)) {
    table.fail(
        "residual",
        entry.dialect.version == 1
            ? "needs stride 1, so that input and output can be added; remove it or the stride"
            : "needs stride 1, so that input and output can be added; write \"projection\" "
              "or \"if_same_shape\", or remove the stride");
  }
  if (entry.block.residual != Residual::none && may_multiply(entry))
    table.fail("residual",
               "adds input and output, but depth_multiplier makes their numbers of channels "
               "differ; remove one of the two");
}

void read_skip(BlockEntry& entry) {
  if (!entry.table.has("skip")) return;
  const std::string text = entry.table.text("skip");
  if (text != "identity") {
    entry.table.fail(
        "skip",
        fmt::format("`{}` is not known; write \"identity\", or remove it for a block that is "
                    "always there",
                    text));
  }
  entry.skippable = true;
}

void read_repeat(BlockEntry& entry) {
  entry.numbered = entry.table.has("repeat");
  if (!entry.numbered) return;
  const int most = static_cast<int>(kMaxBlocks);
  if (entry.dialect.version == 1 || entry.table.kind("repeat") != TomlKind::table) {
    entry.repeat = read_integer(entry.table, "repeat", 1, most);
    return;
  }
  const TomlTable table = entry.table.table("repeat");
  std::vector<std::string> texts;
  for (const std::int64_t count : table.integers("choices")) {
    if (count < 0 || count > most)
      table.fail("choices", fmt::format("has {}; each must be from 0 to {}", count, most));
    if (!texts.empty() && count < entry.repeat_options.back())
      table.fail("choices", fmt::format("{} follows {}; list them in ascending order", count,
                                        entry.repeat_options.back()));
    entry.repeat_options.push_back(static_cast<int>(count));
    texts.push_back(std::to_string(count));
  }
  check_choices(table, entry.repeat_options, texts);
  entry.repeat = entry.repeat_options.back();
}

void read_first(BlockEntry& entry) {
  if (!entry.table.has("first")) return;
  if (!entry.numbered)
    entry.table.fail("first", "numbers repetitions, but repeat is missing; add it or remove first");
  entry.first = read_integer(entry.table, "first", 0, 9999);
}

BlockEntry read_inner(const TomlTable& table, const BlockEntry& outer);

void read_join(BlockEntry& entry) {
  const std::string join = entry.table.text("join");
  if (join != "add" && join != "concatenate")
    entry.table.fail("join",
                     fmt::format("`{}` is not known; write \"add\" or \"concatenate\"", join));
  entry.block.join = join == "add" ? Join::add : Join::concatenate;
}

void read_branches(BlockEntry& entry) {
  const std::vector<TomlTable> branches = entry.table.tables("branch");
  if (branches.size() < 2 || branches.size() > kMostParallel) {
    entry.table.fail("branch", fmt::format("has {} branches; write 2 to {}, each as "
                                           "[[block.branch]]",
                                           branches.size(), kMostParallel));
  }
  std::size_t empty = 0;
  for (const TomlTable& branch : branches) {
    const std::vector<TomlTable> blocks = branch.tables("block");
    if (blocks.size() > kMostParallel)
      branch.fail("block", fmt::format("has {} blocks; at most {} are supported", blocks.size(),
                                       kMostParallel));
    if (!branch.has("block"))
      branch.fail("block",
                  "is missing; write block = [{ type = ... }, ...], or block = [] for a "
                  "branch that passes the input");
    entry.branches.emplace_back();
    for (const TomlTable& block : blocks) entry.branches.back().push_back(read_inner(block, entry));
    empty += blocks.empty() ? 1 : 0;
  }
  if (empty > 1)
    entry.table.fail("branch",
                     "passes the input in two branches; one can be [], the others need a "
                     "block");
}

/// A key, the blocks that have it, and its reader.
struct KeyReader {
  const char* key;
  bool (*applies)(BlockType);
  void (*read)(BlockEntry&);
  bool inner = true;  ///< Also of a block within branches.
  int version = 1;    ///< From which on it is there.

  [[nodiscard]] bool is_legal(BlockType type, const Dialect& dialect) const {
    return version <= dialect.version && applies(type);
  }
};

bool always(BlockType /*type*/) { return true; }
bool slides(BlockType type) { return is_convolution(type) || is_pool(type); }
bool pads(BlockType type) { return slides(type) && !is_resnet(type); }
bool expands(BlockType type) { return type == BlockType::inverted_bottleneck; }
bool dilates(BlockType type) { return is_convolution(type) && !is_resnet(type); }
bool is_plain_convolution(BlockType type) { return type == BlockType::conv2d; }
bool is_depthwise(BlockType type) { return type == BlockType::depthwise_conv2d; }
bool narrows(BlockType type) { return type == BlockType::resnet_bottleneck; }
bool forks(BlockType type) { return type == BlockType::branches; }
bool activates(BlockType type) {
  return is_convolution(type) || type == BlockType::fully_connected || forks(type);
}
bool adds_input(BlockType type) { return is_convolution(type) && !is_resnet(type); }
bool can_skip(BlockType type) { return is_convolution(type) || forks(type); }

/// In an order in which each finds what it asks the entry for.
constexpr std::array kKeyReaders = {
    KeyReader{"name", always,
              [](BlockEntry& entry) {
                entry.block.name = read_name(entry.table, "name");
                entry.written_name = entry.block.name;
              },
              false},
    KeyReader{"type", always, read_type_choice},
    KeyReader{"repeat", always, read_repeat, false},
    KeyReader{"first", always, read_first, false},
    KeyReader{"kernel", slides, read_kernel},
    KeyReader{"stride", slides, read_stride},
    KeyReader{"padding", pads, read_padding},
    KeyReader{"dilation", dilates, read_dilation, true, 2},
    KeyReader{"groups", is_plain_convolution, read_groups, true, 2},
    KeyReader{"depth_multiplier", is_depthwise, read_depth_multiplier, false, 2},
    KeyReader{"expansion", expands, read_expansion},
    KeyReader{"bottleneck", narrows, read_expansion},
    KeyReader{"width", has_width, read_block_width},
    KeyReader{"tie", has_width, read_tie},
    KeyReader{"join", forks, read_join},
    KeyReader{"activation", activates, read_activation},
    KeyReader{"squeeze_excite", is_convolution, read_squeeze_excite, true, 2},
    KeyReader{"branch", forks, read_branches},
    KeyReader{"residual", adds_input, read_residual, false},
    KeyReader{"skip", can_skip, read_skip, false}};

BlockEntry empty_entry(const TomlTable& table, const Dialect& dialect) {
  BlockEntry entry{.table = table,
                   .dialect = dialect,
                   .block = {},
                   .written_name = {},
                   .expansion_options = {},
                   .width_options = {},
                   .choices = {},
                   .repeat_options = {},
                   .later_stride = {},
                   .branches = {}};
  entry.block.where = table.where();
  return entry;
}

bool may_be_inner(BlockType type) { return pads(type); }

/// A block within the branches of another one.
BlockEntry read_inner(const TomlTable& table, const BlockEntry& outer) {
  BlockEntry entry = empty_entry(table, outer.dialect);
  entry.block.type = read_type(table, entry.dialect);
  entry.written_name = outer.written_name;
  if (!may_be_inner(entry.block.type))
    table.fail("type", fmt::format("`{}` can't be within branches; convolutions, separable "
                                   "convolutions, inverted bottlenecks and poolings can",
                                   to_string(entry.block.type)));
  for (const KeyReader& step : kKeyReaders) {
    if (step.inner && step.is_legal(entry.block.type, entry.dialect)) step.read(entry);
  }
  const bool first = outer.branches.back().empty();
  for (const Width& width : {entry.block.width, entry.block.expansion.value_or(Width{})}) {
    if (width.is_ratio() && !first)
      table.fail("type",
                 "has a ratio, which is one of the input of the whole block; only the "
                 "first block of a branch has that input");
  }
  if (entry.global) table.fail("kernel", "can't be \"global\" within branches; write an integer");
  return entry;
}

/// `inner`: within branches.
void declare_keys(const TomlTable& table, const Dialect& dialect, bool inner) {
  const BlockType type = read_type(table, dialect);
  if (dialect.version > 1 && table.kind("type") == TomlKind::table)
    (void)table.table("type").has("choices");
  for (const KeyReader& step : kKeyReaders) {
    if (step.is_legal(type, dialect) && (step.inner || !inner)) (void)table.has(step.key);
  }
  if (has_width(type)) declare_width_keys(table, "width", dialect);
  if (expands(type)) declare_width_keys(table, "expansion", dialect);
  if (narrows(type)) declare_width_keys(table, "bottleneck", dialect);
  if (dialect.version == 1) return;
  for (const char* key : {"repeat", "activation"}) {
    if (table.kind(key) == TomlKind::table) (void)table.table(key).has("choices");
  }
  if (is_convolution(type)) declare_convolution_keys(table);
  if (!slides(type)) return;
  declare_window_keys(table, "kernel");
  declare_window_keys(table, "stride");
  if (!is_stepwise(table, dialect)) return;
  for (const char* key : {"first", "rest"}) declare_window_keys(table.table("stride"), key);
  (void)table.table("stride").has("rest");
}

}  // namespace

int choose(BlockEntry& entry, DecisionKind kind, const std::vector<int>& options) {
  if (options.size() > 1) entry.choices.push_back({kind, options});
  return options.front();
}

BlockActivation activation_of(const TomlTable& table, std::string_view key, std::string_view text,
                              const Dialect& dialect) {
  for (const auto known : {BlockActivation::none, BlockActivation::relu, BlockActivation::relu6,
                           BlockActivation::hard_swish}) {
    if (to_string(known) != text) continue;
    if (known != BlockActivation::hard_swish || dialect.version > 1) return known;
    table.fail(key, "`hard_swish` is an activation of version 2; write version = 2");
  }
  table.fail(key, fmt::format("`{}` is not known; write \"none\", \"relu\"{} \"relu6\"{}", text,
                              dialect.version == 1 ? " or" : ",",
                              dialect.version == 1 ? "" : " or \"hard_swish\""));
}

void declare_multiplier_keys(const TomlTable& table) {
  for (const char* key : {"name", "percent", "multiple_of", "blocks"}) (void)table.has(key);
  if (table.kind("percent") != TomlKind::table) return;
  for (const char* key : {"from", "to", "step"}) (void)table.table("percent").has(key);
}

MultiplierEntry read_multiplier(const TomlTable& table) {
  MultiplierEntry entry{table, read_name(table, "name"), read_percentages(table, "percent"), 1, {}};
  if (entry.percents.size() < 2)
    table.fail("percent", "leaves no choice; list at least two percentages");
  entry.multiple_of = read_integer(table, "multiple_of", 1, kMaxExtent);
  if (!table.has("blocks")) return entry;
  entry.blocks = table.texts("blocks");
  if (entry.blocks.empty())
    table.fail("blocks", "is an empty list; name a block, or remove the key to scale all blocks");
  return entry;
}

void declare_block_keys(const TomlTable& table, const Dialect& dialect) {
  declare_keys(table, dialect, false);
  if (dialect.version == 1 || table.kind("branch") != TomlKind::list) return;
  for (const TomlTable& branch : table.tables("branch")) {
    if (branch.kind("block") != TomlKind::list) continue;
    for (const TomlTable& block : branch.tables("block")) declare_keys(block, dialect, true);
  }
}

BlockEntry read_block(const TomlTable& table, const Dialect& dialect) {
  BlockEntry entry = empty_entry(table, dialect);
  entry.block.type = read_type(table, dialect);
  if (is_resnet(entry.block.type)) entry.block.residual = Residual::projection;
  for (const KeyReader& step : kKeyReaders) {
    if (step.is_legal(entry.block.type, dialect)) step.read(entry);
  }
  return entry;
}

void check_block(const TomlTable& table, const Dialect& dialect, const Attempt& attempt) {
  BlockEntry entry = empty_entry(table, dialect);
  if (!attempt([&] { declare_block_keys(table, dialect); })) {
    attempt([&] { (void)read_name(table, "name"); });  // without a type the other keys mean nothing
    return;
  }
  entry.block.type = read_type(table, dialect);
  const bool known = attempt([&] { table.reject_unknown_keys(); });
  for (const KeyReader& step : kKeyReaders) {
    const TomlKind kind = table.kind(step.key);
    const bool judged = known || (kind != TomlKind::absent && kind != TomlKind::table);
    if (judged && step.is_legal(entry.block.type, dialect)) attempt([&] { step.read(entry); });
  }
}

}  // namespace opline::sampler
