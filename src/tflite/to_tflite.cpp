#include "src/tflite/to_tflite.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/base/error.h"
#include "src/base/version.h"
#include "src/network/op_count.h"
#include "src/tflite/tflite_generated.h"

namespace opline::tflite {
namespace {

using flatbuffers::Offset;
using network::Layer;
using network::LayerType;
using network::Shape;
using network::TensorId;

constexpr int kSchemaVersion = 3;
constexpr std::uint64_t kMaxConstantBytes = std::uint64_t{1} << 30;  // a flatbuffer ends at 2 GiB

/// Where a tensor of the network is in the file.
struct Written {
  int made = 0;       ///< As the layer made it.
  int tensor = 0;     ///< The same, or `made` with another shape.
  bool flat = false;  ///< [1, c] and not [1, h, w, c].
  Shape shape;
};

constexpr int kNone = -1;

fb::Padding padding_of(const network::Window& window) {
  return window.padding == network::Padding::same ? fb::Padding::SAME : fb::Padding::VALID;
}

fb::Activation activation_of(const Layer& layer) {
  switch (layer.activation) {
    case network::Activation::none:
      return fb::Activation::NONE;
    case network::Activation::relu:
      return fb::Activation::RELU;
    case network::Activation::relu6:
      return fb::Activation::RELU6;
    case network::Activation::relu_n1_to_1:
      return fb::Activation::RELU_N1_TO_1;
  }
  OPLINE_ASSERT(false, "activation {}", static_cast<int>(layer.activation));
  return {};
}

std::vector<int> extents(const Shape& shape, bool flat) {
  return flat ? std::vector<int>{1, shape.c} : std::vector<int>{1, shape.h, shape.w, shape.c};
}

/// Little-endian bytes, as the format has them (and every host of opline).
template <typename Number>
std::vector<std::uint8_t> bytes_of(const std::vector<Number>& numbers) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(numbers.data());
  return {first, first + numbers.size() * sizeof(Number)};
}

/// INT4: two's complement, two in a byte, the first in the low half; an odd number leaves the last
/// half 0.
std::vector<std::uint8_t> int4_bytes(const std::vector<std::int8_t>& codes) {
  std::vector<std::uint8_t> bytes((codes.size() + 1) / 2);
  for (std::size_t i = 0; i < codes.size(); ++i)
    bytes[i / 2] |= static_cast<std::uint8_t>((codes[i] & 15) << (4 * (i % 2)));
  return bytes;
}

class Writer {
 public:
  Writer(const network::QuantisedNetwork& network, const TfliteOptions& options)
      : quantised_(network), network_(network.network), options_(options) {}

  TfliteFile write() {
    buffers_.push_back(fb::CreateBuffer(builder_));
    if (!network_.states().empty()) write_initialisation();
    for (std::size_t i = 0; i < network_.input_count(); ++i) {
      const std::string label = network_.input_count() == 1 ? "input" : fmt::format("input{}", i);
      write_input(label, static_cast<TensorId>(i));
    }
    if (!network_.states().empty()) read_states();
    for (std::size_t i = 0; i < network_.layers().size(); ++i) write_layer(i);
    return {finish(), std::move(layer_of_operator_)};
  }

 private:
  [[nodiscard]] const Layer& layer(std::size_t i) const { return network_.layers()[i]; }
  [[nodiscard]] const network::LayerConstants& constants(std::size_t i) const {
    return quantised_.constants[i];
  }
  [[nodiscard]] const network::TensorQuantisation& quantisation(TensorId tensor) const {
    return quantised_.tensors[static_cast<std::size_t>(tensor)];
  }

  static std::string name(std::size_t i, std::string_view part) {
    return fmt::format("layer{}_{}", i, part);
  }

  // ---- Tensors and buffers ----

  Offset<fb::QuantizationParameters> parameters(const std::vector<float>& scales,
                                                const std::vector<std::int64_t>& zero_points,
                                                int dimension) {
    const auto scale = builder_.CreateVector(scales);
    const auto zero_point = builder_.CreateVector(zero_points);
    return fb::CreateQuantizationParameters(builder_, scale, zero_point, 0, dimension);
  }

  int push_tensor(const std::string& name, const std::vector<int>& shape, fb::TensorType type,
                  std::uint32_t buffer, Offset<fb::QuantizationParameters> quantization) {
    const auto dimensions = builder_.CreateVector(shape);
    const auto label = builder_.CreateString(name);
    tensors_.push_back(fb::CreateTensor(builder_, dimensions, type, buffer, label, quantization));
    return static_cast<int>(tensors_.size()) - 1;
  }

  /// The oldest version of an operator that takes the layer's weights.
  static int int8_or_int4(const Layer& one, int int8, int int4) {
    return one.weight_bits == 4 ? int4 : int8;
  }

  /// An int8 tensor that has the quantisation of `tensor` of the network and no content.
  int computed_tensor(const std::string& name, const std::vector<int>& shape, TensorId tensor) {
    const network::TensorQuantisation& numbers = quantisation(tensor);
    return push_tensor(name, shape, fb::TensorType::INT8, 0,
                       parameters({numbers.scale}, {numbers.zero_point}, 0));
  }

  std::uint32_t push_buffer(const std::vector<std::uint8_t>& bytes) {
    buffers_.push_back(fb::CreateBufferDirect(builder_, &bytes));
    return static_cast<std::uint32_t>(buffers_.size()) - 1;
  }

  /// `channels` of weights' scales along `dimension`.
  int weights_tensor(std::size_t i, const std::vector<int>& shape, int dimension) {
    const network::LayerConstants& own = constants(i);
    const std::vector<std::int64_t> zero_points(own.weight_scales.size(), 0);
    const bool four = layer(i).weight_bits == 4;
    const std::uint32_t buffer =
        push_buffer(four ? int4_bytes(own.weights) : bytes_of(own.weights));
    const auto quantization = parameters(own.weight_scales, zero_points, dimension);
    return push_tensor(name(i, "weights"), shape,
                       four ? fb::TensorType::INT4 : fb::TensorType::INT8, buffer, quantization);
  }

  /// Its scales are those of the products that it is added to.
  int biases_tensor(std::size_t i) {
    const network::LayerConstants& own = constants(i);
    std::vector<float> scales;
    for (const float scale : own.weight_scales)
      scales.push_back(quantisation(layer(i).inputs[0]).scale * scale);
    const std::vector<std::int64_t> zero_points(scales.size(), 0);
    const std::uint32_t buffer = push_buffer(bytes_of(own.biases));
    const auto quantization = parameters(scales, zero_points, 0);
    return push_tensor(name(i, "biases"), {layer(i).output.c}, fb::TensorType::INT32, buffer,
                       quantization);
  }

  // ---- Operators ----

  void push_operator(fb::BuiltinOperator code, int version, const std::vector<int>& inputs,
                     int output, fb::BuiltinOptions type, Offset<void> options) {
    const auto [known, is_new] =
        codes_.try_emplace(code, static_cast<std::uint32_t>(codes_.size()));
    if (is_new) {
      // Readers from before 2020 know the first field only, which is a byte; from 127 on it says
      // so.
      constexpr int kMostOfByte = 127;
      const auto first = static_cast<std::int8_t>(std::min(static_cast<int>(code), kMostOfByte));
      operator_codes_.push_back(fb::CreateOperatorCode(builder_, first, 0, version, code));
    }
    const auto in = builder_.CreateVector(inputs);
    const auto out =
        builder_.CreateVector(output == kNone ? std::vector<int>{} : std::vector<int>{output});
    operators_.push_back(fb::CreateOperator(builder_, known->second, in, out, type, options));
    layer_of_operator_.push_back(current_layer_);
  }

  /// The tensor with a rank that operators on maps take, and the shape that the layer sees.
  int as_map(TensorId tensor, const Shape& seen) {
    Written& written = written_[static_cast<std::size_t>(tensor)];
    if (!written.flat && written.shape == seen) return written.tensor;
    const std::vector<int> shape = extents(seen, false);
    const std::string label = fmt::format("tensor{}_map{}", tensor, tensors_.size());
    const int wanted = integers_tensor(label + "_shape", {static_cast<int>(shape.size())}, shape);
    const int map = computed_tensor(label, shape, tensor);
    const auto new_shape = builder_.CreateVector(shape);
    push_operator(fb::BuiltinOperator::RESHAPE, 1, {written.tensor, wanted}, map,
                  fb::BuiltinOptions::ReshapeOptions,
                  fb::CreateReshapeOptions(builder_, new_shape).Union());
    written = {written.made, map, false, seen};
    return map;
  }

  /// The tensor with the rank it has.
  [[nodiscard]] int as_is(TensorId tensor) const {
    return written_[static_cast<std::size_t>(tensor)].tensor;
  }
  /// Whether it is [1, c], and c are the channels that the layer sees.
  [[nodiscard]] bool is_flat(TensorId tensor, const Shape& seen) const {
    const Written& written = written_[static_cast<std::size_t>(tensor)];
    return written.flat && written.shape == seen;
  }

  int output_tensor(std::size_t i, bool flat) {
    const int tensor =
        computed_tensor(name(i, to_string(layer(i).type)), extents(layer(i).output, flat),
                        network_.output_of(static_cast<network::LayerId>(i)));
    written_.push_back({tensor, tensor, flat, layer(i).output});
    return tensor;
  }

  void write_layer(std::size_t i) {
    check_constants(i);
    current_layer_ = static_cast<std::uint32_t>(i);
    const network::State* const state =
        state_made(network_.output_of(static_cast<network::LayerId>(i)));
    // ASSIGN_VARIABLE is the copy.
    if (state != nullptr && state->copied) {
      written_.push_back(Written(written_[static_cast<std::size_t>(layer(i).inputs[0])]));
    } else {
      write_operator(i);
    }
    if (state != nullptr) assign_state(*state);
  }

  void write_operator(std::size_t i) {
    switch (layer(i).type) {
      case LayerType::conv2d:
        return write_conv2d(i);
      case LayerType::depthwise_conv2d:
        return write_depthwise_conv2d(i);
      case LayerType::fully_connected:
        return write_fully_connected(i);
      case LayerType::average_pool_2d:
        return write_pool(i, fb::BuiltinOperator::AVERAGE_POOL_2D);
      case LayerType::max_pool_2d:
        return write_pool(i, fb::BuiltinOperator::MAX_POOL_2D);
      case LayerType::add:
        return write_add(i);
      case LayerType::softmax:
        return write_softmax(i);
      case LayerType::pad:
        return write_pad(i);
      case LayerType::mean:
        return write_mean(i);
      case LayerType::concatenation:
        return write_concatenation(i);
      case LayerType::sub:
        return write_sub(i);
      case LayerType::mul:
        return write_mul(i);
      case LayerType::prelu:
        return write_binary(i, fb::BuiltinOperator::PRELU, 1, fb::BuiltinOptions::NONE, 0);
      case LayerType::relu:
        return write_lookup(i, fb::BuiltinOperator::RELU, 2);
      case LayerType::relu6:
        return write_lookup(i, fb::BuiltinOperator::RELU6, 2);
      case LayerType::relu_n1_to_1:
        return write_lookup(i, fb::BuiltinOperator::RELU_N1_TO_1, 1);
      case LayerType::leaky_relu:
        return write_lookup(i, fb::BuiltinOperator::LEAKY_RELU, 2,
                            fb::BuiltinOptions::LeakyReluOptions,
                            fb::CreateLeakyReluOptions(builder_, constants(i).alpha).Union());
      case LayerType::logistic:
        return write_lookup(i, fb::BuiltinOperator::LOGISTIC, 2);
      case LayerType::tanh:
        return write_lookup(i, fb::BuiltinOperator::TANH, 2);
      case LayerType::hard_swish:
        return write_lookup(i, fb::BuiltinOperator::HARD_SWISH, 1,
                            fb::BuiltinOptions::HardSwishOptions,
                            fb::CreateHardSwishOptions(builder_).Union());
      case LayerType::transpose:
        return write_transpose(i);
      case LayerType::resize_nearest_neighbor:
        return write_resize(i);
      case LayerType::slice:
        return write_slice(i);
      case LayerType::quantize:
        return write_lookup(i, fb::BuiltinOperator::QUANTIZE, 2,
                            fb::BuiltinOptions::QuantizeOptions,
                            fb::CreateQuantizeOptions(builder_).Union());
    }
  }

  void check_constants(std::size_t i) {
    const network::LayerConstants& own = constants(i);
    const std::uint64_t parameters = network::count_layer(layer(i)).parameters;
    const bool whole_tensor =
        (layer(i).type == LayerType::fully_connected && own.weight_scales.size() == 1) ||
        layer(i).constant != network::Constant::none;
    const auto channels =
        static_cast<std::uint64_t>(network::has_channels(layer(i).type) ? layer(i).output.c : 0);
    const std::uint64_t scales = whole_tensor ? 1 : channels;
    if (own.weights.size() != parameters - channels || own.biases.size() != channels ||
        own.weight_scales.size() != scales) {
      throw Error(ErrorCode::input,
                  "layer {}: {} needs {} weights, {} scales, {} biases and has {}, {}, {}; give it "
                  "its constants",
                  i, to_string(layer(i).type), parameters - channels, scales, channels,
                  own.weights.size(), own.weight_scales.size(), own.biases.size());
    }
    constant_bytes_ += own.weights.size() + own.biases.size() * sizeof(std::int32_t);
    if (layer(i).output_bits != 8)
      throw Error(ErrorCode::input,
                  "layer {}, {}: its output has elements of 4 bits, which no runtime for .tflite "
                  "files has kernels for; weights of 4 bits are possible",
                  i, to_string(layer(i).type));
    if (constant_bytes_ > kMaxConstantBytes)
      throw Error(ErrorCode::input,
                  "the network has more than {} B of weights, too many for a .tflite file here",
                  kMaxConstantBytes);
  }

  void write_conv2d(std::size_t i) {
    const Layer& conv = layer(i);
    const network::Window& window = conv.window;
    const int input = as_map(conv.inputs[0], conv.input);
    const int weights = weights_tensor(
        i, {conv.output.c, window.kernel_h, window.kernel_w, conv.input.c / conv.groups}, 0);
    const int biases = biases_tensor(i);
    const auto options =
        fb::CreateConv2DOptions(builder_, padding_of(window), window.stride_w, window.stride_h,
                                activation_of(conv), window.dilation_w, window.dilation_h);
    push_operator(fb::BuiltinOperator::CONV_2D, int8_or_int4(conv, 3, 7), {input, weights, biases},
                  output_tensor(i, false), fb::BuiltinOptions::Conv2DOptions, options.Union());
  }

  void write_depthwise_conv2d(std::size_t i) {
    const Layer& conv = layer(i);
    const network::Window& window = conv.window;
    const int input = as_map(conv.inputs[0], conv.input);
    const int weights = weights_tensor(i, {1, window.kernel_h, window.kernel_w, conv.output.c}, 3);
    const int biases = biases_tensor(i);
    const auto options = fb::CreateDepthwiseConv2DOptions(
        builder_, padding_of(window), window.stride_w, window.stride_h,
        conv.output.c / conv.input.c, activation_of(conv), window.dilation_w, window.dilation_h);
    push_operator(fb::BuiltinOperator::DEPTHWISE_CONV_2D, int8_or_int4(conv, 3, 7),
                  {input, weights, biases}, output_tensor(i, false),
                  fb::BuiltinOptions::DepthwiseConv2DOptions, options.Union());
  }

  void write_fully_connected(std::size_t i) {
    const Layer& dense = layer(i);
    const bool flattens = dense.output.h == 1 && dense.output.w == 1;
    const int input = flattens ? as_is(dense.inputs[0]) : as_map(dense.inputs[0], dense.input);
    const int connected = flattens ? static_cast<int>(dense.input.elements()) : dense.input.c;
    const int weights = weights_tensor(i, {dense.output.c, connected}, 0);
    const int biases = biases_tensor(i);
    const auto options =
        fb::CreateFullyConnectedOptions(builder_, activation_of(dense), 0, !flattens);
    // Version 12 is the oldest with scales per channel.
    const bool by_channel = constants(i).weight_scales.size() > 1;
    push_operator(fb::BuiltinOperator::FULLY_CONNECTED,
                  by_channel ? 12
                  : flattens ? int8_or_int4(dense, 4, 10)
                             : 5,
                  {input, weights, biases}, output_tensor(i, flattens),
                  fb::BuiltinOptions::FullyConnectedOptions, options.Union());
  }

  void write_pool(std::size_t i, fb::BuiltinOperator code) {
    const network::Window& window = layer(i).window;
    const int input = as_map(layer(i).inputs[0], layer(i).input);
    const auto options =
        fb::CreatePool2DOptions(builder_, padding_of(window), window.stride_w, window.stride_h,
                                window.kernel_w, window.kernel_h, activation_of(layer(i)));
    push_operator(code, 2, {input}, output_tensor(i, false), fb::BuiltinOptions::Pool2DOptions,
                  options.Union());
  }

  int constant_tensor(std::size_t i, const std::vector<int>& shape) {
    const network::LayerConstants& own = constants(i);
    const std::uint32_t buffer = push_buffer(bytes_of(own.weights));
    return push_tensor(name(i, "constant"), shape, fb::TensorType::INT8, buffer,
                       parameters(own.weight_scales, {own.zero_point}, 0));
  }

  void write_binary(std::size_t i, fb::BuiltinOperator code, int version, fb::BuiltinOptions type,
                    Offset<void> options) {
    const Layer& binary = layer(i);
    const bool first_computed = binary.constant != network::Constant::first;
    const TensorId second = binary.inputs.back();
    const bool flat =
        (!first_computed || is_flat(binary.inputs[0], binary.input)) &&
        (binary.constant == network::Constant::second || is_flat(second, binary.input2)) &&
        binary.output.h == 1 && binary.output.w == 1;
    const auto computed = [&](TensorId tensor, const Shape& seen) {
      return flat ? as_is(tensor) : as_map(tensor, seen);
    };
    std::vector<int> operands;
    operands.push_back(first_computed ? computed(binary.inputs[0], binary.input)
                                      : constant_tensor(i, extents(binary.input, flat)));
    operands.push_back(binary.constant == network::Constant::second
                           ? constant_tensor(i, extents(binary.input2, flat))
                           : computed(second, binary.input2));
    push_operator(code, version, operands, output_tensor(i, flat), type, options);
  }

  void write_add(std::size_t i) {
    const auto options = fb::CreateAddOptions(builder_, activation_of(layer(i)));
    write_binary(i, fb::BuiltinOperator::ADD, 2, fb::BuiltinOptions::AddOptions, options.Union());
  }

  void write_sub(std::size_t i) {
    const auto options = fb::CreateSubOptions(builder_, activation_of(layer(i)));
    write_binary(i, fb::BuiltinOperator::SUB, 2, fb::BuiltinOptions::SubOptions, options.Union());
  }

  void write_mul(std::size_t i) {
    const auto options = fb::CreateMulOptions(builder_, activation_of(layer(i)));
    write_binary(i, fb::BuiltinOperator::MUL, 2, fb::BuiltinOptions::MulOptions, options.Union());
  }

  void write_lookup(std::size_t i, fb::BuiltinOperator code, int version,
                    fb::BuiltinOptions type = fb::BuiltinOptions::NONE, Offset<void> options = 0) {
    const TensorId input = layer(i).inputs[0];
    const bool flat = is_flat(input, layer(i).input);
    push_operator(code, version, {flat ? as_is(input) : as_map(input, layer(i).input)},
                  output_tensor(i, flat), type, options);
  }

  void write_softmax(std::size_t i) {
    const TensorId input = layer(i).inputs[0];
    const bool flat = is_flat(input, layer(i).input);
    const auto options = fb::CreateSoftmaxOptions(builder_, constants(i).beta);
    push_operator(fb::BuiltinOperator::SOFTMAX, 2,
                  {flat ? as_is(input) : as_map(input, layer(i).input)}, output_tensor(i, flat),
                  fb::BuiltinOptions::SoftmaxOptions, options.Union());
  }

  /// A constant that says how an operator works.
  int integers_tensor(const std::string& label, const std::vector<int>& shape,
                      const std::vector<int>& values) {
    return push_tensor(label, shape, fb::TensorType::INT32, push_buffer(bytes_of(values)), 0);
  }

  void write_pad(std::size_t i) {
    const Layer& pad = layer(i);
    const int input = as_map(pad.inputs[0], pad.input);
    const int bottom = pad.output.h - pad.input.h - pad.pad_top;
    const int right = pad.output.w - pad.input.w - pad.pad_left;
    const int paddings = integers_tensor(name(i, "paddings"), {4, 2},
                                         {0, 0, pad.pad_top, bottom, pad.pad_left, right,
                                          pad.begin_c, pad.output.c - pad.input.c - pad.begin_c});
    const auto options = fb::CreatePadOptions(builder_);
    push_operator(fb::BuiltinOperator::PAD, 2, {input, paddings}, output_tensor(i, false),
                  fb::BuiltinOptions::PadOptions, options.Union());
  }

  void write_transpose(std::size_t i) {
    const int input = as_map(layer(i).inputs[0], layer(i).input);
    std::vector<int> order{0};
    for (const int axis : layer(i).axes) order.push_back(1 + axis);
    const int permutation = integers_tensor(name(i, "permutation"), {4}, order);
    const auto options = fb::CreateTransposeOptions(builder_);
    push_operator(fb::BuiltinOperator::TRANSPOSE, 2, {input, permutation}, output_tensor(i, false),
                  fb::BuiltinOptions::TransposeOptions, options.Union());
  }

  void write_resize(std::size_t i) {
    const Layer& resize = layer(i);
    const int input = as_map(resize.inputs[0], resize.input);
    const int size = integers_tensor(name(i, "size"), {2}, {resize.output.h, resize.output.w});
    const auto options = fb::CreateResizeNearestNeighborOptions(
        builder_, resize.resizing.align_corners, resize.resizing.half_pixel_centers);
    push_operator(fb::BuiltinOperator::RESIZE_NEAREST_NEIGHBOR,
                  resize.resizing.half_pixel_centers ? 3 : 2, {input, size},
                  output_tensor(i, false), fb::BuiltinOptions::ResizeNearestNeighborOptions,
                  options.Union());
  }

  void write_slice(std::size_t i) {
    const Layer& slice = layer(i);
    const int input = as_map(slice.inputs[0], slice.input);
    const auto step = [](const std::vector<int>& along) {
      return along.size() < 2 ? 1 : along[1] - along[0];
    };
    const int begins = integers_tensor(name(i, "begins"), {4},
                                       {0, slice.rows[0], slice.columns[0], slice.begin_c});
    const int ends = integers_tensor(
        name(i, "ends"), {4},
        {1, slice.rows.back() + 1, slice.columns.back() + 1, slice.begin_c + slice.output.c});
    const int steps =
        integers_tensor(name(i, "steps"), {4}, {1, step(slice.rows), step(slice.columns), 1});
    const auto options = fb::CreateStridedSliceOptions(builder_);
    push_operator(fb::BuiltinOperator::STRIDED_SLICE, 2, {input, begins, ends, steps},
                  output_tensor(i, false), fb::BuiltinOptions::StridedSliceOptions,
                  options.Union());
  }

  void write_mean(std::size_t i) {
    const int input = as_map(layer(i).inputs[0], layer(i).input);
    const int axes = integers_tensor(name(i, "axes"), {2}, {1, 2});
    const auto options = fb::CreateReducerOptions(builder_, true);
    push_operator(fb::BuiltinOperator::MEAN, 2, {input, axes}, output_tensor(i, false),
                  fb::BuiltinOptions::ReducerOptions, options.Union());
  }

  void write_concatenation(std::size_t i) {
    const Shape& in = layer(i).input;
    const int left = as_map(layer(i).inputs[0], in);
    const int right = as_map(layer(i).inputs[1], {in.h, in.w, layer(i).output.c - in.c});
    const auto options = fb::CreateConcatenationOptions(builder_, 3);
    push_operator(fb::BuiltinOperator::CONCATENATION, 2, {left, right}, output_tensor(i, false),
                  fb::BuiltinOptions::ConcatenationOptions, options.Union());
  }

  // ---- Inputs and states ----

  void write_input(const std::string& label, TensorId input) {
    const Shape& shape = network_.shape(input);
    const int tensor = computed_tensor(label, extents(shape, false), input);
    written_.push_back({tensor, tensor, false, shape});
  }

  /// A handle of the variable with this state, by VAR_HANDLE.
  int handle_of(std::size_t state) {
    const std::string label = fmt::format("state{}", state);
    const int handle = push_tensor(label + "_handle", {}, fb::TensorType::RESOURCE, 0, 0);
    const auto options = fb::CreateVarHandleOptionsDirect(builder_, "", label.c_str());
    push_operator(fb::BuiltinOperator::VAR_HANDLE, 1, {}, handle,
                  fb::BuiltinOptions::VarHandleOptions, options.Union());
    return handle;
  }

  void assign(int handle, int value) {
    push_operator(fb::BuiltinOperator::ASSIGN_VARIABLE, 1, {handle, value}, kNone,
                  fb::BuiltinOptions::AssignVariableOptions,
                  fb::CreateAssignVariableOptions(builder_).Union());
  }

  /// The subgraph that CALL_ONCE runs: assigns every state its initial value.
  void write_initialisation() {
    for (std::size_t i = 0; i < network_.states().size(); ++i) {
      const TensorId state = network_.states()[i].tensor;
      const int handle = handle_of(i);
      const std::uint32_t buffer = push_buffer(bytes_of(quantised_.initial_states[i]));
      const network::TensorQuantisation& numbers = quantisation(state);
      const int value = push_tensor(fmt::format("state{}_initial", i),
                                    extents(network_.shape(state), false), fb::TensorType::INT8,
                                    buffer, parameters({numbers.scale}, {numbers.zero_point}, 0));
      assign(handle, value);
    }
    initialisation_ = take_graph({}, {}, "initialisation");
    layer_of_operator_.clear();
  }

  /// What is before the first layer counts for it.
  void read_states() {
    const auto options = fb::CreateCallOnceOptions(builder_, 1);
    push_operator(fb::BuiltinOperator::CALL_ONCE, 1, {}, kNone, fb::BuiltinOptions::CallOnceOptions,
                  options.Union());
    for (std::size_t i = 0; i < network_.states().size(); ++i) {
      handles_.push_back(handle_of(i));
      write_input(fmt::format("state{}", i), network_.states()[i].tensor);
      push_operator(fb::BuiltinOperator::READ_VARIABLE, 1, {handles_[i]}, written_.back().tensor,
                    fb::BuiltinOptions::ReadVariableOptions,
                    fb::CreateReadVariableOptions(builder_).Union());
    }
  }

  /// The state whose next value is `tensor`; null where there is none.
  [[nodiscard]] const network::State* state_made(TensorId tensor) const {
    const auto found = std::ranges::find(network_.states(), tensor, &network::State::next);
    return found == network_.states().end() ? nullptr : &*found;
  }

  /// What the last layer made is the state's new value.
  void assign_state(const network::State& state) {
    assign(handles_[static_cast<std::size_t>(state.tensor) - network_.input_count()],
           written_.back().made);
  }

  // ---- The whole ----

  [[nodiscard]] std::vector<int> outputs() const {
    std::vector<int> all;
    if (!options_.intermediate_outputs) {
      for (const TensorId output : network_.outputs())
        all.push_back(written_[static_cast<std::size_t>(output)].made);
      return all;
    }
    for (std::size_t i = network_.inputs().size(); i < written_.size(); ++i) {
      const network::State* const state = state_made(static_cast<TensorId>(i));
      if (state == nullptr || !state->copied) all.push_back(written_[i].made);
    }
    return all;
  }

  /// A subgraph of what was written since the last one.
  Offset<fb::SubGraph> take_graph(const std::vector<int>& inputs, const std::vector<int>& outputs,
                                  const char* name) {
    const auto tensors = builder_.CreateVector(std::exchange(tensors_, {}));
    const auto inputs_vector = builder_.CreateVector(inputs);
    const auto outputs_vector = builder_.CreateVector(outputs);
    const auto operators = builder_.CreateVector(std::exchange(operators_, {}));
    const auto label = builder_.CreateString(name);
    return fb::CreateSubGraph(builder_, tensors, inputs_vector, outputs_vector, operators, label);
  }

  std::vector<std::uint8_t> finish() {
    std::vector<int> inputs;
    for (std::size_t i = 0; i < network_.input_count(); ++i) inputs.push_back(written_[i].made);
    std::vector<Offset<fb::SubGraph>> subgraphs = {take_graph(inputs, outputs(), "main")};
    if (!initialisation_.IsNull()) subgraphs.push_back(initialisation_);
    const auto codes = builder_.CreateVector(operator_codes_);
    const auto graphs = builder_.CreateVector(subgraphs);
    const auto description =
        builder_.CreateString(!options_.description.empty()
                                  ? options_.description
                                  : fmt::format("opline {}, network {}", version(), network_.id()));
    const auto buffers = builder_.CreateVector(buffers_);
    fb::FinishModelBuffer(
        builder_, fb::CreateModel(builder_, kSchemaVersion, codes, graphs, description, buffers));
    return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
  }

  const network::QuantisedNetwork& quantised_;
  const network::Network& network_;
  const TfliteOptions& options_;
  flatbuffers::FlatBufferBuilder builder_{1 << 16};
  std::vector<Offset<fb::Buffer>> buffers_;
  std::vector<Offset<fb::Tensor>> tensors_;
  std::vector<Offset<fb::Operator>> operators_;
  std::vector<std::uint32_t> layer_of_operator_;
  std::uint32_t current_layer_ = 0;
  std::vector<Offset<fb::OperatorCode>> operator_codes_;
  std::map<fb::BuiltinOperator, std::uint32_t> codes_;  // positions in operator_codes_
  std::vector<Written> written_;                        // by TensorId
  std::vector<int> handles_;                            // by state
  Offset<fb::SubGraph> initialisation_;
  std::uint64_t constant_bytes_ = 0;
};

}  // namespace

TfliteFile write_tflite(const network::QuantisedNetwork& network, const TfliteOptions& options) {
  OPLINE_ASSERT(network.tensors.size() == network.network.tensor_count() &&
                    network.initial_states.size() == network.network.states().size() &&
                    network.constants.size() == network.network.layers().size(),
                "{} tensors and {} constants for {} layers", network.tensors.size(),
                network.constants.size(), network.network.layers().size());
  return Writer(network, options).write();
}

std::vector<std::uint8_t> to_tflite(const network::QuantisedNetwork& network,
                                    const TfliteOptions& options) {
  return write_tflite(network, options).bytes;
}

}  // namespace opline::tflite
