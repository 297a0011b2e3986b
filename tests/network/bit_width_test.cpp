// tests/network/bit_width_test.cpp - which tensors have codes of four bits, and what they take.
#include <gmock/gmock.h>

#include "src/base/error.h"
#include "src/network/layer_descriptor.h"
#include "src/network/layer_work.h"
#include "src/network/layout.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

std::string bits_of(const Network& network) {
  std::string text = std::to_string(network.bits(0));
  for (const Layer& layer : network.layers()) text += std::to_string(layer.output_bits);
  return text;
}

TEST(BitWidth, KeepsEightBitsWhereNoKernelHasFour) {
  // The image, the average of the whole map, the scores and softmax have eight.
  EXPECT_EQ(bits_of(kws_s_in_4_bits()), "844444444444888");
  EXPECT_EQ(bits_of(every_layer_in_4_bits()), "84444444488");
  // pad, stem, left, right, largest, joined, mixed, mean, scores, softmax.
  EXPECT_EQ(bits_of(joined_branches_in_4_bits()), "88488888888");
  EXPECT_EQ(bits_of(every_layer_with_4_bit_weights()), "88888888888");
}

TEST(BitWidth, AnAverageThatAPoolReadsKeepsItsBits) {
  NetworkBuilder builder({4, 4, 2});
  TensorId t = builder.conv2d(0, 8, {}, Activation::relu);
  t = builder.average_pool_2d(t, {4, 4, 4, 4, Padding::valid});
  t = builder.max_pool_2d(t, {});
  builder.fully_connected(t, 3, Activation::none);
  EXPECT_EQ(bits_of(with_bits(std::move(builder).build(), {4, 4})), "88888");
}

// What is set or read from outside has eight, also where layers could do with four.
TEST(BitWidth, InputsOutputsAndStatesKeepEightBits) {
  NetworkBuilder builder({1, 1, 4});
  const TensorId other = builder.add_input({1, 1, 4});
  const TensorId state = builder.add_state({1, 1, 4});
  const TensorId first = builder.conv2d(other, 4, {}, Activation::relu);
  const TensorId second =
      builder.conv2d(builder.add(first, state, Activation::none), 4, {}, Activation::relu);
  const TensorId next = builder.conv2d(second, 4, {}, Activation::relu);
  const TensorId last =
      builder.conv2d(builder.add(next, 0, Activation::none), 4, {}, Activation::relu);
  builder.assign(state, next);
  builder.set_outputs({second, builder.conv2d(last, 4, {}, Activation::none)});
  const Network network = with_bits(std::move(builder).build(), {4, 4});
  for (const TensorId tensor : {0, 1, 2}) EXPECT_EQ(network.bits(tensor), 8) << tensor;
  EXPECT_EQ(network.bits(second), 8);
  EXPECT_EQ(network.bits(next), 8);
  EXPECT_EQ(network.bits(last), 4);
}

TEST(BitWidth, IsPartOfTheIdentity) {
  EXPECT_EQ(with_bits(every_layer(), {8, 8}).id(), every_layer().id());
  EXPECT_NE(every_layer_in_4_bits().id(), every_layer().id());
  EXPECT_NE(every_layer_in_4_bits().id(), every_layer_with_4_bit_weights().id());
  EXPECT_TRUE(every_layer_in_4_bits().canonical_text().starts_with(
      "input 12x10x3\nconv2d t0 3x3 s2x1 same -> 6x10x9 relu6 w4 a4\n"));
  EXPECT_EQ(signature_of(every_layer_in_4_bits().layers()[0]),
            "conv2d 12x10x3 -> 6x10x9 3x3 s2x1 same relu6 bits 4/8/4");
  EXPECT_EQ(kernel_of(every_layer_in_4_bits().layers()[0]), "conv_im2col_s4");
}

// What models of layers price by one form: layers whose codes are stored differently are apart.
TEST(BitWidth, FormsAreNamedByTheBitsOfInputAndOutput) {
  const auto forms = [](const Network& network) {
    std::vector<std::string> names;
    for (const Layer& layer : network.layers()) names.push_back(form_name_of(layer));
    return names;
  };
  EXPECT_THAT(forms(kws_s()), testing::Each(testing::Not(testing::HasSubstr("_s4"))));
  const std::vector<std::string> four = forms(kws_s_in_4_bits());
  EXPECT_EQ(four.front(), "conv_im2col_s4_8_4");
  EXPECT_THAT(four, testing::Contains("conv_1x1_s4"));
  EXPECT_THAT(four, testing::Contains("average_pool_s4_4_8"));
  EXPECT_EQ(forms(every_layer_with_4_bit_weights()).front(), "conv_im2col_s4_8_8");
}

TEST(BitWidth, IsReadBackFromTheCanonicalText) {
  for (const Network& network : {kws_s_in_4_bits(), every_layer_in_4_bits(), every_layer(),
                                 every_layer_with_4_bit_weights(), joined_branches_in_4_bits()}) {
    std::vector<Layer> bare = network.layers();
    std::vector<Layer*> all;
    for (Layer& layer : bare) {
      layer.weight_bits = layer.input_bits = layer.output_bits = 8;
      all.push_back(&layer);
    }
    set_bits(network.canonical_text(), all);
    for (std::size_t i = 0; i < bare.size(); ++i)
      EXPECT_EQ(signature_of(bare[i]), signature_of(network.layers()[i])) << i;
  }
}

TEST(BitWidth, SizesAreThoseOfThePlan) {
  for (const Network& network : {kws_s_in_4_bits(), every_layer_in_4_bits(),
                                 every_layer_with_4_bit_weights(), joined_branches_in_4_bits()}) {
    for (const Layer& layer : network.layers()) {
      const opline_layer plan = describe(layer);
      EXPECT_EQ(weight_bytes(layer), opline_weight_bytes(&plan)) << signature_of(layer);
      EXPECT_EQ(tensor_bytes(layer.input, layer.input_bits), opline_input_bytes(&plan));
      EXPECT_EQ(tensor_bytes(layer.output, layer.output_bits), opline_output_bytes(&plan));
    }
  }
  // conv 10x4, 84 channels of 40 weights; its output of 490 positions.
  const Network network = kws_s_in_4_bits();
  EXPECT_EQ(weight_bytes(network.layers()[0]), 84U * 20U);
  EXPECT_EQ(tensor_bytes(network.shape(1), network.bits(1)), 490U * 42U);
}

TEST(BitWidth, OddChannelsTakeAWholeByte) {
  EXPECT_EQ(tensor_bytes({6, 10, 9}, 4), 300U);
  EXPECT_EQ(tensor_bytes({6, 10, 9}, 8), 540U);
}

TEST(BitWidth, HalvesFlashAndActivations) {
  const Footprint eight = lay_out(kws_s()).footprint, four = lay_out(kws_s_in_4_bits()).footprint;
  EXPECT_NEAR(static_cast<double>(four.weight_bytes) / static_cast<double>(eight.weight_bytes), 0.5,
              0.01);
  EXPECT_NEAR(
      static_cast<double>(four.activation_bytes) / static_cast<double>(eight.activation_bytes), 0.5,
      0.02);
  EXPECT_EQ(four.channel_bytes, eight.channel_bytes);
}

TEST(BitWidth, RefusesWhatNoKernelHas) {
  EXPECT_EQ(message_of([] {
              (void)with_bits(every_layer(), {8, 4});
            }),
            "activations of 4 bits with weights of 8: no kernel has these; use weights of 4");
  EXPECT_EQ(message_of([] {
              (void)with_bits(every_layer(), {2, 8});
            }),
            "weights of 2 bits and activations of 8; there are 8 and 4");
}

}  // namespace
}  // namespace opline::network
