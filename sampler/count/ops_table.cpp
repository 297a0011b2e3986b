#include "sampler/count/ops_table.h"

namespace opline::sampler {
namespace {

std::uint64_t area(const Map& map) {
  return static_cast<std::uint64_t>(map.h) * static_cast<std::uint64_t>(map.w);
}

std::uint64_t taps_of(const network::Window& window) {
  return static_cast<std::uint64_t>(window.kernel_h) * static_cast<std::uint64_t>(window.kernel_w);
}

}  // namespace

OpsTable::LayerCost OpsTable::cost_of(const BlockLayer& layer) {
  const std::uint64_t taps = taps_of(layer.window);
  LayerCost cost;
  cost.width = layer.width;
  switch (layer.type) {
    case network::LayerType::conv2d:
      cost.macs_in_out = area(layer.out) * taps;
      cost.parameters_in_out = taps;
      cost.parameters_out = 1;
      break;
    case network::LayerType::depthwise_conv2d:
      cost.macs_in = area(layer.out) * taps;
      cost.parameters_in = taps + 1;
      break;
    case network::LayerType::fully_connected:
      cost.macs_in_out = area(layer.in);
      cost.parameters_in_out = area(layer.in);
      cost.parameters_out = 1;
      break;
    default:  // has no macs and no parameters (src/network/op_count.h)
      break;
  }
  return cost;
}

/// Skipped branches are left out: they keep the channels and have no macs and no parameters.
OpsTable::OpsTable(const Space& space)
    : input_channels_(static_cast<std::uint64_t>(space.input.c)) {
  for (const Decision& decision : space.decisions) {
    first_.push_back(values_.size());
    for (const int option : decision.options) values_.push_back(static_cast<std::uint32_t>(option));
  }
  for (const Block& block : space.blocks) {
    BlockCost& cost = blocks_.emplace_back();
    if (block.skip) cost.skip = static_cast<std::int32_t>(*block.skip);
    for (const BlockLayer& layer : kept_layers(block)) cost.layers.push_back(cost_of(layer));
  }
}

network::NetworkOps OpsTable::count(std::span<const std::uint16_t> options) const {
  const auto chosen = [&](std::size_t decision) {
    return values_[first_[decision] + options[decision]];
  };
  network::NetworkOps total;
  std::uint64_t in = input_channels_;
  for (const BlockCost& block : blocks_) {
    if (block.skip >= 0 && options[static_cast<std::size_t>(block.skip)] == kSkip) continue;
    const std::uint64_t block_input = in;
    for (const LayerCost& layer : block.layers) {
      const std::uint64_t out = layer.width.channels(in, block_input, chosen);
      total.macs += in * (layer.macs_in_out * out + layer.macs_in);
      total.parameters +=
          in * (layer.parameters_in_out * out + layer.parameters_in) + layer.parameters_out * out;
      in = out;
    }
  }
  return total;
}

}  // namespace opline::sampler
