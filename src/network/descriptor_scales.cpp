#include "src/network/descriptor_scales.h"

#include <cmath>
#include <cstring>

#include "src/base/error.h"

namespace opline::network {
namespace {

void set_multipliers(const Layer& layer, const std::vector<TensorQuantisation>& tensors,
                     TensorId output, const LayerScales& scales, opline_layer& out) {
  const auto scale = [&](TensorId tensor) {
    return tensors[static_cast<std::size_t>(tensor)].scale;
  };
  const float input = scale(layer.inputs[0]);
  if (layer.type == LayerType::fully_connected) {
    out.requantize[0] = for_kernels(quantise_fully_connected(input, scales.weight, scale(output)));
  } else if (layer.type == LayerType::add) {
    const AddScale add = quantise_add(input, scale(layer.inputs[1]), scale(output));
    out.requantize[0] = for_kernels(add.input);
    out.requantize[1] = for_kernels(add.input2);
    out.requantize[2] = for_kernels(add.output);
  } else if (layer.type == LayerType::softmax) {
    const SoftmaxScale softmax = quantise_softmax(input, scales.beta);
    out.requantize[0] = for_kernels(softmax.input);
    out.softmax_diff_min = softmax.diff_min;
  } else if (layer.type == LayerType::mean) {
    const auto positions =
        static_cast<std::uint32_t>(layer.input.h) * static_cast<std::uint32_t>(layer.input.w);
    out.requantize[0] = for_kernels(quantise_mean(input, scale(output), positions));
  }
}

}  // namespace

void set_numbers(const Layer& layer, const std::vector<TensorQuantisation>& tensors,
                 TensorId output, const LayerScales& scales, opline_layer& out) {
  const auto zero_point = [&](TensorId tensor) {
    return static_cast<std::int16_t>(tensors[static_cast<std::size_t>(tensor)].zero_point);
  };
  out.input_zero_point = zero_point(layer.inputs[0]);
  if (layer.inputs.size() > 1) out.input2_zero_point = zero_point(layer.inputs[1]);
  out.output_zero_point = zero_point(output);
  const ActivationLimits limits =
      activation_limits(layer.activation, tensors[static_cast<std::size_t>(output)]);
  out.activation_min = limits.min;
  out.activation_max = limits.max;
  set_multipliers(layer, tensors, output, scales, out);
}

Moments moments_of(std::span<const std::int8_t> values) {
  Moments moments;
  moments.count = static_cast<std::int64_t>(values.size());
  for (const std::int8_t value : values) {
    moments.sum += value;
    moments.squares += std::int64_t{value} * value;
  }
  return moments;
}

OutputSpread spread_of(std::span<const std::int8_t> output, const opline_layer& layer) {
  // A limit that is the zero is a ReLU's, or passed on by a pool: not the end of the range.
  const bool low_end = layer.activation_min != layer.output_zero_point;
  std::size_t saturated = 0;
  for (const std::int8_t value : output)
    saturated += value == layer.activation_max || (low_end && value == layer.activation_min);
  return {std::sqrt(moments_of(output).variance()),
          static_cast<double>(saturated) / static_cast<double>(output.size())};
}

std::vector<std::uint8_t> plan_bytes(const Layout& layout) {
  std::vector<std::uint8_t> bytes(layout.header.bytes);
  std::memcpy(bytes.data(), &layout.header, sizeof(opline_plan_header));
  std::memcpy(bytes.data() + sizeof(opline_plan_header), layout.layers.data(),
              layout.layers.size() * sizeof(opline_layer));
  return bytes;
}

Layout executable_layout(const Network& network, TensorSource source) {
  Layout layout = lay_out(network, source);
  if (layout.refusal)
    throw Error(ErrorCode::input, "the network can't be executed: {}", *layout.refusal);
  return layout;
}

}  // namespace opline::network
