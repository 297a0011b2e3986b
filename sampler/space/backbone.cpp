#include "sampler/space/backbone.h"

#include <fmt/format.h>

#include <algorithm>

#include "firmware/include/opline_plan.h"
#include "sampler/space/block_layers.h"

namespace opline::sampler {
namespace {

constexpr int kMaxWindow = 255;  // of a kernel (src/network/network.h)

int widest(const Width& width, const std::vector<int>& options) {
  return width.is_decided() ? options.back() : width.value;
}

}  // namespace

Backbone::Backbone(Space& space, Attempt attempt)
    : space_(space),
      attempt_(std::move(attempt)),
      map_{space.input.h, space.input.w},
      channels_(Width{Width::Kind::fixed, space.input.c, 0}) {}

void Backbone::run(const std::function<void()>& check) const {
  if (attempt_) {
    attempt_(check);
  } else {
    check();
  }
}

void Backbone::append(const BlockEntry& entry) {
  for (int i = 0; i < entry.repeat; ++i) {
    Block block = entry.block;
    if (entry.numbered) block.name += std::to_string(entry.first + i);
    run([&] { check_name(entry, block); });
    infer_map(entry, block);
    add_decisions(entry, block);
    run([&] { follow_channels(entry, block); });
    check_size(entry, block);
    count_layers(entry, block);
    map_ = block.out;
    space_.blocks.push_back(std::move(block));
  }
}

void Backbone::finish(const TomlTable& file) const {
  const auto stays = [](const Block& block) { return !block.skip || block.skip_pools(); };
  if (std::none_of(space_.blocks.begin(), space_.blocks.end(), stays)) {
    file.fail("block", "can all be skipped, which leaves no layer; remove the skip of one");
  }
  for (const auto& [name, tie] : ties_) {
    run([&, &name = name, &tie = tie] { check_tie(name, tie); });
  }
}

void Backbone::check_tie(const std::string& name, const Tie& tie) const {
  for (const Block& block : space_.blocks) {
    if (block.name == name)
      tie.table.fail(
          "tie", fmt::format("`{}` is also the block at {}; give the tie a name of its own", name,
                             block.where));
  }
  const std::vector<std::size_t>& blocks = space_.decisions[tie.decision].blocks;
  if (blocks.size() == 1) {
    tie.table.fail(
        "tie", fmt::format("`{}` ties block `{}` to no other; give another block the same tie, or "
                           "remove it",
                           name, space_.blocks[blocks.front()].name));
  }
}

void Backbone::check_name(const BlockEntry& entry, const Block& block) const {
  for (const Block& other : space_.blocks) {
    if (other.name != block.name) continue;
    entry.table.fail("name",
                     fmt::format("`{}` is also the block at {}; give each block a name of its own",
                                 block.name, other.where));
  }
}

void Backbone::infer_map(const BlockEntry& entry, Block& block) const {
  block.in = map_;
  if (block.type == BlockType::fully_connected) {
    block.out = {1, 1};
  } else if (block.type == BlockType::softmax) {
    block.out = block.in;
  } else {
    slide(entry, block);
  }
}

void Backbone::slide(const BlockEntry& entry, Block& block) const {
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
          "kernel",
          fmt::format("{}x{} is larger than the {}x{} map that reaches block `{}`; use a smaller "
                      "kernel or padding = \"same\"",
                      window.kernel_h, window.kernel_w, map_.h, map_.w, block.name));
    }
    block.out = {(map_.h - window.kernel_h) / window.stride_h + 1,
                 (map_.w - window.kernel_w) / window.stride_w + 1};
  }
  if (block.out == same) return;
  if (block.residual || entry.skippable) {
    entry.table.fail(
        "padding",
        fmt::format("\"valid\" makes {}x{} of the map of block `{}`, but its {} branch {}x{}; "
                    "write \"same\"",
                    block.out.h, block.out.w, block.name, block.residual ? "residual" : "skip",
                    same.h, same.w));
  }
}

void Backbone::add_decisions(const BlockEntry& entry, Block& block) {
  if (entry.skippable)
    block.skip = add_decision(block.name + ".skip", DecisionKind::skip, {kKeep, kSkip});
  if (block.expansion && block.expansion->is_decided()) {
    block.expansion->decision =
        add_decision(block.name + ".expansion", DecisionKind::width, entry.expansion_options);
  }
  if (!block.width.is_decided()) return;
  block.width.decision = block.tie.empty() ? add_decision(block.name + ".width",
                                                          DecisionKind::width, entry.width_options)
                                           : tied_decision(entry, block);
}

/// Of the block that is being appended.
std::size_t Backbone::add_decision(std::string name, DecisionKind kind, std::vector<int> options) {
  space_.decisions.push_back({std::move(name), kind, std::move(options), {space_.blocks.size()}});
  return space_.decisions.size() - 1;
}

std::size_t Backbone::tied_decision(const BlockEntry& entry, const Block& block) {
  const auto known = ties_.find(block.tie);
  if (known == ties_.end()) {
    const std::size_t decision =
        add_decision(block.tie + ".width", DecisionKind::width, entry.width_options);
    ties_.emplace(block.tie, Tie{entry.table, decision});
    return decision;
  }
  Decision& shared = space_.decisions[known->second.decision];
  if (shared.options != entry.width_options) {
    entry.table.fail(
        "width", fmt::format("has other options than that of the block at {}, to which `{}` ties "
                             "it; make them equal",
                             known->second.table.where(), block.tie));
  }
  shared.blocks.push_back(space_.blocks.size());
  return known->second.decision;
}

void Backbone::follow_channels(const BlockEntry& entry, const Block& block) {
  if (block.width.kind == Width::Kind::same) return;
  const bool unchanged = channels_ == block.width;
  if (!unchanged) channels_ = block.skip ? std::nullopt : std::optional(block.width);
  if (block.residual && !unchanged) {
    entry.table.fail(
        "residual",
        fmt::format("needs the number of channels that reaches block `{}`, so that input and "
                    "output can be added; write width = \"same\", or tie its width "
                    "to the block before it",
                    block.name));
  }
}

/// Refuses a tensor beyond what a plan can say, whatever is decided.
void Backbone::check_size(const BlockEntry& entry, const Block& block) const {
  const auto check = [&](const Map& map, int channels) {
    const network::Shape largest{map.h, map.w, channels};
    if (largest.elements() > kMaxElements) {
      entry.table.fail(
          "name",
          fmt::format("block `{}` can make {}x{}x{}, more than 2^31 elements; no device holds it",
                      block.name, largest.h, largest.w, largest.c));
    }
  };
  if (block.expansion) check(block.in, widest(*block.expansion, entry.expansion_options));
  // Channels that a block passes on were checked, on a map at least as large, where they came from.
  check(block.out, widest(block.width, entry.width_options));
}

void Backbone::count_layers(const BlockEntry& entry, const Block& block) {
  max_layers_ += kept_layers(block).size();
  if (max_layers_ > OPLINE_MAX_LAYERS) {
    entry.table.fail(
        "name", fmt::format("block `{}` brings the network to {} layers; at most {} are supported",
                            block.name, max_layers_, OPLINE_MAX_LAYERS));
  }
}

}  // namespace opline::sampler
