#include "src/network/network.h"

#include <fmt/format.h>

#include <algorithm>

#include "firmware/include/opline_plan.h"
#include "src/base/digest.h"
#include "src/base/error.h"

namespace opline::network {

std::string_view to_string(LayerType type) {
  switch (type) {
    case LayerType::conv2d:
      return "conv2d";
    case LayerType::depthwise_conv2d:
      return "depthwise_conv2d";
    case LayerType::fully_connected:
      return "fully_connected";
    case LayerType::average_pool_2d:
      return "average_pool_2d";
    case LayerType::max_pool_2d:
      return "max_pool_2d";
    case LayerType::add:
      return "add";
    case LayerType::softmax:
      return "softmax";
    case LayerType::pad:
      return "pad";
    case LayerType::mean:
      return "mean";
    case LayerType::concatenation:
      return "concatenation";
    case LayerType::sub:
      return "sub";
    case LayerType::mul:
      return "mul";
    case LayerType::prelu:
      return "prelu";
    case LayerType::relu:
      return "relu";
    case LayerType::relu6:
      return "relu6";
    case LayerType::relu_n1_to_1:
      return "relu_n1_to_1";
    case LayerType::leaky_relu:
      return "leaky_relu";
    case LayerType::logistic:
      return "logistic";
    case LayerType::tanh:
      return "tanh";
    case LayerType::hard_swish:
      return "hard_swish";
    case LayerType::quantize:
      return "quantize";
    case LayerType::transpose:
      return "transpose";
    case LayerType::resize_nearest_neighbor:
      return "resize_nearest_neighbor";
    case LayerType::slice:
      return "slice";
  }
  OPLINE_ASSERT(false, "layer type {}", static_cast<int>(type));
  return {};
}

std::vector<LayerType> layer_types() {
  std::vector<LayerType> types;
  for (int value = static_cast<int>(LayerType::conv2d); value <= static_cast<int>(LayerType::slice);
       ++value)
    types.push_back(static_cast<LayerType>(value));
  return types;
}

LayerType layer_type_from_string(std::string_view text) {
  std::string known;
  for (const LayerType type : layer_types()) {
    if (text == to_string(type)) return type;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", to_string(type));
  }
  throw Error(ErrorCode::input, "a layer of type `{}`; there are {}", text, known);
}

int padding_before(int in, int out, int reach, int stride) {
  return std::max(0, ((out - 1) * stride + reach - in) / 2);
}

const Shape& Network::shape(TensorId tensor) const {
  OPLINE_ASSERT(tensor >= 0 && static_cast<std::size_t>(tensor) <= layers_.size(), "tensor {}",
                tensor);
  return tensor == 0 ? input_ : layers_[static_cast<std::size_t>(tensor) - 1].output;
}

int Network::bits(TensorId tensor) const {
  OPLINE_ASSERT(tensor >= 0 && static_cast<std::size_t>(tensor) <= layers_.size(), "tensor {}",
                tensor);
  return tensor == 0 ? 8 : layers_[static_cast<std::size_t>(tensor) - 1].output_bits;
}

std::uint64_t tensor_bytes(const Shape& shape, int bits) {
  const int channels = bits == 4 ? (shape.c + 1) / 2 : shape.c;
  return Shape{shape.h, shape.w, channels}.elements();
}

bool slides(LayerType type) {
  return type == LayerType::conv2d || type == LayerType::depthwise_conv2d ||
         type == LayerType::average_pool_2d || type == LayerType::max_pool_2d;
}

std::string variant_text(const Layer& layer) {
  std::string text;
  const Window& window = layer.window;
  if (window.dilation_h != 1 || window.dilation_w != 1)
    text += fmt::format(" d{}x{}", window.dilation_h, window.dilation_w);
  if (layer.groups != 1) text += fmt::format(" g{}", layer.groups);
  return text;
}

bool has_channels(LayerType type) {
  return opline_has_channels(static_cast<std::uint8_t>(type)) != 0;
}

bool is_binary(LayerType type) { return opline_is_binary(static_cast<std::uint8_t>(type)) != 0; }

bool moves(LayerType type) {
  return type == LayerType::pad || type == LayerType::concatenation ||
         type == LayerType::transpose || type == LayerType::resize_nearest_neighbor ||
         type == LayerType::slice;
}

bool is_lookup(LayerType type) { return opline_is_lookup(static_cast<std::uint8_t>(type)) != 0; }

std::string_view to_string(Padding padding) { return padding == Padding::same ? "same" : "valid"; }

std::string_view to_string(Activation activation) {
  switch (activation) {
    case Activation::none:
      return "none";
    case Activation::relu:
      return "relu";
    case Activation::relu6:
      return "relu6";
  }
  OPLINE_ASSERT(false, "activation {}", static_cast<int>(activation));
  return {};
}

namespace {

std::string constant_text(const Shape& shape) {
  return fmt::format(" constant {}x{}x{}", shape.h, shape.w, shape.c);
}

int step_of(const std::vector<int>& indices) {
  return indices.size() < 2 ? 1 : indices[1] - indices[0];
}

/// How the layer sees the tensors that are reshaped, where that matters.
std::string views_text(const Network& network, const Layer& layer) {
  if (layer.type == LayerType::fully_connected && layer.output.h == 1 && layer.output.w == 1)
    return "";
  std::string text;
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    const bool second = is_binary(layer.type) && (i == 1 || layer.constant == Constant::first);
    if (i == 1 && !second) break;
    const Shape& seen = second ? layer.input2 : layer.input;
    if (seen != network.shape(layer.inputs[i]))
      text += fmt::format(" as {}x{}x{}", seen.h, seen.w, seen.c);
  }
  return text;
}

/// Shapes follow from those of the tensors, except where one is reshaped and that matters.
std::string layer_text(const Network& network, const Layer& layer) {
  std::string text(to_string(layer.type));
  if (layer.constant == Constant::first) text += constant_text(layer.input);
  for (const TensorId tensor : layer.inputs) text += fmt::format(" t{}", tensor);
  if (layer.constant == Constant::second) text += constant_text(layer.input2);
  text += views_text(network, layer);
  if (slides(layer.type)) {
    const Window& window = layer.window;
    text += fmt::format(" {}x{} s{}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, to_string(window.padding));
    text += variant_text(layer);
  }
  if (layer.type == LayerType::pad)
    text += fmt::format(" top {} left {}{}", layer.pad_top, layer.pad_left,
                        layer.begin_c == 0 ? "" : fmt::format(" front {}", layer.begin_c));
  if (layer.type == LayerType::transpose)
    text += fmt::format(" axes {} {} {}", layer.axes[0], layer.axes[1], layer.axes[2]);
  if (layer.type == LayerType::slice)
    text += fmt::format(" from {}x{}x{} step {}x{}", layer.rows[0], layer.columns[0], layer.begin_c,
                        step_of(layer.rows), step_of(layer.columns));
  const Shape& out = layer.output;
  text += fmt::format(" -> {}x{}x{}", out.h, out.w, out.c);
  if (layer.activation != Activation::none) text += fmt::format(" {}", to_string(layer.activation));
  if (layer.weight_bits != 8) text += fmt::format(" w{}", layer.weight_bits);
  if (layer.output_bits != 8) text += fmt::format(" a{}", layer.output_bits);
  return text;
}

}  // namespace

std::string Network::canonical_text() const {
  std::string text = fmt::format("input {}x{}x{}\n", input_.h, input_.w, input_.c);
  for (const Layer& layer : layers_) text += layer_text(*this, layer) + "\n";
  return text;
}

std::string Network::id() const { return digest(canonical_text()); }

}  // namespace opline::network
