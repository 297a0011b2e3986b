// The graph of a backbone: its places and branches, and the sizes of what they make.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

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
    add_kept(entry, one, when, arrival.channels, channels);
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
  arrive(arrival.map, arrival.channels, number, place.branches.size() - 1, exits_);
}

void Backbone::add_kept(const BlockEntry& entry, const Resolved& one,
                        const std::vector<Selection>& when, const Range& in, Channels channels) {
  const Block& block = one.variant.block;
  const auto add = [&](Shortcut shortcut, Guard guard) {
    add_branch(entry, block, {when, kept_layers(block, shortcut, guard), 0, {}}, one.out, in);
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
    add_branch(entry, block, {std::move(when), std::move(layers), 0, {}}, out, arrival.channels);
  }
}

/// Appends a branch to the place that was made last; `in` are the channels that reach it.
void Backbone::add_branch(const BlockEntry& entry, const Block& block, Branch branch,
                          const Map& out, const Range& in) {
  const Range made = check_layers(entry, block, branch.layers, in);
  std::set<std::size_t> decisions;
  for (const Selection& one : branch.when) decisions.insert(one.decision);
  for (const BlockLayer& layer : branch.layers)
    layer.width.for_each_decision([&](std::size_t decision) { decisions.insert(decision); });
  branch.decisions.assign(decisions.begin(), decisions.end());
  most_layers_ = std::max(most_layers_, branch.layers.size());
  Place& place = space_.places.back();
  place.branches.push_back(std::move(branch));
  arrive(out, made, space_.places.size() - 1, place.branches.size() - 1, next_);
}

void Backbone::arrive(const Map& map, const Range& channels, std::size_t place, std::size_t branch,
                      std::vector<Arrival>& arrivals) const {
  auto known = std::find_if(arrivals.begin(), arrivals.end(),
                            [&](const Arrival& one) { return one.map == map; });
  if (known == arrivals.end()) known = arrivals.insert(arrivals.end(), {map, channels, {}});
  known->channels.most = std::max(known->channels.most, channels.most);
  known->channels.divisor = std::gcd(known->channels.divisor, channels.divisor);
  known->from.emplace_back(place, branch);
}

/// A number that divides the channels of the layer, whatever is decided, where `of(tensor)` divides
/// those of a tensor.
template <class Of>
std::int64_t Backbone::divisor_of(const BlockLayer& layer, const Of& of) const {
  const Width& width = layer.width;
  const bool whole = width.percent % 100 == 0 && !width.is_ratio() && !width.multiplier;
  if (width.kind == Width::Kind::sum) return std::gcd(of(layer.from), of(layer.other));
  if (!whole) return width.multiple_of;
  if (!width.is_decided()) return channels_of(layer, of, [](std::size_t) { return 0; });
  const std::vector<int>& options = space_.decisions[width.decision].options;
  return std::accumulate(options.begin(), options.end(), std::int64_t{0},
                         [](std::int64_t a, std::int64_t b) { return std::gcd(a, b); });
}

/// Refuses layers that could not be built, whatever is decided; returns the channels that leave
/// them where `in` reach them.
Backbone::Range Backbone::check_layers(const BlockEntry& entry, const Block& block,
                                       const std::vector<BlockLayer>& layers,
                                       const Range& in) const {
  std::vector<Range> made;
  const auto of = [&](int tensor) -> const Range& {
    return tensor == kBlockInput ? in : made[static_cast<std::size_t>(tensor)];
  };
  for (const BlockLayer& layer : layers) {
    Range range;
    range.most = channels_of(
        layer, [&](int tensor) { return of(tensor).most; },
        [&](std::size_t decision) { return space_.decisions[decision].options.back(); });
    range.divisor = divisor_of(layer, [&](int tensor) { return of(tensor).divisor; });
    check_size(entry, block, layer, range.most);
    if (of(layer.from).divisor % layer.groups != 0 || range.divisor % layer.groups != 0) {
      entry.table.fail(
          "groups",
          fmt::format("of {} do not divide every number of input and output channels that block "
                      "`{}` can have; give it and the blocks before it widths that are multiples "
                      "of {}",
                      layer.groups, block.name, layer.groups));
    }
    made.push_back(range);
  }
  return made.empty() ? in : made.back();
}

/// Refuses a tensor beyond what a plan can say.
void Backbone::check_size(const BlockEntry& entry, const Block& block, const BlockLayer& layer,
                          std::int64_t channels) const {
  if (channels > kMaxExtent) {
    entry.table.fail("name", fmt::format("block `{}` can have {} channels; at most {} are "
                                         "supported",
                                         block.name, channels, kMaxExtent));
  }
  const network::Shape largest{layer.out.h, layer.out.w, static_cast<int>(channels)};
  if (largest.elements() > kMaxElements) {
    entry.table.fail(
        "name",
        fmt::format("block `{}` can make {}x{}x{}, more than 2^31 elements; no device holds it",
                    block.name, largest.h, largest.w, largest.c));
  }
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
