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
  for (const int value : {window.kernel_h, window.kernel_w, window.stride_h, window.stride_w,
                          window.dilation_h, window.dilation_w}) {
    require(value >= 1 && value <= kMaxWindow,
            fmt::format("a kernel, dilation or stride is {}; it must be from 1 to {}", value,
                        kMaxWindow));
  }
}

/// TFLite's output extent along one axis.
int output_extent(int in, int reach, int stride, Padding padding) {
  return padding == Padding::same ? (in + stride - 1) / stride : (in - reach) / stride + 1;
}

/// Without the dilation of axes that have one tap, where it means nothing.
Window normalised(Window window) {
  if (window.kernel_h == 1) window.dilation_h = 1;
  if (window.kernel_w == 1) window.dilation_w = 1;
  return window;
}

void require_padding(int in, int out, int reach, int stride) {
  const int before = padding_before(in, out, reach, stride);
  require(
      before <= kMaxPad,
      fmt::format("a dilated window has {} rows or columns of padding before its input; at most "
                  "{} are supported",
                  before, kMaxPad));
}

}  // namespace

NetworkBuilder::NetworkBuilder(Shape input) {
  require_shape(input, "the network's input");
  network_.input_ = input;
}

TensorId NetworkBuilder::push(Layer layer) {
  require_shape(layer.output, "a layer's output");
  for (TensorId& input : layer.inputs) input = tensor_of(input);
  network_.layers_.push_back(std::move(layer));
  return static_cast<TensorId>(network_.layers_.size());
}

TensorId NetworkBuilder::tensor_of(TensorId id) const {
  return id < kFirstView ? id : views_.at(static_cast<std::size_t>(id - kFirstView)).tensor;
}

const Shape& NetworkBuilder::shape(TensorId id) const {
  return id < kFirstView ? network_.shape(id)
                         : views_.at(static_cast<std::size_t>(id - kFirstView)).shape;
}

TensorId NetworkBuilder::reshape(TensorId input, Shape shape) {
  require_shape(shape, "a reshaped tensor");
  const Shape& was = this->shape(input);
  require(shape.elements() == was.elements(),
          fmt::format("reshape: {}x{}x{} has another number of elements than {}x{}x{}", shape.h,
                      shape.w, shape.c, was.h, was.w, was.c));
  if (shape == was) return input;
  views_.push_back({tensor_of(input), shape});
  return kFirstView + static_cast<TensorId>(views_.size()) - 1;
}

Shape NetworkBuilder::window_output(const Shape& in, int out_c, const Window& window,
                                    LayerType type) const {
  require_window(window);
  const bool convolves = type == LayerType::conv2d || type == LayerType::depthwise_conv2d;
  require(convolves || (window.dilation_h == 1 && window.dilation_w == 1),
          fmt::format("{}: pools are not dilated", to_string(type)));
  const bool fits = window.reach_h() <= in.h && window.reach_w() <= in.w;
  require(window.padding == Padding::same || fits,
          fmt::format(
              "{}: a {}x{} VALID window doesn't fit its {}x{} input; use SAME or a smaller window",
              to_string(type), window.reach_h(), window.reach_w(), in.h, in.w));
  const Shape out{output_extent(in.h, window.reach_h(), window.stride_h, window.padding),
                  output_extent(in.w, window.reach_w(), window.stride_w, window.padding), out_c};
  if (window.padding == Padding::same) {
    require_padding(in.h, out.h, window.reach_h(), window.stride_h);
    require_padding(in.w, out.w, window.reach_w(), window.stride_w);
  }
  return out;
}

TensorId NetworkBuilder::conv2d(TensorId input, int out_c, Window window, Activation activation,
                                int groups) {
  const Shape in = shape(input);
  require_extent(out_c, "a convolution's width");
  require(
      groups >= 1 && in.c % groups == 0 && out_c % groups == 0,
      fmt::format("conv2d: {} groups; a number that divides its {} input and {} output channels "
                  "is expected",
                  groups, in.c, out_c));
  const Window used = normalised(window);
  Layer layer{LayerType::conv2d, {input}, used,
              activation,        in,      window_output(in, out_c, used, LayerType::conv2d)};
  layer.groups = groups;
  return push(std::move(layer));
}

TensorId NetworkBuilder::depthwise_conv2d(TensorId input, Window window, Activation activation,
                                          int multiplier) {
  const Shape in = shape(input);
  require_extent(multiplier, "a depth multiplier");
  require(std::int64_t{in.c} * multiplier <= kMaxExtent,
          fmt::format("depthwise_conv2d: {} channels of each of {}; at most {} are supported",
                      multiplier, in.c, kMaxExtent));
  const Window used = normalised(window);
  const Shape out = window_output(in, in.c * multiplier, used, LayerType::depthwise_conv2d);
  return push({LayerType::depthwise_conv2d, {input}, used, activation, in, out});
}

TensorId NetworkBuilder::fully_connected(TensorId input, int out_c, Activation activation) {
  require_extent(out_c, "a fully connected layer's width");
  return push({LayerType::fully_connected, {input}, {}, activation, shape(input), {1, 1, out_c}});
}

TensorId NetworkBuilder::fully_connected_per_position(TensorId input, int out_c,
                                                      Activation activation) {
  const Shape in = shape(input);
  require_extent(out_c, "a fully connected layer's width");
  return push({LayerType::fully_connected, {input}, {}, activation, in, {in.h, in.w, out_c}});
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
