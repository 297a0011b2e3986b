#include "sampler/space/block_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sampler/space/width_reader.h"

namespace opline::sampler {
namespace {

constexpr int kMaxWindow = 255;  // of kernels and strides (src/network/network.h)
constexpr std::size_t kMaxName = 40;

constexpr std::array kTypes = {BlockType::conv2d,
                               BlockType::depthwise_conv2d,
                               BlockType::depthwise_separable,
                               BlockType::inverted_bottleneck,
                               BlockType::average_pool_2d,
                               BlockType::max_pool_2d,
                               BlockType::fully_connected,
                               BlockType::softmax};

bool is_convolution(BlockType type) {
  return type == BlockType::conv2d || type == BlockType::depthwise_conv2d ||
         type == BlockType::depthwise_separable || type == BlockType::inverted_bottleneck;
}

bool is_pool(BlockType type) {
  return type == BlockType::average_pool_2d || type == BlockType::max_pool_2d;
}

/// Whether the file chooses the block's output channels.
bool has_width(BlockType type) {
  return type == BlockType::fully_connected ||
         (is_convolution(type) && type != BlockType::depthwise_conv2d);
}

BlockType read_type(const TomlTable& table) {
  const std::string text = table.text("type");
  std::vector<std::string_view> known;
  for (const BlockType type : kTypes) {
    if (to_string(type) == text) return type;
    known.push_back(to_string(type));
  }
  table.fail("type",
             fmt::format("`{}` is not a block type; known: {}", text, fmt::join(known, ", ")));
}

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

/// An integer for both axes, or [height, width].
std::pair<int, int> read_pair(const TomlTable& table, std::string_view key) {
  if (table.kind(key) == TomlKind::integer) {
    const int both = read_integer(table, key, 1, kMaxWindow);
    return {both, both};
  }
  const char* form = "must be an integer for both axes or a list [height, width]";
  if (table.kind(key) == TomlKind::absent)
    table.fail(key, "is missing; add it as an integer or a list [height, width]");
  if (table.kind(key) != TomlKind::list) table.fail(key, form);
  const std::vector<std::int64_t> axes = table.integers(key);
  if (axes.size() != 2) table.fail(key, form);
  for (const std::int64_t value : axes) {
    if (value < 1 || value > kMaxWindow) {
      table.fail(key,
                 fmt::format("is {} along an axis; it must be from 1 to {}", value, kMaxWindow));
    }
  }
  return {static_cast<int>(axes[0]), static_cast<int>(axes[1])};
}

void read_global_pool(BlockEntry& entry) {
  if (!is_pool(entry.block.type) || entry.table.text("kernel") != "global") {
    entry.table.fail(
        "kernel",
        is_pool(entry.block.type)
            ? "must be an integer, a list [height, width] or \"global\""
            : "must be an integer or a list [height, width]; only pools can be \"global\"");
  }
  for (const char* key : {"stride", "padding"}) {
    if (entry.table.has(key))
      entry.table.fail(key, "has no meaning beside kernel = \"global\"; remove it");
  }
  entry.global = true;
}

void read_kernel(BlockEntry& entry) {
  network::Window& window = entry.block.window;
  if (entry.table.kind("kernel") == TomlKind::text) return read_global_pool(entry);
  std::tie(window.kernel_h, window.kernel_w) = read_pair(entry.table, "kernel");
  if (!is_pool(entry.block.type)) return;
  window.stride_h = window.kernel_h;
  window.stride_w = window.kernel_w;
}

void read_stride(BlockEntry& entry) {
  network::Window& window = entry.block.window;
  if (entry.table.has("stride"))
    std::tie(window.stride_h, window.stride_w) = read_pair(entry.table, "stride");
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

network::Activation activation_of(const BlockEntry& entry) {
  const TomlTable& table = entry.table;
  if (!table.has("activation"))
    return is_convolution(entry.block.type) ? network::Activation::relu : network::Activation::none;
  const std::string text = table.text("activation");
  for (const auto known :
       {network::Activation::none, network::Activation::relu, network::Activation::relu6}) {
    if (to_string(known) == text) return known;
  }
  table.fail("activation",
             fmt::format("`{}` is not known; write \"none\", \"relu\" or \"relu6\"", text));
}

void read_block_width(BlockEntry& entry) {
  const bool flattens = entry.block.type == BlockType::fully_connected;
  WidthEntry read = read_width(
      entry.table, "width",
      flattens
          ? "can't be \"same\" here: a fully connected layer flattens its map; write an integer"
          : nullptr);
  entry.block.width = read.width;
  entry.width_options = std::move(read.options);
  entry.width_read = true;
}

void read_expansion(BlockEntry& entry) {
  if (!entry.table.has("expansion")) return;
  WidthEntry read =
      read_width(entry.table, "expansion",
                 "can't be \"same\"; remove it for a bottleneck that expands nothing");
  entry.block.expansion = read.width;
  entry.expansion_options = std::move(read.options);
}

void read_tie(BlockEntry& entry) {
  if (!entry.table.has("tie")) return;
  entry.block.tie = read_name(entry.table, "tie");
  if (entry.width_read && !entry.block.width.is_decided()) {
    entry.table.fail(
        "tie",
        "shares the decision of a width, but the width of this block is not a decision; remove it");
  }
}

void read_residual(BlockEntry& entry) {
  const TomlTable& table = entry.table;
  if (!table.has("residual") || !table.boolean("residual")) return;
  entry.block.residual = true;
  if (entry.block.skip_pools()) {
    table.fail("residual",
               "needs stride 1, so that input and output can be added; remove it or the stride");
  }
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
  if (entry.numbered)
    entry.repeat = read_integer(entry.table, "repeat", 1, static_cast<int>(kMaxBlocks));
}

void read_first(BlockEntry& entry) {
  if (!entry.table.has("first")) return;
  if (!entry.numbered)
    entry.table.fail("first", "numbers repetitions, but repeat is missing; add it or remove first");
  entry.first = read_integer(entry.table, "first", 0, 9999);
}

/// A key, the blocks that have it, and its reader.
struct KeyReader {
  const char* key;
  bool (*applies)(BlockType);
  void (*read)(BlockEntry&);
};

bool always(BlockType /*type*/) { return true; }
bool slides(BlockType type) { return is_convolution(type) || is_pool(type); }
bool expands(BlockType type) { return type == BlockType::inverted_bottleneck; }
bool activates(BlockType type) {
  return is_convolution(type) || type == BlockType::fully_connected;
}

/// In an order in which each finds what it asks the entry for.
constexpr std::array kKeyReaders = {
    KeyReader{"name", always,
              [](BlockEntry& entry) { entry.block.name = read_name(entry.table, "name"); }},
    KeyReader{"repeat", always, read_repeat},
    KeyReader{"first", always, read_first},
    KeyReader{"kernel", slides, read_kernel},
    KeyReader{"stride", slides, read_stride},
    KeyReader{"padding", slides, read_padding},
    KeyReader{"expansion", expands, read_expansion},
    KeyReader{"width", has_width, read_block_width},
    KeyReader{"tie", has_width, read_tie},
    KeyReader{"activation", activates,
              [](BlockEntry& entry) { entry.block.activation = activation_of(entry); }},
    KeyReader{"residual", is_convolution, read_residual},
    KeyReader{"skip", is_convolution, read_skip}};

BlockEntry empty_entry(const TomlTable& table) {
  BlockEntry entry{.table = table, .block = {}, .expansion_options = {}, .width_options = {}};
  entry.block.where = table.where();
  return entry;
}

}  // namespace

void declare_block_keys(const TomlTable& table) {
  std::vector<const char*> keys = {"name", "type", "repeat", "first"};
  const BlockType type = read_type(table);
  if (is_convolution(type) || is_pool(type))
    keys.insert(keys.end(), {"kernel", "stride", "padding"});
  if (is_convolution(type)) keys.insert(keys.end(), {"activation", "residual", "skip"});
  if (type == BlockType::fully_connected) keys.push_back("activation");
  if (has_width(type)) keys.insert(keys.end(), {"width", "tie"});
  if (type == BlockType::inverted_bottleneck) keys.push_back("expansion");
  for (const char* key : keys) (void)table.has(key);
  if (has_width(type)) declare_width_keys(table, "width");
  if (type == BlockType::inverted_bottleneck) declare_width_keys(table, "expansion");
}

BlockEntry read_block(const TomlTable& table) {
  BlockEntry entry = empty_entry(table);
  entry.block.type = read_type(table);
  for (const KeyReader& step : kKeyReaders) {
    if (step.applies(entry.block.type)) step.read(entry);
  }
  return entry;
}

void check_block(const TomlTable& table, const Attempt& attempt) {
  BlockEntry entry = empty_entry(table);
  if (!attempt([&] { declare_block_keys(table); })) {
    attempt([&] { (void)read_name(table, "name"); });  // without a type the other keys mean nothing
    return;
  }
  entry.block.type = read_type(table);
  const bool known = attempt([&] { table.reject_unknown_keys(); });
  for (const KeyReader& step : kKeyReaders) {
    const TomlKind kind = table.kind(step.key);
    const bool judged = known || (kind != TomlKind::absent && kind != TomlKind::table);
    if (judged && step.applies(entry.block.type)) attempt([&] { step.read(entry); });
  }
}

}  // namespace opline::sampler
