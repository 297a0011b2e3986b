// Which operators there are, and what reading them has in common; the smallest of them.
#include "src/tflite/operator_reader.h"

#include <algorithm>
#include <cmath>

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
    case fb::BuiltinOperator::PACK:
      return &OperatorReader::read_pack;
    case fb::BuiltinOperator::UNPACK:
      return &OperatorReader::read_unpack;
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
  made.reserve(outputs.size());
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
