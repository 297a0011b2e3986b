// Operators of a file, layer by layer.
#include "src/base/error.h"
#include "src/network/op_count.h"
#include "src/tflite/file_writer.h"

namespace opline::tflite {
namespace {

using network::Layer;
using network::LayerType;
using network::TensorId;

constexpr std::uint64_t kMaxConstantBytes = std::uint64_t{1} << 30;  // a flatbuffer ends at 2 GiB

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

/// The oldest version of an operator that takes the layer's weights.
int int8_or_int4(const Layer& one, int int8, int int4) {
  return one.weight_bits == 4 ? int4 : int8;
}

}  // namespace

void FileWriter::write_layer(std::size_t i) {
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

void FileWriter::write_operator(std::size_t i) {
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
      return write_lookup(i, fb::BuiltinOperator::QUANTIZE, 2, fb::BuiltinOptions::QuantizeOptions,
                          fb::CreateQuantizeOptions(builder_).Union());
  }
}

void FileWriter::check_constants(std::size_t i) {
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

void FileWriter::write_conv2d(std::size_t i) {
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

void FileWriter::write_depthwise_conv2d(std::size_t i) {
  const Layer& conv = layer(i);
  const network::Window& window = conv.window;
  const int input = as_map(conv.inputs[0], conv.input);
  const int weights = weights_tensor(i, {1, window.kernel_h, window.kernel_w, conv.output.c}, 3);
  const int biases = biases_tensor(i);
  const auto options = fb::CreateDepthwiseConv2DOptions(
      builder_, padding_of(window), window.stride_w, window.stride_h, conv.output.c / conv.input.c,
      activation_of(conv), window.dilation_w, window.dilation_h);
  push_operator(fb::BuiltinOperator::DEPTHWISE_CONV_2D, int8_or_int4(conv, 3, 7),
                {input, weights, biases}, output_tensor(i, false),
                fb::BuiltinOptions::DepthwiseConv2DOptions, options.Union());
}

void FileWriter::write_fully_connected(std::size_t i) {
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

void FileWriter::write_pool(std::size_t i, fb::BuiltinOperator code) {
  const network::Window& window = layer(i).window;
  const int input = as_map(layer(i).inputs[0], layer(i).input);
  const auto options =
      fb::CreatePool2DOptions(builder_, padding_of(window), window.stride_w, window.stride_h,
                              window.kernel_w, window.kernel_h, activation_of(layer(i)));
  push_operator(code, 2, {input}, output_tensor(i, false), fb::BuiltinOptions::Pool2DOptions,
                options.Union());
}

int FileWriter::constant_tensor(std::size_t i, const std::vector<int>& shape) {
  const network::LayerConstants& own = constants(i);
  const std::uint32_t buffer = push_buffer(bytes_of(own.weights));
  return push_tensor(name(i, "constant"), shape, fb::TensorType::INT8, buffer,
                     parameters(own.weight_scales, {own.zero_point}, 0));
}

void FileWriter::write_binary(std::size_t i, fb::BuiltinOperator code, int version,
                              fb::BuiltinOptions type, flatbuffers::Offset<void> options) {
  const Layer& binary = layer(i);
  const bool first_computed = binary.constant != network::Constant::first;
  const TensorId second = binary.inputs.back();
  const bool flat =
      (!first_computed || is_flat(binary.inputs[0], binary.input)) &&
      (binary.constant == network::Constant::second || is_flat(second, binary.input2)) &&
      binary.output.h == 1 && binary.output.w == 1;
  const auto computed = [&](TensorId tensor, const network::Shape& seen) {
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

void FileWriter::write_add(std::size_t i) {
  const auto options = fb::CreateAddOptions(builder_, activation_of(layer(i)));
  write_binary(i, fb::BuiltinOperator::ADD, 2, fb::BuiltinOptions::AddOptions, options.Union());
}

void FileWriter::write_sub(std::size_t i) {
  const auto options = fb::CreateSubOptions(builder_, activation_of(layer(i)));
  write_binary(i, fb::BuiltinOperator::SUB, 2, fb::BuiltinOptions::SubOptions, options.Union());
}

void FileWriter::write_mul(std::size_t i) {
  const auto options = fb::CreateMulOptions(builder_, activation_of(layer(i)));
  write_binary(i, fb::BuiltinOperator::MUL, 2, fb::BuiltinOptions::MulOptions, options.Union());
}

void FileWriter::write_lookup(std::size_t i, fb::BuiltinOperator code, int version,
                              fb::BuiltinOptions type, flatbuffers::Offset<void> options) {
  const TensorId input = layer(i).inputs[0];
  const bool flat = is_flat(input, layer(i).input);
  push_operator(code, version, {flat ? as_is(input) : as_map(input, layer(i).input)},
                output_tensor(i, flat), type, options);
}

void FileWriter::write_softmax(std::size_t i) {
  const TensorId input = layer(i).inputs[0];
  const bool flat = is_flat(input, layer(i).input);
  const auto options = fb::CreateSoftmaxOptions(builder_, constants(i).beta);
  push_operator(fb::BuiltinOperator::SOFTMAX, 2,
                {flat ? as_is(input) : as_map(input, layer(i).input)}, output_tensor(i, flat),
                fb::BuiltinOptions::SoftmaxOptions, options.Union());
}

void FileWriter::write_pad(std::size_t i) {
  const Layer& pad = layer(i);
  const int input = as_map(pad.inputs[0], pad.input);
  const int bottom = pad.output.h - pad.input.h - pad.pad_top;
  const int right = pad.output.w - pad.input.w - pad.pad_left;
  const int paddings = integers_tensor(name(i, "paddings"), {4, 2},
                                       {0, 0, pad.pad_top, bottom, pad.pad_left, right, pad.begin_c,
                                        pad.output.c - pad.input.c - pad.begin_c});
  const auto options = fb::CreatePadOptions(builder_);
  push_operator(fb::BuiltinOperator::PAD, 2, {input, paddings}, output_tensor(i, false),
                fb::BuiltinOptions::PadOptions, options.Union());
}

void FileWriter::write_transpose(std::size_t i) {
  const int input = as_map(layer(i).inputs[0], layer(i).input);
  std::vector<int> order{0};
  for (const int axis : layer(i).axes) order.push_back(1 + axis);
  const int permutation = integers_tensor(name(i, "permutation"), {4}, order);
  const auto options = fb::CreateTransposeOptions(builder_);
  push_operator(fb::BuiltinOperator::TRANSPOSE, 2, {input, permutation}, output_tensor(i, false),
                fb::BuiltinOptions::TransposeOptions, options.Union());
}

void FileWriter::write_resize(std::size_t i) {
  const Layer& resize = layer(i);
  const int input = as_map(resize.inputs[0], resize.input);
  const int size = integers_tensor(name(i, "size"), {2}, {resize.output.h, resize.output.w});
  const auto options = fb::CreateResizeNearestNeighborOptions(
      builder_, resize.resizing.align_corners, resize.resizing.half_pixel_centers);
  push_operator(fb::BuiltinOperator::RESIZE_NEAREST_NEIGHBOR,
                resize.resizing.half_pixel_centers ? 3 : 2, {input, size}, output_tensor(i, false),
                fb::BuiltinOptions::ResizeNearestNeighborOptions, options.Union());
}

void FileWriter::write_slice(std::size_t i) {
  const Layer& slice = layer(i);
  const int input = as_map(slice.inputs[0], slice.input);
  const auto step = [](const std::vector<int>& along) {
    return along.size() < 2 ? 1 : along[1] - along[0];
  };
  const int begins =
      integers_tensor(name(i, "begins"), {4}, {0, slice.rows[0], slice.columns[0], slice.begin_c});
  const int ends = integers_tensor(
      name(i, "ends"), {4},
      {1, slice.rows.back() + 1, slice.columns.back() + 1, slice.begin_c + slice.output.c});
  const int steps =
      integers_tensor(name(i, "steps"), {4}, {1, step(slice.rows), step(slice.columns), 1});
  const auto options = fb::CreateStridedSliceOptions(builder_);
  push_operator(fb::BuiltinOperator::STRIDED_SLICE, 2, {input, begins, ends, steps},
                output_tensor(i, false), fb::BuiltinOptions::StridedSliceOptions, options.Union());
}

void FileWriter::write_mean(std::size_t i) {
  const int input = as_map(layer(i).inputs[0], layer(i).input);
  const int axes = integers_tensor(name(i, "axes"), {2}, {1, 2});
  const auto options = fb::CreateReducerOptions(builder_, true);
  push_operator(fb::BuiltinOperator::MEAN, 2, {input, axes}, output_tensor(i, false),
                fb::BuiltinOptions::ReducerOptions, options.Union());
}

void FileWriter::write_concatenation(std::size_t i) {
  const network::Shape& in = layer(i).input;
  const int left = as_map(layer(i).inputs[0], in);
  const int right = as_map(layer(i).inputs[1], {in.h, in.w, layer(i).output.c - in.c});
  const auto options = fb::CreateConcatenationOptions(builder_, 3);
  push_operator(fb::BuiltinOperator::CONCATENATION, 2, {left, right}, output_tensor(i, false),
                fb::BuiltinOptions::ConcatenationOptions, options.Union());
}

}  // namespace opline::tflite
