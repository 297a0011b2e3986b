// The estimate against what TensorFlow Lite Micro itself counted (data/tflm_arena.csv).
#include "src/tflite/tflm_memory.h"

#include <gtest/gtest.h>

#include <map>

#include "sampler/space/decode.h"
#include "src/base/csv.h"
#include "tests/network/example_networks.h"

namespace opline::tflite {
namespace {

/// Estimate less count, in bytes, of every row of the space.
std::map<std::string, std::vector<std::int64_t>> errors_by_space() {
  const CsvTable table = CsvTable::from_file(OPLINE_TEST_DATA "/tflm_arena.csv");
  std::map<std::string, std::vector<std::int64_t>> errors;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string name(table.text(row, table.column("space")));
    // As the space ad was when its networks were counted.
    const sampler::Space space =
        sampler::load_space(name == "ad" ? OPLINE_TEST_DATA "/ad_10x4.toml" : name);
    const sampler::Architecture architecture =
        sampler::parse_architecture(space, table.text(row, table.column("architecture")));
    const auto counted =
        static_cast<std::int64_t>(table.integer(row, table.column("arena_used_bytes")));
    const auto estimate =
        static_cast<std::int64_t>(tflm_arena(sampler::decode(space, architecture)).bytes());
    errors[name].push_back(estimate - counted);
  }
  return errors;
}

TEST(TflmMemory, IsExactForDsCnnAndWithinTwoAlignmentsElsewhere) {
  const auto errors = errors_by_space();
  ASSERT_EQ(errors.size(), 4U) << "ad, cifar10, kws, tiny";
  for (const auto& [space, all] : errors) {
    for (const std::int64_t error : all) {
      EXPECT_LE(std::abs(error), space == "kws" ? 0 : 32) << space;
    }
  }
}

TEST(TflmMemory, EveryOutputChannelOfAConvolutionCostsEightBytes) {
  const auto persistent = [](int channels) {
    network::NetworkBuilder builder({8, 8, 4});
    builder.conv2d(builder.input(), channels, {}, network::Activation::relu);
    return tflm_arena(std::move(builder).build()).persistent_bytes;
  };
  EXPECT_EQ(persistent(64) - persistent(32), 32U * 8);
}

// The variable, 8 B, lies aligned in memory that stays; its copy and its new value are planned.
TEST(TflmMemory, VariablesArePersistent) {
  network::NetworkBuilder builder({1, 1, 12});
  const auto joined = builder.reshape(builder.input(), {1, 3, 4});
  builder.slice(joined, {0, 1}, {1, 2}, {0, 4});
  builder.conv2d(joined, 5, {1, 3, 1, 1, network::Padding::valid}, network::Activation::relu);
  const network::Network still = std::move(builder).build();
  const network::Network streaming = network::streaming_conv();
  const std::uint64_t concatenation = 128;
  EXPECT_EQ(tflm_arena(streaming).persistent_bytes,
            tflm_arena(still).persistent_bytes + concatenation + 16);
  // While the convolution runs: its input and output, and two windows of twelve int16. The new
  // value was copied to the variable before.
  EXPECT_EQ(tflm_arena(streaming).activation_bytes, 16U + 16 + 2 * 24);
}

}  // namespace
}  // namespace opline::tflite
