// Written and read again, a network is the same: shapes, order, every number.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "src/tflite/from_tflite.h"
#include "src/tflite/to_tflite.h"
#include "tests/network/example_networks.h"
#include "tests/tflite/random_numbers.h"

namespace opline::tflite_test {
namespace {

using network::NetworkBuilder;
using network::QuantisedNetwork;

void expect_same(const QuantisedNetwork& written, const QuantisedNetwork& read) {
  EXPECT_EQ(read.network.canonical_text(), written.network.canonical_text());
  EXPECT_EQ(read.tensors, written.tensors);
  ASSERT_EQ(read.constants.size(), written.constants.size());
  for (std::size_t i = 0; i < read.constants.size(); ++i)
    EXPECT_TRUE(read.constants[i] == written.constants[i]) << "layer " << i;
  EXPECT_EQ(read.initial_states, written.initial_states);
  EXPECT_EQ(read.network.states(), written.network.states());
}

void expect_round_trip(const QuantisedNetwork& network) {
  const std::vector<std::uint8_t> bytes = tflite::to_tflite(network);
  const QuantisedNetwork read = tflite::from_tflite(bytes, "it.tflite");
  expect_same(network, read);
  EXPECT_EQ(tflite::to_tflite(read), bytes);
  tflite::TfliteOptions all;
  all.intermediate_outputs = true;
  const QuantisedNetwork every = tflite::from_tflite(tflite::to_tflite(network, all), "all.tflite");
  EXPECT_GE(every.network.outputs().size(), network.network.outputs().size());
  EXPECT_TRUE(every.tensors == network.tensors && every.constants == network.constants);
}

TEST(TfliteRoundTrip, EveryLayer) { expect_round_trip(random_numbers(network::every_layer(), 1)); }

TEST(TfliteRoundTrip, WeightsOfFourBits) {
  const QuantisedNetwork network = random_numbers(network::every_layer_with_4_bit_weights(), 1);
  expect_round_trip(network);
  const QuantisedNetwork read = tflite::from_tflite(tflite::to_tflite(network), "it.tflite");
  EXPECT_EQ(read.network.layers().front().weight_bits, 4);
  EXPECT_LT(tflite::to_tflite(network).size(),
            tflite::to_tflite(random_numbers(network::every_layer(), 1)).size());
}

TEST(TfliteRoundTrip, ActivationsOfFourBitsHaveNoFile) {
  const QuantisedNetwork network = random_numbers(network::every_layer_in_4_bits(), 1);
  try {
    (void)tflite::to_tflite(network);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "layer 0, conv2d: its output has elements of 4 bits, which no runtime for .tflite "
              "files has kernels for; weights of 4 bits are possible");
  }
}

TEST(TfliteRoundTrip, GatesActivationsAndMovements) {
  expect_round_trip(random_numbers(network::gated(), 1));
}

// Every shape of a second operand, computed and constant, on either side; every function.
TEST(TfliteRoundTrip, OperandsAndFunctions) {
  using network::ConstantOperand;
  using network::LayerType;
  NetworkBuilder builder({4, 6, 3});
  const auto row = builder.slice(0, {2, 1}, {0, 6}, {0, 3});
  const auto channel = builder.slice(0, {0, 4}, {0, 6}, {1, 1});
  for (const LayerType type : {LayerType::add, LayerType::sub, LayerType::mul}) {
    builder.binary(type, row, 0, network::Activation::relu6);
    builder.binary(type, 0, channel, network::Activation::relu);
    builder.binary(type, row, channel);
    builder.binary(type, 0, ConstantOperand{{4, 6, 3}});
    builder.binary(type, ConstantOperand{{1, 6, 1}}, 0);
  }
  builder.binary(LayerType::prelu, 0, ConstantOperand{{1, 1, 3}});
  for (const LayerType type : network::layer_types()) {
    if (network::is_lookup(type)) builder.lookup(type, 0);
  }
  const auto dense = builder.fully_connected(0, 8, network::Activation::none);
  builder.binary(LayerType::sub, dense, ConstantOperand{{1, 1, 8}});
  builder.resize_nearest_neighbor(0, 7, 7, {true, false});
  builder.resize_nearest_neighbor(0, 7, 7, {false, true});
  builder.pad(0, {0, 0, 1, 0, 300, 2});
  expect_round_trip(random_numbers(std::move(builder).build(), 6));
}

TEST(TfliteRoundTrip, SeveralInputsAndOutputsAndStates) {
  expect_round_trip(random_numbers(network::two_ends(), 1));
  expect_round_trip(random_numbers(network::streaming_conv(), 2));
}

// Copied: a delay line, and a value that is made before the old one is read.
TEST(TfliteRoundTrip, StatesThatAreCopied) {
  NetworkBuilder builder({1, 1, 4});
  const auto first = builder.add_state({1, 1, 4});
  const auto second = builder.add_state({1, 2, 2});
  const auto third = builder.add_state({1, 1, 4});
  const auto kept = builder.add_state({1, 1, 4});
  const auto sum = builder.add(0, third, network::Activation::none);
  builder.binary(network::LayerType::sub, sum, third);
  builder.binary(network::LayerType::mul, first, kept);
  builder.add(builder.reshape(second, {1, 1, 4}), sum, network::Activation::relu_n1_to_1);
  builder.assign(first, 0);
  builder.assign(second, first);
  builder.assign(third, sum);
  expect_round_trip(random_numbers(std::move(builder).build(), 3));
}

/// The network, with activations of 8 bits: there are no others in files.
network::Network with_a_file(const sampler::Space& space, const sampler::Architecture& drawn) {
  return network::with_bits(sampler::decode(space, drawn), {space.bits.weights, 8});
}

TEST(TfliteRoundTrip, SampledNetworksOfEverySpace) {
  for (const std::string& name : sampler::space_names()) {
    const sampler::Space space = sampler::load_space(name);
    for (std::uint64_t i = 0; i < 4; ++i) {
      SCOPED_TRACE(fmt::format("{} {}", name, i));
      const auto drawn = sampler::sample(space, sampler::Prior::uniform_decisions, 7, i);
      expect_round_trip(random_numbers(with_a_file(space, drawn), i));
    }
  }
}

// Through a file to the same bits: every layer's output, as a device that runs it from the pools is
// asked for it.
TEST(TfliteRoundTrip, DigestsOfEverySpaceAreThoseOfThePools) {
  for (const std::string& name : sampler::space_names()) {
    const sampler::Space space = sampler::load_space(name);
    for (std::uint64_t i = 0; i < 2; ++i) {
      SCOPED_TRACE(fmt::format("{} {}", name, i));
      const auto drawn = sampler::sample(space, sampler::Prior::uniform_decisions, 5, i);
      const network::Network network = with_a_file(space, drawn);
      const network::Layout layout = network::lay_out(network);
      const network::Pools pools = network::Pools::generate(network::weight_bytes_at_most(layout),
                                                            layout.footprint.channel_bytes);
      const QuantisedNetwork written = network::quantised(network, pools);
      const QuantisedNetwork read = tflite::from_tflite(tflite::to_tflite(written), "it.tflite");
      expect_same(written, read);
      EXPECT_EQ(network::compile(read).digests, network::compile(network, pools).digests);
    }
  }
}

// What a fully connected layer makes has two dimensions in the file; who wants a map gets a
// RESHAPE, which is not a layer.
TEST(TfliteRoundTrip, FullyConnectedOutputsAreReadAsMaps) {
  NetworkBuilder builder({4, 4, 3});
  const auto gate = builder.fully_connected(0, 6, network::Activation::relu);
  const auto other = builder.fully_connected(gate, 6, network::Activation::none);
  const auto flat_sum = builder.add(gate, other, network::Activation::none);
  const auto map =
      builder.conv2d(flat_sum, 6, {1, 1, 1, 1, network::Padding::same}, network::Activation::relu6);
  const auto mixed = builder.add(map, other, network::Activation::relu);
  builder.softmax(mixed);
  expect_round_trip(random_numbers(std::move(builder).build(), 3));
}

// A concatenation of three is a chain in a network, and of concatenations of two in the file.
TEST(TfliteRoundTrip, PadMeanConcatenationAndPoolsWithActivations) {
  NetworkBuilder builder({5, 6, 3});
  const auto padded = builder.pad(0, {1, 2, 0, 3});
  const auto conv =
      builder.conv2d(padded, 4, {3, 3, 2, 2, network::Padding::valid}, network::Activation::relu);
  const auto pooled = builder.average_pool_2d(conv, {2, 2, 1, 1, network::Padding::same},
                                              network::Activation::relu);
  const auto largest =
      builder.max_pool_2d(conv, {2, 2, 1, 1, network::Padding::same}, network::Activation::relu6);
  const auto both = builder.concatenation(pooled, largest);
  const auto three = builder.concatenation(both, conv);
  builder.mean(three);
  expect_round_trip(random_numbers(std::move(builder).build(), 5));
}

TEST(TfliteRoundTrip, DilationGroupsMultipliersRowsAndReshapes) {
  QuantisedNetwork variants = random_numbers(network::every_variant(), 6);
  expect_round_trip(variants);
  for (const std::size_t connected : {3U, 5U}) {  // scales per channel
    std::vector<float>& scales = variants.constants[connected].weight_scales;
    while (scales.size() < variants.constants[connected].biases.size())
      scales.push_back(scales.back() * 1.01F);
  }
  expect_round_trip(variants);
}

TEST(TfliteRoundTrip, OneTensorTwice) {
  NetworkBuilder builder({2, 2, 5});
  const auto pooled = builder.max_pool_2d(0, {2, 2, 1, 1, network::Padding::same});
  builder.add(pooled, pooled, network::Activation::none);
  expect_round_trip(random_numbers(std::move(builder).build(), 4));
}

}  // namespace
}  // namespace opline::tflite_test
