// From the text of a space file to a Space: header, repetitions, decisions, and what depends on a block's
// neighbours.
#include <algorithm>
#include <limits>

#include "firmware/include/opline_plan.h"
#include "sampler/block_reader.h"
#include "sampler/space.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/toml.h"

namespace opline::sampler {
namespace {

constexpr int kVersion = 1;
constexpr int kMaxExtent = 65535;  // of a tensor (src/network/network.h)
constexpr int kMaxWindow = 255;    // of a kernel (same)
constexpr std::uint64_t kMaxElements =
    std::numeric_limits<std::int32_t>::max();  // of a tensor (network_builder.cpp)

/// A misspelt key is reported before what is missing because of it.
void reject_unknown_keys(const TomlTable& file) {
  for (const char* key : {"format", "version", "title", "description", "input", "block"}) (void)file.has(key);
  for (const TomlTable& table : file.tables("block")) declare_block_keys(table);
  file.reject_unknown_keys();
}

void check_format(const TomlTable& file) {
  if (file.text("format") != "opline-space") {
    file.fail("format", fmt::format("is `{}`; a search space begins with format = \"opline-space\"",
                                    file.text("format")));
  }
  const std::int64_t version = file.integer("version", 1);
  if (version != kVersion) {
    file.fail("version",
              fmt::format("is {}, but this opline reads version {}; update opline", version, kVersion));
  }
}

network::Shape read_input(const TomlTable& file) {
  const std::vector<std::int64_t> extents = file.integers("input");
  if (extents.size() != 3) file.fail("input", "must be [height, width, channels]");
  for (const std::int64_t extent : extents) {
    if (extent < 1 || extent > kMaxExtent) {
      file.fail("input", fmt::format("has the extent {}; each must be from 1 to {}", extent, kMaxExtent));
    }
  }
  const network::Shape shape{static_cast<int>(extents[0]), static_cast<int>(extents[1]),
                             static_cast<int>(extents[2])};
  if (shape.elements() > kMaxElements) file.fail("input", "has more than 2^31 elements; no device holds it");
  return shape;
}

/// Appends blocks one after the other; knows the map that the next one gets and how wide it can be.
class Expansion {
 public:
  explicit Expansion(Space& space) : space_(space), map_{space.input.h, space.input.w} {}

  void append(const BlockEntry& entry) {
    for (int i = 0; i < entry.repeat; ++i) {
      Block block = entry.block;
      if (entry.numbered) block.name += std::to_string(entry.first + i);
      check_name(entry, block);
      infer_map(entry, block);
      add_decisions(entry, block);
      check_size(entry, block);
      map_ = block.out;
      space_.blocks.push_back(std::move(block));
    }
  }

  /// `file` for messages.
  void finish(const TomlTable& file) const {
    const auto stays = [](const Block& block) { return !block.skip || block.skip_pools(); };
    if (std::none_of(space_.blocks.begin(), space_.blocks.end(), stays)) {
      file.fail("block", "can all be skipped, which leaves no layer; remove the skip of one");
    }
  }

 private:
  void check_name(const BlockEntry& entry, const Block& block) const {
    for (const Block& other : space_.blocks) {
      if (other.name != block.name) continue;
      entry.table.fail("name", fmt::format("`{}` is also the block at {}; give each block a name of its own",
                                           block.name, other.where));
    }
  }

  void infer_map(const BlockEntry& entry, Block& block) const {
    block.in = map_;
    if (block.type == BlockType::fully_connected) {
      block.out = {1, 1};
    } else if (block.type == BlockType::softmax) {
      block.out = block.in;
    } else {
      slide(entry, block);
    }
  }

  void slide(const BlockEntry& entry, Block& block) const {
    network::Window& window = block.window;
    if (entry.global) window = {map_.h, map_.w, map_.h, map_.w, network::Padding::valid};
    if (window.kernel_h > kMaxWindow || window.kernel_w > kMaxWindow) {
      entry.table.fail(
          "kernel",
          fmt::format("\"global\" is {}x{} at block `{}`, at most {} are supported an axis; pool in "
                      "two steps",
                      map_.h, map_.w, block.name, kMaxWindow));
    }
    const Map same{(map_.h + window.stride_h - 1) / window.stride_h,
                   (map_.w + window.stride_w - 1) / window.stride_w};
    block.out = same;
    if (window.padding == network::Padding::valid) {
      if (window.kernel_h > map_.h || window.kernel_w > map_.w) {
        entry.table.fail(
            "kernel", fmt::format("{}x{} is larger than the {}x{} map that reaches block `{}`; use a smaller "
                                  "kernel or padding = \"same\"",
                                  window.kernel_h, window.kernel_w, map_.h, map_.w, block.name));
      }
      block.out = {(map_.h - window.kernel_h) / window.stride_h + 1,
                   (map_.w - window.kernel_w) / window.stride_w + 1};
    }
    if (block.out == same) return;
    if (block.residual || entry.skippable) {
      entry.table.fail("padding",
                       fmt::format("\"valid\" makes {}x{} of the map of block `{}`, but its {} branch {}x{}; "
                                   "write \"same\"",
                                   block.out.h, block.out.w, block.name, block.residual ? "residual" : "skip",
                                   same.h, same.w));
    }
  }

  void add_decisions(const BlockEntry& entry, Block& block) {
    const std::size_t position = space_.blocks.size();
    if (entry.skippable) {
      block.skip = space_.decisions.size();
      space_.decisions.push_back({block.name + ".skip", DecisionKind::skip, {kKeep, kSkip}, position});
    }
    if (block.width.kind == Width::Kind::decided) {
      block.width.decision = space_.decisions.size();
      space_.decisions.push_back({block.name + ".width", DecisionKind::width, entry.width_options, position});
    }
  }

  /// Refuses what no architecture may reach: a tensor or a number of layers beyond what a plan can say.
  void check_size(const BlockEntry& entry, const Block& block) {
    // Channels that a block passes on were checked, on a map at least as large, where they came from.
    const int widest = entry.width_options.empty() ? block.width.value : entry.width_options.back();
    const network::Shape largest{block.out.h, block.out.w, widest};
    if (largest.elements() > kMaxElements) {
      entry.table.fail(
          "name", fmt::format("block `{}` can make {}x{}x{}, more than 2^31 elements; no device holds it",
                              block.name, largest.h, largest.w, largest.c));
    }
    max_layers_ += 1 + (block.type == BlockType::depthwise_separable ? 1 : 0) + (block.residual ? 1 : 0);
    if (max_layers_ > OPLINE_MAX_LAYERS) {
      entry.table.fail("name",
                       fmt::format("block `{}` brings the network to {} layers; at most {} are supported",
                                   block.name, max_layers_, OPLINE_MAX_LAYERS));
    }
  }

  Space& space_;
  Map map_;
  unsigned max_layers_ = 0;
};

}  // namespace

Space parse_space(std::string text, const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_text(text, path.string());
  check_format(file);  // before the keys: a file of a later version has others
  reject_unknown_keys(file);
  Space space;
  space.name = path.stem().string();
  space.title = file.text("title");
  if (file.has("description")) space.description = file.text("description");
  space.input = read_input(file);
  const std::vector<TomlTable> tables = file.tables("block");
  if (tables.empty())
    file.fail("block", "is missing; describe the backbone by one [[block]] after the other");
  Expansion expansion(space);
  for (const TomlTable& table : tables) expansion.append(read_block(table));
  expansion.finish(file);
  space.text = std::move(text);
  space.id = digest(space.canonical_text());
  return space;
}

}  // namespace opline::sampler
