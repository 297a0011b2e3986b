#include "src/network/descriptor_scales.h"

namespace opline::network {
namespace {

void set_multipliers(const Layer& layer, const std::vector<TensorQuantisation>& tensors,
                     TensorId output, const LayerScales& scales, opline_layer& descriptor) {
  const auto scale = [&](TensorId tensor) {
    return tensors[static_cast<std::size_t>(tensor)].scale;
  };
  const float input = scale(layer.inputs[0]);
  if (scales.weight) {
    descriptor.requantize[0] =
        for_kernels(quantise_fully_connected(input, *scales.weight, scale(output)));
  } else if (layer.type == LayerType::add) {
    const AddMultipliers add = quantise_add(input, scale(layer.inputs[1]), scale(output));
    descriptor.requantize[0] = for_kernels(add.input);
    descriptor.requantize[1] = for_kernels(add.input2);
    descriptor.requantize[2] = for_kernels(add.output);
  } else if (layer.type == LayerType::softmax) {
    const SoftmaxMultiplier softmax = quantise_softmax(input, scales.beta);
    descriptor.requantize[0] = for_kernels(softmax.input);
    descriptor.softmax_diff_min = softmax.diff_min;
  } else if (layer.type == LayerType::mean) {
    const auto positions =
        static_cast<std::uint32_t>(layer.input.h) * static_cast<std::uint32_t>(layer.input.w);
    descriptor.requantize[0] = for_kernels(quantise_mean(input, scale(output), positions));
  }
}

}  // namespace

void set_scales(const Layer& layer, const std::vector<TensorQuantisation>& tensors, TensorId output,
                const LayerScales& scales, opline_layer& descriptor) {
  const auto zero_point = [&](TensorId tensor) {
    return static_cast<std::int16_t>(tensors[static_cast<std::size_t>(tensor)].zero_point);
  };
  descriptor.input_zero_point = zero_point(layer.inputs[0]);
  if (layer.inputs.size() > 1) descriptor.input2_zero_point = zero_point(layer.inputs[1]);
  descriptor.output_zero_point = zero_point(output);
  const ActivationLimits limits =
      activation_limits(layer.activation, tensors[static_cast<std::size_t>(output)]);
  descriptor.activation_min = limits.min;
  descriptor.activation_max = limits.max;
  set_multipliers(layer, tensors, output, scales, descriptor);
}

}  // namespace opline::network
