// Latency on ops by layer type: planted prices, and types that can't be told apart.
#include "analysis/layers/ops_by_type.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analysis/planted_layers.h"
#include "tests/error_message.h"

namespace opline::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A network a row: macs in conv2d, depthwise_conv2d and fully_connected.
std::vector<LayerObservation> networks_of(const std::vector<std::array<double, 3>>& macs) {
  const std::array<std::string, 3> types = {"conv2d", "depthwise_conv2d", "fully_connected"};
  std::vector<LayerObservation> layers;
  for (std::size_t network = 0; network < macs.size(); ++network) {
    layers.push_back({network, "softmax", "softmax", "softmax", 0, 12, 24, {}});
    for (std::size_t type = 0; type < 3; ++type) {
      if (macs[network][type] > 0)
        layers.push_back({network, types[type], types[type], "s", macs[network][type], 1, 1, {}});
    }
  }
  return layers;
}

std::vector<std::string> names(const TypeColumns& types) {
  std::vector<std::string> result;
  for (const TypeColumn& column : types.columns) result.push_back(column.name);
  return result;
}

TypeColumns columns_of(const std::vector<std::array<double, 3>>& macs,
                       Intercept intercept = Intercept::with) {
  return independent_types(ops_of_types(networks_of(macs), macs.size()), intercept);
}

TEST(OpsByType, FindsThePlantedPrices) {
  const std::vector<std::array<double, 3>> macs = {
      {900, 50, 7}, {800, 90, 3}, {700, 10, 9}, {950, 70, 1}, {500, 20, 2}};
  std::vector<double> seconds;
  seconds.reserve(macs.size());
  for (const auto& one : macs)
    seconds.push_back(3 + 2 * (0.5 * one[0] + 4 * one[1] + 0.25 * one[2]));
  for (const Weighting weighting : {Weighting::equal, Weighting::relative}) {
    const OpsByType fit =
        fit_ops_by_type(networks_of(macs), seconds, {Intercept::with, weighting, {}});
    EXPECT_THAT(names(fit.types), ElementsAre("conv2d", "depthwise_conv2d", "fully_connected"));
    EXPECT_NEAR(fit.model.coefficient("intercept").estimate, 3, 1e-9);
    EXPECT_NEAR(fit.model.coefficient("conv2d").estimate, 0.5, 1e-12);
    EXPECT_NEAR(fit.model.coefficient("depthwise_conv2d").estimate, 4, 1e-12);
    EXPECT_NEAR(fit.model.coefficient("fully_connected").estimate, 0.25, 1e-10);
    EXPECT_EQ(fit.design.columns(), 4u);
    EXPECT_EQ(fit.model.weighted, weighting == Weighting::relative);
  }
}

TEST(OpsByType, AConstantTypeIsInTheIntercept) {
  const std::vector<std::array<double, 3>> macs = {
      {90, 5, 7}, {80, 9, 7}, {70, 1, 7}, {95, 7, 7}, {50, 2, 7}};
  const TypeColumns with = columns_of(macs);
  EXPECT_THAT(names(with), ElementsAre("conv2d", "depthwise_conv2d"));
  ASSERT_EQ(with.left_out.size(), 1u);
  EXPECT_EQ(with.left_out[0].name, "fully_connected");
  EXPECT_EQ(with.left_out[0].why, "is 14 in every network: its cost is in the intercept");
  EXPECT_EQ(columns_of(macs, Intercept::without).columns.size(), 3u);
}

TEST(OpsByType, TypesInAFixedProportionAreMerged) {
  const std::vector<std::array<double, 3>> macs = {
      {90, 9, 7}, {80, 8, 3}, {70, 7, 9}, {50, 5, 1}, {60, 6, 4}};
  const TypeColumns types = columns_of(macs);
  EXPECT_THAT(names(types), ElementsAre("conv2d + depthwise_conv2d", "fully_connected"));
  EXPECT_THAT(types.columns[0].types, ElementsAre("conv2d", "depthwise_conv2d"));
  EXPECT_DOUBLE_EQ(types.columns[0].ops[0], 198);
  EXPECT_TRUE(types.left_out.empty());
}

TEST(OpsByType, ATypeThatFallsAsAnotherRisesIsLeftOut) {
  const TypeColumns types =
      columns_of({{90, 10, 7}, {80, 20, 3}, {70, 30, 9}, {50, 50, 1}, {60, 40, 4}});
  EXPECT_THAT(names(types), ElementsAre("conv2d", "fully_connected"));
  ASSERT_EQ(types.left_out.size(), 1u);
  EXPECT_EQ(types.left_out[0].name, "depthwise_conv2d");
  EXPECT_THAT(types.left_out[0].why, HasSubstr("combination of intercept, conv2d"));
}

TEST(OpsByType, ATypeThatIsTheSumOfTwoIsLeftOut) {
  std::vector<std::array<double, 3>> macs;
  for (const auto& [b, c] : {std::pair{5.0, 7.0}, {9.0, 3.0}, {1.0, 9.0}, {7.0, 1.0}, {2.0, 2.0}}) {
    macs.push_back({b + 2 * c, b, c});
  }
  const TypeColumns types = columns_of(macs);
  EXPECT_EQ(types.columns.size(), 2u);
  ASSERT_EQ(types.left_out.size(), 1u);
  EXPECT_THAT(types.left_out[0].why, HasSubstr("combination of"));
}

TEST(OpsByType, LeavesNothingOutOfARealMix) {
  const Planted planted = PlantedLayers(4, 0.1).draw(50);
  const OpsByType fit = fit_ops_by_type(planted.layers, planted.seconds);
  EXPECT_TRUE(fit.types.left_out.empty());
  EXPECT_GT(*fit.model.r_squared, 0.95);
}

TEST(OpsByType, BadInputIsRefused) {
  const std::vector<LayerObservation> layers = networks_of({{1, 2, 3}, {2, 3, 4}});
  const auto fit = [&](std::vector<double> seconds) {
    return message_of([&] { static_cast<void>(fit_ops_by_type(layers, seconds)); });
  };
  EXPECT_THAT(fit({1, 2, 3}), HasSubstr("network 3 of 3 has no layers"));
  EXPECT_THAT(fit({1}), HasSubstr("there are 1"));
}

}  // namespace
}  // namespace opline::analysis
