// Operators that work element by element: sums and products of two operands, functions of one.
#include <array>
#include <cmath>
#include <cstring>

#include "src/network/lookup_table.h"
#include "src/tflite/operator_reader.h"

namespace opline::tflite {
namespace {

using network::ConstantOperand;
using network::LayerConstants;
using network::LayerType;
using network::Operand;
using network::Shape;
using network::TensorQuantisation;

constexpr double kScaleTolerance = 0.001;  // of a scale that TFLite prescribes, relative

fb::Activation fused_by(const fb::Operator& operation) {
  if (const auto* add = operation.builtin_options_as_AddOptions())
    return add->fused_activation_function();
  if (const auto* sub = operation.builtin_options_as_SubOptions())
    return sub->fused_activation_function();
  if (const auto* mul = operation.builtin_options_as_MulOptions())
    return mul->fused_activation_function();
  return fb::Activation::NONE;
}

}  // namespace

/// As NumPy broadcasts: aligned at the last dimension, extents of 1 in front.
Shape OperatorReader::operand_shape(OperatorId id, FileTensor tensor, std::size_t rank) const {
  const std::span<const std::int32_t> extents = file_.extents(tensor);
  std::array<int, 4> aligned{1, 1, 1, 1};  // batch, h, w, c
  if (extents.size() > std::min<std::size_t>(rank, aligned.size()))
    file_.fail_at(id, "{}: has {} dimensions, the output {}; at most {} are expected",
                  file_.name_of_tensor(tensor), extents.size(), rank,
                  std::min<std::size_t>(rank, aligned.size()));
  std::copy(extents.begin(), extents.end(),
            aligned.end() - static_cast<std::ptrdiff_t>(extents.size()));
  // Of fewer than four dimensions the first is the batch, too.
  if (rank > 1 && aligned[4 - rank] != 1)
    file_.fail_at(id, "{}: has a batch of {}; only 1 is supported", file_.name_of_tensor(tensor),
                  aligned[4 - rank]);
  return {aligned[1], aligned[2], aligned[3]};
}

void OperatorReader::read_binary(OperatorId id, LayerType type) {
  const std::span<const FileTensor> inputs = file_.inputs(id);
  if (inputs.size() != 2 || file_.outputs(id).size() != 1 || inputs[0] < 0 || inputs[1] < 0)
    file_.fail_at(id, "has {} inputs and {} outputs; 2 and 1 are expected", inputs.size(),
                  file_.outputs(id).size());
  const FileTensor output = file_.outputs(id)[0];
  const std::size_t rank = file_.extents(output).size();
  LayerConstants constants;
  std::array<Operand, 2> operands{};
  for (std::size_t i = 0; i < 2; ++i) {
    if (!file_.is_constant(inputs[i])) {
      operands[i] = computed(id, inputs[i]);
      continue;
    }
    const Shape shape = operand_shape(id, inputs[i], rank);
    const TensorQuantisation numbers = file_.quantisation(inputs[i]);
    if (file_.content(inputs[i]).size() != shape.elements())
      file_.fail_at(id, "{}: has {} B for {} elements; get the file again",
                    file_.name_of_tensor(inputs[i]), file_.content(inputs[i]).size(),
                    shape.elements());
    operands[i] = ConstantOperand{shape};
    constants.weights = weights(inputs[i]);
    constants.weight_scales = {numbers.scale};
    constants.zero_point = numbers.zero_point;
  }
  const network::TensorId made = builder_.binary(type, operands[0], operands[1],
                                                 activation(id, fused_by(file_.operation(id))));
  push({id, output, made}, made, std::move(constants));
}

TensorQuantisation OperatorReader::required_output(OperatorId id, FileTensor output,
                                                   LayerType type) const {
  const TensorQuantisation found = file_.quantisation(output);
  const std::optional<TensorQuantisation> fixed = network::fixed_output(type);
  if (!fixed) return found;
  if (std::abs(found.scale / fixed->scale - 1) > kScaleTolerance ||
      found.zero_point != fixed->zero_point)
    file_.fail_at(id, "{}: has the scale {} and zero point {}; 1/{} and {} are expected",
                  file_.name_of_tensor(output), found.scale, found.zero_point, 1 / fixed->scale,
                  fixed->zero_point);
  return *fixed;
}

void OperatorReader::read_lookup(OperatorId id, LayerType type) {
  const Operands operands = this->operands(id, 0);
  const network::TensorId input = computed(id, file_.inputs(id)[0]);
  const TensorQuantisation out = required_output(id, operands.output, type);
  LayerConstants constants;
  if (type == LayerType::leaky_relu) {
    const fb::LeakyReluOptions* options = file_.operation(id).builtin_options_as_LeakyReluOptions();
    if (options == nullptr || !std::isfinite(options->alpha()))
      file_.fail_at(id, "has no finite alpha; get the file again");
    constants.alpha = options->alpha();
  }
  // Throws for what the function is not defined for.
  (void)network::lookup_table(type, quantisation(input), out, constants.alpha);
  push_as(operands.output, id, builder_.lookup(type, input), out, std::move(constants));
}

bool OperatorReader::requantises(OperatorId id) const {
  const std::span<const FileTensor> in = file_.inputs(id), out = file_.outputs(id);
  return file_.code(id) == fb::BuiltinOperator::QUANTIZE && in.size() == 1 && out.size() == 1 &&
         in[0] >= 0 && file_.tensor(in[0]).type() == fb::TensorType::INT8 &&
         file_.tensor(out[0]).type() == fb::TensorType::INT8;
}

}  // namespace opline::tflite
