// tests/tflite/changed_file.h - a file that is written, changed and read again.
#pragma once
#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "src/tflite/from_tflite.h"
#include "src/tflite/to_tflite.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"
#include "tests/tflite/random_numbers.h"
#include "tests/tflite/tflite_object_generated.h"

namespace opline::tflite_test {

namespace fb = tflite::fb;
using network::QuantisedNetwork;

inline std::vector<std::uint8_t> pack(const fb::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  fb::FinishModelBuffer(builder, fb::CreateModel(builder, &model));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// Rows and columns that differ, before and behind.
inline network::Network padded_mean() {
  network::NetworkBuilder builder({4, 6, 5});
  const auto padded = builder.pad(0, {1, 0, 2, 3});
  builder.mean(padded);
  return std::move(builder).build();
}

/// A file to change: every_layer() with random numbers, or another network.
class FromTflite : public testing::Test {
 protected:
  explicit FromTflite() { take(network::every_layer()); }

  void take(const network::Network& network) {
    network_ = random_numbers(network, 1);
    model_ = std::unique_ptr<fb::ModelT>(fb::UnPackModel(tflite::to_tflite(network_).data()));
  }
  fb::SubGraphT& graph() { return *model_->subgraphs[0]; }
  fb::OperatorT& operation(std::size_t i) { return *graph().operators[i]; }
  fb::TensorT& tensor(int i) { return *graph().tensors[static_cast<std::size_t>(i)]; }
  fb::TensorT& input_of(std::size_t operation_id, std::size_t i) {
    return tensor(operation(operation_id).inputs[i]);
  }
  fb::TensorT& output_of(std::size_t operation_id) {
    return tensor(operation(operation_id).outputs[0]);
  }

  /// The first operator of this kind.
  std::size_t find(fb::BuiltinOperator code) {
    for (std::size_t i = 0; i < graph().operators.size(); ++i) {
      if (model_->operator_codes[operation(i).opcode_index]->builtin_code == code) return i;
    }
    ADD_FAILURE() << "no such operator";
    return 0;
  }
  std::uint32_t new_code(fb::BuiltinOperator code) {
    auto entry = std::make_unique<fb::OperatorCodeT>();
    entry->builtin_code = code;
    entry->deprecated_builtin_code =
        static_cast<std::int8_t>(std::min(static_cast<int>(code), 127));
    model_->operator_codes.push_back(std::move(entry));
    return static_cast<std::uint32_t>(model_->operator_codes.size()) - 1;
  }
  /// A tensor like `like` without content.
  int new_tensor(const std::string& name, const fb::TensorT& like) {
    auto added = std::make_unique<fb::TensorT>(like);
    added->name = name;
    added->buffer = 0;
    graph().tensors.push_back(std::move(added));
    return static_cast<int>(graph().tensors.size()) - 1;
  }
  /// An int32 constant; a `scalar` has no dimensions.
  int new_integers(const std::string& name, const std::vector<std::int32_t>& numbers,
                   bool scalar = false) {
    auto buffer = std::make_unique<fb::BufferT>();
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(numbers.data());
    buffer->data.assign(bytes, bytes + numbers.size() * sizeof(std::int32_t));
    model_->buffers.push_back(std::move(buffer));
    const int made = new_tensor(name, {});
    tensor(made).type = fb::TensorType::INT32;
    tensor(made).buffer = static_cast<std::uint32_t>(model_->buffers.size()) - 1;
    if (!scalar) tensor(made).shape = {static_cast<std::int32_t>(numbers.size())};
    return made;
  }
  /// An int32 tensor that is computed; {} is a scalar.
  int computed_integers(const std::string& name, const std::vector<std::int32_t>& shape) {
    const int made = new_tensor(name, {});
    tensor(made).type = fb::TensorType::INT32;
    tensor(made).shape = shape;
    return made;
  }
  /// Puts `added` in front of operator `before`.
  void insert(std::size_t before, std::unique_ptr<fb::OperatorT> added) {
    graph().operators.insert(graph().operators.begin() + static_cast<std::ptrdiff_t>(before),
                             std::move(added));
  }
  std::unique_ptr<fb::OperatorT> new_operator(fb::BuiltinOperator code, int input, int output) {
    auto added = std::make_unique<fb::OperatorT>();
    added->opcode_index = new_code(code);
    added->inputs = {input};
    added->outputs = {output};
    return added;
  }

  [[nodiscard]] QuantisedNetwork read() const {
    return tflite::from_tflite(pack(*model_), "m.tflite");
  }
  [[nodiscard]] std::string refusal() const {
    return message_of([&] { (void)read(); });
  }
  /// The file is refused, by its name and for this reason.
  void expect(const std::string& what) const {
    EXPECT_THAT(refusal(),
                testing::AllOf(testing::StartsWith("m.tflite: "), testing::HasSubstr(what)));
  }

  QuantisedNetwork network_;
  std::unique_ptr<fb::ModelT> model_;
};

}  // namespace opline::tflite_test
