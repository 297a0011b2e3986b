// Operators with weights: convolutions and fully connected layers.
#include <cmath>
#include <cstring>

#include "src/tflite/from_tflite.h"
#include "src/tflite/operator_reader.h"

namespace opline::tflite {
namespace {

using network::Activation;
using network::LayerConstants;
using network::Window;

/// INT4: two's complement, two in a byte, the first in the low half.
std::vector<std::int8_t> int4_codes(std::span<const std::uint8_t> bytes, std::uint64_t count) {
  std::vector<std::int8_t> codes(count);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const int code = bytes[i / 2] >> (4 * (i % 2)) & 15;
    codes[i] = static_cast<std::int8_t>(code < 8 ? code : code - 16);
  }
  return codes;
}

/// [1][h][w][c] to [c][h][w][1].
std::vector<std::int8_t> channels_first(const std::vector<std::int8_t>& weights,
                                        std::size_t channels) {
  std::vector<std::int8_t> moved(weights.size());
  const std::size_t taps = weights.size() / channels;
  for (std::size_t i = 0; i < weights.size(); ++i)
    moved[i % channels * taps + i / channels] = weights[i];
  return moved;
}

/// Of weights [n, h, w, c] and the options of either convolution.
template <typename Options>
Window window_of(std::span<const std::int32_t> extents, const Options& options,
                 network::Padding padding) {
  return {extents[1],
          extents[2],
          options.stride_h(),
          options.stride_w(),
          padding,
          options.dilation_h_factor(),
          options.dilation_w_factor()};
}

}  // namespace

void OperatorReader::count_bytes(std::uint64_t bytes) {
  constant_bytes_ += bytes;
  if (constant_bytes_ > kMaxConstantBytes)
    file_.fail("its operators read more than {} B of constants, which no board holds",
               kMaxConstantBytes);
}

std::span<const std::int32_t> OperatorReader::weights_shape(OperatorId id, FileTensor weights,
                                                            std::size_t rank) {
  if (weights < 0) file_.fail_at(id, "has no weights; get the file again");
  const std::string who = file_.name_of_tensor(weights);
  const fb::Tensor& tensor = file_.tensor(weights);
  if (!file_.is_constant(weights))
    file_.fail_at(id, "{}: weights that are computed are not supported", who);
  const bool four = tensor.type() == fb::TensorType::INT4;
  if (tensor.type() != fb::TensorType::INT8 && !four)
    file_.fail_at(id, "{}: is {}; only int8 and int4 weights are supported", who,
                  fb::EnumNameTensorType(tensor.type()));
  if (tensor.sparsity() != nullptr) file_.fail_at(id, "{}: sparse weights are not supported", who);
  const std::span<const std::int32_t> extents = file_.extents(weights);
  if (extents.size() != rank)
    file_.fail_at(id, "{}: has {} dimensions; {} are expected", who, extents.size(), rank);
  const std::uint64_t elements = product(extents);
  if ((four ? (elements + 1) / 2 : elements) != file_.content(weights).size())
    file_.fail_at(id, "{}: has {} B for {} elements; get the file again", who,
                  file_.content(weights).size(), elements);
  return extents;
}

bool OperatorReader::has_int4(FileTensor tensor) const {
  return file_.tensor(tensor).type() == fb::TensorType::INT4;
}

network::TensorId OperatorReader::with_bits_of(OperatorId id, FileTensor weights, TensorId made) {
  if (!has_int4(weights)) return made;
  try {
    builder_.set_weight_bits(made, 4);
  } catch (const Error& error) {
    file_.fail_at(id, "{}: {}", file_.name_of_tensor(weights), error.what());
  }
  return made;
}

std::vector<std::int8_t> OperatorReader::weights(FileTensor tensor) {
  const std::span<const std::uint8_t> bytes = file_.content(tensor);
  count_bytes(bytes.size());
  if (has_int4(tensor)) return int4_codes(bytes, product(file_.extents(tensor)));
  std::vector<std::int8_t> codes(bytes.size());
  std::memcpy(codes.data(), bytes.data(), bytes.size());
  return codes;
}

std::vector<float> OperatorReader::weight_scales(OperatorId id, FileTensor tensor,
                                                 std::size_t channels,
                                                 std::int32_t dimension) const {
  const std::string who = file_.name_of_tensor(tensor);
  const fb::QuantizationParameters* numbers = file_.tensor(tensor).quantization();
  if (numbers == nullptr || numbers->scale() == nullptr || numbers->details() != nullptr)
    file_.fail_at(id, "{}: weights without scales are not supported", who);
  const flatbuffers::Vector<float>& scales = *numbers->scale();
  if (scales.size() != 1 && scales.size() != channels)
    file_.fail_at(id, "{}: has {} scales; 1 or {} are expected", who, scales.size(), channels);
  if (scales.size() > 1 && numbers->quantized_dimension() != dimension)
    file_.fail_at(id, "{}: its scales are along dimension {}; {} is expected", who,
                  numbers->quantized_dimension(), dimension);
  for (const float scale : scales) {
    if (!std::isfinite(scale) || scale <= 0)
      file_.fail_at(id, "{}: has the scale {}; it must be positive and finite", who, scale);
  }
  const std::vector<std::int64_t> zero_points = file_.zero_points(tensor);
  if (zero_points.size() > scales.size())
    file_.fail_at(id, "{}: has {} zero points for {} scales; get the file again", who,
                  zero_points.size(), scales.size());
  for (const std::int64_t zero_point : zero_points) {
    if (zero_point != 0)
      file_.fail_at(id, "{}: has the zero point {}; int8 weights must be symmetric", who,
                    zero_point);
  }
  if (scales.size() == 1) return std::vector<float>(channels, scales.Get(0));
  return {scales.begin(), scales.end()};
}

std::vector<std::int32_t> OperatorReader::biases(OperatorId id, std::size_t channels) {
  count_bytes(channels * (sizeof(std::int32_t) + sizeof(float)));  // and their scales
  std::vector<std::int32_t> numbers(channels, 0);
  const FileTensor tensor = file_.inputs(id).size() > 2 ? file_.inputs(id)[2] : -1;
  if (tensor < 0) return numbers;
  const std::string who = file_.name_of_tensor(tensor);
  if (file_.tensor(tensor).type() != fb::TensorType::INT32 || !file_.is_constant(tensor))
    file_.fail_at(id, "{}: biases must be constant and int32", who);
  const std::span<const std::uint8_t> bytes = file_.content(tensor);
  if (bytes.size() != channels * sizeof(std::int32_t))
    file_.fail_at(id, "{}: has {} B for {} biases; get the file again", who, bytes.size(),
                  channels);
  std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

void OperatorReader::read_conv2d(OperatorId id) {
  const fb::Conv2DOptions* options = file_.operation(id).builtin_options_as_Conv2DOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  const Operands operands = this->operands(id, 2, 1);
  const FileTensor weights = file_.inputs(id)[1];
  const std::span<const std::int32_t> extents = weights_shape(id, weights, 4);
  const int in_c = builder_.shape(operands.input).c;
  if (in_c % extents[3] != 0)
    file_.fail_at(id, "{}: is for {} channels, the input has {}; get the file again",
                  file_.name_of_tensor(weights), extents[3], in_c);
  const Window window = window_of(extents, *options, padding(id, options->padding()));
  const auto channels = static_cast<std::size_t>(extents[0]);
  LayerConstants constants{this->weights(weights), weight_scales(id, weights, channels, 0),
                           biases(id, channels)};
  const TensorId made =
      builder_.conv2d(operands.input, extents[0], window,
                      activation(id, options->fused_activation_function()), in_c / extents[3]);
  push(operands, with_bits_of(id, weights, made), std::move(constants));
}

void OperatorReader::read_depthwise_conv2d(OperatorId id) {
  const fb::DepthwiseConv2DOptions* options =
      file_.operation(id).builtin_options_as_DepthwiseConv2DOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  const Operands operands = this->operands(id, 2, 1);
  const FileTensor weights = file_.inputs(id)[1];
  const std::span<const std::int32_t> extents = weights_shape(id, weights, 4);
  const int in_c = builder_.shape(operands.input).c;
  if (extents[0] != 1 || extents[3] % in_c != 0)
    file_.fail_at(id, "{}: makes {} channels of {}; get the file again",
                  file_.name_of_tensor(weights), extents[3], in_c);
  const Window window = window_of(extents, *options, padding(id, options->padding()));
  const auto channels = static_cast<std::size_t>(extents[3]);
  LayerConstants constants{this->weights(weights), weight_scales(id, weights, channels, 3),
                           biases(id, channels)};
  const Activation fused = activation(id, options->fused_activation_function());
  if (in_c != 1 || extents[3] == 1) {
    const TensorId made =
        builder_.depthwise_conv2d(operands.input, window, fused, extents[3] / in_c);
    return push(operands, with_bits_of(id, weights, made), std::move(constants));
  }
  // Several outputs of one channel: that is a convolution.
  constants.weights = channels_first(constants.weights, channels);
  const TensorId made = builder_.conv2d(operands.input, extents[3], window, fused);
  push(operands, with_bits_of(id, weights, made), std::move(constants));
}

void OperatorReader::read_fully_connected(OperatorId id) {
  const fb::FullyConnectedOptions* options =
      file_.operation(id).builtin_options_as_FullyConnectedOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  if (options->weights_format() != 0)
    file_.fail_at(id, "its weights are shuffled, which is not supported");
  const Operands operands = this->operands(id, 2, 1);
  const FileTensor weights = file_.inputs(id)[1];
  const std::span<const std::int32_t> extents = weights_shape(id, weights, 2);
  const std::uint64_t elements = builder_.shape(operands.input).elements();
  if (elements % static_cast<std::uint64_t>(extents[1]) != 0)
    file_.fail_at(id, "{}: is for {} inputs, and the input has {}; get the file again",
                  file_.name_of_tensor(weights), extents[1], elements);
  const auto channels = static_cast<std::size_t>(extents[0]);
  LayerConstants constants{this->weights(weights), weight_scales(id, weights, channels, 0),
                           biases(id, channels)};
  // TFLite rounds the product of scales where there is one.
  if (file_.tensor(weights).quantization()->scale()->size() == 1) constants.weight_scales.resize(1);
  const TensorId made = connect(operands, elements / static_cast<std::uint64_t>(extents[1]),
                                extents, activation(id, options->fused_activation_function()));
  push(operands, with_bits_of(id, weights, made), std::move(constants));
}

/// TensorFlow Lite connects the last dimension of the input, `rows` times.
network::TensorId OperatorReader::connect(const Operands& operands, std::uint64_t rows,
                                          std::span<const std::int32_t> weights, Activation fused) {
  if (rows == 1) return builder_.fully_connected(operands.input, weights[0], fused);
  TensorId input = operands.input;
  if (builder_.shape(input).c != weights[1])
    input = builder_.reshape(input, {1, static_cast<int>(rows), weights[1]});
  return builder_.fully_connected_per_position(input, weights[0], fused);
}

}  // namespace opline::tflite
