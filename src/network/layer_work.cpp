#include "src/network/layer_work.h"

#include <fmt/format.h>

#include "src/network/layer_descriptor.h"
#include "src/network/op_count.h"

namespace opline::network {

namespace {

std::string text_of(const Shape& shape) {
  return fmt::format("{}x{}x{}", shape.h, shape.w, shape.c);
}

/// Two only where they differ or one is a constant.
std::string operands_text(const Layer& layer) {
  if (!is_binary(layer.type) || (layer.input2 == layer.input && layer.constant == Constant::none))
    return text_of(layer.input);
  return fmt::format("{}{} {}{}", layer.constant == Constant::first ? "constant " : "",
                     text_of(layer.input), layer.constant == Constant::second ? "constant " : "",
                     text_of(layer.input2));
}

}  // namespace

LayerWork work_of(const Layer& layer) {
  return {layer.type, kernel_of(layer), count_layer(layer).macs, layer.output.elements(),
          touched_bytes(layer)};
}

std::string form_name_of(const Layer& layer) {
  const std::string_view kernel = kernel_of(layer);
  if (!kernel.ends_with("_s4") || (layer.input_bits == 4 && layer.output_bits == 4))
    return std::string(kernel);
  return fmt::format("{}_{}_{}", kernel, layer.input_bits, layer.output_bits);
}

std::string signature_of(const Layer& layer) {
  std::string text = fmt::format("{} {} -> {}", to_string(layer.type), operands_text(layer),
                                 text_of(layer.output));
  if (slides(layer.type)) {
    const Window& window = layer.window;
    text += fmt::format(" {}x{} s{}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, to_string(window.padding));
    text += variant_text(layer);
  }
  if (layer.activation != Activation::none) text += fmt::format(" {}", to_string(layer.activation));
  if (layer.weight_bits == 8 && layer.input_bits == 8 && layer.output_bits == 8) return text;
  return text +
         fmt::format(" bits {}/{}/{}", layer.weight_bits, layer.input_bits, layer.output_bits);
}

}  // namespace opline::network
