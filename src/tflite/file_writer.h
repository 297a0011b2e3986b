// src/tflite/file_writer.h - writes one network as a .tflite file. Internal to the module; what a
// file is like: docs/formats/tflite.md.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/tflite/tflite_generated.h"
#include "src/tflite/to_tflite.h"

namespace opline::tflite {

/// Extents of a tensor of the file: [1, c] where it is `flat`, else [1, h, w, c].
[[nodiscard]] std::vector<int> extents(const network::Shape& shape, bool flat);

/// Little-endian bytes, as the format has them (and every host of opline).
template <typename Number>
std::vector<std::uint8_t> bytes_of(const std::vector<Number>& numbers) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(numbers.data());
  return {first, first + numbers.size() * sizeof(Number)};
}

class FileWriter {
 public:
  FileWriter(const network::QuantisedNetwork& network, const TfliteOptions& options)
      : quantised_(network), network_(network.network), options_(options) {}
  [[nodiscard]] TfliteFile write();

 private:
  template <typename Table>
  using Offset = flatbuffers::Offset<Table>;
  using Layer = network::Layer;
  using Shape = network::Shape;
  using TensorId = network::TensorId;

  /// Where a tensor of the network is in the file.
  struct Written {
    int made = 0;       ///< As the layer made it.
    int tensor = 0;     ///< The same, or `made` with another shape.
    bool flat = false;  ///< [1, c] and not [1, h, w, c].
    Shape shape;
  };
  static constexpr int kNone = -1;  ///< No tensor.

  [[nodiscard]] const Layer& layer(std::size_t i) const { return network_.layers()[i]; }
  [[nodiscard]] const network::LayerConstants& constants(std::size_t i) const;
  [[nodiscard]] const network::TensorQuantisation& quantisation(TensorId tensor) const;
  static std::string name(std::size_t i, std::string_view part);

  // ---- Tensors and buffers ----
  Offset<fb::QuantizationParameters> parameters(const std::vector<float>& scales,
                                                const std::vector<std::int64_t>& zero_points,
                                                int dimension);
  int push_tensor(const std::string& name, const std::vector<int>& shape, fb::TensorType type,
                  std::uint32_t buffer, Offset<fb::QuantizationParameters> quantization);
  /// An int8 tensor that has the quantisation of `tensor` of the network and no content.
  int computed_tensor(const std::string& name, const std::vector<int>& shape, TensorId tensor);
  std::uint32_t push_buffer(const std::vector<std::uint8_t>& bytes);
  /// `channels` of weights' scales along `dimension`.
  int weights_tensor(std::size_t i, const std::vector<int>& shape, int dimension);
  /// A constant that says how an operator works.
  int integers_tensor(const std::string& label, const std::vector<int>& shape,
                      const std::vector<int>& values);
  /// Its scales are those of the products that it is added to.
  int biases_tensor(std::size_t i);

  // ---- Operators ----
  void push_operator(fb::BuiltinOperator code, int version, const std::vector<int>& inputs,
                     int output, fb::BuiltinOptions type, Offset<void> options);
  /// The tensor with a rank that operators on maps take, and the shape that the layer sees.
  int as_map(TensorId tensor, const Shape& seen);
  /// The tensor with the rank it has.
  [[nodiscard]] int as_is(TensorId tensor) const;
  /// Whether it is [1, c], and c are the channels that the layer sees.
  [[nodiscard]] bool is_flat(TensorId tensor, const Shape& seen) const;
  int output_tensor(std::size_t i, bool flat);

  // ---- Layers (layer_writer.cpp) ----
  void write_layer(std::size_t i);
  void write_operator(std::size_t i);
  void check_constants(std::size_t i);
  void write_conv2d(std::size_t i);
  void write_depthwise_conv2d(std::size_t i);
  void write_fully_connected(std::size_t i);
  void write_pool(std::size_t i, fb::BuiltinOperator code);
  int constant_tensor(std::size_t i, const std::vector<int>& shape);
  void write_binary(std::size_t i, fb::BuiltinOperator code, int version, fb::BuiltinOptions type,
                    Offset<void> options);
  void write_add(std::size_t i);
  void write_sub(std::size_t i);
  void write_mul(std::size_t i);
  void write_lookup(std::size_t i, fb::BuiltinOperator code, int version,
                    fb::BuiltinOptions type = fb::BuiltinOptions::NONE, Offset<void> options = 0);
  void write_softmax(std::size_t i);
  void write_pad(std::size_t i);
  void write_transpose(std::size_t i);
  void write_resize(std::size_t i);
  void write_slice(std::size_t i);
  void write_mean(std::size_t i);
  void write_concatenation(std::size_t i);

  // ---- Inputs and states ----
  void write_input(const std::string& label, TensorId input);
  /// A handle of the variable with this state, by VAR_HANDLE.
  int handle_of(std::size_t state);
  void assign(int handle, int value);
  /// The subgraph that CALL_ONCE runs: assigns every state its initial value.
  void write_initialisation();
  /// What is before the first layer counts for it.
  void read_states();
  /// The state whose next value is `tensor`, or null.
  [[nodiscard]] const network::State* state_made(TensorId tensor) const;
  /// What the last layer made is the state's new value.
  void assign_state(const network::State& state);

  // ---- The whole ----
  [[nodiscard]] std::vector<int> outputs() const;
  /// A subgraph of what was written since the last one.
  Offset<fb::SubGraph> take_graph(const std::vector<int>& inputs, const std::vector<int>& outputs,
                                  const char* name);
  std::vector<std::uint8_t> finish();

  const network::QuantisedNetwork& quantised_;
  const network::Network& network_;
  const TfliteOptions& options_;
  flatbuffers::FlatBufferBuilder builder_{1 << 16};
  std::vector<Offset<fb::Buffer>> buffers_;
  std::vector<Offset<fb::Tensor>> tensors_;
  std::vector<Offset<fb::Operator>> operators_;
  std::vector<std::uint32_t> layer_of_operator_;
  std::uint32_t current_layer_ = 0;
  std::vector<Offset<fb::OperatorCode>> operator_codes_;
  std::map<fb::BuiltinOperator, std::uint32_t> codes_;  // positions in operator_codes_
  std::vector<Written> written_;                        // by TensorId
  std::vector<int> handles_;                            // by state
  Offset<fb::SubGraph> initialisation_;
  std::uint64_t constant_bytes_ = 0;
};

}  // namespace opline::tflite
