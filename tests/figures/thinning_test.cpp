#include "src/figures/thinning.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/random_data.h"

namespace opline::figures {
namespace {

TEST(Thinning, FewPointsAreAllKept) {
  const Thinned all = thin_out({1, 1, 1}, {2, 2, 2}, 3, 0.5);
  EXPECT_EQ(all.kept.size(), 3U);
  EXPECT_EQ(all.cell, 0);
}

TEST(Thinning, EveryPointHasAKeptOneNearIt) {
  std::vector<double> x, y;
  RandomStream random(7, 1);
  for (int i = 0; i < 20000; ++i) {
    x.push_back(testing_data::uniform(random, -50, 400));
    y.push_back(testing_data::uniform(random, 0, 20) + x.back());
  }
  const Thinned thinned = thin_out(x, y, 500, 0.3);
  EXPECT_LE(thinned.kept.size(), 500U);
  EXPECT_GT(thinned.kept.size(), 150U);
  EXPECT_GT(thinned.cell, 0.3);
  for (std::size_t i = 0; i < x.size(); i += 97) {
    double nearest = 1e9;
    for (const std::size_t k : thinned.kept)
      nearest = std::min(nearest, std::hypot(x[i] - x[k], y[i] - y[k]));
    EXPECT_LE(nearest, 1.5 * thinned.cell) << i;
  }
}

TEST(Thinning, PointsOnEachOtherCostNothing) {
  const Thinned one =
      thin_out(std::vector<double>(1000, 3.3), std::vector<double>(1000, -4.4), 10, 0.3);
  EXPECT_EQ(one.kept, std::vector<std::size_t>{0});
  EXPECT_DOUBLE_EQ(one.cell, 0.3);
}

}  // namespace
}  // namespace opline::figures
