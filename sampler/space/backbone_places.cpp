// The graph of a backbone: its places and branches, and the sizes of what they make.
#include <fmt/format.h>

#include <algorithm>

#include "firmware/include/opline_plan.h"
#include "sampler/space/backbone.h"
#include "sampler/space/width_reader.h"

namespace opline::sampler {

void Backbone::add_place(const BlockEntry& entry, const Block& block, const Arrival& arrival,
                         const std::vector<Resolved>& resolved, Channels channels) {
  const std::size_t number = space_.places.size();
  if (number == kMaxPlaces) {
    entry.table.fail("name", fmt::format("block `{}` is reached by too many different maps; at "
                                         "most {} in all blocks are supported, choose fewer "
                                         "strides or inputs",
                                         block.name, kMaxPlaces));
  }
  for (const auto& [place, branch] : arrival.from)
    space_.places[place].branches[branch].next = number;
  space_.places.push_back({space_.blocks.size(), arrival.map, {}});
  const auto options = static_cast<std::uint16_t>(entry.repeat_options.size());
  const auto end = block.depth ? std::find(entry.repeat_options.begin(), entry.repeat_options.end(),
                                           block.depth->at_least - 1)
                               : entry.repeat_options.end();
  std::vector<Selection> there;
  const auto exit = static_cast<std::uint16_t>(end - entry.repeat_options.begin());
  if (exit < options)
    there.push_back({block.depth->decision, static_cast<std::uint16_t>(exit + 1), options});
  if (block.skip) there.push_back({*block.skip, kKeep, kKeep + 1});
  for (const Resolved& one : resolved) {
    std::vector<Selection> when = there;
    when.insert(when.end(), one.variant.when.begin(), one.variant.when.end());
    add_kept(entry, one, when, arrival.widest, channels);
  }
  if (block.skip) {
    there.back() = {*block.skip, kSkip, kSkip + 1};
    add_skipped(entry, block, there, arrival);
  }
  if (exit == options) return;
  Branch leave;
  leave.when = {{block.depth->decision, exit, static_cast<std::uint16_t>(exit + 1)}};
  Place& place = space_.places.back();
  leave.decisions = {block.depth->decision};
  place.branches.push_back(std::move(leave));
  arrive(arrival.map, arrival.widest, number, place.branches.size() - 1, exits_);
}

void Backbone::add_kept(const BlockEntry& entry, const Resolved& one,
                        const std::vector<Selection>& when, std::int64_t widest,
                        Channels channels) {
  const Block& block = one.variant.block;
  const auto add = [&](Shortcut shortcut, Guard guard) {
    add_branch(entry, block, {when, kept_layers(block, shortcut, guard), 0, {}}, one.out, widest);
  };
  if (block.residual == Residual::none) return add(Shortcut::none, Guard::none);
  if (block.residual == Residual::identity) return add(Shortcut::identity, Guard::none);
  const Shortcut otherwise =
      block.residual == Residual::projection ? Shortcut::projection : Shortcut::none;
  if (one.out != block.in) channels = Channels::different;
  if (channels == Channels::same) return add(Shortcut::identity, Guard::none);
  if (channels == Channels::different) return add(otherwise, Guard::none);
  add(Shortcut::identity, Guard::same);
  add(otherwise, Guard::different);
}

/// A block that is skipped still has its stride.
void Backbone::add_skipped(const BlockEntry& entry, const Block& block,
                           const std::vector<Selection>& there, const Arrival& arrival) {
  Block reduced = block;
  std::erase_if(reduced.choices,
                [](const BlockChoice& one) { return one.kind != DecisionKind::stride; });
  reduced.branches.clear();
  reduced.in = arrival.map;
  for (const BlockVariant& variant : variants_of(space_, reduced)) {
    std::vector<Selection> when = there;
    when.insert(when.end(), variant.when.begin(), variant.when.end());
    std::vector<BlockLayer> layers = skipped_layers(variant.block);
    const Map out = layers.empty() ? arrival.map : layers.back().out;
    add_branch(entry, block, {std::move(when), std::move(layers), 0, {}}, out, arrival.widest);
  }
}

/// Appends a branch to the place that was made last; `widest` are the channels at most that reach
/// it.
void Backbone::add_branch(const BlockEntry& entry, const Block& block, Branch branch,
                          const Map& out, std::int64_t widest) {
  widest = check_size(entry, block, branch.layers, widest);
  std::set<std::size_t> decisions;
  for (const Selection& one : branch.when) decisions.insert(one.decision);
  for (const BlockLayer& layer : branch.layers)
    layer.width.for_each_decision([&](std::size_t decision) { decisions.insert(decision); });
  branch.decisions.assign(decisions.begin(), decisions.end());
  most_layers_ = std::max(most_layers_, branch.layers.size());
  Place& place = space_.places.back();
  place.branches.push_back(std::move(branch));
  arrive(out, widest, space_.places.size() - 1, place.branches.size() - 1, next_);
}

void Backbone::arrive(const Map& map, std::int64_t widest, std::size_t place, std::size_t branch,
                      std::vector<Arrival>& arrivals) const {
  auto known = std::find_if(arrivals.begin(), arrivals.end(),
                            [&](const Arrival& one) { return one.map == map; });
  if (known == arrivals.end()) known = arrivals.insert(arrivals.end(), {map, widest, {}});
  known->widest = std::max(known->widest, widest);
  known->from.emplace_back(place, branch);
}

/// Refuses a tensor beyond what a plan can say, whatever is decided; returns the channels at most
/// that leave the layers where `widest` reach them.
std::int64_t Backbone::check_size(const BlockEntry& entry, const Block& block,
                                  const std::vector<BlockLayer>& layers,
                                  std::int64_t widest) const {
  std::vector<std::int64_t> made;
  const auto of = [&](int tensor) {
    return tensor == kBlockInput ? widest : made[static_cast<std::size_t>(tensor)];
  };
  for (const BlockLayer& layer : layers) {
    made.push_back(channels_of(layer, of, [&](std::size_t decision) {
      return space_.decisions[decision].options.back();
    }));
    if (made.back() > kMaxExtent) {
      entry.table.fail("name", fmt::format("block `{}` can have {} channels; at most {} are "
                                           "supported",
                                           block.name, made.back(), kMaxExtent));
    }
    const network::Shape largest{layer.out.h, layer.out.w, static_cast<int>(made.back())};
    if (largest.elements() > kMaxElements) {
      entry.table.fail(
          "name",
          fmt::format("block `{}` can make {}x{}x{}, more than 2^31 elements; no device holds it",
                      block.name, largest.h, largest.w, largest.c));
    }
  }
  return made.empty() ? widest : made.back();
}

void Backbone::count_layers(const BlockEntry& entry, const Block& block) {
  max_layers_ += most_layers_;
  if (max_layers_ > OPLINE_MAX_LAYERS) {
    entry.table.fail(
        "name", fmt::format("block `{}` brings the network to {} layers; at most {} are supported",
                            block.name, max_layers_, OPLINE_MAX_LAYERS));
  }
}

}  // namespace opline::sampler
