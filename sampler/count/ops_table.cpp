#include "sampler/count/ops_table.h"

#include <algorithm>
#include <array>

#include "firmware/include/opline_plan.h"
#include "sampler/space/walk.h"

namespace opline::sampler {
namespace {

std::uint64_t area(const Map& map) {
  return static_cast<std::uint64_t>(map.h) * static_cast<std::uint64_t>(map.w);
}

std::uint64_t taps_of(const network::Window& window) {
  return static_cast<std::uint64_t>(window.kernel_h) * static_cast<std::uint64_t>(window.kernel_w);
}

}  // namespace

OpsTable::Source OpsTable::source_of(const Width& width) {
  if (width.multiplier || width.percent != 100) return Source::other;
  switch (width.kind) {
    case Width::Kind::same:
      return Source::same;
    case Width::Kind::block_input:
      return Source::block_input;
    case Width::Kind::fixed:
      return Source::fixed;
    case Width::Kind::decided:
      return Source::decided;
    default:
      return Source::other;
  }
}

OpsTable::LayerCost OpsTable::cost_of(const BlockLayer& layer) {
  const std::uint64_t taps = taps_of(layer.window);
  LayerCost cost;
  cost.source = source_of(layer.width);
  cost.value = static_cast<std::uint32_t>(layer.width.is_decided()
                                              ? layer.width.decision
                                              : static_cast<std::size_t>(layer.width.value));
  switch (layer.type) {
    case network::LayerType::conv2d:
      cost.macs_in_out = area(layer.out) * taps;
      cost.parameters_in_out = taps;
      cost.parameters_out = 1;
      cost.groups = static_cast<std::uint64_t>(layer.groups);
      break;
    case network::LayerType::depthwise_conv2d: {
      const auto multiplier = static_cast<std::uint64_t>(layer.width.percent / 100);
      cost.macs_in = area(layer.out) * taps * multiplier;
      cost.parameters_in = (taps + 1) * multiplier;
      break;
    }
    case network::LayerType::fully_connected:
      cost.macs_in_out = area(layer.in);
      cost.parameters_in_out = area(layer.in);
      cost.parameters_out = 1;
      break;
    default:  // has no macs (src/network/op_count.h)
      cost.constants = layer.constant ? 1 : 0;
      break;
  }
  return cost;
}

OpsTable::OpsTable(const Space& space)
    : graph_(std::make_shared<const std::vector<Place>>(space.places)),
      input_channels_(static_cast<std::uint64_t>(space.input.c)),
      table_(space.decisions) {
  for (const Decision& decision : space.decisions) {
    first_.push_back(values_.size());
    for (const int option : decision.options) values_.push_back(static_cast<std::uint32_t>(option));
  }
  for (const Place& place : *graph_) {
    for (const Branch& branch : place.branches) add_branch(branch);
    table_.add(place);
  }
}

void OpsTable::add_branch(const Branch& branch) {
  BranchCost& cost = branches_.emplace_back();
  cost.branch = &branch;
  cost.next = static_cast<std::uint32_t>(branch.next);
  cost.begin = static_cast<std::uint32_t>(layers_.size());
  int previous = kBlockInput;
  for (const BlockLayer& layer : branch.layers) {
    cost.is_guarded = cost.is_guarded || layer.guard != Guard::none;
    cost.is_chain = cost.is_chain && layer.from == previous++ && layer.groups == 1 &&
                    !layer.constant && source_of(layer.width) != Source::other;
    layers_.push_back(cost_of(layer));
  }
  if (cost.is_chain) {  // what keeps the channels and costs nothing has no part in it
    const auto drop = [](const LayerCost& one) {
      return one.source == Source::same && one.macs_in_out == 0 && one.macs_in == 0;
    };
    layers_.erase(std::remove_if(layers_.begin() + cost.begin, layers_.end(), drop), layers_.end());
  }
  cost.end = static_cast<std::uint32_t>(layers_.size());
}

const OpsTable::BranchCost& OpsTable::branch_of(std::size_t place,
                                                std::span<const std::uint16_t> options,
                                                std::uint64_t channels) const {
  const std::uint32_t number = table_.find(place, options);
  const BranchCost& branch = branches_[number];
  if (!branch.is_guarded) return branch;
  const bool holds = guard_holds(*branch.branch, static_cast<std::int64_t>(channels),
                                 [&](std::size_t decision) { return chosen(options, decision); });
  return holds ? branch : branches_[number + 1];
}

/// Returns the channels of the last layer.
std::uint64_t OpsTable::count_chain(const BranchCost& branch, std::uint64_t in,
                                    std::span<const std::uint16_t> options,
                                    network::NetworkOps& total) const {
  const std::uint64_t block_input = in;
  for (std::uint32_t i = branch.begin; i < branch.end; ++i) {
    const LayerCost& layer = layers_[i];
    std::uint64_t out = in;
    if (layer.source == Source::decided)
      out = chosen(options, layer.value);
    else if (layer.source == Source::fixed)
      out = layer.value;
    else if (layer.source == Source::block_input)
      out = block_input;
    total.macs += in * (layer.macs_in_out * out + layer.macs_in);
    total.parameters +=
        in * (layer.parameters_in_out * out + layer.parameters_in) + layer.parameters_out * out;
    in = out;
  }
  return in;
}

std::uint64_t OpsTable::count_graph(const BranchCost& branch, std::uint64_t in,
                                    std::span<const std::uint16_t> options,
                                    network::NetworkOps& total) const {
  std::array<std::int64_t, OPLINE_MAX_LAYERS> made;
  const auto of = [&](int tensor) {
    return tensor == kBlockInput ? static_cast<std::int64_t>(in)
                                 : made[static_cast<std::size_t>(tensor)];
  };
  for (std::uint32_t i = branch.begin; i < branch.end; ++i) {
    const BlockLayer& layer = branch.branch->layers[i - branch.begin];
    const std::int64_t channels =
        channels_of(layer, of, [&](std::size_t decision) { return chosen(options, decision); });
    made[i - branch.begin] = channels;
    const LayerCost& cost = layers_[i];
    const std::uint64_t from = static_cast<std::uint64_t>(of(layer.from)) / cost.groups;
    const auto out = static_cast<std::uint64_t>(channels);
    total.macs += from * (cost.macs_in_out * out + cost.macs_in);
    total.parameters += from * (cost.parameters_in_out * out + cost.parameters_in) +
                        cost.parameters_out * out + cost.constants;
  }
  return static_cast<std::uint64_t>(made[branch.end - branch.begin - 1]);
}

network::NetworkOps OpsTable::count(std::span<const std::uint16_t> options,
                                    std::uint64_t most_macs) const {
  network::NetworkOps total;
  std::uint64_t channels = input_channels_;
  for (std::size_t place = 0; place < graph_->size() && total.macs <= most_macs;) {
    const BranchCost& branch = branch_of(place, options, channels);
    channels = branch.is_chain ? count_chain(branch, channels, options, total)
                               : count_graph(branch, channels, options, total);
    place = branch.next;
  }
  return total;
}

}  // namespace opline::sampler
