// src/tflite/operator_reader.h - operators of a file become layers of a network. Internal to the
// module.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "src/tflite/constant_folding.h"
#include "src/tflite/model_file.h"
#include "src/tflite/variables.h"

namespace opline::tflite {

/// "12x10x3"
[[nodiscard]] std::string text_of(const network::Shape& shape);

/// Elements of a tensor with these extents; the largest number where it is beyond 64 bits.
[[nodiscard]] std::uint64_t product(std::span<const std::int32_t> extents);

class OperatorReader {
 public:
  /// The network's inputs are `inputs` of the file, its states `variables`. `folding` has the
  /// constants of the operators that are read. All must outlive it.
  OperatorReader(const ModelFile& file, const std::vector<FileTensor>& inputs,
                 const Variables& variables, const ConstantFolding& folding);

  /// Throws Error{input} for the first operator that is never taken, whatever it does.
  static void require_supported(const ModelFile& file);

  /// Appends what operator `id` is; what it reads was read before. Throws Error{input} for what is
  /// not supported.
  void read(OperatorId id);
  /// Whether `tensor` of the file is one of the network.
  [[nodiscard]] bool has(FileTensor tensor) const {
    return made_[static_cast<std::size_t>(tensor)].has_value();
  }
  /// The network with these outputs, tensors of the file that layers made; `read` is over.
  [[nodiscard]] network::QuantisedNetwork finish(const std::vector<FileTensor>& outputs) &&;

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
  /// A constant operand of a binary operator whose output has `rank` dimensions: its shape as a
  /// map.
  [[nodiscard]] network::Shape operand_shape(OperatorId id, FileTensor tensor,
                                             std::size_t rank) const;
  /// The quantisation that TensorFlow Lite demands of the output, if this is what it has; fails
  /// otherwise.
  [[nodiscard]] network::TensorQuantisation required_output(OperatorId id, FileTensor output,
                                                            network::LayerType type) const;

  [[nodiscard]] bool has_int4(FileTensor tensor) const;
  /// Gives the layer that makes `made` the bits of its weights in the file; returns `made`.
  TensorId with_bits_of(OperatorId id, FileTensor weights, TensorId made);

  void read_conv2d(OperatorId id);
  void read_depthwise_conv2d(OperatorId id);
  void read_fully_connected(OperatorId id);
  TensorId connect(const Operands& operands, std::uint64_t rows,
                   std::span<const std::int32_t> weights, network::Activation fused);
  void read_average_pool_2d(OperatorId id) { read_pool(id, network::LayerType::average_pool_2d); }
  void read_max_pool_2d(OperatorId id) { read_pool(id, network::LayerType::max_pool_2d); }
  void read_pool(OperatorId id, network::LayerType type);
  void read_add(OperatorId id) { read_binary(id, network::LayerType::add); }
  void read_sub(OperatorId id) { read_binary(id, network::LayerType::sub); }
  void read_mul(OperatorId id) { read_binary(id, network::LayerType::mul); }
  void read_prelu(OperatorId id) { read_binary(id, network::LayerType::prelu); }
  void read_binary(OperatorId id, network::LayerType type);
  void read_relu(OperatorId id) { read_lookup(id, network::LayerType::relu); }
  void read_relu6(OperatorId id) { read_lookup(id, network::LayerType::relu6); }
  void read_relu_n1_to_1(OperatorId id) { read_lookup(id, network::LayerType::relu_n1_to_1); }
  void read_leaky_relu(OperatorId id) { read_lookup(id, network::LayerType::leaky_relu); }
  void read_logistic(OperatorId id) { read_lookup(id, network::LayerType::logistic); }
  void read_tanh(OperatorId id) { read_lookup(id, network::LayerType::tanh); }
  void read_hard_swish(OperatorId id) { read_lookup(id, network::LayerType::hard_swish); }
  void read_lookup(OperatorId id, network::LayerType type);
  void read_softmax(OperatorId id);
  void read_pad(OperatorId id);
  void read_transpose(OperatorId id);
  void read_resize_nearest_neighbor(OperatorId id);
  void read_slice(OperatorId id);
  void read_strided_slice(OperatorId id);
  void read_split(OperatorId id);
  void read_split_v(OperatorId id);
  void read_mean(OperatorId id);
  void read_concatenation(OperatorId id);
  void read_pack(OperatorId id);
  void read_unpack(OperatorId id);
  [[nodiscard]] network::Shape as_rows(OperatorId id, FileTensor tensor, std::size_t axis) const;
  [[nodiscard]] std::size_t joined_axis(OperatorId id, std::int32_t axis, bool is_new) const;
  void push_joined(const Operands& operands, const std::function<network::Shape(FileTensor)>& view);
  void read_reshape(OperatorId id);
  void read_border(OperatorId id);
  void read_variable(OperatorId id);
  void assign_variable(OperatorId id);
  /// What is done when the file is opened: VAR_HANDLE, CALL_ONCE.
  void pass(OperatorId /*id*/) {}

  /// Whether the last layer's tensor is an output or the new value of a state.
  [[nodiscard]] bool is_needed(TensorId last, const std::vector<TensorId>& outputs) const;
  /// Whether the operator changes an int8 tensor into another one; else it is a border of the
  /// model.
  [[nodiscard]] bool requantises(OperatorId id) const;

  /// Notes the layer that was just built.
  void push(const Operands& operands, TensorId made, network::LayerConstants constants = {});
  /// As push(), with the quantisation of the input: of layers that only move codes.
  void push_like_input(const Operands& operands, TensorId made);
  /// `ranges`, one for each dimension of `input`, become a layer; nothing where they are all of it.
  void push_slice(OperatorId id, FileTensor input, FileTensor output,
                  const std::vector<network::Range>& ranges);
  /// Outputs of `sizes` behind one another along `axis` (negative: from the last dimension on).
  void push_parts(OperatorId id, FileTensor input, std::int64_t axis,
                  const std::vector<std::int64_t>& sizes);
  void push_as(FileTensor output, OperatorId id, TensorId made,
               network::TensorQuantisation quantisation, network::LayerConstants constants);

  const ModelFile& file_;
  const Variables& variables_;
  const ConstantFolding& folding_;
  network::NetworkBuilder builder_;
  std::vector<TensorId> states_;  // by variable
  std::vector<TensorId> values_;  // by variable: at this point of the graph
  std::vector<network::TensorQuantisation> tensors_;
  std::vector<network::LayerConstants> constants_;
  std::vector<std::optional<TensorId>> made_;  // by FileTensor
  std::uint64_t constant_bytes_ = 0;
};

}  // namespace opline::tflite
