// What is in a written file, seen through the schema.
#include "src/tflite/to_tflite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/error.h"
#include "tests/network/example_networks.h"
#include "tests/tflite/random_numbers.h"
#include "tests/tflite/tflite_object_generated.h"

namespace opline::tflite_test {
namespace {

using network::LayerType;
namespace fb = tflite::fb;
using testing::ElementsAre;

class ToTflite : public testing::Test {
 protected:
  network::QuantisedNetwork network_ = random_numbers(network::every_layer(), 1);
  std::vector<std::uint8_t> bytes_ = tflite::to_tflite(network_);
  const fb::Model& model_ = *fb::GetModel(bytes_.data());
  const fb::SubGraph& graph_ = *model_.subgraphs()->Get(0);
};

TEST_F(ToTflite, IsAVerifiedFlatbufferWithIdentifier) {
  EXPECT_EQ(std::string(bytes_.begin() + 4, bytes_.begin() + 8), "TFL3");
  flatbuffers::Verifier verifier(bytes_.data(), bytes_.size());
  EXPECT_TRUE(fb::VerifyModelBuffer(verifier));
  EXPECT_EQ(model_.version(), 3U);
  EXPECT_EQ(model_.description()->str(), "opline 0.1.0, network " + network_.network.id());
}

TEST_F(ToTflite, SameNetworkSameBytes) {
  EXPECT_EQ(tflite::to_tflite(random_numbers(network::every_layer(), 1)), bytes_);
  EXPECT_NE(tflite::to_tflite(random_numbers(network::every_layer(), 2)), bytes_);
}

TEST_F(ToTflite, OneOperatorALayer) {
  ASSERT_EQ(graph_.operators()->size(), network_.network.layers().size());
  for (unsigned i = 0; i < graph_.operators()->size(); ++i) {
    const int output = graph_.operators()->Get(i)->outputs()->Get(0);
    const std::string name =
        fmt::format("layer{}_{}", i, to_string(network_.network.layers()[i].type));
    EXPECT_EQ(graph_.tensors()->Get(static_cast<unsigned>(output))->name()->str(), name);
  }
}

// What a runtime reports of its operators belongs to layers.
TEST_F(ToTflite, EveryOperatorHasItsLayer) {
  EXPECT_EQ(tflite::write_tflite(network_).bytes, bytes_);
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < network_.network.layers().size(); ++i) all.push_back(i);
  EXPECT_EQ(tflite::write_tflite(network_).layer_of_operator, all);

  // A convolution over a fully connected layer's output needs a RESHAPE, which is the
  // convolution's.
  network::NetworkBuilder builder({4, 4, 2});
  const network::TensorId dense = builder.fully_connected(0, 8, network::Activation::none);
  builder.conv2d(dense, 4, {1, 1, 1, 1}, network::Activation::relu);
  const auto file = tflite::write_tflite(random_numbers(std::move(builder).build(), 1));
  EXPECT_THAT(file.layer_of_operator, ElementsAre(0, 1, 1));
}

// Readers from before 2020 look at the first field, later ones at the larger of both.
TEST_F(ToTflite, OperatorCodesHaveBothFields) {
  std::vector<std::pair<std::string, int>> known;
  for (const fb::OperatorCode* code : *model_.operator_codes()) {
    EXPECT_EQ(static_cast<int>(code->builtin_code()), code->deprecated_builtin_code());
    known.emplace_back(fb::EnumNameBuiltinOperator(code->builtin_code()), code->version());
  }
  using Known = std::pair<std::string, int>;
  EXPECT_THAT(known,
              ElementsAre(Known("CONV_2D", 3), Known("DEPTHWISE_CONV_2D", 3), Known("ADD", 2),
                          Known("MAX_POOL_2D", 2), Known("AVERAGE_POOL_2D", 2),
                          Known("FULLY_CONNECTED", 4), Known("SOFTMAX", 2)));
}

TEST_F(ToTflite, ContentIsAlignedTo16Bytes) {
  EXPECT_EQ(model_.buffers()->Get(0)->data(), nullptr);
  for (unsigned i = 1; i < model_.buffers()->size(); ++i)
    EXPECT_EQ((model_.buffers()->Get(i)->data()->data() - bytes_.data()) % 16, 0) << i;
}

TEST_F(ToTflite, WeightsAndBiasesOfAConvolution) {
  const fb::Operator& conv = *graph_.operators()->Get(0);
  const auto tensor = [&](unsigned i) {
    return graph_.tensors()->Get(static_cast<unsigned>(conv.inputs()->Get(i)));
  };
  EXPECT_THAT(std::vector<int>(tensor(1)->shape()->begin(), tensor(1)->shape()->end()),
              ElementsAre(9, 3, 3, 3));
  EXPECT_EQ(tensor(1)->quantization()->quantized_dimension(), 0);
  ASSERT_EQ(tensor(2)->quantization()->scale()->size(), 9U);
  for (unsigned c = 0; c < 9; ++c) {
    EXPECT_EQ(tensor(1)->quantization()->zero_point()->Get(c), 0);
    EXPECT_EQ(tensor(2)->quantization()->scale()->Get(c),
              network_.tensors[0].scale * network_.constants[0].weight_scales[c]);
  }
  EXPECT_EQ(tensor(2)->type(), fb::TensorType::INT32);
  const fb::Operator& depthwise = *graph_.operators()->Get(2);
  const auto* weights = graph_.tensors()->Get(static_cast<unsigned>(depthwise.inputs()->Get(1)));
  EXPECT_EQ(weights->quantization()->quantized_dimension(), 3);
}

TEST_F(ToTflite, OutputsAreTheLastLayersOrAll) {
  EXPECT_EQ(graph_.outputs()->size(), 1U);
  tflite::TfliteOptions all;
  all.intermediate_outputs = true;
  all.description = "all of them";
  const auto bytes = tflite::to_tflite(network_, all);
  const fb::Model& model = *fb::GetModel(bytes.data());
  EXPECT_EQ(model.subgraphs()->Get(0)->outputs()->size(), network_.network.layers().size());
  EXPECT_EQ(model.description()->str(), "all of them");
}

TEST_F(ToTflite, RefusesConstantsOfAnotherSize) {
  network_.constants[1].biases.pop_back();
  EXPECT_THROW((void)tflite::to_tflite(network_), Error);
  network_ = random_numbers(network::every_layer(), 1);
  network_.constants[0].weight_scales.resize(1);
  EXPECT_THROW((void)tflite::to_tflite(network_), Error);
}

}  // namespace
}  // namespace opline::tflite_test
