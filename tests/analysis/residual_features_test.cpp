// What explains the rest: planted features, their definition by fits of one's own, what can't be
// judged.
#include "analysis/layers/residual_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "tests/analysis/golden_sets.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

struct Networks {
  std::vector<double> ops, share, depth, noise, seconds;
};

/// seconds = 1 + 2 ops + 3 share + 0 depth + noise; the share goes with ops.
Networks networks(std::size_t n) {
  RandomStream random(3, 0);
  Networks all;
  for (std::size_t i = 0; i < n; ++i) {
    all.ops.push_back(1 + uniform(random));
    all.share.push_back(0.2 * all.ops.back() + uniform(random));
    all.depth.push_back(std::floor(5 * uniform(random)));
    all.noise.push_back(uniform(random) - 0.5);
    all.seconds.push_back(1 + 2 * all.ops.back() + 3 * all.share.back() + all.noise.back());
  }
  return all;
}

const FeatureEffect& effect(const ResidualFeatures& found, const std::string& name) {
  for (const FeatureEffect& one : found.features) {
    if (one.name == name) return one;
  }
  throw std::out_of_range(name);
}

double rss(const std::vector<const std::vector<double>*>& columns, const std::vector<double>& y) {
  Design design(y.size());
  for (std::size_t i = 0; i < columns.size(); ++i) design.add(std::to_string(i), *columns[i]);
  return fit_linear(design, y).residual_sum_of_squares;
}

TEST(ResidualFeatures, FindsThePlantedFeature) {
  const Networks all = networks(300);
  const std::vector<NetworkFeature> features = {{"depth", "1", all.depth},
                                                {"share", "1", all.share}};
  const ResidualFeatures found = *explain_residuals(all.ops, all.seconds, features);
  ASSERT_EQ(found.features.size(), 2u);
  EXPECT_EQ(found.features[0].name, "share");
  EXPECT_GT(found.features[0].partial_r_squared, 0.8);
  EXPECT_TRUE(found.features[0].coefficient.interval.contains(3));
  EXPECT_LT(found.features[1].partial_r_squared, 0.03);
  EXPECT_TRUE(found.features[1].effect_interval.contains(0));
  EXPECT_GT(*found.explained_share, 0.8);
  EXPECT_GT(*found.joint_r_squared, found.r_squared);
}

TEST(ResidualFeatures, FiguresAreThoseOfFitsByHand) {
  const Networks all = networks(60);
  const std::vector<NetworkFeature> features = {{"share", "1", all.share},
                                                {"depth", "1", all.depth}};
  const ResidualFeatures found = *explain_residuals(all.ops, all.seconds, features);
  const double line = rss({&all.ops}, all.seconds);
  const double share = rss({&all.ops, &all.share}, all.seconds);
  const double depth = rss({&all.ops, &all.depth}, all.seconds);
  const double both = rss({&all.ops, &all.share, &all.depth}, all.seconds);
  EXPECT_NEAR(effect(found, "share").partial_r_squared, 1 - share / line, 1e-13);
  EXPECT_NEAR(effect(found, "depth").partial_r_squared, 1 - depth / line, 1e-13);
  EXPECT_NEAR(*effect(found, "share").unique_r_squared, 1 - both / depth, 1e-13);
  EXPECT_NEAR(*effect(found, "depth").unique_r_squared, 1 - both / share, 1e-13);
  EXPECT_NEAR(*found.explained_share, 1 - both / line, 1e-13);
  Design design(60);
  design.add("ops", all.ops).add("share", all.share);
  const LinearModel model = fit_linear(design, all.seconds, {0.95, CovarianceKind::hc3});
  EXPECT_EQ(effect(found, "share").coefficient.standard_error,
            model.coefficient("share").standard_error);
  const double mean = std::accumulate(all.seconds.begin(), all.seconds.end(), 0.0) / 60;
  const FeatureEffect& one = effect(found, "share");
  EXPECT_NEAR(one.effect_percent, 100 * one.coefficient.estimate * (one.q90 - one.q10) / mean,
              1e-12);
}

/// The squared correlation of what ops leave of both: the other definition of a partial R^2.
TEST(ResidualFeatures, PartialIsTheSquaredPartialCorrelation) {
  const Networks all = networks(50);
  const ResidualFeatures found = *explain_residuals(
      all.ops, all.seconds, std::vector<NetworkFeature>{{"share", "1", all.share}});
  Design design(50);
  design.add("ops", all.ops);
  const std::vector<double> y = fit_linear(design, all.seconds).residuals;
  const std::vector<double> z = fit_linear(design, all.share).residuals;
  const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  EXPECT_NEAR(found.features[0].partial_r_squared, dot(y, z) * dot(y, z) / dot(y, y) / dot(z, z),
              1e-12);
}

TEST(ResidualFeatures, AgreesWithR) {
  const std::map<std::string, GoldenSet> sets = golden_sets();
  std::map<std::string, Figures> figures;
  for (const std::string name : {"mtcars", "stackloss", "trees"}) {
    const GoldenSet& set = sets.at(name);
    std::vector<double> product, inverse;
    for (std::size_t i = 0; i < set.y.size(); ++i) {
      product.push_back(set.x1[i] * set.x2[i]);
      inverse.push_back(1 / set.x2[i]);
    }
    const std::vector<NetworkFeature> features = {
        {"x2", "1", set.x2}, {"product", "1", product}, {"inverse", "1", inverse}};
    const ResidualFeatures found = *explain_residuals(set.x1, set.y, features);
    Figures& of_set = figures[name];
    of_set["r_squared"] = {found.r_squared};
    of_set["joint_r_squared"] = {*found.joint_r_squared};
    of_set["explained"] = {*found.explained_share};
    for (const FeatureEffect& one : found.features) {
      of_set[one.name] = {one.partial_r_squared,    *one.unique_r_squared,
                          one.coefficient.estimate, one.coefficient.standard_error,
                          one.effect_percent,       one.effect_interval.low,
                          one.effect_interval.high};
    }
  }
  EXPECT_EQ(expect_digits("residual_features.csv", figures, 8), 3U * (3 + 3 * 7));
}

TEST(ResidualFeatures, FeaturesThatSayTheSameHaveNothingOfTheirOwn) {
  Networks all = networks(80);
  std::vector<double> twice = all.share;
  for (double& value : twice) value = 2 * value + 1;
  const ResidualFeatures found = *explain_residuals(
      all.ops, all.seconds,
      std::vector<NetworkFeature>{{"share", "1", all.share}, {"twice", "1", twice}});
  EXPECT_NEAR(found.features[0].partial_r_squared, found.features[1].partial_r_squared, 1e-12);
  EXPECT_FALSE(found.features[0].unique_r_squared);
  EXPECT_FALSE(found.features[1].unique_r_squared);
  ASSERT_EQ(found.not_joint.size(), 1u);
  EXPECT_EQ(found.not_joint[0].name, "twice");
}

TEST(ResidualFeatures, WhatCannotBeJudgedIsListed) {
  const Networks all = networks(40);
  std::vector<double> line = all.ops;
  for (double& value : line) value = 7 * value + 5;
  std::vector<double> once(40, 0);
  once[17] = 1;
  const std::vector<NetworkFeature> features = {{"constant", "1", std::vector<double>(40, 3.0)},
                                                {"none", "1", std::vector<double>(40, 0.0)},
                                                {"line", "1", line},
                                                {"once", "1", once}};
  const ResidualFeatures found = *explain_residuals(all.ops, all.seconds, features);
  EXPECT_TRUE(found.features.empty());
  EXPECT_FALSE(found.joint_r_squared);
  ASSERT_EQ(found.left_out.size(), 4u);
  EXPECT_THAT(found.left_out[0].why, HasSubstr("is 3 in every network"));
  EXPECT_EQ(found.left_out[1].why, "is zero in every network");
  EXPECT_THAT(found.left_out[2].why, HasSubstr("combination of intercept, ops"));
  EXPECT_EQ(found.left_out[3].why, "differs in one network only");
}

/// Under no effect the interval misses 0 in 5 % of the samples: 400 samples, 3 standard deviations
/// of that share.
TEST(ResidualFeatures, IntervalsOfNoEffectHoldTheirSize) {
  int missed = 0;
  for (std::uint64_t sample = 0; sample < 400; ++sample) {
    RandomStream random(21, sample);
    std::vector<double> ops, feature, seconds;
    for (int i = 0; i < 40; ++i) {
      ops.push_back(1 + uniform(random));
      feature.push_back(uniform(random));
      seconds.push_back(1 + ops.back() + ops.back() * (uniform(random) - 0.5));
    }
    const ResidualFeatures found =
        *explain_residuals(ops, seconds, std::vector<NetworkFeature>{{"feature", "1", feature}});
    missed += found.features[0].effect_interval.contains(0) ? 0 : 1;
  }
  EXPECT_NEAR(missed, 20, 13);
}

TEST(ResidualFeatures, AnExactLineLeavesNothingAndNonsenseIsRefused) {
  const Networks all = networks(20);
  std::vector<double> exact = all.ops;
  for (double& value : exact) value = 1 + 2 * value;
  const std::vector<NetworkFeature> features = {{"share", "1", all.share}};
  EXPECT_FALSE(explain_residuals(all.ops, exact, features));
  EXPECT_FALSE(explain_residuals(std::vector<double>(20, 1.0), all.seconds, features));
  const auto refusal = [&](std::vector<NetworkFeature> some, std::vector<double> y) {
    return message_of([&] { static_cast<void>(explain_residuals(all.ops, y, some)); });
  };
  EXPECT_THAT(refusal({features[0], features[0]}, all.seconds), HasSubstr("two features `share`"));
  EXPECT_THAT(refusal({{"short", "1", {1, 2}}}, all.seconds),
              HasSubstr("2 values of x and 20 of y"));
  std::vector<double> negative = all.seconds;
  for (double& value : negative) value = -value;
  EXPECT_THAT(refusal(features, negative), HasSubstr("mean of y is not above 0"));
}

}  // namespace
}  // namespace opline::analysis
