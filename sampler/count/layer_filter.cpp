#include "sampler/count/layer_filter.h"

#include "src/base/error.h"
#include "src/network/compile.h"

namespace opline::sampler {
namespace {

using network::LayerType;
using network::NetworkBuilder;

/// The layer alone, as a network.
network::Network alone(const network::Layer& layer) {
  NetworkBuilder builder(layer.input);
  switch (layer.type) {
    case LayerType::conv2d:
      builder.conv2d(builder.input(), layer.output.c, layer.window, layer.activation, layer.groups);
      break;
    case LayerType::depthwise_conv2d:
      builder.depthwise_conv2d(builder.input(), layer.window, layer.activation,
                               layer.output.c / layer.input.c);
      break;
    case LayerType::fully_connected:
      builder.fully_connected(builder.input(), layer.output.c, layer.activation);
      break;
    case LayerType::average_pool_2d:
      builder.average_pool_2d(builder.input(), layer.window);
      break;
    case LayerType::max_pool_2d:
      builder.max_pool_2d(builder.input(), layer.window);
      break;
    case LayerType::add:  // the second input waits
      builder.add(builder.input(), builder.input(), layer.activation);
      break;
    case LayerType::softmax:
      builder.softmax(builder.input());
      break;
    case LayerType::mean:
      builder.mean(builder.input());
      break;
    default:
      OPLINE_ASSERT(false, "no block of a space makes a {}", to_string(layer.type));
  }
  return std::move(builder).build();
}

}  // namespace

std::uint64_t working_bytes(const LayerUse& use) {
  const LayerType type = use.layer.type;
  const bool no_scratch =
      type == LayerType::concatenation || type == LayerType::mul || network::is_lookup(type);
  if (no_scratch) return use.layer.input.elements() + use.layer.output.elements() + use.waiting;
  return network::lay_out(alone(use.layer)).live_bytes.front() + use.waiting;
}

LayerFilter working_bytes_at_most(std::uint64_t bytes) {
  return [bytes](const LayerUse& use) { return working_bytes(use) <= bytes; };
}

}  // namespace opline::sampler
