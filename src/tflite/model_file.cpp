#include "src/tflite/model_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace opline::tflite {
namespace {

constexpr std::uint32_t kSchemaVersion = 3;
constexpr std::size_t kMaxOperators = 2 * std::size_t{OPLINE_MAX_LAYERS};  // some cost nothing
constexpr std::size_t kMaxRank = 8;
constexpr int kMaxDepth = 16;  // of tables in tables; a model has six
constexpr int kMaxTables = 1'000'000;

std::span<const std::int32_t> span_of(const flatbuffers::Vector<std::int32_t>* numbers) {
  if (numbers == nullptr) return {};
  return {numbers->data(), numbers->size()};
}

fb::BuiltinOperator builtin_of(const fb::OperatorCode& entry) {
  return std::max(static_cast<fb::BuiltinOperator>(entry.deprecated_builtin_code()),
                  entry.builtin_code());
}

}  // namespace

ModelFile::ModelFile(std::span<const std::uint8_t> bytes, std::string file)
    : bytes_(std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end())),
      file_(std::move(file)) {
  constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/";
  if (bytes.size() >= kLfsPointer.size() &&
      std::equal(kLfsPointer.begin(), kLfsPointer.end(), bytes.begin()))
    fail("is a Git LFS pointer, not the model; get the model with `git lfs pull`");
  const bool identified = bytes.size() >= 8 && fb::ModelBufferHasIdentifier(bytes_->data());
  if (!identified) fail("has no identifier TFL3 in bytes 4 to 7; name a .tflite file");
  flatbuffers::Verifier verifier(bytes_->data(), bytes_->size(), kMaxDepth, kMaxTables);
  if (!fb::VerifyModelBuffer(verifier))
    fail("is damaged (its flatbuffer has invalid references); get it again");
  model_ = fb::GetModel(bytes_->data());
  check_model();
  check_graph(0);
  if (operators_ == 0) fail("lists no operators; get it again");
}

ModelFile ModelFile::subgraph(std::size_t index) const {
  if (index == 0 || index >= subgraph_count())
    fail("refers to subgraph {} of {}; get the file again", index, subgraph_count());
  ModelFile other = *this;
  other.check_graph(index);
  return other;
}

void ModelFile::check_model() {
  if (model_->version() != kSchemaVersion)
    fail("schema version {} is not supported; write it with version {}", model_->version(),
         kSchemaVersion);
  if (model_->subgraphs() == nullptr || model_->subgraphs()->size() == 0)
    fail("has no subgraph; get it again");
  if (model_->buffers() == nullptr || model_->operator_codes() == nullptr)
    fail("lists no operator codes or buffers; get it again");
}

void ModelFile::check_graph(std::size_t index) {
  graph_ = model_->subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index));
  graph_index_ = index;
  operators_ = graph_->operators() == nullptr ? 0 : graph_->operators()->size();
  if (operators_ > kMaxOperators)
    fail("has {} operators; at most {} are supported", operators_, kMaxOperators);
  check_tensors();
  check_operators();
}

void ModelFile::check_index(FileTensor id, FileTensor least, const std::string& whose) const {
  if (id < least || (id >= 0 && static_cast<std::size_t>(id) >= tensor_count()))
    fail("{} refers to tensor {} of {}; get the file again", whose, id, tensor_count());
}

void ModelFile::check_tensors() const {
  const std::size_t buffers = model_->buffers()->size();
  for (std::size_t i = 0; i < tensor_count(); ++i) {
    const auto id = static_cast<FileTensor>(i);
    const std::uint32_t buffer = tensor(id).buffer();
    if (buffer >= buffers)
      fail("{} refers to buffer {} of {}; get the file again", name_of_tensor(id), buffer, buffers);
    if (model_->buffers()->Get(buffer)->offset() > 1)
      fail("{} is stored outside the flatbuffer, which is not supported", name_of_tensor(id));
  }
  for (const FileTensor id : inputs()) check_index(id, 0, "the model's list of inputs");
  for (const FileTensor id : outputs()) check_index(id, 0, "the model's list of outputs");
}

void ModelFile::check_operators() const {
  for (OperatorId id = 0; id < operators_; ++id) {
    if (operation(id).opcode_index() >= model_->operator_codes()->size())
      fail("operator {} refers to operator code {} of {}; get the file again", id,
           operation(id).opcode_index(), model_->operator_codes()->size());
    for (const FileTensor input : inputs(id)) check_index(input, -1, name(id));
    for (const FileTensor output : outputs(id)) check_index(output, 0, name(id));
  }
}

const fb::Operator& ModelFile::operation(OperatorId id) const {
  return *graph_->operators()->Get(static_cast<flatbuffers::uoffset_t>(id));
}

fb::BuiltinOperator ModelFile::code(OperatorId id) const {
  return builtin_of(*model_->operator_codes()->Get(operation(id).opcode_index()));
}

bool ModelFile::is_compiled(OperatorId id) const {
  const fb::OperatorCode& entry = *model_->operator_codes()->Get(operation(id).opcode_index());
  if (code(id) != fb::BuiltinOperator::CUSTOM || entry.custom_code() == nullptr) return false;
  const std::string_view custom = entry.custom_code()->string_view();
  return custom == "ethos-u" || custom == "edgetpu-custom-op";
}

std::span<const FileTensor> ModelFile::inputs(OperatorId id) const {
  return span_of(operation(id).inputs());
}
std::span<const FileTensor> ModelFile::outputs(OperatorId id) const {
  return span_of(operation(id).outputs());
}
std::span<const FileTensor> ModelFile::inputs() const { return span_of(graph_->inputs()); }
std::span<const FileTensor> ModelFile::outputs() const { return span_of(graph_->outputs()); }

const fb::Tensor& ModelFile::tensor(FileTensor id) const {
  OPLINE_ASSERT(id >= 0 && static_cast<std::size_t>(id) < tensor_count(), "tensor {}", id);
  return *graph_->tensors()->Get(static_cast<flatbuffers::uoffset_t>(id));
}

std::span<const std::uint8_t> ModelFile::content(FileTensor id) const {
  const auto* data = model_->buffers()->Get(tensor(id).buffer())->data();
  if (data == nullptr) return {};
  return {data->data(), data->size()};
}

std::span<const std::int32_t> ModelFile::extents(FileTensor id) const {
  const std::span<const std::int32_t> shape = span_of(tensor(id).shape());
  const std::span<const std::int32_t> signature = span_of(tensor(id).shape_signature());
  if (shape.size() > kMaxRank || signature.size() > kMaxRank)
    fail("{} has {} dimensions; get the file again", name_of_tensor(id),
         std::max(shape.size(), signature.size()));
  for (const std::int32_t extent : shape) {
    if (extent < 1)
      fail("{} has an extent of {}; shapes must be fixed and not empty", name_of_tensor(id),
           extent);
  }
  for (std::size_t i = 1; i < signature.size();
       ++i) {  // the first may be the batch, which is 1 here
    if (signature[i] < 0)
      fail("{} has an extent that is given only at run time; convert the model with fixed shapes",
           name_of_tensor(id));
  }
  return shape;
}

network::Shape ModelFile::map(FileTensor id) const {
  const std::span<const std::int32_t> shape = extents(id);
  if (shape.empty() || shape.size() > 4)
    fail("{} has {} dimensions; 1 to 4 are supported", name_of_tensor(id), shape.size());
  if (shape.size() > 2 && shape[0] != 1)
    fail("{} has a batch of {}; only 1 is supported", name_of_tensor(id), shape[0]);
  network::Shape result;
  result.c = shape.back();
  if (shape.size() == 2) result.w = shape[0];
  if (shape.size() > 2) result.w = shape[shape.size() - 2];
  if (shape.size() > 3) result.h = shape[1];
  return result;
}

network::TensorQuantisation ModelFile::quantisation(FileTensor id) const {
  const fb::Tensor& found = tensor(id);
  const std::string who = name_of_tensor(id);
  if (found.type() == fb::TensorType::INT16)
    fail(
        "{} is INT16: models with int16 activations are not supported; convert with "
        "supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]",
        who);
  if (found.type() == fb::TensorType::UINT8)
    fail(
        "{} is UINT8: the uint8 scheme of TensorFlow 1 is not supported; convert the original "
        "model "
        "to int8 with the converter of TensorFlow 2",
        who);
  if (found.type() != fb::TensorType::INT8)
    fail("{} is {}; only int8 is supported: quantise the model completely", who,
         fb::EnumNameTensorType(found.type()));
  if (found.is_variable()) fail("{} is a variable, which is not supported", who);
  const fb::QuantizationParameters* numbers = found.quantization();
  if (numbers == nullptr || numbers->scale() == nullptr || numbers->scale()->size() == 0)
    fail("{} is int8 without a scale; quantise the model completely", who);
  const std::vector<std::int64_t> all_zero_points = zero_points(id);
  if (numbers->scale()->size() != 1 || all_zero_points.size() > 1 || numbers->details() != nullptr)
    fail("{} has {} scales and {} zero points; a tensor that is computed must have one of each",
         who, numbers->scale()->size(), all_zero_points.size());
  const float scale = numbers->scale()->Get(0);
  const std::int64_t zero_point = all_zero_points.empty() ? 0 : all_zero_points[0];
  if (!std::isfinite(scale) || scale <= 0)
    fail("{} has the scale {}; it must be positive and finite", who, scale);
  if (zero_point < -128 || zero_point > 127)
    fail("{} has the zero point {}; it must be from -128 to 127", who, zero_point);
  return {scale, static_cast<int>(zero_point)};
}

std::vector<std::int64_t> ModelFile::zero_points(FileTensor id) const {
  const fb::QuantizationParameters* numbers = tensor(id).quantization();
  if (numbers == nullptr || numbers->zero_point() == nullptr) return {};
  std::vector<std::int64_t> values(numbers->zero_point()->size());
  if (!values.empty())
    std::memcpy(values.data(), numbers->zero_point()->Data(), values.size() * sizeof values[0]);
  return values;  // little-endian, as flatbuffers and this host
}

std::string ModelFile::label(std::uint32_t opcode_index) const {
  const fb::OperatorCode& entry = *model_->operator_codes()->Get(opcode_index);
  const fb::BuiltinOperator builtin = builtin_of(entry);
  std::string label = fb::EnumNameBuiltinOperator(builtin);
  if (label.empty()) label = fmt::format("code {}", static_cast<int>(builtin));
  if (builtin == fb::BuiltinOperator::CUSTOM && entry.custom_code() != nullptr)
    label += fmt::format(" '{}'", printable(entry.custom_code()->string_view()));
  return label;
}

std::string ModelFile::name(OperatorId id) const {
  const std::string where = graph_index_ == 0 ? "" : fmt::format("subgraph {}, ", graph_index_);
  return fmt::format("{}operator {} ({})", where, id, label(operation(id).opcode_index()));
}

std::string ModelFile::name_of_tensor(FileTensor id) const {
  const flatbuffers::String* label = tensor(id).name();
  if (label == nullptr || label->size() == 0) return fmt::format("tensor {}", id);
  return fmt::format("tensor '{}'", printable(label->string_view()));
}

}  // namespace opline::tflite
