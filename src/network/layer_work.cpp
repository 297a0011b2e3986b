#include "src/network/layer_work.h"

#include <fmt/format.h>

#include "src/network/layer_descriptor.h"
#include "src/network/op_count.h"

namespace opline::network {

LayerWork work_of(const Layer& layer) {
  return {layer.type, kernel_of(layer), count_layer(layer).macs, layer.output.elements(),
          touched_bytes(layer)};
}

std::string signature_of(const Layer& layer) {
  std::string text =
      fmt::format("{} {}x{}x{} -> {}x{}x{}", to_string(layer.type), layer.input.h, layer.input.w,
                  layer.input.c, layer.output.h, layer.output.w, layer.output.c);
  if (slides(layer.type)) {
    const Window& window = layer.window;
    text += fmt::format(" {}x{} s{}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, to_string(window.padding));
    text += variant_text(layer);
  }
  if (layer.activation == Activation::none) return text;
  return text + " " + std::string(to_string(layer.activation));
}

}  // namespace opline::network
