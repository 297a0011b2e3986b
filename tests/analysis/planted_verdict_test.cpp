// The verdict on planted data: what is true of them is what it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "analysis/validation/common_slope.h"
#include "analysis/validation/proxy_validation.h"
#include "analysis/verdict/verdict.h"
#include "tests/analysis/planted_rows.h"

namespace opline::analysis {
namespace {

/// The verdict on planted data; the seed is all that differs between the cases of one kind.
Verdict verdict_on(const Rows& rows, const std::optional<SlopeDifference>& slopes = {}) {
  return judge(validate_proxy(rows.x, rows.y, {.replicates = 200, .repeats = 3, .sets = 100}),
               slopes);
}

TEST(PlantedVerdict, ALineWithThreePercentOfNoiseIsValid) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    RandomStream random(601, seed);
    const Verdict verdict = verdict_on(drawn(random, 300, [](double x) { return 0.03 * line(x); }));
    EXPECT_EQ(verdict.ruling, Ruling::valid)
        << seed << " " << testing::PrintToString(verdict.reasons);
    EXPECT_GT(verdict.margin.value(), 0) << seed;
    EXPECT_LT(*verdict.margin, 0.12) << seed;
  }
}

TEST(PlantedVerdict, AStrongBendIsNamed) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    RandomStream random(602, seed);
    const Verdict verdict = verdict_on(drawn(
        random, 300, [](double x) { return 0.02 * line(x); }, bend));
    EXPECT_NE(verdict.ruling, Ruling::valid) << seed;
    EXPECT_THAT(verdict.advice, testing::Contains(testing::HasSubstr("latency is curved"))) << seed;
  }
}

TEST(PlantedVerdict, FortyPercentOfNoiseIsNotValid) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    RandomStream random(603, seed);
    Rows rows = drawn(random, 300, [](double) { return 0.0; });
    for (double& y : rows.y) y *= std::exp(0.4 * testing_data::normal(random));
    const Verdict verdict = verdict_on(rows);
    EXPECT_EQ(verdict.ruling, Ruling::not_valid) << seed;
    EXPECT_THAT(verdict.advice,
                testing::Contains(testing::HasSubstr("order of networks is wrong too often")))
        << seed;
  }
}

TEST(PlantedVerdict, TwoSlopesAreTwoProxies) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    RandomStream random(604, seed);
    const auto spread = [](double x) { return 0.02 * line(x); };
    const Rows a = drawn(random, 200, spread), b = drawn(random, 200, spread, line, 1.15),
               c = drawn(random, 400, spread);
    const auto judged = [&](const Rows& other) {
      Rows all = a;
      all.x.insert(all.x.end(), other.x.begin(), other.x.end());
      all.y.insert(all.y.end(), other.y.begin(), other.y.end());
      const std::vector<SlopeGroup> groups = {{"kws", a.x, a.y}, {"vww", other.x, other.y}};
      return verdict_on(all, compare_slopes(groups).worst);
    };
    const Verdict two = judged(b);
    EXPECT_EQ(two.ruling, Ruling::not_valid) << seed;
    EXPECT_THAT(two.advice, testing::Contains(testing::HasSubstr("steeper than that of kws")))
        << seed;
    EXPECT_EQ(judged(c).ruling, Ruling::valid) << seed;
  }
}

TEST(PlantedVerdict, FewNetworksDecideNothing) {
  RandomStream random(605, 0);
  EXPECT_EQ(verdict_on(drawn(random, 20, [](double x) { return 0.01 * line(x); })).ruling,
            Ruling::not_valid);
}

}  // namespace
}  // namespace opline::analysis
