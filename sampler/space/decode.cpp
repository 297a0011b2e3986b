#include "sampler/space/decode.h"

#include "sampler/space/walk.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

using network::ConstantOperand;
using network::LayerType;
using network::NetworkBuilder;
using network::TensorId;

class Decoder {
 public:
  explicit Decoder(const network::Shape& input) : builder_(input), tensor_(builder_.input()) {}

  void append(const Step& step) {
    block_input_ = tensor_;
    first_ = tensor_ + 1;
    for (std::size_t i = 0; i < step.branch.layers.size(); ++i) {
      if (step.branch.layers[i].type != kInputLayer)
        tensor_ = append(step.branch.layers[i], step.channels[i]);
    }
  }
  network::Network build(network::Bits bits) && {
    network::Network network = std::move(builder_).build();
    if (bits == network::Bits{}) return network;
    return network::with_bits(std::move(network), bits);
  }

 private:
  TensorId append(const BlockLayer& layer, std::int64_t channels) {
    return append_layer(builder_, layer, tensor(layer.from), tensor(layer.other),
                        static_cast<int>(channels));
  }

  /// A tensor of the branch.
  [[nodiscard]] TensorId tensor(int of_branch) const {
    return of_branch == kBlockInput ? block_input_ : first_ + of_branch;
  }

  NetworkBuilder builder_;
  TensorId tensor_;  ///< The one made last.
  TensorId block_input_ = 0;
  TensorId first_ = 0;  ///< Output of the branch's first layer.
};

/// The input that was chosen.
const network::Shape& input_of(const Space& space, const Architecture& architecture) {
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    if (space.decisions[i].kind == DecisionKind::input)
      return space.inputs[architecture.options[i]];
  }
  return space.input;
}

}  // namespace

TensorId append_layer(NetworkBuilder& builder, const BlockLayer& layer, TensorId from,
                      TensorId other, int channels) {
  switch (layer.type) {
    case LayerType::conv2d:
      return builder.conv2d(from, channels, layer.window, layer.activation, layer.groups);
    case LayerType::depthwise_conv2d:
      return builder.depthwise_conv2d(from, layer.window, layer.activation,
                                      layer.width.percent / 100);
    case LayerType::fully_connected:
      return builder.fully_connected(from, channels, layer.activation);
    case LayerType::average_pool_2d:
      return builder.average_pool_2d(from, layer.window);
    case LayerType::max_pool_2d:
      return builder.max_pool_2d(from, layer.window);
    case LayerType::mean:
      return builder.mean(from);
    case LayerType::hard_swish:
    case LayerType::logistic:
      return builder.lookup(layer.type, from);
    case LayerType::add:
    case LayerType::mul:
      return layer.constant ? builder.binary(layer.type, from, ConstantOperand{}, layer.activation)
                            : builder.binary(layer.type, other, from, layer.activation);
    case LayerType::concatenation:
      return builder.concatenation(other, from);
    case LayerType::softmax:
      return builder.softmax(from);
    default:  // no block of a space has these
      break;
  }
  OPLINE_ASSERT(false, "layer type {}", static_cast<int>(layer.type));
  return from;
}

network::Network decode(const Space& space, const Architecture& architecture) {
  const Architecture checked = canonical(space, architecture);
  Decoder decoder(input_of(space, checked));
  walk(space, checked.options, [&](const Step& step) { decoder.append(step); });
  return std::move(decoder).build(space.bits);
}

}  // namespace opline::sampler
