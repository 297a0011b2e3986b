#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "src/base/error.h"
#include "src/network/network.h"

namespace opline::network {
namespace {

constexpr int kMaxExtent = 65535;  // uint16_t in the plan
constexpr int kMaxWindow = 255;    // uint8_t in the plan
constexpr int kMaxPad = 255;       // likewise

/// Formats the message only where it is needed: a campaign makes millions of layers.
template <typename... Args>
void require(bool condition, fmt::format_string<Args...> message, Args&&... args) {
  if (!condition)
    throw Error(ErrorCode::input, "{}", fmt::format(message, std::forward<Args>(args)...));
}

void require_extent(int value, const char* what) {
  require(value >= 1 && value <= kMaxExtent, "{} is {}; it must be from 1 to {}", what, value,
          kMaxExtent);
}

void require_shape(const Shape& shape, const char* what) {
  require_extent(shape.h, what);
  require_extent(shape.w, what);
  require_extent(shape.c, what);
  require(shape.elements() <= std::numeric_limits<std::int32_t>::max(),
          "{} {}x{}x{} has more than 2^31 elements; no device holds it", what, shape.h, shape.w,
          shape.c);
}

void require_window(const Window& window) {
  for (const int value : {window.kernel_h, window.kernel_w, window.stride_h, window.stride_w,
                          window.dilation_h, window.dilation_w}) {
    require(value >= 1 && value <= kMaxWindow,
            "a kernel, dilation or stride is {}; it must be from 1 to {}", value, kMaxWindow);
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
  require(before <= kMaxPad,
          "a dilated window has {} rows or columns of padding before its input; at most "
          "{} are supported",
          before, kMaxPad);
}

/// One extent of the output of two operands.
int repeated(LayerType type, const Shape& a, const Shape& b, int Shape::*extent) {
  require(a.*extent == b.*extent || a.*extent == 1 || b.*extent == 1,
          "{}: {}x{}x{} and {}x{}x{} differ; extents must be equal, or one of them 1",
          to_string(type), a.h, a.w, a.c, b.h, b.w, b.c);
  return std::max(a.*extent, b.*extent);
}

/// TFLite's GetNearestNeighbor for each position along an axis, in float as there.
std::vector<int> nearest(int in, int out, Resizing resizing) {
  const float scale = resizing.align_corners && out > 1
                          ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                          : static_cast<float>(in) / static_cast<float>(out);
  const float offset = resizing.half_pixel_centers ? 0.5F : 0.0F;
  std::vector<int> found;
  for (int i = 0; i < out; ++i) {
    const float at = (static_cast<float>(i) + offset) * scale;
    const float whole = resizing.align_corners ? std::round(at) : std::floor(at);
    found.push_back(std::min(static_cast<int>(whole), in - 1));
  }
  return found;
}

void require_range(const Range& range, int extent, const char* axis) {
  const bool inside = range.begin >= 0 && range.begin < extent && range.count >= 1 &&
                      range.step >= 1 && (extent - 1 - range.begin) / range.step >= range.count - 1;
  require(inside, "slice: {} of the {} from {} in steps of {} lie beyond an extent of {}",
          range.count, axis, range.begin, range.step, extent);
}

std::vector<int> indices(const Range& range) {
  std::vector<int> found;
  found.reserve(static_cast<std::size_t>(range.count));
  for (int i = 0; i < range.count; ++i) found.push_back(range.begin + i * range.step);
  return found;
}

}  // namespace

NetworkBuilder::NetworkBuilder(Shape input) { add_input(input); }

TensorId NetworkBuilder::push_input(Shape shape, const char* what) {
  OPLINE_ASSERT(network_.layers_.empty(), "{} behind {} layers", what, network_.layers_.size());
  require_shape(shape, what);
  network_.inputs_.push_back(shape);
  return static_cast<TensorId>(network_.inputs_.size()) - 1;
}

TensorId NetworkBuilder::add_input(Shape shape) {
  OPLINE_ASSERT(network_.states_.empty(), "an input behind {} states", network_.states_.size());
  return push_input(shape, "the network's input");
}

TensorId NetworkBuilder::push(Layer layer) {
  require_shape(layer.output, "a layer's output");
  for (TensorId& input : layer.inputs) input = tensor_of(input);
  network_.layers_.push_back(std::move(layer));
  return network_.output_of(static_cast<LayerId>(network_.layers_.size()) - 1);
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
          "reshape: {}x{}x{} has another number of elements than {}x{}x{}", shape.h, shape.w,
          shape.c, was.h, was.w, was.c);
  if (shape == was) return input;
  views_.push_back({tensor_of(input), shape});
  return kFirstView + static_cast<TensorId>(views_.size()) - 1;
}

Shape NetworkBuilder::window_output(const Shape& in, int out_c, const Window& window,
                                    LayerType type) const {
  require_window(window);
  const bool convolves = type == LayerType::conv2d || type == LayerType::depthwise_conv2d;
  require(convolves || (window.dilation_h == 1 && window.dilation_w == 1),
          "{}: pools are not dilated", to_string(type));
  const bool fits = window.reach_h() <= in.h && window.reach_w() <= in.w;
  require(window.padding == Padding::same || fits,

          "{}: a {}x{} VALID window doesn't fit its {}x{} input; use SAME or a smaller window",
          to_string(type), window.reach_h(), window.reach_w(), in.h, in.w);
  const Shape out{output_extent(in.h, window.reach_h(), window.stride_h, window.padding),
                  output_extent(in.w, window.reach_w(), window.stride_w, window.padding), out_c};
  if (window.padding == Padding::same) {
    require_padding(in.h, out.h, window.reach_h(), window.stride_h);
    require_padding(in.w, out.w, window.reach_w(), window.stride_w);
  }
  return out;
}

Shape NetworkBuilder::shape_of(const Operand& operand) const {
  if (const TensorId* tensor = std::get_if<TensorId>(&operand)) return shape(*tensor);
  return std::get<ConstantOperand>(operand).shape;
}

TensorId NetworkBuilder::conv2d(TensorId input, int out_c, Window window, Activation activation,
                                int groups) {
  const Shape in = shape(input);
  require_extent(out_c, "a convolution's width");
  require(groups >= 1 && in.c % groups == 0 && out_c % groups == 0,
          "conv2d: {} groups; a number that divides its {} input and {} output channels "
          "is expected",
          groups, in.c, out_c);
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
          "depthwise_conv2d: {} channels of each of {}; at most {} are supported", multiplier, in.c,
          kMaxExtent);
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

TensorId NetworkBuilder::binary(LayerType type, Operand a, Operand b, Activation activation) {
  OPLINE_ASSERT(is_binary(type), "layer type {}", static_cast<int>(type));
  const bool symmetric = type == LayerType::add || type == LayerType::mul;
  if (symmetric && std::holds_alternative<ConstantOperand>(a)) std::swap(a, b);
  Layer layer{type, {}, {}, activation, shape_of(a), {}};
  layer.input2 = shape_of(b);
  if (const TensorId* tensor = std::get_if<TensorId>(&a)) layer.inputs.push_back(*tensor);
  if (const TensorId* tensor = std::get_if<TensorId>(&b)) layer.inputs.push_back(*tensor);
  require(!layer.inputs.empty(), "{}: both operands are constants; at most one may be",
          to_string(type));
  if (layer.inputs.size() == 1)
    layer.constant = std::holds_alternative<TensorId>(a) ? Constant::second : Constant::first;
  require(type != LayerType::prelu ||
              (layer.constant != Constant::first && activation == Activation::none),
          "prelu: its slopes are the second operand, and it has no activation");
  layer.output = {repeated(type, layer.input, layer.input2, &Shape::h),
                  repeated(type, layer.input, layer.input2, &Shape::w),
                  repeated(type, layer.input, layer.input2, &Shape::c)};
  require_shape(layer.input, "an operand");
  require_shape(layer.input2, "an operand");
  return push(std::move(layer));
}

TensorId NetworkBuilder::lookup(LayerType type, TensorId input) {
  OPLINE_ASSERT(is_lookup(type), "layer type {}", static_cast<int>(type));
  return push({type, {input}, {}, Activation::none, shape(input), shape(input)});
}

TensorId NetworkBuilder::softmax(TensorId input) {
  return push({LayerType::softmax, {input}, {}, Activation::none, shape(input), shape(input)});
}

TensorId NetworkBuilder::pad(TensorId input, Pads pads) {
  for (const int value : {pads.top, pads.bottom, pads.left, pads.right}) {
    require(value >= 0 && value <= kMaxPad, "a padding is {}; it must be from 0 to {}", value,
            kMaxPad);
  }
  for (const int value : {pads.front, pads.back}) {
    require(value >= 0 && value < kMaxExtent,
            "a padding of channels is {}; it must be from 0 to {}", value, kMaxExtent - 1);
  }
  const Shape in = shape(input);
  const Shape out{in.h + pads.top + pads.bottom, in.w + pads.left + pads.right,
                  in.c + pads.front + pads.back};
  Layer layer{LayerType::pad, {input}, {}, Activation::none, in, out, pads.top, pads.left};
  layer.begin_c = pads.front;
  return push(std::move(layer));
}

TensorId NetworkBuilder::transpose(TensorId input, Axes axes) {
  Axes sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  require(sorted == Axes{0, 1, 2},
          "transpose: the axes are {}, {}, {}; each of 0, 1, 2 must "
          "occur once",
          axes[0], axes[1], axes[2]);
  const Shape in = shape(input);
  const std::array<int, 3> extents{in.h, in.w, in.c};
  const auto extent = [&](std::size_t i) { return extents[static_cast<std::size_t>(axes[i])]; };
  Layer layer{LayerType::transpose, {input}, {},
              Activation::none,     in,      {extent(0), extent(1), extent(2)}};
  layer.axes = axes;
  return push(std::move(layer));
}

TensorId NetworkBuilder::resize_nearest_neighbor(TensorId input, int h, int w, Resizing resizing) {
  require_extent(h, "a resized height");
  require_extent(w, "a resized width");
  const Shape in = shape(input);
  Layer layer{LayerType::resize_nearest_neighbor, {input}, {}, Activation::none, in, {h, w, in.c}};
  layer.rows = nearest(in.h, h, resizing);
  layer.columns = nearest(in.w, w, resizing);
  layer.resizing = resizing;
  return push(std::move(layer));
}

TensorId NetworkBuilder::slice(TensorId input, Range h, Range w, Range c) {
  const Shape in = shape(input);
  require_range(h, in.h, "height");
  require_range(w, in.w, "width");
  require_range(c, in.c, "channels");
  require(c.step == 1, "slice: the channels have a step of {}; it must be 1", c.step);
  Layer layer{LayerType::slice, {input}, {}, Activation::none, in, {h.count, w.count, c.count}};
  layer.rows = indices(h);
  layer.columns = indices(w);
  layer.begin_c = c.begin;
  return push(std::move(layer));
}

TensorId NetworkBuilder::mean(TensorId input) {
  const Shape in = shape(input);
  return push({LayerType::mean, {input}, {}, Activation::none, in, {1, 1, in.c}});
}

TensorId NetworkBuilder::concatenation(TensorId a, TensorId b) {
  const Shape left = shape(a);
  const Shape right = shape(b);
  require(left.h == right.h && left.w == right.w,

          "concatenation: {}x{} and {}x{} differ; both inputs must have one height and width",
          left.h, left.w, right.h, right.w);
  return push({LayerType::concatenation,
               {a, b},
               {},
               Activation::none,
               left,
               {left.h, left.w, left.c + right.c}});
}

void NetworkBuilder::set_outputs(const std::vector<TensorId>& outputs) {
  network_.outputs_.clear();
  for (const TensorId output : outputs) {
    require(network_.layer_of(tensor_of(output)).has_value(),
            "an output of the network is one of its inputs; each must be computed");
    network_.outputs_.push_back(tensor_of(output));
  }
}

Network NetworkBuilder::build() && {
  require(!network_.layers_.empty(), "a network needs at least one layer");
  if (network_.outputs_.empty())
    network_.outputs_ = {network_.output_of(static_cast<LayerId>(network_.layers_.size()) - 1)};
  place_states();
  return std::move(network_);
}

}  // namespace opline::network
