#include "src/network/layer_descriptor.h"

#include "src/base/error.h"
#include "src/network/op_count.h"

namespace opline::network {
namespace {

std::uint64_t input_bytes(const Layer& layer) {
  const int bits = layer.input_bits;
  if (layer.type == LayerType::concatenation || layer.type == LayerType::slice)
    return tensor_bytes(layer.output, layer.output_bits);
  if (!is_binary(layer.type)) return tensor_bytes(layer.input, bits);
  return (layer.constant == Constant::first ? 0 : tensor_bytes(layer.input, bits)) +
         (layer.constant == Constant::second ? 0 : tensor_bytes(layer.input2, bits));
}

}  // namespace

opline_layer describe(const Layer& layer) {
  opline_layer out{};
  out.op = static_cast<std::uint8_t>(layer.type);
  out.constant = static_cast<std::uint8_t>(layer.constant);
  const Window& window = layer.window;
  out.kernel_h = static_cast<std::uint8_t>(window.kernel_h);
  out.kernel_w = static_cast<std::uint8_t>(window.kernel_w);
  out.stride_h = static_cast<std::uint8_t>(window.stride_h);
  out.stride_w = static_cast<std::uint8_t>(window.stride_w);
  out.dilation_h = static_cast<std::uint8_t>(window.dilation_h);
  out.dilation_w = static_cast<std::uint8_t>(window.dilation_w);
  out.groups = static_cast<std::uint16_t>(layer.groups);
  out.in_h = static_cast<std::uint16_t>(layer.input.h);
  out.in_w = static_cast<std::uint16_t>(layer.input.w);
  out.in_c = static_cast<std::uint16_t>(layer.input.c);
  out.out_h = static_cast<std::uint16_t>(layer.output.h);
  out.out_w = static_cast<std::uint16_t>(layer.output.w);
  out.out_c = static_cast<std::uint16_t>(layer.output.c);
  if (is_binary(layer.type)) {
    out.in2_h = static_cast<std::uint16_t>(layer.input2.h);
    out.in2_w = static_cast<std::uint16_t>(layer.input2.w);
    out.in2_c = static_cast<std::uint16_t>(layer.input2.c);
  }
  out.begin_c = static_cast<std::uint16_t>(layer.begin_c);
  if (layer.type == LayerType::transpose)
    out.axes = static_cast<std::uint8_t>(layer.axes[0] | layer.axes[1] << 2 | layer.axes[2] << 4);
  if (layer.type == LayerType::pad) {
    out.pad_top = static_cast<std::uint8_t>(layer.pad_top);
    out.pad_left = static_cast<std::uint8_t>(layer.pad_left);
  } else if (slides(layer.type) && window.padding == Padding::same) {
    out.pad_top = static_cast<std::uint8_t>(
        padding_before(layer.input.h, layer.output.h, window.reach_h(), window.stride_h));
    out.pad_left = static_cast<std::uint8_t>(
        padding_before(layer.input.w, layer.output.w, window.reach_w(), window.stride_w));
  }
  out.weight_bits = static_cast<std::uint8_t>(layer.weight_bits);
  out.input_bits = static_cast<std::uint8_t>(layer.input_bits);
  out.output_bits = static_cast<std::uint8_t>(layer.output_bits);
  out.kernel = opline_choose_kernel(&out);
  return out;
}

std::string_view to_string(opline_kernel kernel) {
  switch (kernel) {
    case OPLINE_KERNEL_CONV_IM2COL:
      return "conv_im2col";
    case OPLINE_KERNEL_CONV_1X1:
      return "conv_1x1";
    case OPLINE_KERNEL_DEPTHWISE_GENERAL:
      return "depthwise_general";
    case OPLINE_KERNEL_DEPTHWISE_3X3:
      return "depthwise_3x3";
    case OPLINE_KERNEL_FULLY_CONNECTED:
      return "fully_connected";
    case OPLINE_KERNEL_AVERAGE_POOL:
      return "average_pool";
    case OPLINE_KERNEL_MAX_POOL:
      return "max_pool";
    case OPLINE_KERNEL_ADD:
      return "add";
    case OPLINE_KERNEL_SOFTMAX:
      return "softmax";
    case OPLINE_KERNEL_PAD:
      return "pad";
    case OPLINE_KERNEL_MEAN:
      return "mean";
    case OPLINE_KERNEL_CONCATENATION:
      return "concatenation";
    case OPLINE_KERNEL_CONV_GENERAL:
      return "conv_general";
    case OPLINE_KERNEL_DEPTHWISE_ANY:
      return "depthwise_any";
    case OPLINE_KERNEL_SUB:
      return "sub";
    case OPLINE_KERNEL_MUL:
      return "mul";
    case OPLINE_KERNEL_PRELU:
      return "prelu";
    case OPLINE_KERNEL_LOOKUP:
      return "lookup";
    case OPLINE_KERNEL_TRANSPOSE:
      return "transpose";
    case OPLINE_KERNEL_GATHER:
      return "gather";
    case OPLINE_KERNEL_CONV_IM2COL_S4:
      return "conv_im2col_s4";
    case OPLINE_KERNEL_CONV_1X1_S4:
      return "conv_1x1_s4";
    case OPLINE_KERNEL_DEPTHWISE_GENERAL_S4:
      return "depthwise_general_s4";
    case OPLINE_KERNEL_DEPTHWISE_3X3_S4:
      return "depthwise_3x3_s4";
    case OPLINE_KERNEL_FULLY_CONNECTED_S4:
      return "fully_connected_s4";
    case OPLINE_KERNEL_AVERAGE_POOL_S4:
      return "average_pool_s4";
    case OPLINE_KERNEL_MAX_POOL_S4:
      return "max_pool_s4";
    case OPLINE_KERNEL_ADD_S4:
      return "add_s4";
  }
  OPLINE_ASSERT(false, "kernel {}", static_cast<int>(kernel));
  return {};
}

std::string_view kernel_of(const Layer& layer) {
  return to_string(static_cast<opline_kernel>(describe(layer).kernel));
}

std::uint64_t weight_bytes(const Layer& layer) {
  const std::uint64_t biases =
      has_channels(layer.type) ? static_cast<std::uint64_t>(layer.output.c) : 0;
  const std::uint64_t weights = count_layer(layer).parameters - biases;
  if (layer.weight_bits == 8) return weights;
  // Rows begin with a byte, and have a weight for what an odd number of channels leaves of one.
  const Window& window = layer.window;
  if (layer.type == LayerType::depthwise_conv2d)
    return tensor_bytes({window.kernel_h, window.kernel_w, layer.output.c}, layer.weight_bits);
  const auto rows = static_cast<std::uint64_t>(layer.output.c);
  if (layer.input_bits == 8) return rows * ((weights / rows + 1) / 2);
  const Shape row = layer.type == LayerType::fully_connected
                        ? layer.input
                        : Shape{window.kernel_h, window.kernel_w, layer.input.c};
  return rows * tensor_bytes(row, layer.input_bits);
}

std::uint64_t channel_bytes(const Layer& layer) {
  return has_channels(layer.type)
             ? static_cast<std::uint64_t>(layer.output.c) * sizeof(opline_channel)
             : 0;
}

std::uint64_t touched_bytes(const Layer& layer) {
  const opline_layer descriptor = describe(layer);
  return weight_bytes(layer) + channel_bytes(layer) + opline_table_bytes(&descriptor) +
         input_bytes(layer) + tensor_bytes(layer.output, layer.output_bits);
}

}  // namespace opline::network
