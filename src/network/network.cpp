#include "src/network/network.h"

#include <fmt/format.h>

#include <algorithm>

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
  }
  OPLINE_ASSERT(false, "layer type {}", static_cast<int>(type));
  return {};
}

LayerType layer_type_from_string(std::string_view text) {
  std::string known;
  for (int value = static_cast<int>(LayerType::conv2d);
       value <= static_cast<int>(LayerType::concatenation); ++value) {
    const auto type = static_cast<LayerType>(value);
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

/// Shapes follow from those of the tensors, except where one is reshaped and that matters.
std::string layer_text(const Network& network, const Layer& layer) {
  std::string text(to_string(layer.type));
  for (const TensorId tensor : layer.inputs) text += fmt::format(" t{}", tensor);
  const Shape& in = layer.input;
  const bool flattens =
      layer.type == LayerType::fully_connected && layer.output.h == 1 && layer.output.w == 1;
  if (in != network.shape(layer.inputs[0]) && !flattens)
    text += fmt::format(" as {}x{}x{}", in.h, in.w, in.c);
  if (slides(layer.type)) {
    const Window& window = layer.window;
    text += fmt::format(" {}x{} s{}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, to_string(window.padding));
    text += variant_text(layer);
  }
  if (layer.type == LayerType::pad)
    text += fmt::format(" top {} left {}", layer.pad_top, layer.pad_left);
  const Shape& out = layer.output;
  text += fmt::format(" -> {}x{}x{}", out.h, out.w, out.c);
  if (layer.activation != Activation::none) text += fmt::format(" {}", to_string(layer.activation));
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
