// tests/network/example_networks.h - networks that several tests need.
#pragma once
#include <cstring>
#include <vector>

#include "src/network/compile.h"
#include "src/network/network.h"

namespace opline::network {

/// A block DS(width, stride) of the paper: depthwise 3x3, then 1x1, both with ReLU.
struct DsBlock {
  int width;
  int stride;
};

/// The paper's KWS family (MicroNets table 5): conv 10x4, blocks, average pooling over 25x5, FC 12,
/// softmax.
inline Network kws_network(int first_width, const std::vector<DsBlock>& blocks) {
  NetworkBuilder builder({49, 10, 1});
  TensorId t = builder.conv2d(0, first_width, {10, 4, 1, 1, Padding::same}, Activation::relu);
  for (const DsBlock& block : blocks) {
    t = builder.depthwise_conv2d(t, {3, 3, block.stride, block.stride, Padding::same},
                                 Activation::relu);
    t = builder.conv2d(t, block.width, {1, 1, 1, 1, Padding::same}, Activation::relu);
  }
  t = builder.average_pool_2d(t, {25, 5, 25, 5, Padding::valid});
  t = builder.fully_connected(t, 12, Activation::none);
  builder.softmax(t);
  return std::move(builder).build();
}
inline Network kws_s() { return kws_network(84, {{112, 2}, {84, 1}, {84, 1}, {84, 1}, {196, 1}}); }
inline Network kws_m() {
  return kws_network(140, {{140, 2}, {140, 1}, {140, 1}, {112, 1}, {196, 1}});
}
inline Network kws_l() {
  return kws_network(276, {{248, 2}, {276, 1}, {276, 1}, {248, 1}, {248, 1}, {248, 1}, {248, 1}});
}

/// A small network in which every kind of layer occurs.
inline Network every_layer() {
  NetworkBuilder builder({12, 10, 3});
  const TensorId stem = builder.conv2d(0, 9, {3, 3, 2, 1, Padding::same}, Activation::relu6);
  const TensorId expanded = builder.conv2d(stem, 14, {1, 1, 1, 1, Padding::same}, Activation::relu);
  const TensorId spatial =
      builder.depthwise_conv2d(expanded, {3, 3, 1, 1, Padding::same}, Activation::relu6);
  const TensorId projected =
      builder.conv2d(spatial, 9, {1, 1, 1, 1, Padding::same}, Activation::none);
  const TensorId sum = builder.add(stem, projected, Activation::none);
  const TensorId wide =
      builder.depthwise_conv2d(sum, {5, 5, 1, 2, Padding::valid}, Activation::none);
  const TensorId largest = builder.max_pool_2d(wide, {2, 2, 1, 1, Padding::valid});
  const TensorId mean = builder.average_pool_2d(largest, {1, 2, 1, 1, Padding::same});
  const TensorId scores = builder.fully_connected(mean, 10, Activation::none);
  builder.softmax(scores);
  return std::move(builder).build();
}

/// The operations that imported models add: a padded VALID convolution, branches that are joined, a
/// mean.
inline Network joined_branches() {
  NetworkBuilder builder({11, 9, 3});
  const TensorId padded = builder.pad(0, {0, 1, 2, 1});
  const TensorId stem = builder.conv2d(padded, 10, {3, 3, 2, 2, Padding::valid}, Activation::relu);
  const TensorId left = builder.conv2d(stem, 7, {1, 1, 1, 1, Padding::same}, Activation::relu6);
  const TensorId right =
      builder.depthwise_conv2d(stem, {3, 3, 1, 1, Padding::same}, Activation::none);
  const TensorId largest =
      builder.max_pool_2d(right, {2, 2, 1, 1, Padding::same}, Activation::relu);
  const TensorId joined = builder.concatenation(left, largest);
  const TensorId mixed = builder.conv2d(joined, 12, {1, 1, 1, 1, Padding::same}, Activation::relu);
  const TensorId mean = builder.mean(mixed);
  builder.softmax(builder.fully_connected(mean, 5, Activation::none));
  return std::move(builder).build();
}

/// Gates and activations as MobileNetV3 has them, and the operations that move values.
inline Network gated() {
  NetworkBuilder builder({10, 9, 4});
  const TensorId stem = builder.conv2d(0, 12, {3, 3, 2, 2, Padding::same}, Activation::none);
  const TensorId swish = builder.lookup(LayerType::hard_swish, stem);
  const TensorId squeezed = builder.fully_connected(builder.mean(swish), 6, Activation::relu);
  const TensorId gate =
      builder.lookup(LayerType::logistic, builder.fully_connected(squeezed, 12, Activation::none));
  const TensorId gated = builder.binary(LayerType::mul, swish, gate);
  const TensorId shifted =
      builder.binary(LayerType::add, gated, ConstantOperand{{1, 1, 12}}, Activation::relu);
  const TensorId sloped =
      builder.binary(LayerType::prelu, builder.conv2d(shifted, 12, {}, Activation::none),
                     ConstantOperand{{1, 1, 12}});
  const TensorId difference = builder.binary(LayerType::sub, ConstantOperand{{1, 1, 1}}, sloped);
  const TensorId leaky = builder.lookup(LayerType::leaky_relu, difference);
  const TensorId left = builder.slice(leaky, {0, 5}, {1, 2, 2}, {2, 7});
  const TensorId right =
      builder.pad(builder.slice(leaky, {0, 3, 2}, {0, 2}, {0, 5}), {1, 1, 0, 0, 1, 1});
  const TensorId joined = builder.concatenation(left, right);
  const TensorId turned = builder.transpose(joined, {2, 0, 1});
  const TensorId large = builder.resize_nearest_neighbor(turned, 20, 7);
  const TensorId bounded =
      builder.lookup(LayerType::tanh, builder.conv2d(large, 8, {}, Activation::none));
  const TensorId other = builder.lookup(LayerType::quantize, bounded);
  builder.lookup(LayerType::relu, builder.conv2d(other, 5, {}, Activation::none));
  return std::move(builder).build();
}

/// Two inputs and two outputs, the first of which a later layer reads.
inline Network two_ends() {
  NetworkBuilder builder({6, 5, 3});
  const TensorId other = builder.add_input({6, 5, 2});
  const TensorId joined = builder.concatenation(builder.input(), other);
  const TensorId conv = builder.conv2d(joined, 4, {3, 3, 1, 1, Padding::same}, Activation::relu);
  const TensorId difference = builder.binary(LayerType::sub, conv, builder.mean(conv));
  builder.set_outputs({conv, difference});
  return std::move(builder).build();
}

/// A convolution over time of which each inference makes one output: the state has the two rows
/// before the new one.
inline Network streaming_conv() {
  NetworkBuilder builder({1, 1, 4});
  const TensorId past = builder.add_state({1, 2, 4});
  const TensorId joined = builder.concatenation(builder.reshape(past, {1, 1, 8}), builder.input());
  const TensorId rows = builder.reshape(joined, {1, 3, 4});
  builder.assign(past, builder.slice(rows, {0, 1}, {1, 2}, {0, 4}));
  builder.conv2d(rows, 5, {1, 3, 1, 1, Padding::valid}, Activation::relu);
  return std::move(builder).build();
}

/// The layers of a compiled network's plan.
inline std::vector<opline_layer> layers_of(const CompiledNetwork& compiled) {
  opline_plan_header header{};
  std::memcpy(&header, compiled.plan.data(), sizeof header);
  std::vector<opline_layer> layers(header.layer_count);
  std::memcpy(layers.data(), compiled.plan.data() + sizeof(opline_plan_header),
              layers.size() * sizeof(opline_layer));
  return layers;
}

/// Dilation, groups, a depth multiplier, a layer per position, and tensors that are reshaped.
inline Network every_variant() {
  NetworkBuilder builder({7, 6, 4});
  const auto dilated = builder.conv2d(0, 6, {3, 2, 1, 1, Padding::same, 2, 3}, Activation::relu);
  const auto grouped = builder.conv2d(dilated, 9, {3, 3, 2, 1, Padding::same}, Activation::none, 3);
  const auto doubled =
      builder.depthwise_conv2d(grouped, {3, 3, 1, 1, Padding::same, 1, 2}, Activation::relu6, 2);
  const auto rows = builder.fully_connected_per_position(doubled, 5, Activation::none);
  const auto line = builder.reshape(rows, {1, 24, 5});
  const auto conv = builder.conv2d(line, 3, {1, 3, 1, 1, Padding::valid, 1, 2}, Activation::relu);
  const auto classes = builder.fully_connected(conv, 4, Activation::none);
  builder.softmax(classes);
  return std::move(builder).build();
}

inline Network kws_s_in_4_bits() { return with_bits(kws_s(), {4, 4}); }
inline Network every_layer_in_4_bits() { return with_bits(every_layer(), {4, 4}); }
inline Network every_layer_with_4_bit_weights() { return with_bits(every_layer(), {4, 8}); }
inline Network every_variant_in_4_bits() { return with_bits(every_variant(), {4, 4}); }
inline Network joined_branches_in_4_bits() { return with_bits(joined_branches(), {4, 4}); }

}  // namespace opline::network
