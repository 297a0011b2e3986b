// Files of several inputs and outputs, and of streaming models: variables, their initial values,
// and what is refused about them.
#include <gmock/gmock.h>

#include "firmware/kernels/opline_kernels.h"
#include "src/network/host_execution.h"
#include "src/tflite/tflm_memory.h"
#include "tests/tflite/changed_file.h"

namespace opline::tflite_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Streaming : public FromTflite {
 protected:
  Streaming() { take(network::streaming_conv()); }

  // CALL_ONCE, VAR_HANDLE, READ_VARIABLE, then the layers with their RESHAPEs.
  fb::SubGraphT& initialisation() { return *model_->subgraphs[1]; }
  fb::TensorT& initial_value() { return *initialisation().tensors[1]; }
};

TEST_F(Streaming, OperatorsOfTheFile) {
  std::vector<std::string> names;
  for (const auto& one : graph().operators)
    names.emplace_back(
        fb::EnumNameBuiltinOperator(model_->operator_codes[one->opcode_index]->builtin_code));
  EXPECT_THAT(names,
              ElementsAre("CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "RESHAPE", "CONCATENATION",
                          "RESHAPE", "STRIDED_SLICE", "ASSIGN_VARIABLE", "CONV_2D"));
  EXPECT_EQ(model_->subgraphs.size(), 2U);
  EXPECT_EQ(tflite::write_tflite(network_).layer_of_operator,
            (std::vector<std::uint32_t>{0, 0, 0, 0, 0, 1, 1, 1, 2}));
}

TEST_F(Streaming, InitialValuesAreThoseOfTheSubgraph) {
  EXPECT_EQ(read().initial_states, network_.initial_states);
  model_->buffers[initial_value().buffer]->data = {1, 2, 3, 4, 5, 6, 7, 0xff};
  EXPECT_THAT(read().initial_states, ElementsAre(ElementsAre(1, 2, 3, 4, 5, 6, 7, -1)));
}

// As TFLM does.
TEST_F(Streaming, WithoutThemAVariableIsZero) {
  initialisation().operators.clear();
  const auto zero = static_cast<std::int8_t>(network_.tensors[1].zero_point);
  EXPECT_THAT(read().initial_states, ElementsAre(testing::Each(zero)));
  graph().operators.erase(graph().operators.begin());  // CALL_ONCE
  EXPECT_THAT(read().initial_states, ElementsAre(testing::Each(zero)));
}

// The order of execution decides what is read.
TEST_F(Streaming, AVariableThatIsReadAfterItWasAssignedIsTheNewValue) {
  graph().operators.push_back(new_operator(fb::BuiltinOperator::READ_VARIABLE,
                                           operation(1).outputs[0],
                                           new_tensor("again", output_of(2))));
  graph().operators.push_back(new_operator(fb::BuiltinOperator::TANH,
                                           graph().operators.back()->outputs[0],
                                           new_tensor("bounded", output_of(2))));
  tensor(graph().operators.back()->outputs[0]).quantization->scale = {1.0F / 128};
  tensor(graph().operators.back()->outputs[0]).quantization->zero_point = {0};
  graph().outputs.push_back(graph().operators.back()->outputs[0]);
  EXPECT_THAT(read().network.canonical_text(), HasSubstr("tanh t3 -> 1x2x4\n"
                                                         "assign t1 t3\n"
                                                         "output t4 t5\n"));
}

TEST_F(Streaming, AVariableWithoutAssignmentKeepsItsValue) {
  graph().operators.erase(graph().operators.begin() + 7);
  graph().outputs.push_back(output_of(6).name == "layer1_slice" ? operation(6).outputs[0] : -1);
  const QuantisedNetwork taken = read();
  EXPECT_EQ(taken.network.states(), (std::vector<network::State>{{1, 1, false}}));
  const auto compiled = network::compile(taken);
  EXPECT_EQ(network::run_first(taken, compiled).states, taken.initial_states);
}

TEST_F(Streaming, Refusals) {
  const std::unique_ptr<fb::ModelT> original = std::move(model_);
  const auto expect_of = [&](const auto& change, const std::string& what) {
    model_ = std::make_unique<fb::ModelT>(*original);
    change();
    expect(what);
  };
  expect_of([&] { std::swap(graph().operators[6], graph().operators[5]); },
            "operator 5 (STRIDED_SLICE): stands before an operator that makes what it reads");
  expect_of([&] { graph().operators.erase(graph().operators.begin() + 1); },
            "operator 1 (READ_VARIABLE): tensor 'state0_handle': is neither a constant nor");
  expect_of([&] { operation(2).inputs[0] = graph().inputs[0]; },
            "operator 2 (READ_VARIABLE): tensor 'input': is not made by VAR_HANDLE");
  expect_of([&] { operation(2).inputs.push_back(-1); },
            "operator 2 (READ_VARIABLE): has 2 inputs and 1 outputs; 1 and 1 are expected");
  expect_of([&] { operation(7).inputs.pop_back(); },
            "operator 7 (ASSIGN_VARIABLE): has 1 inputs and 0 outputs; 2 and 0 are expected");
  expect_of([&] { operation(7).inputs[1] = operation(8).outputs[0]; },
            "operator 7 (ASSIGN_VARIABLE)");
  expect_of([&] { output_of(6).quantization->zero_point[0] ^= 1; }, "they must be equal");
  expect_of([&] { operation(0).builtin_options.AsCallOnceOptions()->init_subgraph_index = 2; },
            "refers to subgraph 2 of 2");
  expect_of([&] { operation(0).builtin_options.AsCallOnceOptions()->init_subgraph_index = 0; },
            "refers to subgraph 0 of 2");
  expect_of([&] { model_->buffers[initial_value().buffer]->data.pop_back(); },
            "subgraph 1, operator 1 (ASSIGN_VARIABLE): tensor 'state0_initial': a constant of 8 "
            "int8 numbers is expected, found 7 B of INT8");
  expect_of([&] { initialisation().operators[1]->opcode_index = operation(8).opcode_index; },
            "subgraph 1, operator 1 (CONV_2D): computes what a variable is before the first");
  expect_of([&] { output_of(2).type = fb::TensorType::FLOAT32; },
            "tensor 'state0' is FLOAT32; only int8 is supported");
  expect_of(
      [&] {
        output_of(2).shape = {1, 1, 3, 4};
      },
      "tensor 'state0_initial': a constant of 12 int8 numbers is expected, found 8 B");
}

// Found by fuzzing: 16 GB were set to zero.
TEST_F(Streaming, VariablesBeyondMeasure) {
  output_of(2).shape = {1, 60000, 60000, 4};
  expect("tensor 'state0' has 14400000000 elements; all variables together may have 134217728");
}

TEST_F(Streaming, AVariableThatNothingReadsIsRefused) {
  take(network::streaming_conv());
  auto& options = *operation(1).builtin_options.AsVarHandleOptions();
  options.shared_name = "other";
  EXPECT_EQ(read().initial_states[0][0], static_cast<std::int8_t>(network_.tensors[1].zero_point))
      << "what the subgraph assigns is another one";
  auto handle = std::make_unique<fb::OperatorT>(operation(1));
  handle->builtin_options.AsVarHandleOptions()->shared_name = "third";
  handle->outputs = {new_tensor("third", output_of(1))};
  operation(7).inputs[0] = handle->outputs[0];
  insert(2, std::move(handle));
  expect("operator 8 (ASSIGN_VARIABLE): assigns a variable that nothing reads");
}

TEST_F(FromTflite, SeveralInputsAndOutputs) {
  take(network::two_ends());
  EXPECT_EQ(graph().inputs.size(), 2U);
  EXPECT_EQ(graph().outputs.size(), 2U);
  const std::string text = network_.network.canonical_text();
  EXPECT_EQ(read().network.canonical_text(), text);
  std::swap(graph().outputs[0], graph().outputs[1]);
  EXPECT_THAT(read().network.outputs(), ElementsAre(5, 3));
  std::swap(graph().inputs[0], graph().inputs[1]);
  EXPECT_THAT(read().network.canonical_text(), testing::StartsWith("input 6x5x2\ninput 6x5x3\n"
                                                                   "concatenation t1 t0 ->"));
  graph().inputs[1] = graph().inputs[0];
  expect("tensor 'input1' is two of the model's inputs");
}

TEST_F(FromTflite, EveryInputAndOutputMayHaveABorder) {
  take(network::two_ends());
  for (std::size_t i = 0; i < 2; ++i) {
    const int input = graph().inputs[i], output = graph().outputs[i];
    const int from = new_tensor("float_in", tensor(input));
    tensor(from).type = fb::TensorType::FLOAT32;
    const int to = new_tensor("float_out", tensor(output));
    tensor(to).type = fb::TensorType::FLOAT32;
    insert(0, new_operator(fb::BuiltinOperator::QUANTIZE, from, input));
    graph().operators.push_back(new_operator(fb::BuiltinOperator::DEQUANTIZE, output, to));
    graph().inputs[i] = from;
    graph().outputs[i] = to;
  }
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, OutputsThatAreNotComputedAreRefused) {
  take(network::two_ends());
  graph().outputs[0] = graph().inputs[0];
  expect("an output of the network is one of its inputs");
  graph().outputs[0] = input_of(find(fb::BuiltinOperator::CONV_2D), 1).buffer == 0
                           ? 0
                           : operation(find(fb::BuiltinOperator::CONV_2D)).inputs[1];
  expect("tensor 'layer1_weights' is an output of the model that is not computed from its inputs");
}

// Rows behind rows: what a concatenation along time is.
TEST_F(FromTflite, ConcatenationAlongOtherAxes) {
  network::NetworkBuilder builder({2, 2, 3});
  const auto pooled = builder.max_pool_2d(0, {1, 1, 1, 1, network::Padding::same});
  builder.concatenation(0, pooled);
  take(std::move(builder).build());
  fb::ConcatenationOptionsT& options = *operation(1).builtin_options.AsConcatenationOptions();
  options.axis = 1;
  output_of(1).shape = {1, 4, 2, 3};
  EXPECT_THAT(read().network.canonical_text(),
              HasSubstr("concatenation t0 t1 as 1x1x12 -> 1x1x24\n"));
  options.axis = -2;
  output_of(1).shape = {1, 2, 4, 3};
  EXPECT_THAT(read().network.canonical_text(),
              HasSubstr("concatenation t0 t1 as 1x2x6 -> 1x2x12\n"));
  options.axis = 4;
  expect("operator 1 (CONCATENATION): is along axis 4, and its output has 4 dimensions");
  options.axis = 1;
  expect(
      "operator 1 (CONCATENATION): tensor 'input': its shape differs from the output's along other "
      "axes than 1");
  output_of(1).shape = {2, 2, 2, 3};
  options.axis = 0;
  expect("tensor 'layer1_concatenation' has a batch of 2; only 1 is supported");
}

// UNPACK takes rows, PACK puts them behind one another in another dimension.
TEST_F(FromTflite, UnpackAndPack) {
  network::NetworkBuilder builder({2, 2, 3});
  builder.max_pool_2d(0, {1, 1, 1, 1, network::Padding::same});
  take(std::move(builder).build());
  const int pooled = operation(0).outputs[0];
  auto unpack =
      new_operator(fb::BuiltinOperator::UNPACK, pooled, new_tensor("top", tensor(pooled)));
  unpack->outputs.push_back(new_tensor("bottom", tensor(pooled)));
  for (const int row : unpack->outputs) tensor(row).shape = {1, 2, 3};
  fb::UnpackOptionsT by_row;
  by_row.num = 2;
  by_row.axis = 1;
  unpack->builtin_options.Set(by_row);
  auto pack = new_operator(fb::BuiltinOperator::PACK, unpack->outputs[1],
                           new_tensor("packed", tensor(pooled)));
  pack->inputs.push_back(unpack->outputs[0]);
  fb::PackOptionsT by_column;
  by_column.values_count = 2;
  by_column.axis = -2;
  pack->builtin_options.Set(by_column);
  graph().outputs = pack->outputs;
  graph().operators.push_back(std::move(unpack));
  graph().operators.push_back(std::move(pack));
  EXPECT_EQ(read().network.canonical_text(),
            "input 2x2x3\n"
            "max_pool_2d t0 1x1 s1x1 same -> 2x2x3\n"
            "slice t1 from 0x0x0 step 1x1 -> 1x2x3\n"
            "slice t1 from 1x0x0 step 1x1 -> 1x2x3\n"
            "concatenation t3 t2 -> 1x2x6\n");
  operation(1).builtin_options.AsUnpackOptions()->axis = 2;
  EXPECT_THAT(read().network.canonical_text(),
              HasSubstr("slice t1 from 0x0x0 step 1x1 -> 2x1x3\n"
                        "slice t1 from 0x1x0 step 1x1 -> 2x1x3\n"
                        "concatenation t3 t2 as 1x2x3 -> 1x2x6\n"));
  operation(1).builtin_options.AsUnpackOptions()->axis = 3;
  expect("operator 1 (UNPACK): tensor 'top': is 1x2x3 in the file, but the operator makes 2x2x1");
  operation(1).builtin_options.AsUnpackOptions()->axis = 1;
  operation(2).builtin_options.AsPackOptions()->axis = 1;
  tensor(operation(2).outputs[0]).shape = {1, 2, 3, 2};
  expect(
      "operator 2 (PACK): tensor 'bottom': its shape differs from the output's along other axes "
      "than 1");
}

}  // namespace
}  // namespace opline::tflite_test
