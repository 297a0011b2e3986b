#include "src/network/op_count.h"

namespace opline::network {
namespace {

/// Inputs of an output of a fully connected layer.
std::uint64_t connected(const Layer& layer) {
  const bool flattened = layer.output.h == 1 && layer.output.w == 1;
  return flattened ? layer.input.elements() : static_cast<std::uint64_t>(layer.input.c);
}

}  // namespace

namespace {

std::uint64_t constant_elements(const Layer& layer) {
  switch (layer.constant) {
    case Constant::none:
      return 0;
    case Constant::first:
      return layer.input.elements();
    case Constant::second:
      return layer.input2.elements();
  }
  return 0;
}

}  // namespace

LayerOps count_layer(const Layer& layer, LayerId id) {
  const auto taps = static_cast<std::uint64_t>(layer.window.kernel_h) *
                    static_cast<std::uint64_t>(layer.window.kernel_w);
  const auto group_c = static_cast<std::uint64_t>(layer.input.c / layer.groups);
  const auto out_c = static_cast<std::uint64_t>(layer.output.c);
  switch (layer.type) {
    case LayerType::conv2d:
      return {id, layer.output.elements() * taps * group_c, out_c * taps * group_c + out_c};
    case LayerType::depthwise_conv2d:
      return {id, layer.output.elements() * taps, out_c * taps + out_c};
    case LayerType::fully_connected:
      return {id, layer.input.elements() * out_c, connected(layer) * out_c + out_c};
    default:
      return {id, 0, constant_elements(layer)};
  }
}

std::vector<LayerOps> count_ops(const Network& network) {
  std::vector<LayerOps> counts;
  counts.reserve(network.layers().size());
  for (const Layer& layer : network.layers())
    counts.push_back(count_layer(layer, static_cast<LayerId>(counts.size())));
  return counts;
}

NetworkOps total_ops(const Network& network) {
  NetworkOps total;
  for (const Layer& layer : network.layers()) {
    const LayerOps count = count_layer(layer);
    total.macs += count.macs;
    total.parameters += count.parameters;
  }
  return total;
}

}  // namespace opline::network
