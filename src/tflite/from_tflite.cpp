// The order of operators, and where the model begins and ends.
#include "src/tflite/from_tflite.h"

#include <algorithm>
#include <queue>

#include "src/tflite/constant_folding.h"
#include "src/tflite/operator_reader.h"

namespace opline::tflite {
namespace {

/// Who makes and reads each tensor of the file.
class Graph {
 public:
  explicit Graph(const ModelFile& file)
      : file_(file), producers_(file.tensor_count()), readers_(file.tensor_count()) {
    for (OperatorId id = 0; id < file.operator_count(); ++id) {
      for (const FileTensor output : file.outputs(id)) note_producer(id, output);
      for (const FileTensor input : file.inputs(id)) {
        if (input >= 0) readers_[static_cast<std::size_t>(input)].push_back(id);
      }
    }
  }

  [[nodiscard]] const std::vector<OperatorId>& readers(FileTensor tensor) const {
    return readers_[static_cast<std::size_t>(tensor)];
  }

  /// Every operator after those that make its inputs; the file's order where that is one.
  [[nodiscard]] std::vector<OperatorId> order() const {
    std::vector<std::size_t> missing(file_.operator_count(), 0);
    std::priority_queue<OperatorId, std::vector<OperatorId>, std::greater<>> ready;
    for (OperatorId id = 0; id < missing.size(); ++id) {
      for (const FileTensor input : file_.inputs(id)) missing[id] += is_produced(id, input) ? 1 : 0;
      if (missing[id] == 0) ready.push(id);
    }
    std::vector<OperatorId> sorted;
    while (!ready.empty()) {
      const OperatorId id = ready.top();
      ready.pop();
      sorted.push_back(id);
      for (const FileTensor output : file_.outputs(id)) {
        for (const OperatorId reader : readers(output)) {
          if (--missing[reader] == 0) ready.push(reader);
        }
      }
    }
    if (sorted.size() != missing.size())
      file_.fail("the operator graph contains a cycle; the file is corrupt, get it again");
    return sorted;
  }

 private:
  void note_producer(OperatorId id, FileTensor output) {
    auto& producer = producers_[static_cast<std::size_t>(output)];
    if (producer || file_.is_constant(output) || output == file_.input())
      file_.fail_at(id, "{}: is also written by another operator; get the file again",
                    file_.name_of_tensor(output));
    producer = id;
  }

  /// False for constants and the input.
  [[nodiscard]] bool is_produced(OperatorId id, FileTensor tensor) const {
    if (tensor < 0 || file_.is_constant(tensor)) return false;
    if (producers_[static_cast<std::size_t>(tensor)]) return true;
    if (tensor != file_.input())
      file_.fail_at(id, "{}: is neither a constant nor computed; get the file again",
                    file_.name_of_tensor(tensor));
    return false;
  }

  const ModelFile& file_;
  std::vector<std::optional<OperatorId>> producers_;  // by tensor
  std::vector<std::vector<OperatorId>> readers_;      // by tensor; once for each time it is read
};

/// Where the network begins, behind what only brings the model's input into its form.
class Beginning {
 public:
  Beginning(const ModelFile& file, const Graph& graph) : file_(file), tensor_(file.input()) {
    while (const auto reader = only_reader(graph)) {
      if (!skip(*reader)) break;
    }
  }
  [[nodiscard]] FileTensor tensor() const { return tensor_; }
  [[nodiscard]] bool skipped(OperatorId id) const {
    return std::find(skipped_.begin(), skipped_.end(), id) != skipped_.end();
  }

 private:
  /// The operator that reads the tensor, if there is one besides those that ask for its shape.
  [[nodiscard]] std::optional<OperatorId> only_reader(const Graph& graph) const {
    std::optional<OperatorId> only;
    for (const OperatorId reader : graph.readers(tensor_)) {
      if (file_.code(reader) == fb::BuiltinOperator::SHAPE) continue;
      if (only) return std::nullopt;
      only = reader;
    }
    return only;
  }

  /// Whether `reader` is such an operator; then the beginning is what it makes. Ends: every tensor
  /// has one producer, and a circle is refused before.
  bool skip(OperatorId reader) {
    const bool reshapes = file_.code(reader) == fb::BuiltinOperator::RESHAPE;
    const bool quantises = file_.code(reader) == fb::BuiltinOperator::QUANTIZE;
    if ((!reshapes && !quantises) || file_.inputs(reader)[0] != tensor_ ||
        file_.outputs(reader).size() != 1)
      return false;
    const FileTensor made = file_.outputs(reader)[0];
    if (quantises && file_.tensor(tensor_).type() == fb::TensorType::INT8) return false;
    if (quantises && file_.tensor(tensor_).type() == fb::TensorType::UINT8)
      require_same_steps(reader, made);
    if (reshapes && elements(tensor_) != elements(made))
      file_.fail_at(reader, "changes the number of elements; get the file again");
    skipped_.push_back(reader);
    tensor_ = made;
    return true;
  }

  [[nodiscard]] std::uint64_t elements(FileTensor tensor) const {
    return file_.map(tensor).elements();
  }

  /// uint8 codes that become int8 ones: the same steps, 128 lower.
  void require_same_steps(OperatorId id, FileTensor made) const {
    const fb::QuantizationParameters* from = file_.tensor(tensor_).quantization();
    const network::TensorQuantisation to = file_.quantisation(made);
    const std::vector<std::int64_t> zero_points = file_.zero_points(tensor_);
    const bool one = from != nullptr && from->scale() != nullptr && from->scale()->size() == 1 &&
                     zero_points.size() == 1;
    if (!one || from->scale()->Get(0) != to.scale || zero_points[0] != to.zero_point + 128)
      file_.fail_at(id, "changes the scale of the model's input, which is not supported");
  }

  const ModelFile& file_;
  FileTensor tensor_;
  std::vector<OperatorId> skipped_;
};

void require_end(const ModelFile& file, const OperatorReader& reader) {
  if (file.outputs().empty()) file.fail("has no outputs; get it again");
  std::vector<bool> ends(file.tensor_count(), false);
  for (const FileTensor output : file.outputs()) ends[static_cast<std::size_t>(output)] = true;
  for (OperatorId id = 0; id < file.operator_count(); ++id) {
    const fb::BuiltinOperator code = file.code(id);
    const bool leaves =
        code == fb::BuiltinOperator::QUANTIZE || code == fb::BuiltinOperator::DEQUANTIZE;
    if (leaves && !file.inputs(id).empty() && file.inputs(id)[0] >= 0)
      ends[static_cast<std::size_t>(file.inputs(id)[0])] = true;
  }
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (ends[i] && reader.is_last(static_cast<FileTensor>(i))) return;
  }
  file.fail(
      "the last operator's result is not a model output; remove operators that nothing "
      "needs");
}

}  // namespace

network::QuantisedNetwork from_tflite(std::span<const std::uint8_t> bytes,
                                      const std::string& file) {
  const ModelFile model(bytes, file);
  OperatorReader::require_supported(model);
  const Graph graph(model);
  const std::vector<OperatorId> order = graph.order();
  const Beginning beginning(model, graph);
  try {
    ConstantFolding folding(model);
    OperatorReader reader(model, beginning.tensor(), folding);
    for (const OperatorId id : order) {
      if (!beginning.skipped(id) && !folding.fold(id)) reader.read(id);
    }
    require_end(model, reader);
    return std::move(reader).finish();
  } catch (const Error& error) {
    // NetworkBuilder's messages refer to the request only.
    if (std::string_view(error.what()).starts_with(file + ": ")) throw;
    throw Error(error.code(), file + ": " + error.what());
  }
}

}  // namespace opline::tflite
