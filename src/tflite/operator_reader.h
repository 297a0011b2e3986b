// src/tflite/operator_reader.h - operators of a file become layers of a network. Internal to the
// module.
#pragma once
#include <optional>
#include <vector>

#include "src/tflite/constant_folding.h"
#include "src/tflite/model_file.h"

namespace opline::tflite {

class OperatorReader {
 public:
  /// The network's input is `input` of the file. `folding` has the constants of the operators
  /// that are read, and must outlive it.
  OperatorReader(const ModelFile& file, FileTensor input, const ConstantFolding& folding);

  /// Throws Error{input} for the first operator that is never taken, whatever it does.
  static void require_supported(const ModelFile& file);

  /// Appends what operator `id` is; what it reads was read before. Throws Error{input} for what is
  /// not supported.
  void read(OperatorId id);
  /// Whether `tensor` of the file is what the last layer made.
  [[nodiscard]] bool is_last(FileTensor tensor) const;
  /// The network; `read` is over.
  [[nodiscard]] network::QuantisedNetwork finish() &&;

 private:
  using TensorId = network::TensorId;
  using Reader = void (OperatorReader::*)(OperatorId);
  /// Null for an operator that is not supported.
  [[nodiscard]] static Reader reader_of(fb::BuiltinOperator code);

  struct Operands {
    OperatorId id;
    FileTensor output;
    TensorId input;
  };
  /// An operator with one computed input, `constants` after it (of which the last `optional` may be
  /// missing), and one output.
  [[nodiscard]] Operands operands(OperatorId id, std::size_t constants,
                                  std::size_t optional = 0) const;
  [[nodiscard]] TensorId computed(OperatorId id, FileTensor tensor) const;
  [[nodiscard]] const network::TensorQuantisation& quantisation(TensorId tensor) const;
  [[nodiscard]] network::Activation activation(OperatorId id, fb::Activation fused) const;
  [[nodiscard]] network::Padding padding(OperatorId id, fb::Padding padding) const;
  /// Refuses an activation that would do something: of layers that have none.
  void require_idle(OperatorId id, fb::Activation fused, FileTensor output) const;
  void require_like_input(const Operands& operands) const;

  [[nodiscard]] std::span<const std::int32_t> weights_shape(OperatorId id, FileTensor weights,
                                                            std::size_t rank);
  [[nodiscard]] std::vector<std::int8_t> weights(FileTensor tensor);
  [[nodiscard]] std::vector<float> weight_scales(OperatorId id, FileTensor tensor,
                                                 std::size_t channels,
                                                 std::int32_t dimension) const;
  [[nodiscard]] std::vector<std::int32_t> biases(OperatorId id, std::size_t channels);
  /// A constant of 1 to `most` int32 or int64 numbers.
  [[nodiscard]] std::vector<std::int64_t> integers(OperatorId id, FileTensor tensor,
                                                   std::size_t most) const;
  void count_bytes(std::uint64_t bytes);

  void read_conv2d(OperatorId id);
  void read_depthwise_conv2d(OperatorId id);
  void read_fully_connected(OperatorId id);
  TensorId connect(const Operands& operands, std::uint64_t rows,
                   std::span<const std::int32_t> weights, network::Activation fused);
  void read_average_pool_2d(OperatorId id) { read_pool(id, network::LayerType::average_pool_2d); }
  void read_max_pool_2d(OperatorId id) { read_pool(id, network::LayerType::max_pool_2d); }
  void read_pool(OperatorId id, network::LayerType type);
  void read_add(OperatorId id);
  void read_softmax(OperatorId id);
  void read_pad(OperatorId id);
  void read_mean(OperatorId id);
  void read_concatenation(OperatorId id);
  void read_reshape(OperatorId id);
  void read_border(OperatorId id);

  /// Notes the layer that was just built.
  void push(const Operands& operands, TensorId made, network::LayerConstants constants = {});
  /// As push(), with the quantisation of the input: of layers that only move codes.
  void push_like_input(const Operands& operands, TensorId made);
  void push_as(FileTensor output, OperatorId id, TensorId made,
               network::TensorQuantisation quantisation, network::LayerConstants constants);

  const ModelFile& file_;
  const ConstantFolding& folding_;
  network::NetworkBuilder builder_;
  std::vector<network::TensorQuantisation> tensors_;
  std::vector<network::LayerConstants> constants_;
  std::vector<std::optional<TensorId>> made_;  // by FileTensor
  std::uint64_t constant_bytes_ = 0;
};

}  // namespace opline::tflite
