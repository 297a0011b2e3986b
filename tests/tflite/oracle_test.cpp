// Exported files in a real TensorFlow Lite (oracle.h), compared layer by layer with opline's
// kernels.
//
// What may differ from TensorFlow Lite 2.9.0 on a CPU with AVX: expect_as_documented() in
// layer_comparison.h.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "firmware/kernels/opline_kernels.h"
#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/random.h"
#include "src/tflite/from_tflite.h"
#include "src/tflite/to_tflite.h"
#include "tests/network/example_networks.h"
#include "tests/sampler/version_2_spaces.h"
#include "tests/tflite/layer_comparison.h"
#include "tests/tflite/random_numbers.h"

namespace opline::tflite_test {
namespace {

using network::Activation;
using network::LayerType;
using network::NetworkBuilder;
using network::QuantisedNetwork;
using network::Window;

class TfliteOracle : public testing::Test {
 protected:
  void SetUp() override {
    if (oracle_library().empty()) GTEST_SKIP() << oracle_instructions();
    oracle_ = std::make_unique<Oracle>(oracle_library());
  }
  Comparison compare_one(const QuantisedNetwork& network, std::uint64_t seed) const {
    return compare(*oracle_, network, random_codes(network.network.inputs()[0].elements(), seed));
  }
  std::unique_ptr<Oracle> oracle_;
};

QuantisedNetwork with_pools(const network::Network& network) {
  const network::Layout layout = network::lay_out(network);
  return network::quantised(network, network::Pools::generate(network::weight_bytes_at_most(layout),
                                                              layout.footprint.channel_bytes));
}

TEST_F(TfliteOracle, IsTheVersionThatTheExpectationsAreOf) {
  EXPECT_EQ(oracle_->version(), "2.9.0");
}

/// The shipped ones and one for every construct of version 2; not those of 4 bits, for whose
/// activations TensorFlow Lite has no kernels.
std::vector<sampler::Space> int8_spaces() {
  std::vector<sampler::Space> spaces = sampler::version_2_spaces();
  for (const std::string& name : sampler::space_names()) {
    sampler::Space space = sampler::load_space(name);
    if (space.bits == network::Bits{}) spaces.push_back(std::move(space));
  }
  return spaces;
}

/// TensorFlow Lite 2.9.0 executes no int8 convolution in groups.
bool has_groups(const network::Network& network) {
  const auto& layers = network.layers();
  return std::any_of(layers.begin(), layers.end(),
                     [](const network::Layer& layer) { return layer.groups != 1; });
}

TEST_F(TfliteOracle, SampledNetworksOfEverySpace) {
  Comparison all;
  for (const sampler::Space& space : int8_spaces()) {
    Comparison here;
    for (std::uint64_t i = 0; i < 8; ++i) {
      const auto drawn = sampler::sample(space, sampler::Prior::uniform_decisions, 11, i);
      const network::Network network = sampler::decode(space, drawn);
      if (!has_groups(network)) add(here, compare_one(with_pools(network), i));
    }
    std::cout << space.name << ", the pools' tensors\n" << to_text(here);
    add(all, here);
  }
  expect_as_documented(all);
  EXPECT_GT(all["conv2d"].layers, 100U);
  EXPECT_GT(all["softmax"].layers, 10U);
}

/// TensorFlow Lite strides or dilates, not both.
Window dilated(Window window) {
  window.stride_h = window.stride_w = 1;
  window.dilation_h = window.dilation_w = 2;
  window.padding = network::Padding::same;
  return window;
}

/// Layer `index` of its type: odd sizes, every padding, strides, activations.
network::Network random_layer(LayerType type, std::uint64_t index) {
  RandomStream random(static_cast<std::uint64_t>(type), index);
  const auto pick = [&](int most) {
    return 1 + static_cast<int>(random.below(static_cast<std::uint32_t>(most)));
  };
  NetworkBuilder builder({pick(14), pick(14), pick(20)});
  const network::Shape in = builder.shape(0);
  Window window{pick(5), pick(5), pick(3), pick(3), network::Padding::same};
  if (window.kernel_h <= in.h && window.kernel_w <= in.w && pick(2) == 1)
    window.padding = network::Padding::valid;
  const auto activation = static_cast<Activation>(random.below(3));
  switch (type) {
    case LayerType::conv2d:
      builder.conv2d(0, pick(20), index % 3 == 2 ? dilated(window) : window, activation);
      break;
    case LayerType::depthwise_conv2d:
      builder.depthwise_conv2d(0, index % 3 == 2 ? dilated(window) : window, activation,
                               index % 3 == 1 ? pick(4) : 1);
      break;
    case LayerType::fully_connected:
      builder.fully_connected(0, pick(20), activation);
      break;
    case LayerType::average_pool_2d:
      builder.average_pool_2d(0, window, activation);
      break;
    case LayerType::max_pool_2d:
      builder.max_pool_2d(0, window, activation);
      break;
    case LayerType::add:
      builder.add(0,
                  builder.conv2d(0, in.c, {1, 1, 1, 1, network::Padding::same}, Activation::relu),
                  activation);
      break;
    case LayerType::softmax:
      builder.softmax(0);
      break;
    case LayerType::pad:
      builder.pad(0, {pick(4) - 1, pick(4) - 1, pick(4) - 1, pick(4) - 1});
      break;
    case LayerType::mean:
      builder.mean(0);
      break;
    case LayerType::concatenation:
      builder.concatenation(builder.max_pool_2d(0, {2, 2, 1, 1, network::Padding::same}), 0);
      break;
    case LayerType::sub:
    case LayerType::mul:
      builder.binary(type, 0, network::ConstantOperand{{1, 1, in.c}}, activation);
      break;
    case LayerType::prelu:
      builder.binary(type, 0, network::ConstantOperand{{1, 1, in.c}});
      break;
    case LayerType::transpose:
      builder.transpose(0, {2, 0, 1});
      break;
    case LayerType::resize_nearest_neighbor:
      builder.resize_nearest_neighbor(0, pick(20), pick(20));
      break;
    case LayerType::slice:
      builder.slice(0, {in.h / 2, in.h - in.h / 2}, {0, (in.w + 1) / 2, 2}, {0, in.c});
      break;
    default:
      builder.lookup(type, 0);
  }
  return std::move(builder).build();
}

// Zero points, scales, and limits as converters write them, not only the pools'.
TEST_F(TfliteOracle, RandomLayersOfEachType) {
  Comparison all;
  for (const LayerType type : network::layer_types()) {
    for (std::uint64_t i = 0; i < 300; ++i)
      add(all, compare_one(random_numbers(random_layer(type, i), i), i));
  }
  std::cout << to_text(all);
  expect_as_documented(all);
}

/// Whether the file and its copy by way of opline give the same in TensorFlow Lite; where it takes
/// the file at all (not: a float input, or what only TFLM accepts).
std::string against_copy(const Oracle& oracle, const std::vector<std::uint8_t>& file,
                         const QuantisedNetwork& taken) {
  try {
    for (std::uint64_t i = 0; i < 10; ++i) {
      const Oracle::Codes input = random_codes(taken.network.inputs()[0].elements(), i);
      const auto theirs = oracle.run(file, input);
      EXPECT_EQ(oracle.run(tflite::to_tflite(taken), input), theirs);
    }
    return "the file and its copy give the same outputs";
  } catch (const Error& error) {
    return error.what();
  }
}

/// Models of others: OPLINE_TFLITE_MODELS names a folder of .tflite files. Those that are taken are
/// compared layer by layer, and what the file and its copy give as a whole; of the others what is
/// said is shown.
TEST_F(TfliteOracle, ModelsOfOthers) {
  const char* folder = std::getenv("OPLINE_TFLITE_MODELS");
  if (folder == nullptr)
    GTEST_SKIP() << "SKIPPED: set OPLINE_TFLITE_MODELS to a folder of .tflite files";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".tflite") continue;
    const std::string content = read_file(entry.path());
    const std::vector<std::uint8_t> file(content.begin(), content.end());
    const std::string name = entry.path().filename().string();
    try {
      const QuantisedNetwork taken = tflite::from_tflite(file, name);
      if (taken.network.inputs().size() != 1) {
        std::cout << name << ": has several inputs or states, which the oracle does not give\n";
        continue;
      }
      Comparison here;
      for (std::uint64_t i = 0; i < 10; ++i) add(here, compare_one(taken, i));
      std::cout << name << ": " << against_copy(*oracle_, file, taken) << "\n" << to_text(here);
      for (const auto& [what, one] : here) EXPECT_LE(one.most, 1) << name << " " << what;
      for (const auto& [what, one] : here) EXPECT_EQ(one.unexplained, 0U) << name << " " << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::input);
      std::cout << error.what() << "\n";
    }
  }
}

}  // namespace
}  // namespace opline::tflite_test
