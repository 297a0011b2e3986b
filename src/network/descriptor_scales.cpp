#include "src/network/descriptor_scales.h"

#include <algorithm>

#include "src/network/lookup_table.h"

namespace opline::network {
namespace {

/// Of what a layer reads: its tensors, or the constant operand.
struct Inputs {
  TensorQuantisation first, second;
};

Inputs inputs_of(const Layer& layer, const std::vector<TensorQuantisation>& tensors,
                 const LayerScales& scales) {
  const auto tensor = [&](std::size_t i) {
    return tensors[static_cast<std::size_t>(layer.inputs[i])];
  };
  switch (layer.constant) {
    case Constant::first:
      return {*scales.weight, tensor(0)};
    case Constant::second:
      return {tensor(0), *scales.weight};
    case Constant::none:
      break;
  }
  return {tensor(0), layer.inputs.size() > 1 ? tensor(1) : TensorQuantisation{}};
}

void set_sum(const SumMultipliers& sum, opline_layer& descriptor) {
  descriptor.requantize[0] = for_kernels(sum.input);
  descriptor.requantize[1] = for_kernels(sum.input2);
  descriptor.requantize[2] = for_kernels(sum.output);
}

constexpr std::int32_t kMostShift = 30;  // of the kernels

void set_softmax(float input, float beta, opline_layer& descriptor) {
  const SoftmaxMultiplier softmax = quantise_softmax(input, beta);
  descriptor.requantize[0] = for_kernels(softmax.input);
  // From 2^30 on only a difference of 0 counts (diff_min is 0), which stays 0 however far it is
  // moved.
  descriptor.requantize[0].shift = std::min(descriptor.requantize[0].shift, kMostShift);
  descriptor.softmax_diff_min = softmax.diff_min;
}

void set_multipliers(const Layer& layer, const Inputs& inputs, float output,
                     const LayerScales& scales, opline_layer& descriptor) {
  const float input = inputs.first.scale, input2 = inputs.second.scale;
  switch (layer.type) {
    case LayerType::fully_connected:
      if (scales.weight)
        descriptor.requantize[0] =
            for_kernels(quantise_fully_connected(input, scales.weight->scale, output));
      break;
    case LayerType::add:
      set_sum(quantise_add(input, input2, output), descriptor);
      break;
    case LayerType::sub:
      set_sum(quantise_sub(input, input2, output), descriptor);
      break;
    case LayerType::mul:
      descriptor.requantize[0] = for_kernels(quantise_product(input, input2, output));
      break;
    case LayerType::prelu:
      descriptor.requantize[0] = for_kernels(quantise_ratio(input, output));
      descriptor.requantize[1] = for_kernels(quantise_product(input, input2, output));
      break;
    case LayerType::softmax:
      set_softmax(input, scales.beta, descriptor);
      break;
    case LayerType::mean:
      descriptor.requantize[0] = for_kernels(quantise_mean(
          input, output,
          static_cast<std::uint32_t>(layer.input.h) * static_cast<std::uint32_t>(layer.input.w)));
      break;
    default:
      break;
  }
}

/// The limits that the runtime's kernel applies, or those of a lookup's function.
Activation clamping_of(const Layer& layer) {
  if (layer.type == LayerType::relu) return Activation::relu;
  return layer.type == LayerType::relu6 ? Activation::relu6 : layer.activation;
}

}  // namespace

void set_scales(const Layer& layer, const std::vector<TensorQuantisation>& tensors, TensorId output,
                const LayerScales& scales, opline_layer& descriptor) {
  const TensorQuantisation& out = tensors[static_cast<std::size_t>(output)];
  const Inputs inputs = inputs_of(layer, tensors, scales);
  descriptor.input_zero_point = static_cast<std::int16_t>(inputs.first.zero_point);
  descriptor.input2_zero_point = static_cast<std::int16_t>(inputs.second.zero_point);
  descriptor.output_zero_point = static_cast<std::int16_t>(out.zero_point);
  const ActivationLimits limits = activation_limits(clamping_of(layer), out);
  const int most = (1 << (layer.output_bits - 1)) - 1;
  descriptor.activation_min = static_cast<std::int8_t>(std::max<int>(limits.min, -most - 1));
  descriptor.activation_max = static_cast<std::int8_t>(std::min<int>(limits.max, most));
  set_multipliers(layer, inputs, out.scale, scales, descriptor);
}

void set_table(const Layer& layer, const std::vector<TensorQuantisation>& tensors, TensorId output,
               const LayerScales& scales, const opline_layer& descriptor,
               std::vector<std::uint8_t>& tables) {
  if (!is_lookup(layer.type)) return;
  const LookupTable table =
      lookup_table(layer.type, tensors[static_cast<std::size_t>(layer.inputs[0])],
                   tensors[static_cast<std::size_t>(output)], scales.alpha);
  std::copy(table.begin(), table.end(), tables.begin() + descriptor.table);
}

}  // namespace opline::network
