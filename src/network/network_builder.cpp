#include <limits>

#include "src/base/error.h"
#include "src/network/network.h"

namespace opline::network {
namespace {

constexpr int kMaxExtent = 65535;  // uint16_t in the plan
constexpr int kMaxWindow = 255;    // uint8_t in the plan
constexpr int kMaxPad = 255;       // likewise

void require(bool condition, const std::string& message) {
  if (!condition) throw Error(ErrorCode::input, "{}", message);
}

void require_extent(int value, const char* what) {
  require(value >= 1 && value <= kMaxExtent,
          fmt::format("{} is {}; it must be from 1 to {}", what, value, kMaxExtent));
}

void require_shape(const Shape& shape, const char* what) {
  require_extent(shape.h, what);
  require_extent(shape.w, what);
  require_extent(shape.c, what);
  require(shape.elements() <= std::numeric_limits<std::int32_t>::max(),
          fmt::format("{} {}x{}x{} has more than 2^31 elements; no device holds it", what, shape.h,
                      shape.w, shape.c));
}

void require_window(const Window& window) {
  for (const int value : {window.kernel_h, window.kernel_w, window.stride_h, window.stride_w}) {
    require(value >= 1 && value <= kMaxWindow,
            fmt::format("a kernel or stride is {}; it must be from 1 to {}", value, kMaxWindow));
  }
}

/// TFLite's output extent along one axis.
int output_extent(int in, int kernel, int stride, Padding padding) {
  return padding == Padding::same ? (in + stride - 1) / stride : (in - kernel) / stride + 1;
}

}  // namespace

NetworkBuilder::NetworkBuilder(Shape input) {
  require_shape(input, "the network's input");
  network_.input_ = input;
}

TensorId NetworkBuilder::push(Layer layer) {
  require_shape(layer.output, "a layer's output");
  network_.layers_.push_back(std::move(layer));
  return static_cast<TensorId>(network_.layers_.size());
}

Shape NetworkBuilder::window_output(const Shape& in, int out_c, const Window& window,
                                    LayerType type) const {
  require_window(window);
  const bool fits = window.kernel_h <= in.h && window.kernel_w <= in.w;
  require(window.padding == Padding::same || fits,
          fmt::format(
              "{}: a {}x{} VALID window doesn't fit its {}x{} input; use SAME or a smaller window",
              to_string(type), window.kernel_h, window.kernel_w, in.h, in.w));
  return {output_extent(in.h, window.kernel_h, window.stride_h, window.padding),
          output_extent(in.w, window.kernel_w, window.stride_w, window.padding), out_c};
}

TensorId NetworkBuilder::conv2d(TensorId input, int out_c, Window window, Activation activation) {
  const Shape in = shape(input);
  require_extent(out_c, "a convolution's width");
  return push({LayerType::conv2d,
               {input},
               window,
               activation,
               in,
               window_output(in, out_c, window, LayerType::conv2d)});
}

TensorId NetworkBuilder::depthwise_conv2d(TensorId input, Window window, Activation activation) {
  const Shape in = shape(input);
  const Shape out = window_output(in, in.c, window, LayerType::depthwise_conv2d);
  return push({LayerType::depthwise_conv2d, {input}, window, activation, in, out});
}

TensorId NetworkBuilder::fully_connected(TensorId input, int out_c, Activation activation) {
  require_extent(out_c, "a fully connected layer's width");
  return push({LayerType::fully_connected, {input}, {}, activation, shape(input), {1, 1, out_c}});
}

TensorId NetworkBuilder::average_pool_2d(TensorId input, Window window, Activation activation) {
  const Shape in = shape(input);
  const Shape out = window_output(in, in.c, window, LayerType::average_pool_2d);
  return push({LayerType::average_pool_2d, {input}, window, activation, in, out});
}

TensorId NetworkBuilder::max_pool_2d(TensorId input, Window window, Activation activation) {
  const Shape in = shape(input);
  const Shape out = window_output(in, in.c, window, LayerType::max_pool_2d);
  return push({LayerType::max_pool_2d, {input}, window, activation, in, out});
}

TensorId NetworkBuilder::add(TensorId a, TensorId b, Activation activation) {
  const Shape left = shape(a);
  const Shape right = shape(b);
  require(left == right,
          fmt::format("add: {}x{}x{} and {}x{}x{} differ; both inputs must have one shape", left.h,
                      left.w, left.c, right.h, right.w, right.c));
  return push({LayerType::add, {a, b}, {}, activation, left, left});
}

TensorId NetworkBuilder::softmax(TensorId input) {
  return push({LayerType::softmax, {input}, {}, Activation::none, shape(input), shape(input)});
}

TensorId NetworkBuilder::pad(TensorId input, Pads pads) {
  for (const int value : {pads.top, pads.bottom, pads.left, pads.right}) {
    require(value >= 0 && value <= kMaxPad,
            fmt::format("a padding is {}; it must be from 0 to {}", value, kMaxPad));
  }
  const Shape in = shape(input);
  const Shape out{in.h + pads.top + pads.bottom, in.w + pads.left + pads.right, in.c};
  return push({LayerType::pad, {input}, {}, Activation::none, in, out, pads.top, pads.left});
}

TensorId NetworkBuilder::mean(TensorId input) {
  const Shape in = shape(input);
  return push({LayerType::mean, {input}, {}, Activation::none, in, {1, 1, in.c}});
}

TensorId NetworkBuilder::concatenation(TensorId a, TensorId b) {
  const Shape left = shape(a);
  const Shape right = shape(b);
  require(left.h == right.h && left.w == right.w,
          fmt::format(
              "concatenation: {}x{} and {}x{} differ; both inputs must have one height and width",
              left.h, left.w, right.h, right.w));
  return push({LayerType::concatenation,
               {a, b},
               {},
               Activation::none,
               left,
               {left.h, left.w, left.c + right.c}});
}

Network NetworkBuilder::build() && {
  require(!network_.layers_.empty(), "a network needs at least one layer");
  return std::move(network_);
}

}  // namespace opline::network
