#include "src/network/op_count.h"

#include <gtest/gtest.h>

#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

// KWS-S by hand: first conv 490*84*40; depthwise 9*(125)*c_in; 1x1 125*c_in*c_out; FC 196*12.
TEST(OpCount, KwsSByHand) {
  const std::uint64_t depthwise = 125ULL * 9 * (84 + 112 + 84 + 84 + 84);
  const std::uint64_t pointwise = 125ULL * (84 * 112 + 112 * 84 + 84 * 84 + 84 * 84 + 84 * 196);
  EXPECT_EQ(total_ops(kws_s()).macs, 490ULL * 84 * 40 + depthwise + pointwise + 196 * 12);
}

// MicroNets table 4 gives 16.4 / 30.6 / 129 Mops; those figures are 1.5 to 2 % lower than an exact
// count.
TEST(OpCount, KwsFamilyAgreesWithThePaper) {
  const auto mops = [](const Network& network) {
    return static_cast<double>(total_ops(network).ops()) / 1e6;
  };
  EXPECT_NEAR(mops(kws_s()), 16.4 * 1.0175, 16.4 * 0.0045);
  EXPECT_NEAR(mops(kws_m()), 30.6 * 1.0175, 30.6 * 0.0045);
  EXPECT_NEAR(mops(kws_l()), 129 * 1.0175, 129 * 0.0045);
}

TEST(OpCount, VariantsByHand) {
  const Network network = every_variant();
  const auto count = [&](std::size_t i) { return count_layer(network.layers()[i]); };
  EXPECT_EQ(count(0).macs, 7U * 6 * 6 * 3 * 2 * 4);  // dilation changes nothing
  EXPECT_EQ(count(1).macs, 4U * 6 * 9 * 9 * 2);      // of six channels in three groups
  EXPECT_EQ(count(1).parameters, 9U * 9 * 2 + 9);
  EXPECT_EQ(count(2).macs, 4U * 6 * 18 * 9);
  EXPECT_EQ(count(2).parameters, 18U * 9 + 18);
  EXPECT_EQ(count(3).macs, 24U * 18 * 5);
  EXPECT_EQ(count(3).parameters, 18U * 5 + 5);
}

TEST(OpCount, OnlyProductsCount) {
  const Network network = every_layer();
  const std::vector<LayerOps> counts = count_ops(network);
  ASSERT_EQ(counts.size(), network.layers().size());
  std::uint64_t sum = 0;
  for (const LayerOps& count : counts) {
    const LayerType type = network.layers()[static_cast<std::size_t>(count.layer)].type;
    const bool product = type == LayerType::conv2d || type == LayerType::depthwise_conv2d ||
                         type == LayerType::fully_connected;
    EXPECT_EQ(count.macs > 0, product) << to_string(type);
    EXPECT_EQ(count.parameters > 0, product) << to_string(type);
    sum += count.macs;
  }
  EXPECT_EQ(sum, total_ops(network).macs);
  EXPECT_EQ(counts[0].macs, 6U * 10 * 9 * 9 * 3);
  EXPECT_EQ(counts[0].parameters, 9U * 9 * 3 + 9);
  EXPECT_EQ(counts[5].macs, 2U * 3 * 9 * 25);
  EXPECT_EQ(counts[8].macs, 2U * 9 * 10);
}

}  // namespace
}  // namespace opline::network
