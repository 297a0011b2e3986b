// src/tflite/model_file.h - a .tflite file whose every reference was checked. Internal to the
// module.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/network/quantised_network.h"
#include "src/tflite/tflite_generated.h"

namespace opline::tflite {

/// Position in the file's list of operators or tensors.
using OperatorId = std::size_t;
using FileTensor = std::int32_t;

class ModelFile {
 public:
  /// The file's first subgraph, which is the model. Checks the flatbuffer and every index in this
  /// graph. Throws Error{input}.
  ModelFile(std::span<const std::uint8_t> bytes, std::string file);
  /// Another subgraph of the same file: of `graph` or a copy of it. Throws Error{input} where there
  /// is none, or for an invalid index in it.
  [[nodiscard]] ModelFile subgraph(std::size_t index) const;
  [[nodiscard]] std::size_t subgraph_count() const { return model_->subgraphs()->size(); }

  [[nodiscard]] std::size_t operator_count() const { return operators_; }
  [[nodiscard]] std::size_t tensor_count() const {
    return graph_->tensors() == nullptr ? 0 : graph_->tensors()->size();
  }
  [[nodiscard]] const fb::Operator& operation(OperatorId id) const;
  [[nodiscard]] fb::BuiltinOperator code(OperatorId id) const;
  /// Whether it stands for a part of a network that Arm's Vela (Ethos-U) or Google's Edge TPU
  /// compiler has translated.
  [[nodiscard]] bool is_compiled(OperatorId id) const;
  /// Of SubGraph.tensors; -1 where an optional input is missing. Empty where the operator has none.
  [[nodiscard]] std::span<const FileTensor> inputs(OperatorId id) const;
  [[nodiscard]] std::span<const FileTensor> outputs(OperatorId id) const;
  /// Of the graph.
  [[nodiscard]] std::span<const FileTensor> inputs() const;
  [[nodiscard]] std::span<const FileTensor> outputs() const;

  [[nodiscard]] const fb::Tensor& tensor(FileTensor id) const;
  /// A constant's bytes; empty for what is computed.
  [[nodiscard]] std::span<const std::uint8_t> content(FileTensor id) const;
  [[nodiscard]] bool is_constant(FileTensor id) const { return !content(id).empty(); }
  /// Outermost first; every extent is from 1 to 2^31 - 1 (else Error).
  [[nodiscard]] std::span<const std::int32_t> extents(FileTensor id) const;
  /// Of a tensor that is computed: [h][w][c] for [1, h, w, c], [1, w, c], [w, c] and [c].
  [[nodiscard]] network::Shape map(FileTensor id) const;
  /// The one scale and zero point of an int8 tensor that is computed.
  [[nodiscard]] network::TensorQuantisation quantisation(FileTensor id) const;

  /// Of a tensor with quantisation parameters; empty where there are none. Read byte by byte:
  /// flatbuffers' verifier does not check that a vector of 64-bit numbers is aligned.
  [[nodiscard]] std::vector<std::int64_t> zero_points(FileTensor id) const;

  /// "operator 3 (CONV_2D)", "tensor 'scores'": for messages, printable and of bounded length.
  [[nodiscard]] std::string name(OperatorId id) const;
  [[nodiscard]] std::string name_of_tensor(FileTensor id) const;

  template <typename... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(ErrorCode::input,
                printable(file_, 300) + ": " + fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  [[noreturn]] void fail_at(OperatorId id, fmt::format_string<Args...> format,
                            Args&&... args) const {
    fail("{}: {}", name(id), fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  void check_model();
  void check_graph(std::size_t index);
  /// Name of an operator code, as "CONV_2D".
  [[nodiscard]] std::string label(std::uint32_t opcode_index) const;
  void check_tensors() const;
  void check_operators() const;
  void check_index(FileTensor id, FileTensor least, const std::string& whose) const;

  /// A copy, because flatbuffers wants it aligned.
  std::shared_ptr<const std::vector<std::uint8_t>> bytes_;
  std::string file_;
  const fb::Model* model_ = nullptr;
  const fb::SubGraph* graph_ = nullptr;
  std::size_t graph_index_ = 0;
  std::size_t operators_ = 0;
};

}  // namespace opline::tflite
