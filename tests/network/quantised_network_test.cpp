// tests/network/quantised_network_test.cpp - networks with their own numbers: the same bits as from
// the pools.
#include "src/network/quantised_network.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "src/base/error.h"
#include "src/network/host_execution.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

using testing::HasSubstr;

const Pools& pools() {
  static const Pools kPools = Pools::generate(1U << 20, OPLINE_CHANNEL_POOL_BYTES);
  return kPools;
}

class Quantised : public testing::TestWithParam<Network (*)()> {};

// The law: through TFLite's scales and back, every layer computes the same bytes.
TEST_P(Quantised, HasTheDigestsOfThePools) {
  const Network network = GetParam()();
  const CompiledNetwork pooled = compile(network, pools(), 3);
  const CompiledNetwork own = compile(quantised(network, pools(), 3), 3);
  EXPECT_EQ(own.digests, pooled.digests);
  EXPECT_EQ(own.output, pooled.output);
  EXPECT_EQ(own.footprint.source, TensorSource::own);
  EXPECT_EQ(own.footprint.flash_bytes(), own.tensors.size());
  EXPECT_TRUE(pooled.tensors.empty());
}

TEST_P(Quantised, EveryNumberOfEveryDescriptorIsThePoolsOne) {
  const Network network = GetParam()();
  const std::vector<opline_layer> pooled = layers_of(compile(network, pools()));
  const CompiledNetwork compiled = compile(quantised(network, pools()));
  const std::vector<opline_layer> own = layers_of(compiled);
  for (std::size_t i = 0; i < own.size(); ++i) {
    SCOPED_TRACE(to_string(network.layers()[i].type));
    EXPECT_EQ(std::memcmp(own[i].requantize, pooled[i].requantize, sizeof own[i].requantize), 0);
    EXPECT_EQ(own[i].softmax_diff_min, pooled[i].softmax_diff_min);
    EXPECT_EQ(own[i].input_zero_point, pooled[i].input_zero_point);
    EXPECT_EQ(own[i].input2_zero_point, pooled[i].input2_zero_point);
    EXPECT_EQ(own[i].output_zero_point, pooled[i].output_zero_point);
    EXPECT_EQ(own[i].activation_min, pooled[i].activation_min);
    EXPECT_EQ(own[i].activation_max, pooled[i].activation_max);
    EXPECT_EQ(own[i].shift_offset, 0);
    if (opline_channel_bytes(&own[i]) == 0 || own[i].op == OPLINE_OP_FULLY_CONNECTED) continue;
    for (std::size_t c = 0; c < own[i].out_c; ++c) {
      opline_channel entry;
      std::memcpy(&entry, compiled.tensors.data() + own[i].channels + c * sizeof entry,
                  sizeof entry);
      const opline_channel& other = pools().channels[pooled[i].channels / sizeof entry + c];
      const bool four = pooled[i].weight_bits == 4;
      EXPECT_EQ(entry.bias,
                four ? (other.bias >> pooled[i].bias_shift) + pooled[i].bias_offset : other.bias);
      EXPECT_EQ(entry.multiplier, other.multiplier);
      EXPECT_EQ(entry.shift, other.shift + pooled[i].shift_offset);
    }
  }
}

TEST_P(Quantised, AFilesNumbersAreAllThere) {
  const QuantisedNetwork network = quantised(GetParam()(), pools());
  ASSERT_EQ(network.tensors.size(), network.network.layers().size() + 1);
  for (std::size_t i = 0; i < network.constants.size(); ++i) {
    const Layer& layer = network.network.layers()[i];
    if (moves(layer.type)) {
      for (const TensorId input : layer.inputs)
        EXPECT_EQ(network.tensors[static_cast<std::size_t>(input)], network.tensors[i + 1]);
    }
    for (const float scale : network.constants[i].weight_scales) EXPECT_TRUE(std::isnormal(scale));
    EXPECT_EQ(std::exp2(std::round(std::log2(network.tensors[i + 1].scale))),
              network.tensors[i + 1].scale);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Quantised,
                         testing::Values(&kws_s, &kws_m, &every_layer, &joined_branches,
                                         &every_variant, &gated, &every_variant_in_4_bits,
                                         &kws_s_in_4_bits, &every_layer_in_4_bits,
                                         &every_layer_with_4_bit_weights,
                                         &joined_branches_in_4_bits));

// Classes of tied tensors: with the input, with a softmax, with neither; and the one that can't be.
TEST(QuantisedConcatenation, JoinedTensorsShareTheirQuantisation) {
  NetworkBuilder builder({4, 4, 3});
  const TensorId conv = builder.conv2d(0, 5, {}, Activation::none);
  const TensorId with_input = builder.concatenation(builder.max_pool_2d(0, {}), conv);
  const TensorId other = builder.conv2d(with_input, 6, {}, Activation::relu);
  const TensorId sum =
      builder.add(other, builder.conv2d(other, 6, {}, Activation::none), Activation::none);
  const TensorId plain = builder.concatenation(sum, builder.conv2d(sum, 9, {}, Activation::relu6));
  const TensorId shares = builder.softmax(builder.conv2d(plain, 7, {}, Activation::none));
  builder.concatenation(shares, builder.conv2d(plain, 4, {}, Activation::none));
  const Network network = std::move(builder).build();
  const QuantisedNetwork own = quantised(network, pools());
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    if (network.layers()[i].type != LayerType::concatenation) continue;
    for (const TensorId input : network.layers()[i].inputs)
      EXPECT_EQ(own.tensors[static_cast<std::size_t>(input)], own.tensors[i + 1]) << "layer " << i;
  }
  EXPECT_EQ(compile(own).digests, compile(network, pools()).digests);
}

TEST(QuantisedConcatenation, TheInputCannotJoinASoftmax) {
  NetworkBuilder builder({4, 4, 3});
  builder.concatenation(0, builder.softmax(builder.conv2d(0, 5, {}, Activation::none)));
  const Network network = std::move(builder).build();
  EXPECT_THAT(message_of([&] { (void)quantised(network, pools()); }),
              HasSubstr("layer 1: a concatenation joins a softmax"));
}

TEST(OwnTensors, AreWeightsAndTablesInTurn) {
  const CompiledNetwork compiled = compile(quantised(every_layer(), pools()));
  std::uint32_t end = 0;
  for (const opline_layer& layer : layers_of(compiled)) {
    if (opline_weight_bytes(&layer) == 0) continue;
    EXPECT_EQ(layer.weights, end);
    EXPECT_EQ(layer.channels, layer.weights + opline_align(opline_weight_bytes(&layer)));
    end = layer.channels + opline_align(opline_channel_bytes(&layer));
  }
  EXPECT_EQ(compiled.tensors.size(), end);
  EXPECT_EQ(execute_on_host(compiled.plan, compiled.tensors), compiled.digests);
}

// More than the channel pool: own tables have no limit but the flash.
TEST(OwnTensors, TablesMayBeLongerThanThePool) {
  NetworkBuilder builder({1, 1, 2});
  builder.conv2d(0, 3000, {}, Activation::none);
  const Network network = std::move(builder).build();
  EXPECT_TRUE(lay_out(network).refusal);
  EXPECT_FALSE(lay_out(network, TensorSource::own).refusal);
  QuantisedNetwork own{network, {{0.5F, 3}, {0.25F, -7}}, {{}}};
  own.constants[0].weights.assign(6000, 5);
  own.constants[0].weight_scales.assign(3000, 0.01F);
  own.constants[0].biases.assign(3000, -100);
  const CompiledNetwork compiled = compile(own);
  EXPECT_EQ(compiled.tensors.size(), 6000U + 36000U);
  EXPECT_EQ(compiled.output.size(), 3000U);
}

TEST(OwnTensors, MayTakeBothPoolsPlace) {
  Footprint footprint;
  footprint.source = TensorSource::own;
  footprint.weight_bytes = 900;
  footprint.channel_bytes = 100;
  EXPECT_EQ(reason_not_to_fit(footprint, {500, 500, 1}), std::nullopt);
  EXPECT_EQ(reason_not_to_fit(footprint, {500, 499, 1}),
            "needs 1000 B of flash, 999 B are available");
}

/// One linear 1x1 convolution of two channels, by hand.
QuantisedNetwork by_hand() {
  NetworkBuilder builder({1, 1, 2});
  builder.conv2d(0, 2, {}, Activation::relu6);
  QuantisedNetwork own{std::move(builder).build(), {{0.5F, 3}, {0.05F, -10}}, {{}}};
  own.constants[0] = {{1, -2, 3, 4}, {0.1F, 0.2F}, {7, 1 << 30}, 1};
  return own;
}

// (x - 3) * w + bias, times 0.5 * 0.1 / 0.05 = 1: 6 at scale 0.05 is 120 codes above -10; the
// second bias saturates.
TEST(OwnTensors, KnownAnswer) {
  const CompiledNetwork compiled = compile(by_hand(), 5);
  const int a = opline_input_byte(5, 0) - 3;
  const int b = opline_input_byte(5, 1) - 3;
  EXPECT_EQ(compiled.output[0], std::clamp(a - 2 * b + 7 - 10, -10, 110));
  EXPECT_EQ(compiled.output[1], 110);
}

// Zero points that are no end of the range keep negative values out all the same.
TEST(OwnTensors, LimitsFollowTheZeroPoint) {
  const opline_layer layer = layers_of(compile(by_hand())).at(0);
  EXPECT_EQ(layer.activation_min, -10);
  EXPECT_EQ(layer.activation_max, 110);
}

// Channels whose weights are nearly zero have scales that TFLite's arithmetic makes 0.
TEST(OwnTensors, AVanishingScaleGivesTheZeroPoint) {
  QuantisedNetwork own = by_hand();
  own.constants[0].weight_scales = {1e-30F, 1e-30F};
  own.constants[0].biases = {2000000000, -2000000000};
  EXPECT_THAT(compile(own).output, testing::Each(-10));
}

TEST(OwnTensors, RefusesWithTheLayerAndTheReason) {
  const auto refusal = [](auto change) {
    QuantisedNetwork own = by_hand();
    change(own);
    return message_of([&] { (void)compile(own); });
  };
  EXPECT_THAT(refusal([](auto& n) { n.tensors.pop_back(); }),
              HasSubstr("1 tensors have a quantisation"));
  EXPECT_THAT(refusal([](auto& n) { n.tensors[1].scale = 0; }),
              HasSubstr("tensor 1: the scale is 0"));
  EXPECT_THAT(refusal([](auto& n) { n.tensors[0].zero_point = 128; }),
              HasSubstr("tensor 0: the zero point is 128"));
  EXPECT_THAT(refusal([](auto& n) { n.constants[0].weights.pop_back(); }),
              HasSubstr("layer 0, conv2d: 3 weights; expected 4"));
  EXPECT_THAT(refusal([](auto& n) { n.constants[0].weight_scales.pop_back(); }),
              HasSubstr("1 weight scales; expected 2"));
  EXPECT_THAT(refusal([](auto& n) { n.constants[0].weight_scales[1] = NAN; }),
              HasSubstr("a weight scale is nan"));
  EXPECT_THAT(refusal([](auto& n) { n.constants[0].biases.clear(); }),
              HasSubstr("0 biases; expected 2"));
  EXPECT_THAT(refusal([](auto& n) { n.constants[0].weight_scales[0] = 1e12F; }),
              HasSubstr("layer 0, conv2d: channel: expected a multiplier"));
}

// One weight scale is a float product, scales per channel are doubles; a layer per position has its
// multipliers in the table either way.
TEST(OwnTensors, FullyConnectedLayersScaleByTensorOrByChannel) {
  NetworkBuilder builder({1, 3, 2});
  const TensorId rows = builder.fully_connected_per_position(0, 2, Activation::none);
  builder.fully_connected(rows, 2, Activation::none);
  const std::vector<TensorQuantisation> tensors = {{0.1F, 3}, {0.3F, 4}, {0.7F, -5}};
  const std::vector<std::int32_t> biases(2, 7);
  const QuantisedNetwork by_tensor{std::move(builder).build(),
                                   tensors,
                                   {{std::vector<std::int8_t>(4, 1), {0.31F}, biases},
                                    {std::vector<std::int8_t>(12, 1), {0.37F}, biases}}};
  QuantisedNetwork by_channel = by_tensor;
  for (LayerConstants& one : by_channel.constants) one.weight_scales.push_back(0.53F);
  const auto channel = [](const CompiledNetwork& compiled, std::size_t layer, std::size_t c) {
    opline_channel entry;
    std::memcpy(&entry,
                compiled.tensors.data() + layers_of(compiled)[layer].channels + c * sizeof entry,
                sizeof entry);
    return opline_multiplier{entry.multiplier, entry.shift};
  };
  const auto same = [](const opline_multiplier& a, const opline_multiplier& b) {
    return a.multiplier == b.multiplier && a.shift == b.shift;
  };
  const CompiledNetwork one = compile(by_tensor), many = compile(by_channel);
  EXPECT_TRUE(same(channel(one, 0, 1), quantise_fully_connected(0.1F, 0.31F, 0.3F)));
  EXPECT_TRUE(same(channel(many, 0, 1), quantise_product(0.1F, 0.53F, 0.3F)));
  EXPECT_TRUE(same(layers_of(one)[1].requantize[0], quantise_fully_connected(0.3F, 0.37F, 0.7F)));
  EXPECT_TRUE(same(layers_of(many)[1].requantize[0], {0, 0}));
  EXPECT_TRUE(same(channel(many, 1, 0), quantise_product(0.3F, 0.37F, 0.7F)));
  EXPECT_FALSE(
      same(quantise_fully_connected(0.1F, 0.31F, 0.3F), quantise_product(0.1F, 0.31F, 0.3F)));
}

TEST(OwnTensors, RefusesWhatCannotPassOn) {
  NetworkBuilder builder({4, 4, 2});
  const TensorId pooled = builder.max_pool_2d(0, {2, 2, 2, 2, Padding::valid});
  builder.softmax(pooled);
  QuantisedNetwork own{
      std::move(builder).build(), {{0.5F, 3}, {0.5F, 3}, {1.0F / 256, -128}}, {{}, {}}};
  EXPECT_NO_THROW((void)compile(own));
  own.tensors[1].zero_point = 4;
  EXPECT_THAT(message_of([&] { (void)compile(own); }),
              HasSubstr("layer 0, max_pool_2d: input (0.5, zero point 3)"));
  own.tensors[1].zero_point = 3;
  own.tensors[2].zero_point = -127;
  EXPECT_THAT(message_of([&] { (void)compile(own); }),
              HasSubstr("layer 1, softmax: the output must have scale 1/256"));
}

}  // namespace
}  // namespace opline::network
