// The maps that the blocks of a backbone make of those that reach them.
#include <fmt/format.h>

#include <algorithm>

#include "sampler/space/backbone.h"

namespace opline::sampler {
namespace {

constexpr int kMaxWindow = 255;  // of a kernel and of padding (src/network/network.h)

}  // namespace

std::vector<Backbone::Resolved> Backbone::resolve(const BlockEntry& entry, const Block& block,
                                                  const Map& in) const {
  std::vector<Resolved> resolved;
  for (BlockVariant& variant : variants_of(space_, block)) {
    variant.block.in = in;
    Map out = in;
    if (block.type == BlockType::fully_connected) {
      out = {1, 1};
    } else if (block.type == BlockType::branches) {
      out = run_branches(entry, variant.block);
    } else if (has_window(block.type)) {
      out = slide(entry, variant.block, entry.global);
    }
    resolved.push_back({std::move(variant), out});
  }
  return resolved;
}

/// The output map, whatever shortcut there is; resolves a global window.
Map Backbone::slide(const BlockEntry& entry, Block& block, bool global) const {
  network::Window& window = block.window;
  const Map& in = block.in;
  if (global) window = {in.h, in.w, in.h, in.w, network::Padding::valid};
  if (window.kernel_h > kMaxWindow || window.kernel_w > kMaxWindow) {
    entry.table.fail(
        "kernel",
        fmt::format("\"global\" is {}x{} at block `{}`, at most {} are supported an axis; pool in "
                    "two steps",
                    in.h, in.w, block.name, kMaxWindow));
  }
  const Map same{(in.h + window.stride_h - 1) / window.stride_h,
                 (in.w + window.stride_w - 1) / window.stride_w};
  if (window.padding == network::Padding::same) {
    check_padding(entry, block, same);
    return same;
  }
  if (window.reach_h() > in.h || window.reach_w() > in.w) {
    entry.table.fail(
        "kernel",
        fmt::format("{}x{} is larger than the {}x{} map that reaches block `{}`; use a smaller "
                    "kernel or padding = \"same\"",
                    window.reach_h(), window.reach_w(), in.h, in.w, block.name));
  }
  const Map out = output_map(in, window);
  const bool residual = block.residual != Residual::none;
  if (out != same && (residual || entry.skippable)) {
    entry.table.fail(
        "padding",
        fmt::format("\"valid\" makes {}x{} of the map of block `{}`, but its {} branch {}x{}; "
                    "write \"same\"",
                    out.h, out.w, block.name, residual ? "residual" : "skip", same.h, same.w));
  }
  return out;
}

/// Refuses a dilation that makes more padding than a plan can say.
void Backbone::check_padding(const BlockEntry& entry, const Block& block, const Map& out) const {
  const network::Window& window = block.window;
  const int before =
      std::max(network::padding_before(block.in.h, out.h, window.reach_h(), window.stride_h),
               network::padding_before(block.in.w, out.w, window.reach_w(), window.stride_w));
  if (before <= kMaxWindow) return;
  entry.table.fail("dilation", fmt::format("needs {} rows or columns of padding before the map of "
                                           "block `{}`; at most {} are supported",
                                           before, block.name, kMaxWindow));
}

Map Backbone::run_branches(const BlockEntry& entry, Block& block) const {
  std::optional<Map> out;
  for (std::size_t i = 0; i < block.branches.size(); ++i) {
    Map map = block.in;
    for (std::size_t j = 0; j < block.branches[i].size(); ++j) {
      Block& inner = block.branches[i][j];
      inner.in = map;
      inner.out = map = slide(entry.branches[i][j], inner, false);
    }
    if (out && *out != map) {
      entry.table.fail("branch",
                       fmt::format("the branches of block `{}` end in maps of {}x{} and {}x{}, but "
                                   "only equal ones can be joined; give them the same strides",
                                   block.name, out->h, out->w, map.h, map.w));
    }
    out = map;
  }
  if (entry.skippable && *out != block.in) {
    entry.table.fail("skip", "needs branches without a stride; remove it or the strides");
  }
  return *out;
}

}  // namespace opline::sampler
