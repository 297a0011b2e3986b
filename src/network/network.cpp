#include "src/network/network.h"

#include <fmt/format.h>

#include <algorithm>

#include "firmware/include/opline_plan.h"
#include "src/base/append.h"
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
  OPLINE_ASSERT(tensor >= 0 && static_cast<std::size_t>(tensor) < tensor_count(), "tensor {}",
                tensor);
  const auto layer = layer_of(tensor);
  return layer ? layers_[static_cast<std::size_t>(*layer)].output
               : inputs_[static_cast<std::size_t>(tensor)];
}

std::optional<LayerId> Network::layer_of(TensorId tensor) const {
  const auto inputs = static_cast<TensorId>(inputs_.size());
  return tensor < inputs ? std::nullopt : std::optional(tensor - inputs);
}

int Network::bits(TensorId tensor) const {
  const auto layer = layer_of(tensor);
  return layer ? layers_.at(static_cast<std::size_t>(*layer)).output_bits : 8;
}

std::uint64_t tensor_bytes(const Shape& shape, int bits) {
  const int channels = bits == 4 ? (shape.c + 1) / 2 : shape.c;
  return Shape{shape.h, shape.w, channels}.elements();
}

bool slides(LayerType type) {
  return type == LayerType::conv2d || type == LayerType::depthwise_conv2d ||
         type == LayerType::average_pool_2d || type == LayerType::max_pool_2d;
}

namespace {

void append_variant(std::string& text, const Layer& layer) {
  const Window& window = layer.window;
  if (window.dilation_h != 1 || window.dilation_w != 1)
    append(text, " d", window.dilation_h, 'x', window.dilation_w);
  if (layer.groups != 1) append(text, " g", layer.groups);
}

}  // namespace

std::string variant_text(const Layer& layer) {
  std::string text;
  append_variant(text, layer);
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

bool passes_quantisation(LayerType type) {
  return type == LayerType::average_pool_2d || type == LayerType::max_pool_2d || moves(type);
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
    case Activation::relu_n1_to_1:
      return "relu_n1_to_1";
  }
  OPLINE_ASSERT(false, "activation {}", static_cast<int>(activation));
  return {};
}

namespace {

void append_shape(std::string& text, std::string_view before, const Shape& shape) {
  append(text, before, shape.h, 'x', shape.w, 'x', shape.c);
}

int step_of(const std::vector<int>& indices) {
  return indices.size() < 2 ? 1 : indices[1] - indices[0];
}

/// How the layer sees the tensors that are reshaped, where that matters.
void append_views(std::string& text, const Network& network, const Layer& layer) {
  if (layer.type == LayerType::fully_connected && layer.output.h == 1 && layer.output.w == 1)
    return;
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    const bool second = is_binary(layer.type) && (i == 1 || layer.constant == Constant::first);
    if (i == 1 && !second) break;
    const Shape& seen = second ? layer.input2 : layer.input;
    if (seen != network.shape(layer.inputs[i])) append_shape(text, " as ", seen);
  }
}

void append_window(std::string& text, const Window& window) {
  append(text, ' ', window.kernel_h, 'x', window.kernel_w, " s", window.stride_h, 'x',
         window.stride_w, ' ', to_string(window.padding));
}

/// Shapes follow from those of the tensors, except where one is reshaped and that matters.
void append_layer(std::string& text, const Network& network, const Layer& layer) {
  append(text, to_string(layer.type));
  if (layer.constant == Constant::first) append_shape(text, " constant ", layer.input);
  for (const TensorId tensor : layer.inputs) append(text, " t", tensor);
  if (layer.constant == Constant::second) append_shape(text, " constant ", layer.input2);
  append_views(text, network, layer);
  if (slides(layer.type)) {
    append_window(text, layer.window);
    append_variant(text, layer);
  }
  if (layer.type == LayerType::pad) append(text, " top ", layer.pad_top, " left ", layer.pad_left);
  if (layer.type == LayerType::pad && layer.begin_c != 0) append(text, " front ", layer.begin_c);
  if (layer.type == LayerType::transpose)
    append(text, " axes ", layer.axes[0], ' ', layer.axes[1], ' ', layer.axes[2]);
  if (layer.type == LayerType::slice) {
    append_shape(text, " from ", {layer.rows[0], layer.columns[0], layer.begin_c});
    append(text, " step ", step_of(layer.rows), 'x', step_of(layer.columns));
  }
  append_shape(text, " -> ", layer.output);
  if (layer.activation != Activation::none) append(text, ' ', to_string(layer.activation));
  if (layer.weight_bits != 8) append(text, " w", layer.weight_bits);
  if (layer.output_bits != 8) append(text, " a", layer.output_bits);
  text += '\n';
}

}  // namespace

std::string Network::canonical_text() const {
  std::string text;
  text.reserve(64 * (tensor_count() + 1));  // of a line; 40 are usual
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    append_shape(text, i < input_count() ? "input " : "state ", inputs_[i]);
    text += '\n';
  }
  for (const Layer& layer : layers_) append_layer(text, *this, layer);
  for (const State& state : states_) {
    if (state.next != state.tensor) append(text, "assign t", state.tensor, " t", state.next, '\n');
  }
  if (outputs_.size() == 1 && outputs_[0] == output_of(static_cast<LayerId>(layers_.size()) - 1))
    return text;
  append(text, "output");
  for (const TensorId output : outputs_) append(text, " t", output);
  text += '\n';
  return text;
}

std::string Network::id() const { return digest(canonical_text()); }

}  // namespace opline::network
