#include "src/tflite/constant_folding.h"

#include <algorithm>
#include <cstring>

namespace opline::tflite {
namespace {

constexpr std::size_t kMostNumbers = 64;  // a shape has up to eight

bool is_arithmetic(fb::BuiltinOperator code) {
  return code == fb::BuiltinOperator::ADD || code == fb::BuiltinOperator::SUB ||
         code == fb::BuiltinOperator::MUL || code == fb::BuiltinOperator::FLOOR_DIV ||
         code == fb::BuiltinOperator::MAXIMUM || code == fb::BuiltinOperator::MINIMUM;
}

/// Operators whose first input has the numbers of the output.
bool keeps_numbers(fb::BuiltinOperator code) {
  return code == fb::BuiltinOperator::CAST || code == fb::BuiltinOperator::RESHAPE ||
         code == fb::BuiltinOperator::SQUEEZE || code == fb::BuiltinOperator::EXPAND_DIMS;
}

/// Operators that put the numbers of their inputs behind each other.
bool joins(fb::BuiltinOperator code) {
  return code == fb::BuiltinOperator::PACK || code == fb::BuiltinOperator::CONCATENATION;
}

template <typename Integer>
std::vector<std::int64_t> numbers_of(std::span<const std::uint8_t> bytes) {
  std::vector<std::int64_t> numbers;
  for (std::size_t at = 0; at + sizeof(Integer) <= bytes.size(); at += sizeof(Integer)) {
    Integer number = 0;
    std::memcpy(&number, &bytes[at], sizeof number);
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

bool ConstantFolding::knows(fb::BuiltinOperator code) {
  return code == fb::BuiltinOperator::SHAPE || code == fb::BuiltinOperator::STRIDED_SLICE ||
         code == fb::BuiltinOperator::GATHER || code == fb::BuiltinOperator::REDUCE_PROD ||
         is_arithmetic(code) || keeps_numbers(code) || joins(code);
}

std::optional<std::vector<std::int64_t>> ConstantFolding::integers(FileTensor tensor) const {
  if (tensor < 0) return std::nullopt;
  if (const auto& known = computed_[static_cast<std::size_t>(tensor)]) return known;
  const std::span<const std::uint8_t> bytes = file_.content(tensor);
  const fb::TensorType type = file_.tensor(tensor).type();
  const std::size_t size = type == fb::TensorType::INT64 ? 8 : 4;
  if ((type != fb::TensorType::INT64 && type != fb::TensorType::INT32) || bytes.empty() ||
      bytes.size() % size != 0 || bytes.size() / size > kMostNumbers)
    return std::nullopt;
  return size == 8 ? numbers_of<std::int64_t>(bytes) : numbers_of<std::int32_t>(bytes);
}

bool ConstantFolding::fold(OperatorId id) {
  const fb::BuiltinOperator code = file_.code(id);
  if (!knows(code) || file_.outputs(id).size() != 1 || file_.inputs(id).empty()) return false;
  Numbers made;
  if (code == fb::BuiltinOperator::SHAPE) {
    if (file_.inputs(id)[0] < 0) return false;
    const std::span<const std::int32_t> extents = file_.extents(file_.inputs(id)[0]);
    made.assign(extents.begin(), extents.end());
  } else {
    std::vector<Numbers> inputs;
    for (const FileTensor input : file_.inputs(id)) {
      auto numbers = integers(input);
      if (!numbers || file_.extents(input).size() > 1) return false;
      inputs.push_back(std::move(*numbers));
    }
    made = evaluate(id, inputs);
  }
  if (made.size() > kMostNumbers) return false;
  computed_[static_cast<std::size_t>(file_.outputs(id)[0])] = std::move(made);
  return true;
}

ConstantFolding::Numbers ConstantFolding::evaluate(OperatorId id,
                                                   const std::vector<Numbers>& inputs) const {
  const fb::BuiltinOperator code = file_.code(id);
  if (keeps_numbers(code)) return inputs[0];
  if (code == fb::BuiltinOperator::STRIDED_SLICE) return strided_slice(id, inputs);
  if (joins(code)) {
    Numbers all;
    for (const Numbers& one : inputs) all.insert(all.end(), one.begin(), one.end());
    return all;
  }
  if (code == fb::BuiltinOperator::REDUCE_PROD) {
    std::int64_t product = 1;
    for (const std::int64_t number : inputs[0]) {
      if (__builtin_mul_overflow(product, number, &product))
        file_.fail_at(id, "computes a number beyond 64 bits; get the file again");
    }
    return {product};
  }
  if (inputs.size() != 2) file_.fail_at(id, "has {} inputs; 2 are expected", inputs.size());
  return code == fb::BuiltinOperator::GATHER ? gather(id, inputs[0], inputs[1])
                                             : by_element(id, inputs[0], inputs[1]);
}

/// Of one dimension: as Python's slices, where begin and end may be left out.
ConstantFolding::Numbers ConstantFolding::strided_slice(OperatorId id,
                                                        const std::vector<Numbers>& inputs) const {
  const auto* options = file_.operation(id).builtin_options_as_StridedSliceOptions();
  const bool single =
      inputs.size() == 4 && inputs[1].size() == 1 && inputs[2].size() == 1 && inputs[3].size() == 1;
  if (options == nullptr || !single || inputs[3][0] < 1 || options->ellipsis_mask() != 0 ||
      options->new_axis_mask() != 0)
    file_.fail_at(id,
                  "slices a shape in a way that is not supported; slices with a begin, an end "
                  "and a positive stride are");
  const auto size = static_cast<std::int64_t>(inputs[0].size());
  const auto position = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size);
  };
  const std::int64_t begin = (options->begin_mask() & 1) != 0 ? 0 : position(inputs[1][0]);
  std::int64_t end = (options->end_mask() & 1) != 0 ? size : position(inputs[2][0]);
  if ((options->shrink_axis_mask() & 1) != 0) end = begin + 1;
  Numbers taken;
  for (std::int64_t at = begin; at < std::min(end, size); at += inputs[3][0])
    taken.push_back(inputs[0][static_cast<std::size_t>(at)]);
  if (taken.empty()) file_.fail_at(id, "takes nothing of a shape; get the file again");
  return taken;
}

ConstantFolding::Numbers ConstantFolding::gather(OperatorId id, const Numbers& from,
                                                 const Numbers& at) const {
  Numbers taken;
  for (const std::int64_t position : at) {
    if (position < 0 || position >= static_cast<std::int64_t>(from.size()))
      file_.fail_at(id, "takes number {} of {}; get the file again", position, from.size());
    taken.push_back(from[static_cast<std::size_t>(position)]);
  }
  return taken;
}

ConstantFolding::Numbers ConstantFolding::by_element(OperatorId id, const Numbers& a,
                                                     const Numbers& b) const {
  const std::size_t count = std::max(a.size(), b.size());
  if ((a.size() != count && a.size() != 1) || (b.size() != count && b.size() != 1))
    file_.fail_at(id, "combines {} numbers with {}; get the file again", a.size(), b.size());
  Numbers made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(apply(id, a[a.size() == 1 ? 0 : i], b[b.size() == 1 ? 0 : i]));
  return made;
}

std::int64_t ConstantFolding::apply(OperatorId id, std::int64_t a, std::int64_t b) const {
  std::int64_t result = 0;
  bool overflows = false;
  switch (file_.code(id)) {
    case fb::BuiltinOperator::ADD:
      overflows = __builtin_add_overflow(a, b, &result);
      break;
    case fb::BuiltinOperator::SUB:
      overflows = __builtin_sub_overflow(a, b, &result);
      break;
    case fb::BuiltinOperator::MUL:
      overflows = __builtin_mul_overflow(a, b, &result);
      break;
    case fb::BuiltinOperator::MAXIMUM:
      return std::max(a, b);
    case fb::BuiltinOperator::MINIMUM:
      return std::min(a, b);
    default:  // FLOOR_DIV
      if (a < 0 || b <= 0)
        file_.fail_at(id, "divides {} by {}, which is not supported for shapes", a, b);
      return a / b;
  }
  if (overflows) file_.fail_at(id, "computes a number beyond 64 bits; get the file again");
  return result;
}

}  // namespace opline::tflite
