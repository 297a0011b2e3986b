#include "src/figures/axis.h"

#include <gmock/gmock.h>

#include <cmath>

namespace opline::figures {
namespace {

using testing::ElementsAre;

std::vector<std::string> labels_of(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks)
    if (!tick.label.empty()) labels.push_back(tick.label);
  return labels;
}

Axis axis(Dimension dimension, Scale scale = Scale::automatic) {
  return {"latency", dimension, "latency_s", scale, {}};
}

TEST(Axis, UnitsHoldTwoOfTheLargestValue) {
  EXPECT_STREQ(unit_of(Dimension::ops, 41.2e6).name, "Mops");
  EXPECT_STREQ(unit_of(Dimension::ops, 1.5e9).name, "Mops");
  EXPECT_STREQ(unit_of(Dimension::ops, 2e9).name, "Gops");
  EXPECT_STREQ(unit_of(Dimension::ops, 0).name, "ops");
  EXPECT_STREQ(unit_of(Dimension::seconds, 0.55).name, "ms");
  EXPECT_STREQ(unit_of(Dimension::seconds, -3).name, "s");
  EXPECT_STREQ(unit_of(Dimension::bytes, 3000).name, "KiB");
  EXPECT_STREQ(unit_of(Dimension::watts, 0.17).name, "mW");
  EXPECT_STREQ(unit_of(Dimension::number, 1e9).name, "");
  EXPECT_DOUBLE_EQ(unit_of(Dimension::seconds, 0.55).scale, 1e-3);
}

TEST(Axis, StartsAtZeroWhereTheValuesAreNotFarFromIt) {
  const AxisRange near = range_of(axis(Dimension::seconds), 0.1, 0.5);
  EXPECT_EQ(near.low, 0);
  EXPECT_GT(near.high, 0.5);
  const AxisRange far = range_of(axis(Dimension::seconds), 0.4, 0.5);
  EXPECT_GT(far.low, 0.3);
  EXPECT_LT(far.low, 0.4);
  const AxisRange one = range_of(axis(Dimension::seconds), 0.4, 0.4);
  EXPECT_LT(one.low, 0.4);
  EXPECT_GT(one.high, 0.4);
}

TEST(Axis, IsLogWhereValuesSpanTwoDecades) {
  EXPECT_FALSE(range_of(axis(Dimension::ops), 1e4, 9e5).log);
  EXPECT_TRUE(range_of(axis(Dimension::ops), 1e4, 1e6).log);
  EXPECT_FALSE(range_of(axis(Dimension::ops), 0, 1e6).log);
  EXPECT_FALSE(range_of(axis(Dimension::ops, Scale::linear), 1, 1e6).log);
  const AxisRange range = range_of(axis(Dimension::ops), 1e4, 1e6);
  EXPECT_NEAR(range.position(1e5), 0.5, 1e-12);
  EXPECT_NEAR(range.value_at(range.position(3e5)), 3e5, 1e-6);
  EXPECT_LT(range.position(0), -1);
}

TEST(Axis, TicksAreRoundInTheUnitOfTheAxis) {
  EXPECT_THAT(labels_of(ticks_of(range_of(axis(Dimension::seconds), 0.1, 0.5), 6)),
              ElementsAre("0", "100", "200", "300", "400", "500"));
  EXPECT_THAT(labels_of(ticks_of(range_of(axis(Dimension::ops), 0, 2.1e6), 5)),
              ElementsAre("0.0", "0.5", "1.0", "1.5", "2.0"));
  EXPECT_THAT(labels_of(ticks_of(range_of(axis(Dimension::number), -3.1, 3.1), 8)),
              ElementsAre("-3", "-2", "-1", "0", "1", "2", "3"));
}

TEST(Axis, LogTicksAreDecadesOrOneTwoFive) {
  EXPECT_THAT(labels_of(ticks_of(range_of(axis(Dimension::ops), 1e4, 1e7), 8)),
              ElementsAre("0.01", "0.1", "1", "10"));
  const auto few = labels_of(ticks_of(range_of(axis(Dimension::ops, Scale::log), 1e6, 30e6), 8));
  EXPECT_THAT(few, ElementsAre("1", "2", "5", "10", "20"));
}

TEST(Axis, NeverMoreLabelsThanAskedFor) {
  for (double high = 1.1; high < 2000; high *= 1.37) {
    for (std::size_t most = 2; most < 12; ++most) {
      const auto labels =
          labels_of(ticks_of(range_of(axis(Dimension::number, Scale::linear), 1, high), most));
      EXPECT_LE(labels.size(), most) << high;
      EXPECT_GE(labels.size(), 1U) << high << " " << most;
    }
  }
}

TEST(Axis, NamesTheUnitOnce) {
  EXPECT_EQ(title_of(axis(Dimension::seconds), range_of(axis(Dimension::seconds), 0, 0.5)),
            "latency (ms)");
  EXPECT_EQ(title_of(axis(Dimension::number), range_of(axis(Dimension::number), 0, 1)), "latency");
}

}  // namespace
}  // namespace opline::figures
