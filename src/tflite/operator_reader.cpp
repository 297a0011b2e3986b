#include "src/tflite/operator_reader.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "src/tflite/from_tflite.h"

namespace opline::tflite {
namespace {

using network::Activation;
using network::LayerConstants;
using network::LayerType;
using network::Shape;
using network::TensorQuantisation;
using network::Window;

// As TFLite compares scales that must be equal.
constexpr double kPoolTolerance = 1e-6;
constexpr std::size_t kMaxRank = 8;
constexpr std::uint64_t kMostExtent = 65535;  // of a plan

std::string text_of(const Shape& shape) {
  return fmt::format("{}x{}x{}", shape.h, shape.w, shape.c);
}

std::uint64_t product(std::span<const std::int32_t> extents) {
  std::uint64_t elements = 1;
  for (const std::int32_t extent : extents) {
    if (__builtin_mul_overflow(elements, static_cast<std::uint64_t>(extent), &elements))
      return ~std::uint64_t{0};
  }
  return elements;
}

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

/// Why operators of this kind are refused, where more than their number decides it.
const char* reason_against(fb::BuiltinOperator code) {
  switch (code) {
    case fb::BuiltinOperator::LSTM:
    case fb::BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_LSTM:
    case fb::BuiltinOperator::BIDIRECTIONAL_SEQUENCE_LSTM:
    case fb::BuiltinOperator::RNN:
    case fb::BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_RNN:
    case fb::BuiltinOperator::BIDIRECTIONAL_SEQUENCE_RNN:
    case fb::BuiltinOperator::SVDF:
      return "is recurrent, with a state of 16 bits that opline's runtime does not have; measure "
             "the model with TensorFlow Lite Micro (docs/own-runtime.md)";
    case fb::BuiltinOperator::WHILE:
    case fb::BuiltinOperator::IF:
      return "makes the work depend on the input, so the model has no one latency; that is not "
             "supported";
    default:
      return "is not supported; docs/formats/tflite.md lists the operators that are";
  }
}

}  // namespace

OperatorReader::OperatorReader(const ModelFile& file, const std::vector<FileTensor>& inputs,
                               const Variables& variables, const ConstantFolding& folding)
    : file_(file),
      variables_(variables),
      folding_(folding),
      builder_(file.map(inputs[0])),
      made_(file.tensor_count()) {
  for (const FileTensor input : inputs) {
    made_[static_cast<std::size_t>(input)] =
        tensors_.empty() ? builder_.input() : builder_.add_input(file.map(input));
    tensors_.push_back(file.quantisation(input));
  }
  for (const Variable& variable : variables.all()) {
    states_.push_back(builder_.add_state(file.map(variable.first_read)));
    tensors_.push_back(file.quantisation(variable.first_read));
  }
  values_ = states_;
}

OperatorReader::Reader OperatorReader::reader_of(fb::BuiltinOperator code) {
  switch (code) {
    case fb::BuiltinOperator::CONV_2D:
      return &OperatorReader::read_conv2d;
    case fb::BuiltinOperator::DEPTHWISE_CONV_2D:
      return &OperatorReader::read_depthwise_conv2d;
    case fb::BuiltinOperator::FULLY_CONNECTED:
      return &OperatorReader::read_fully_connected;
    case fb::BuiltinOperator::AVERAGE_POOL_2D:
      return &OperatorReader::read_average_pool_2d;
    case fb::BuiltinOperator::MAX_POOL_2D:
      return &OperatorReader::read_max_pool_2d;
    case fb::BuiltinOperator::ADD:
      return &OperatorReader::read_add;
    case fb::BuiltinOperator::SUB:
      return &OperatorReader::read_sub;
    case fb::BuiltinOperator::MUL:
      return &OperatorReader::read_mul;
    case fb::BuiltinOperator::PRELU:
      return &OperatorReader::read_prelu;
    case fb::BuiltinOperator::RELU:
      return &OperatorReader::read_relu;
    case fb::BuiltinOperator::RELU6:
      return &OperatorReader::read_relu6;
    case fb::BuiltinOperator::RELU_N1_TO_1:
      return &OperatorReader::read_relu_n1_to_1;
    case fb::BuiltinOperator::LEAKY_RELU:
      return &OperatorReader::read_leaky_relu;
    case fb::BuiltinOperator::LOGISTIC:
      return &OperatorReader::read_logistic;
    case fb::BuiltinOperator::TANH:
      return &OperatorReader::read_tanh;
    case fb::BuiltinOperator::HARD_SWISH:
      return &OperatorReader::read_hard_swish;
    case fb::BuiltinOperator::SOFTMAX:
      return &OperatorReader::read_softmax;
    case fb::BuiltinOperator::PAD:
      return &OperatorReader::read_pad;
    case fb::BuiltinOperator::TRANSPOSE:
      return &OperatorReader::read_transpose;
    case fb::BuiltinOperator::RESIZE_NEAREST_NEIGHBOR:
      return &OperatorReader::read_resize_nearest_neighbor;
    case fb::BuiltinOperator::SLICE:
      return &OperatorReader::read_slice;
    case fb::BuiltinOperator::STRIDED_SLICE:
      return &OperatorReader::read_strided_slice;
    case fb::BuiltinOperator::SPLIT:
      return &OperatorReader::read_split;
    case fb::BuiltinOperator::SPLIT_V:
      return &OperatorReader::read_split_v;
    case fb::BuiltinOperator::MEAN:
      return &OperatorReader::read_mean;
    case fb::BuiltinOperator::CONCATENATION:
      return &OperatorReader::read_concatenation;
    case fb::BuiltinOperator::RESHAPE:
    case fb::BuiltinOperator::SQUEEZE:
    case fb::BuiltinOperator::EXPAND_DIMS:
      return &OperatorReader::read_reshape;
    case fb::BuiltinOperator::QUANTIZE:
    case fb::BuiltinOperator::DEQUANTIZE:
      return &OperatorReader::read_border;
    case fb::BuiltinOperator::READ_VARIABLE:
      return &OperatorReader::read_variable;
    case fb::BuiltinOperator::ASSIGN_VARIABLE:
      return &OperatorReader::assign_variable;
    case fb::BuiltinOperator::CALL_ONCE:
    case fb::BuiltinOperator::VAR_HANDLE:
      return &OperatorReader::pass;
    default:
      return nullptr;
  }
}

void OperatorReader::require_supported(const ModelFile& file) {
  for (OperatorId id = 0; id < file.operator_count(); ++id) {
    if (reader_of(file.code(id)) != nullptr || ConstantFolding::knows(file.code(id))) continue;
    if (file.is_compiled(id))
      file.fail_at(id,
                   "is a model compiled for an accelerator; take the model it was compiled from");
    file.fail_at(id, "{}", reason_against(file.code(id)));
  }
}

void OperatorReader::read(OperatorId id) {
  const Reader reader = reader_of(file_.code(id));
  if (reader == nullptr)
    file_.fail_at(id, "is supported for shapes and integer constants of one dimension only");
  (this->*reader)(id);
}

const TensorQuantisation& OperatorReader::quantisation(TensorId tensor) const {
  return tensors_[static_cast<std::size_t>(builder_.tensor_of(tensor))];
}

bool OperatorReader::is_needed(TensorId last, const std::vector<TensorId>& outputs) const {
  const auto is_last = [&](TensorId tensor) { return builder_.tensor_of(tensor) == last; };
  return std::ranges::any_of(outputs, is_last) || std::ranges::any_of(values_, is_last);
}

network::QuantisedNetwork OperatorReader::finish(const std::vector<FileTensor>& outputs) && {
  std::vector<TensorId> made;
  for (const FileTensor output : outputs) made.push_back(*made_[static_cast<std::size_t>(output)]);
  if (!is_needed(static_cast<TensorId>(tensors_.size()) - 1, made))
    file_.fail(
        "the last operator's result is not a model output; remove operators that nothing needs");
  builder_.set_outputs(made);
  for (std::size_t i = 0; i < states_.size(); ++i) builder_.assign(states_[i], values_[i]);
  network::QuantisedNetwork result{std::move(builder_).build(), std::move(tensors_),
                                   std::move(constants_)};
  for (const Variable& variable : variables_.all())
    result.initial_states.push_back(variable.initial);
  while (result.constants.size() < result.network.layers().size()) {  // copies of states
    const TensorId from = result.network.layers()[result.constants.size()].inputs[0];
    result.tensors.push_back(TensorQuantisation(result.tensors[static_cast<std::size_t>(from)]));
    result.constants.emplace_back();
  }
  return result;
}

// ---- What operators have in common ----

OperatorReader::Operands OperatorReader::operands(OperatorId id, std::size_t constants,
                                                  std::size_t optional) const {
  const std::span<const FileTensor> inputs = file_.inputs(id);
  if (inputs.size() > 1 + constants || inputs.size() + optional < 1 + constants ||
      file_.outputs(id).size() != 1)
    file_.fail_at(id, "has {} inputs and {} outputs; {} and 1 are expected", inputs.size(),
                  file_.outputs(id).size(), 1 + constants);
  return {id, file_.outputs(id)[0], computed(id, inputs[0])};
}

network::TensorId OperatorReader::computed(OperatorId id, FileTensor tensor) const {
  if (tensor < 0) file_.fail_at(id, "its input is missing; get the file again");
  const std::optional<TensorId> made = made_[static_cast<std::size_t>(tensor)];
  if (!made)
    file_.fail_at(id, "{}: is a constant or float where a computed int8 tensor is expected",
                  file_.name_of_tensor(tensor));
  return *made;
}

Activation OperatorReader::activation(OperatorId id, fb::Activation fused) const {
  switch (fused) {
    case fb::Activation::NONE:
      return Activation::none;
    case fb::Activation::RELU:
      return Activation::relu;
    case fb::Activation::RELU6:
      return Activation::relu6;
    case fb::Activation::RELU_N1_TO_1:
      return Activation::relu_n1_to_1;
    default:
      file_.fail_at(id,
                    "the fused activation {} is not supported; NONE, RELU, RELU6 and RELU_N1_TO_1 "
                    "are",
                    *fb::EnumNameActivation(fused) != '\0'
                        ? fb::EnumNameActivation(fused)
                        : std::to_string(static_cast<int>(fused)));
  }
}

network::Padding OperatorReader::padding(OperatorId id, fb::Padding padding) const {
  if (padding == fb::Padding::SAME) return network::Padding::same;
  if (padding == fb::Padding::VALID) return network::Padding::valid;
  file_.fail_at(id, "has the padding {}; SAME (0) and VALID (1) are known",
                static_cast<int>(padding));
}

void OperatorReader::require_idle(OperatorId id, fb::Activation fused, FileTensor output) const {
  const network::ActivationLimits limits =
      network::activation_limits(activation(id, fused), file_.quantisation(output));
  if (limits != network::ActivationLimits{})
    file_.fail_at(id, "its fused {} clamps, which is not supported for this operator",
                  fb::EnumNameActivation(fused));
}

void OperatorReader::require_like_input(const Operands& operands) const {
  const TensorQuantisation in = quantisation(operands.input);
  const TensorQuantisation out = file_.quantisation(operands.output);
  const double difference =
      std::abs(static_cast<double>(in.scale) - static_cast<double>(out.scale));
  if (difference > kPoolTolerance || in.zero_point != out.zero_point)
    file_.fail_at(operands.id,
                  "{}: has the scale {} and zero point {}, the input {} and {}; they must be equal",
                  file_.name_of_tensor(operands.output), out.scale, out.zero_point, in.scale,
                  in.zero_point);
}

// ---- Constants ----

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

// ---- Layers ----

void OperatorReader::push_as(FileTensor output, OperatorId id, TensorId made,
                             TensorQuantisation quantisation, LayerConstants constants) {
  const Shape wanted = file_.map(output);
  const Shape shape = builder_.shape(made);
  // A fully connected layer may or may not keep the dimensions of its input.
  const bool reshapes = file_.code(id) == fb::BuiltinOperator::FULLY_CONNECTED &&
                        wanted.c == shape.c && wanted.elements() == shape.elements();
  if (wanted != shape && !reshapes)
    file_.fail_at(id, "{}: is {} in the file, but the operator makes {}; get the file again",
                  file_.name_of_tensor(output), text_of(wanted), text_of(shape));
  made_[static_cast<std::size_t>(output)] = builder_.reshape(made, wanted);
  tensors_.push_back(quantisation);
  constants_.push_back(std::move(constants));
}

void OperatorReader::push(const Operands& operands, TensorId made, LayerConstants constants) {
  push_as(operands.output, operands.id, made, file_.quantisation(operands.output),
          std::move(constants));
}

void OperatorReader::push_like_input(const Operands& operands, TensorId made) {
  require_like_input(operands);
  push_as(operands.output, operands.id, made, quantisation(operands.input), {});
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
  const Window window{extents[1],
                      extents[2],
                      options->stride_h(),
                      options->stride_w(),
                      padding(id, options->padding()),
                      options->dilation_h_factor(),
                      options->dilation_w_factor()};
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
  const Window window{extents[1],
                      extents[2],
                      options->stride_h(),
                      options->stride_w(),
                      padding(id, options->padding()),
                      options->dilation_h_factor(),
                      options->dilation_w_factor()};
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

void OperatorReader::read_pool(OperatorId id, LayerType type) {
  const fb::Pool2DOptions* options = file_.operation(id).builtin_options_as_Pool2DOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  const Operands operands = this->operands(id, 0);
  const Activation fused = activation(id, options->fused_activation_function());
  const Window window{options->filter_height(), options->filter_width(), options->stride_h(),
                      options->stride_w(), padding(id, options->padding())};
  push_like_input(operands, type == LayerType::average_pool_2d
                                ? builder_.average_pool_2d(operands.input, window, fused)
                                : builder_.max_pool_2d(operands.input, window, fused));
}

void OperatorReader::read_softmax(OperatorId id) {
  const fb::SoftmaxOptions* options = file_.operation(id).builtin_options_as_SoftmaxOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  const Operands operands = this->operands(id, 0);
  const TensorQuantisation out = required_output(id, operands.output, LayerType::softmax);
  if (!std::isfinite(options->beta()) || options->beta() <= 0)
    file_.fail_at(id, "has the beta {}; it must be positive and finite", options->beta());
  LayerConstants constants;
  constants.beta = options->beta();
  push_as(operands.output, id, builder_.softmax(operands.input), out, std::move(constants));
}

std::vector<std::int64_t> OperatorReader::integers(OperatorId id, FileTensor tensor,
                                                   std::size_t most) const {
  if (tensor < 0) file_.fail_at(id, "lacks an input; get the file again");
  const fb::TensorType type = file_.tensor(tensor).type();
  if (type != fb::TensorType::INT32 && type != fb::TensorType::INT64)
    file_.fail_at(id, "{}: is {}; int32 is expected", file_.name_of_tensor(tensor),
                  fb::EnumNameTensorType(type));
  const auto numbers = folding_.integers(tensor);
  if (!numbers || numbers->size() > most)
    file_.fail_at(id, "{}: a constant of 1 to {} numbers is expected, found {} B",
                  file_.name_of_tensor(tensor), most, file_.content(tensor).size());
  return *numbers;
}

void OperatorReader::read_mean(OperatorId id) {
  const Operands operands = this->operands(id, 1);
  const auto rank = static_cast<std::int64_t>(file_.extents(file_.inputs(id)[0]).size());
  std::vector<bool> meant(kMaxRank, false);
  for (const std::int64_t axis : integers(id, file_.inputs(id)[1], kMaxRank)) {
    const std::int64_t dimension = axis < 0 ? axis + rank : axis;
    if (dimension < 0 || dimension >= rank)
      file_.fail_at(id, "has the axis {}, and its input has {} dimensions; get the file again",
                    axis, rank);
    meant[static_cast<std::size_t>(dimension)] = true;
  }
  for (std::int64_t i = 0; i < rank; ++i) {
    const bool of_map = i != rank - 1 && i != 0;
    const bool counts = file_.extents(file_.inputs(id)[0])[static_cast<std::size_t>(i)] != 1;
    if (counts && meant[static_cast<std::size_t>(i)] != of_map)
      file_.fail_at(id, "is over other dimensions than height and width, which is not supported");
  }
  push(operands, builder_.mean(operands.input));
}

/// How a concatenation sees an input: the extents in front of the axis as positions, the others as
/// channels, which are then behind one another.
Shape OperatorReader::joined_shape(OperatorId id, FileTensor tensor, FileTensor output,
                                   std::int32_t axis) const {
  const std::span<const std::int32_t> extents = file_.extents(tensor);
  const std::span<const std::int32_t> joined = file_.extents(output);
  const auto rank = static_cast<std::int32_t>(extents.size());
  const std::int32_t dimension = axis < 0 ? axis + rank : axis;
  if (dimension < 0 || dimension >= rank || extents.size() != joined.size())
    file_.fail_at(id, "is along axis {}, and {} has {} dimensions; get the file again", axis,
                  file_.name_of_tensor(tensor), rank);
  const auto at = static_cast<std::size_t>(dimension);
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (i != at && extents[i] != joined[i])
      file_.fail_at(id, "{}: has {} elements along dimension {}, the output {}; get the file again",
                    file_.name_of_tensor(tensor), extents[i], i, joined[i]);
  }
  if (dimension == rank - 1) return file_.map(tensor);
  const std::uint64_t positions = product(extents.first(at));
  const std::uint64_t channels = product(extents.subspan(at));
  if (positions > kMostExtent || channels > kMostExtent)
    file_.fail_at(id,
                  "{}: has {} rows of {} numbers along axis {}; at most {} of each are supported",
                  file_.name_of_tensor(tensor), positions, channels, axis, kMostExtent);
  return {1, static_cast<int>(positions), static_cast<int>(channels)};
}

/// A chain of concatenations of two.
void OperatorReader::read_concatenation(OperatorId id) {
  const fb::ConcatenationOptions* options =
      file_.operation(id).builtin_options_as_ConcatenationOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  const std::span<const FileTensor> inputs = file_.inputs(id);
  const Operands operands = this->operands(id, std::max<std::size_t>(inputs.size(), 2) - 1);
  require_idle(id, options->fused_activation_function(), operands.output);
  const auto seen = [&](FileTensor tensor) {
    const TensorId made = computed(id, tensor);
    require_like_input({id, operands.output, made});
    return builder_.reshape(made, joined_shape(id, tensor, operands.output, options->axis()));
  };
  TensorId all = seen(inputs[0]);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (i > 1) {  // the intermediate result has no name in the file
      tensors_.push_back(TensorQuantisation(quantisation(operands.input)));
      constants_.emplace_back();
    }
    all = builder_.concatenation(all, seen(inputs[i]));
  }
  const Shape made = file_.map(operands.output);
  if (made.elements() != builder_.shape(all).elements())
    file_.fail_at(id, "{}: is {} in the file, but its inputs have {} elements; get the file again",
                  file_.name_of_tensor(operands.output), text_of(made),
                  builder_.shape(all).elements());
  push_like_input(operands, builder_.reshape(all, made));
}

// ---- What costs nothing ----

void OperatorReader::read_reshape(OperatorId id) {
  const Operands operands = this->operands(id, 1, 1);
  const Shape from = builder_.shape(operands.input);
  const Shape to = file_.map(operands.output);
  if (from.elements() != to.elements())
    file_.fail_at(id, "makes {} of {}, which has another number of elements; get the file again",
                  text_of(to), text_of(from));
  require_like_input(operands);
  made_[static_cast<std::size_t>(operands.output)] = builder_.reshape(operands.input, to);
}

void OperatorReader::read_variable(OperatorId id) {
  const FileTensor output = file_.outputs(id)[0];
  const TensorId value = values_[variables_.of(id)];
  const Shape shape = file_.map(output);
  if (shape.elements() != builder_.shape(value).elements())
    file_.fail_at(id, "{}: has {} elements, the variable has {}; get the file again",
                  file_.name_of_tensor(output), shape.elements(), builder_.shape(value).elements());
  require_like_input({id, output, value});
  made_[static_cast<std::size_t>(output)] = builder_.reshape(value, shape);
}

void OperatorReader::assign_variable(OperatorId id) {
  const std::size_t variable = variables_.of(id);
  const TensorId value = computed(id, file_.inputs(id)[1]);
  if (builder_.shape(value).elements() != builder_.shape(states_[variable]).elements())
    file_.fail_at(id, "{}: has {} elements, the variable has {}; get the file again",
                  file_.name_of_tensor(file_.inputs(id)[1]), builder_.shape(value).elements(),
                  builder_.shape(states_[variable]).elements());
  require_like_input({id, variables_.all()[variable].first_read, value});
  values_[variable] = value;
}

void OperatorReader::read_border(OperatorId id) {
  if (requantises(id)) return read_lookup(id, LayerType::quantize);
  (void)operands(id, 0);
  // The output is float or uint8: whoever reads it will be refused, unless it is the model's.
}

}  // namespace opline::tflite
