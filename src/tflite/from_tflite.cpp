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

  [[nodiscard]] std::optional<OperatorId> producer(FileTensor tensor) const {
    return producers_[static_cast<std::size_t>(tensor)];
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
    if (producer || file_.is_constant(output) || is_input(output))
      file_.fail_at(id, "{}: is also written by another operator; get the file again",
                    file_.name_of_tensor(output));
    producer = id;
  }

  [[nodiscard]] bool is_input(FileTensor tensor) const {
    return std::ranges::count(file_.inputs(), tensor) != 0;
  }

  /// False for constants and inputs.
  [[nodiscard]] bool is_produced(OperatorId id, FileTensor tensor) const {
    if (tensor < 0 || file_.is_constant(tensor)) return false;
    if (producers_[static_cast<std::size_t>(tensor)]) return true;
    if (!is_input(tensor))
      file_.fail_at(id, "{}: is neither a constant nor computed; get the file again",
                    file_.name_of_tensor(tensor));
    return false;
  }

  const ModelFile& file_;
  std::vector<std::optional<OperatorId>> producers_;  // by tensor
  std::vector<std::vector<OperatorId>> readers_;      // by tensor; once for each time it is read
};

/// Where an input of the network begins, behind what only brings the model's input into its form.
class Beginning {
 public:
  Beginning(const ModelFile& file, const Graph& graph, FileTensor input)
      : file_(file), tensor_(input) {
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

void require_inputs(const ModelFile& file) {
  if (file.inputs().empty()) file.fail("has no inputs; get it again");
  for (const FileTensor input : file.inputs()) {
    if (std::ranges::count(file.inputs(), input) != 1)
      file.fail("{} is two of the model's inputs; get the file again", file.name_of_tensor(input));
    if (file.is_constant(input))
      file.fail("{} is an input of the model and a constant; get the file again",
                file.name_of_tensor(input));
  }
}

/// The network's outputs: those of the model, before what only changes their type.
std::vector<FileTensor> ends(const ModelFile& file, const Graph& graph,
                             const OperatorReader& reader) {
  if (file.outputs().empty()) file.fail("has no outputs; get it again");
  std::vector<FileTensor> all;
  for (FileTensor output : file.outputs()) {
    const auto producer = graph.producer(output);
    const bool leaves = producer && (file.code(*producer) == fb::BuiltinOperator::QUANTIZE ||
                                     file.code(*producer) == fb::BuiltinOperator::DEQUANTIZE);
    if (leaves && !reader.has(output)) output = file.inputs(*producer)[0];
    if (!reader.has(output))
      file.fail(
          "{} is an output of the model that is not computed from its inputs in int8; remove "
          "it from the outputs",
          file.name_of_tensor(output));
    all.push_back(output);
  }
  return all;
}

/// TFLM executes operators in the file's order, on which depends what a variable is.
void require_order(const ModelFile& file, const std::vector<OperatorId>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] != i)
      file.fail_at(i,
                   "stands before an operator that makes what it reads; models with variables must "
                   "have their operators in the order of execution");
  }
}

}  // namespace

network::QuantisedNetwork from_tflite(std::span<const std::uint8_t> bytes,
                                      const std::string& file) {
  const ModelFile model(bytes, file);
  OperatorReader::require_supported(model);
  require_inputs(model);
  const Graph graph(model);
  const std::vector<OperatorId> order = graph.order();
  std::vector<Beginning> inputs;
  for (const FileTensor input : model.inputs()) inputs.emplace_back(model, graph, input);
  const auto is_skipped = [&](OperatorId id) {
    return std::ranges::any_of(inputs, [id](const Beginning& one) { return one.skipped(id); });
  };
  try {
    const Variables variables(model);
    if (!variables.all().empty()) require_order(model, order);
    ConstantFolding folding(model);
    std::vector<FileTensor> first;
    first.reserve(inputs.size());
    for (const Beginning& one : inputs) first.push_back(one.tensor());
    OperatorReader reader(model, first, variables, folding);
    for (const OperatorId id : order) {
      if (!is_skipped(id) && !folding.fold(id)) reader.read(id);
    }
    const std::vector<FileTensor> outputs = ends(model, graph, reader);
    return std::move(reader).finish(outputs);
  } catch (const Error& error) {
    // NetworkBuilder's messages refer to the request only.
    if (std::string_view(error.what()).starts_with(file + ": ")) throw;
    throw Error(error.code(), file + ": " + error.what());
  }
}

}  // namespace opline::tflite
