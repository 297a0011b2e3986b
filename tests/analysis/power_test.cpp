// Power constancy: the paper's spread, planted; coverage; modelled energy.
#include "analysis/validation/power.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

constexpr double kPaper = 0.00731;  // MicroNets, MLSys 2021, figure 5

struct Measured {
  std::vector<double> seconds, joules;
};

/// Powers uniform about 0.15 W with a standard deviation of `variation` x 0.15 W in the population.
Measured measured(std::size_t n, std::uint64_t index, double variation) {
  RandomStream random(17, index);
  Measured result;
  for (std::size_t i = 0; i < n; ++i) {
    result.seconds.push_back(0.05 + uniform(random));
    const double watts = 0.15 * (1 + variation * std::sqrt(12.0) * (uniform(random) - 0.5));
    result.joules.push_back(watts * result.seconds.back());
  }
  return result;
}

// `validate --of energy` of a million measured energies took 100 CPU seconds: every replicate drew
// a million networks.
TEST(Power, ManyNetworksAreDrawnInPart) {
  const Measured all = measured(20000, 1, kPaper);
  const PowerConstancy found = *power_constancy(all.seconds, all.joules);
  const PowerConstancy in_full =
      *power_constancy(all.seconds, all.joules, {.replicates = 400, .max_rows = 20000});
  EXPECT_EQ(found.variation_interval->acceleration, 0);  // as of m out of n
  EXPECT_NEAR(
      found.variation_interval->interval.width() / in_full.variation_interval->interval.width(), 1,
      0.15);
}

TEST(Power, FindsThePapersVariation) {
  const Measured all = measured(400, 0, kPaper);
  const PowerConstancy found = *power_constancy(all.seconds, all.joules);
  EXPECT_EQ(found.n, 400u);
  EXPECT_NEAR(found.mean_watts, 0.15, 0.15 * 3 * kPaper / 20);
  EXPECT_NEAR(found.variation, kPaper, 0.1 * kPaper);
  ASSERT_TRUE(found.variation_interval);
  EXPECT_TRUE(found.variation_interval->interval.contains(kPaper));
  EXPECT_LT(found.variation_interval->interval.width(), 0.2 * kPaper);
  EXPECT_LT(found.range.low, 0.15);
  EXPECT_GT(found.range.high, 0.15);
}

TEST(Power, IsTheTextbooksFigure) {
  const PowerConstancy found = *power_constancy(std::vector<double>{1, 2, 4, 5},
                                                std::vector<double>{2, 8, 12, 30});  // 2, 4, 3, 6 W
  EXPECT_DOUBLE_EQ(found.mean_watts, 3.75);
  EXPECT_DOUBLE_EQ(found.sigma_watts, std::sqrt(8.75 / 3));
  EXPECT_DOUBLE_EQ(found.variation, std::sqrt(8.75 / 3) / 3.75);
  EXPECT_EQ(found.range.low, 2);
  EXPECT_EQ(found.range.high, 6);
}

/// 90 % intervals over 200 samples of 60: within three standard deviations of 180.
TEST(Power, IntervalsCover) {
  int covered = 0;
  BootstrapOptions options;
  options.confidence = 0.9;
  options.replicates = 300;
  for (std::uint64_t sample = 0; sample < 200; ++sample) {
    const Measured all = measured(60, sample + 1, kPaper);
    const PowerConstancy found = *power_constancy(all.seconds, all.joules, options);
    covered += found.variation_interval->interval.contains(kPaper) ? 1 : 0;
  }
  EXPECT_NEAR(covered, 180, 13);
}

TEST(Power, ModelledEnergyHasNoSpread) {
  Measured all = measured(50, 0, 0);
  const PowerConstancy found = *power_constancy(all.seconds, all.joules);
  EXPECT_LT(found.variation, 1e-15);
}

TEST(Power, TooLittleIsNothingAndNonsenseIsRefused) {
  EXPECT_FALSE(power_constancy(std::vector<double>{1}, std::vector<double>{1}));
  const auto refusal = [](std::vector<double> seconds, std::vector<double> joules) {
    return message_of([&] { static_cast<void>(power_constancy(seconds, joules)); });
  };
  EXPECT_THAT(refusal({1, 0}, {1, 1}), HasSubstr("seconds value 2 of 2 is 0"));
  EXPECT_THAT(refusal({1, 1}, {-1, 1}), HasSubstr("joules value 1 of 2 is -1"));
  EXPECT_THAT(refusal({1, 1}, {1}), HasSubstr("2 values of x and 1 of y"));
}

}  // namespace
}  // namespace opline::analysis
