// Why two slopes differ: planted mixes and prices, the identity of the parts, types that can't be
// told apart.
#include "analysis/layers/slope_decomposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "analysis/layers/ops_by_type.h"
#include "analysis/regression/regression.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

const std::array<std::string, 3> kTypes = {"conv2d", "depthwise_conv2d", "fully_connected"};
using Triple = std::array<double, 3>;

struct Space {
  std::vector<LayerObservation> layers;
  std::vector<double> seconds;
  std::vector<double> ops;
  [[nodiscard]] NetworkSeries series() const { return {layers, seconds}; }
};

/// Networks whose ops of type t are mix[t] x a size that all share, x (1 +- 20 %).
Space space(std::uint64_t index, std::size_t networks, Triple mix, Triple price, double noise = 0) {
  RandomStream random(5, index);
  Space result;
  for (std::size_t i = 0; i < networks; ++i) {
    const double size = 1e6 * (1 + 4 * uniform(random));
    double seconds = 0.01;
    double ops = 0;
    for (std::size_t t = 0; t < 3; ++t) {
      const double macs = size * mix[t] * uniform(random, 0.8, 1.2);
      if (macs > 0) result.layers.push_back({i, kTypes[t], kTypes[t], "s", macs, 1, 1, {}});
      seconds += price[t] * 2 * macs;
      ops += 2 * macs;
    }
    result.seconds.push_back(seconds * (1 + noise * (uniform(random) - 0.5)));
    result.ops.push_back(ops);
  }
  return result;
}

constexpr Triple kPrice = {5e-9, 2e-8, 1e-8};
constexpr Triple kMixA = {0.9, 0.05, 0.05};
constexpr Triple kMixB = {0.6, 0.35, 0.05};

SlopeDecompositionOptions quick(bool intervals = false) {
  SlopeDecompositionOptions options;
  options.intervals = intervals;
  options.bootstrap.replicates = 200;
  options.bootstrap.jackknife_groups = 50;
  return options;
}

TEST(SlopeDecomposition, SamePricesAndAnotherMixAreAllExplained) {
  const Space a = space(1, 80, kMixA, kPrice), b = space(2, 60, kMixB, kPrice);
  for (const CommonPrices prices : {CommonPrices::pooled, CommonPrices::of_a, CommonPrices::of_b}) {
    SlopeDecompositionOptions options = quick();
    options.prices = prices;
    const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), options);
    EXPECT_GT(found.difference.share, 0.5);
    EXPECT_NEAR(found.mix.share, found.difference.share, 1e-9);
    EXPECT_NEAR(found.prices.share, 0, 1e-9);
    for (const TypePart& type : found.types) EXPECT_NEAR(type.prices.share, 0, 1e-9);
  }
}

TEST(SlopeDecomposition, TheSameMixAndOtherPricesAreNotExplained) {
  const Space a = space(1, 80, kMixA, kPrice);
  Space b = a;
  for (double& seconds : b.seconds) seconds *= 1.5;
  const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), quick());
  EXPECT_NEAR(found.difference.share, 0.5, 1e-12);
  EXPECT_NEAR(found.mix.share, 0, 1e-12);
  EXPECT_NEAR(found.prices.share, 0.5, 1e-12);
  for (const TypePart& type : found.types) {
    EXPECT_NEAR(*type.price_b, 1.5 * *type.price_a, 1e-9 * *type.price_a);
    EXPECT_NEAR(type.mix.share, 0, 1e-12);
  }
}

TEST(SlopeDecomposition, NamesTheTypeWhosePriceDiffers) {
  const Space a = space(1, 80, kMixA, kPrice), b = space(2, 60, kMixB, {5e-9, 3e-8, 1e-8});
  SlopeDecompositionOptions options = quick();
  options.prices = CommonPrices::of_a;
  const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), options);
  EXPECT_EQ(found.types[0].name, "conv2d");
  EXPECT_EQ(found.types[1].name, "depthwise_conv2d");
  EXPECT_NEAR(found.types[0].prices.share, 0, 1e-9);
  EXPECT_NEAR(found.types[1].prices.share, 1e-8 * found.types[1].mix_b / found.slope_a, 1e-9);
  EXPECT_NEAR(found.types[2].prices.share, 0, 1e-9);
}

TEST(SlopeDecomposition, PartsAddUpToTheLinesDifference) {
  const Space a = space(1, 80, kMixA, kPrice, 0.2),
              b = space(2, 60, kMixB, {4e-9, 3e-8, 2e-8}, 0.2);
  const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), quick());
  const double slope_a = fit_line(a.ops, a.seconds).slope;
  const double slope_b = fit_line(b.ops, b.seconds).slope;
  EXPECT_NEAR(found.slope_a, slope_a, 1e-12 * slope_a);
  EXPECT_NEAR(found.slope_b, slope_b, 1e-12 * slope_b);
  EXPECT_NEAR(found.difference.share, slope_b / slope_a - 1, 1e-12);
  double mix = 0, prices = 0, mix_a = 0, mix_b = 0;
  for (const TypePart& type : found.types) {
    mix += type.mix.share, prices += type.prices.share;
    mix_a += type.mix_a, mix_b += type.mix_b;
  }
  EXPECT_NEAR(mix, found.mix.share, 1e-12);
  EXPECT_NEAR(prices, found.prices.share, 1e-10);
  EXPECT_NEAR(mix_a, 1, 1e-12);
  EXPECT_NEAR(mix_b, 1, 1e-12);
}

TEST(SlopeDecomposition, PricesAreThoseOfTheFits) {
  const Space a = space(1, 80, kMixA, kPrice, 0.2),
              b = space(2, 60, kMixB, {4e-9, 3e-8, 2e-8}, 0.2);
  const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), quick());
  const LinearModel own = fit_ops_by_type(b.layers, b.seconds).model;
  std::vector<LayerObservation> both = a.layers;
  for (LayerObservation layer : b.layers) {
    layer.network += a.seconds.size();
    both.push_back(layer);
  }
  Design design(140);
  std::vector<double> in_b(140, 0), seconds = a.seconds;
  std::fill(in_b.begin() + 80, in_b.end(), 1);
  seconds.insert(seconds.end(), b.seconds.begin(), b.seconds.end());
  design.add("in b", in_b);
  for (const TypeOps& type : ops_of_types(both, 140)) design.add(type.type, type.ops);
  const LinearModel pooled = fit_linear(design, seconds);
  for (const TypePart& type : found.types) {
    const double known = own.coefficient(type.name).estimate;
    EXPECT_NEAR(*type.price_b, known, 1e-9 * std::abs(known));
    EXPECT_NEAR(type.price, pooled.coefficient(type.name).estimate, 1e-9 * std::abs(type.price));
  }
}

TEST(SlopeDecomposition, ATypeThatOneSeriesLacksHasNoPriceThere) {
  const Space a = space(1, 80, {0.9, 0.0, 0.1}, kPrice), b = space(2, 60, kMixB, kPrice);
  const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), quick());
  EXPECT_FALSE(found.types[1].price_a);
  EXPECT_TRUE(found.types[1].price_b);
  EXPECT_EQ(found.types[1].mix_a, 0);
  EXPECT_NEAR(found.prices.share, 0, 1e-9);
  SlopeDecompositionOptions options = quick();
  options.prices = CommonPrices::of_a;
  EXPECT_FALSE(decompose_slopes(a.series(), b.series(), options));
}

TEST(SlopeDecomposition, TypesThatOneSeriesCannotTellApartAreOne) {
  const Space a = space(1, 40, kMixA, kPrice);
  Space b = space(2, 40, kMixB, kPrice);
  double conv = 0;
  for (LayerObservation& layer : b.layers) {
    if (layer.type == "conv2d") conv = layer.macs;
    if (layer.type == "depthwise_conv2d") layer.macs = 0.5 * conv;
  }
  const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), quick());
  ASSERT_EQ(found.types.size(), 2u);
  EXPECT_EQ(found.types[0].name, "conv2d + depthwise_conv2d");
}

/// 90 % intervals of the difference and both its parts, 60 pairs of samples of 100: within three
/// standard deviations of
/// 54. (With 40 networks each they hold 80 to 87 %, as the header says.)
TEST(SlopeDecomposition, IntervalsCover) {
  constexpr Triple kOther = {5e-9, 3e-8, 1e-8};
  const Space big_a = space(1, 20000, kMixA, kPrice, 0.1),
              big_b = space(2, 20000, kMixB, kOther, 0.1);
  const SlopeDecomposition truth = *decompose_slopes(big_a.series(), big_b.series(), quick());
  SlopeDecompositionOptions options = quick(true);
  options.bootstrap.confidence = 0.9;
  options.bootstrap.replicates = 100;
  options.bootstrap.jackknife_groups = 20;
  std::array<int, 3> covered{};
  for (std::uint64_t sample = 0; sample < 60; ++sample) {
    const Space a = space(10 + 2 * sample, 100, kMixA, kPrice, 0.1);
    const Space b = space(11 + 2 * sample, 100, kMixB, kOther, 0.1);
    const SlopeDecomposition found = *decompose_slopes(a.series(), b.series(), options);
    covered[0] += found.difference.interval->interval.contains(truth.difference.share) ? 1 : 0;
    covered[1] += found.mix.interval->interval.contains(truth.mix.share) ? 1 : 0;
    covered[2] += found.prices.interval->interval.contains(truth.prices.share) ? 1 : 0;
  }
  for (const int count : covered) EXPECT_NEAR(count, 54, 7);
}

TEST(SlopeDecomposition, TooLittleIsNothingAndNonsenseIsRefused) {
  const Space a = space(1, 30, kMixA, kPrice), two = space(2, 2, kMixB, kPrice);
  EXPECT_FALSE(decompose_slopes(a.series(), two.series(), quick()));
  const std::vector<double> short_of_one(a.seconds.begin(), a.seconds.end() - 1);
  EXPECT_THAT(message_of([&] {
                static_cast<void>(decompose_slopes({a.layers, short_of_one}, a.series(), quick()));
              }),
              HasSubstr("slope decomposition: layer"));
}

}  // namespace
}  // namespace opline::analysis
