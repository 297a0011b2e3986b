#include "src/network/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "firmware/kernels/opline_kernels.h"

#include "src/base/error.h"
#include "src/network/host_execution.h"
#include "src/network/quantised_network.h"
#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

const Pools& pools() {
  static const Pools kPools = Pools::generate(1U << 20, 1U << 18);
  return kPools;
}

class Compile : public testing::TestWithParam<Network (*)()> {};

TEST_P(Compile, EveryLayerIsSpreadAsADigestNeeds) {
  const CompiledNetwork compiled = compile(GetParam()(), pools());
  for (std::size_t i = 0; i < compiled.spread.size(); ++i) {
    const bool four = layers_of(compiled)[i].output_bits == 4;
    EXPECT_GE(compiled.spread[i].standard_deviation,
              four ? kMinStandardDeviationS4 : kMinStandardDeviation)
        << i;
    EXPECT_LT(compiled.spread[i].saturated_share, four ? kMaxSaturatedShareS4 : kMaxSaturatedShare)
        << i;
  }
}

// A digest that doesn't notice that a layer's weights are gone would check nothing.
TEST_P(Compile, ZeroingALayersWeightsChangesItsDigest) {
  const CompiledNetwork compiled = compile(GetParam()(), pools());
  const std::vector<opline_layer> layers = layers_of(compiled);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::uint32_t bytes = opline_weight_bytes(&layers[i]);
    if (bytes == 0) continue;
    Pools zeroed = pools();
    std::fill_n(zeroed.weights.begin() + layers[i].weights, bytes, std::int8_t{0});
    const std::vector<std::uint32_t> digests = execute_on_host(compiled.plan, zeroed);
    EXPECT_NE(digests[i], compiled.digests[i]) << "layer " << i;
    EXPECT_TRUE(std::equal(digests.begin(), digests.begin() + static_cast<std::ptrdiff_t>(i),
                           compiled.digests.begin()));
  }
}

TEST_P(Compile, ThePlanPassesTheDevicesCheckAndReproducesTheDigests) {
  const CompiledNetwork compiled = compile(GetParam()(), pools());
  EXPECT_EQ(execute_on_host(compiled.plan, pools()), compiled.digests);
  const auto bytes = [](std::uint64_t size) { return static_cast<std::uint32_t>(size); };
  const Footprint& footprint = compiled.footprint;
  const opline_limits limits{bytes(footprint.arena_bytes),
                             bytes(footprint.weight_bytes),
                             bytes(footprint.channel_bytes),
                             pools().channels.data(),
                             0,
                             nullptr};
  const opline_plan_error error =
      opline_check_plan(compiled.plan.data(), compiled.plan.size(), &limits);
  EXPECT_EQ(error.text, nullptr) << error.text << " in layer " << error.layer;
}

INSTANTIATE_TEST_SUITE_P(Networks, Compile,
                         testing::Values(&kws_s, &every_layer, &joined_branches, &every_variant,
                                         &gated, &every_variant_in_4_bits, &kws_s_in_4_bits,
                                         &every_layer_in_4_bits, &every_layer_with_4_bit_weights,
                                         &joined_branches_in_4_bits));

/// Of weights of which one at a time is wrong by a sixteenth of the range, the share that changes
/// the digest of its own layer; over all layers with weights.
double noticed_share(const Network& network) {
  const CompiledNetwork compiled = compile(network, pools());
  const std::vector<opline_layer> layers = layers_of(compiled);
  Pools changed = pools();
  int noticed = 0, tried = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::uint32_t bytes = opline_weight_bytes(&layers[i]);
    for (std::uint32_t k = 0; bytes != 0 && k < 16; ++k, ++tried) {
      std::int8_t& weight = changed.weights[layers[i].weights + k * (bytes - 1) / 15];
      const std::int8_t before = weight;
      weight = static_cast<std::int8_t>(weight ^ 16);
      noticed += execute_on_host(compiled.plan, changed)[i] != compiled.digests[i];
      weight = before;
    }
  }
  return static_cast<double>(noticed) / tried;
}

// Sixteen values hide more than 256 do (docs/decisions/0017-sub-byte.md).
TEST(CompileFourBits, DigestsNoticeNearlyAsManyWrongWeightsAsOfInt8) {
  const double eight = noticed_share(kws_s()), four = noticed_share(kws_s_in_4_bits());
  EXPECT_GT(four, 0.8 * eight) << four << " and " << eight;
}

TEST(CompileNetwork, WeightsAreInDeploymentOrderWithoutOverlap) {
  const std::vector<opline_layer> layers = layers_of(compile(every_layer(), pools()));
  std::uint32_t weights = 0;
  std::uint32_t channels = 0;
  for (const opline_layer& layer : layers) {
    if (opline_weight_bytes(&layer) == 0) continue;
    EXPECT_GE(layer.weights, weights);
    EXPECT_EQ(layer.weights % 16, 0U);
    EXPECT_GE(layer.channels, channels);
    EXPECT_EQ(layer.channels % 48, 0U);
    weights = layer.weights + opline_weight_bytes(&layer);
    channels = layer.channels + opline_channel_bytes(&layer);
  }
}

// More tables than the channel pool holds: they start again at its beginning, and the footprint
// counts every table.
TEST(CompileNetwork, TheChannelPoolStartsAnew) {
  NetworkBuilder builder({2, 2, 4});
  TensorId t = 0;
  for (int i = 0; i < 6; ++i) t = builder.conv2d(t, i % 2 == 0 ? 900 : 4, {}, Activation::relu);
  const CompiledNetwork compiled =
      compile(std::move(builder).build(), Pools::generate(1U << 20, OPLINE_CHANNEL_POOL_BYTES));
  EXPECT_GT(compiled.footprint.channel_bytes, OPLINE_CHANNEL_POOL_BYTES);
  bool restarted = false;
  std::uint32_t before = 0;
  for (const opline_layer& layer : layers_of(compiled)) {
    EXPECT_LE(layer.channels + opline_channel_bytes(&layer), OPLINE_CHANNEL_POOL_BYTES);
    restarted = restarted || layer.channels < before;
    before = layer.channels;
  }
  EXPECT_TRUE(restarted);
}

TEST(CompileNetwork, AnotherSeedIsAnotherInput) {
  EXPECT_NE(compile(every_layer(), pools(), 1).digests, compile(every_layer(), pools(), 2).digests);
}

// What the spread rule can't have is executed all the same: one value, a mean over the raw input.
TEST(CompileNetwork, OutputsThatNoScaleSpreadsAreKept) {
  NetworkBuilder builder({16, 16, 1});
  const TensorId mean = builder.average_pool_2d(0, {8, 8, 8, 8, Padding::valid});
  const TensorId one = builder.fully_connected(mean, 1, Activation::none);
  builder.softmax(one);
  const CompiledNetwork compiled = compile(std::move(builder).build(), pools());
  EXPECT_EQ(compiled.digests.size(), 3U);
  EXPECT_EQ(execute_on_host(compiled.plan, pools()), compiled.digests);
}

/// A function of a convolution's `channels` on the input's map.
Network few_values(LayerType type, int map, int channels) {
  NetworkBuilder builder({map, map, 5});
  const TensorId few = builder.conv2d(0, channels, {}, Activation::none);
  const TensorId value = builder.lookup(type, few);
  builder.fully_connected(value, 4, Activation::none);
  return std::move(builder).build();
}

/// Squeeze-and-excitation (sampler/space/block_layers.cpp) with `channels` squeezed channels.
Network squeezed(int channels, bool hard_swish, bool hard_sigmoid) {
  NetworkBuilder builder({6, 6, 3});
  const TensorId all =
      builder.conv2d(0, 2 * channels, {3, 3, 1, 1, Padding::same}, Activation::relu);
  TensorId t = builder.conv2d(builder.mean(all), channels, {},
                              hard_swish ? Activation::none : Activation::relu);
  if (hard_swish) t = builder.lookup(LayerType::hard_swish, t);
  t = builder.conv2d(t, 2 * channels, {}, Activation::none);
  if (hard_sigmoid) {
    t = builder.binary(LayerType::add, t, ConstantOperand{{1, 1, 1}}, Activation::relu6);
    t = builder.binary(LayerType::mul, t, ConstantOperand{{1, 1, 1}});
  } else {
    t = builder.lookup(LayerType::logistic, t);
  }
  builder.binary(LayerType::mul, all, t);
  return std::move(builder).build();
}

/// Compiles and executes; with `seen`, the output of every hard_swish is not 0 alone.
void expect_executable(const Network& network, std::uint32_t seed, bool seen = true) {
  SCOPED_TRACE(network.canonical_text() + std::to_string(seed));
  const CompiledNetwork compiled = compile(network, pools(), seed);
  EXPECT_EQ(execute_on_host(compiled.plan, pools()), compiled.digests);
  EXPECT_EQ(compile(quantised(network, pools(), seed), seed).digests, compiled.digests);
  EXPECT_LE(compiled.footprint.weight_bytes, weight_bytes_at_most(lay_out(network)));
  const std::vector<opline_layer> layers = layers_of(compiled);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!seen || network.layers()[i].type != LayerType::hard_swish) continue;
    const std::vector<std::int8_t> zeros(opline_output_bytes(&layers[i]),
                                         static_cast<std::int8_t>(layers[i].output_zero_point));
    EXPECT_NE(compiled.digests[i], opline_crc32(0, zeros.data(), zeros.size())) << "layer " << i;
  }
}

// Of one value, or of few that are all below -3, hard_swish's output has no spread.
TEST(CompileFewValues, EveryFunctionOfOneValueIsQuantised) {
  for (const LayerType type :
       {LayerType::relu, LayerType::relu6, LayerType::relu_n1_to_1, LayerType::leaky_relu,
        LayerType::logistic, LayerType::tanh, LayerType::hard_swish, LayerType::quantize}) {
    for (const int map : {1, 2}) {
      for (int channels = 1; channels <= 3; ++channels) {
        for (std::uint32_t seed = 1; seed <= 20; ++seed)
          expect_executable(few_values(type, map, channels), seed);
      }
    }
  }
}

TEST(CompileFewValues, EverySqueezeAndExcitationIsQuantised) {
  for (int channels = 1; channels <= 3; ++channels) {
    for (const bool hard_swish : {false, true}) {
      for (const bool hard_sigmoid : {false, true}) {
        for (std::uint32_t seed = 1; seed <= 20; ++seed)
          expect_executable(squeezed(channels, hard_swish, hard_sigmoid), seed);
      }
    }
  }
}

/// A hard_swish of few values, joined with what has a scale of its own: the joined ones share it.
Network joined_to_few(int map, int channels, int other, bool other_first) {
  NetworkBuilder builder({map, map, 4});
  const auto product = [&](int out_c, Activation activation) {
    return builder.conv2d(0, out_c, {}, activation);
  };
  const auto swish = [&] {
    return builder.lookup(LayerType::hard_swish, product(channels, Activation::none));
  };
  const auto second = [&]() -> TensorId {
    if (other == 0) return 0;
    if (other == 1) return product(7, Activation::relu);
    if (other == 2) return product(1, Activation::relu6);
    const TensorId sum =
        builder.add(product(1, Activation::none), product(1, Activation::none), Activation::none);
    return other == 3 ? sum : builder.lookup(LayerType::hard_swish, sum);
  };
  TensorId joined = 0;
  if (other_first) {
    const TensorId first = second();
    joined = builder.concatenation(first, swish());
  } else {
    const TensorId first = swish();
    joined = builder.concatenation(first, second());
  }
  builder.fully_connected(joined, 3, Activation::none);
  return std::move(builder).build();
}

TEST(CompileFewValues, JoinedWithOtherTensorsTheyAreQuantised) {
  for (const int map : {1, 2, 5}) {
    for (int channels = 1; channels <= 3; ++channels) {
      for (int other = 0; other < 5; ++other) {
        for (std::uint32_t seed = 1; seed <= 10; ++seed) {
          for (const bool first : {false, true})
            expect_executable(joined_to_few(map, channels, other, first), seed, false);
        }
      }
    }
  }
}

TEST(CompileNetwork, WhatTheRuntimeCannotExecuteIsRefusedWithItsFigures) {
  NetworkBuilder taps({256, 257, 1});
  taps.fully_connected(0, 4, Activation::none);
  const Network too_many_taps = std::move(taps).build();
  EXPECT_NE(lay_out(too_many_taps).refusal.value_or("").find("65792 products"), std::string::npos);
  EXPECT_THROW((void)compile(too_many_taps, pools()), Error);
  NetworkBuilder large({1, 1, 65535});
  large.fully_connected(0, 65535, Activation::none);
  const Layout layout = lay_out(std::move(large).build());
  EXPECT_EQ(layout.footprint.weight_bytes, (65535ULL * 65535 + 15) / 16 * 16);
  EXPECT_TRUE(layout.refusal);
}

TEST(CompileNetwork, TooSmallPoolsAreAnError) {
  EXPECT_THROW((void)compile(kws_s(), Pools::generate(1000, 1U << 18)), Error);
}

}  // namespace
}  // namespace opline::network
