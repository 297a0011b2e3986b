// Verdicts on planted series, through the library alone.
#include "src/evaluation/judge.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/evaluation/planted_series.h"

namespace opline::evaluation {
namespace {

using testing::HasSubstr;

JudgeOptions shipped() {
  JudgeOptions options;
  options.thresholds = shipped_thresholds();
  return options;
}

TEST(Judge, APlantedLineIsValid) {
  const Series series = planted_series(150, 10);
  const Judgement judged = judge({&series}, shipped());
  ASSERT_TRUE(judged.verdict) << judged.why_none;
  EXPECT_EQ(judged.verdict->ruling, analysis::Ruling::valid);
  EXPECT_EQ(judged.validation->n, 150u);
  EXPECT_THAT(title_of(judged), HasSubstr("planted on board"));
}

TEST(Judge, TooLittleDataIsAReasonAndNoError) {
  const Series two = planted_series(2, 10);
  const Judgement judged = judge({&two}, shipped());
  EXPECT_FALSE(judged.verdict);
  EXPECT_FALSE(judged.why_none.empty());
  const Series none = planted_series(0, 10);
  EXPECT_THAT(judge({&none}, shipped()).why_none, HasSubstr("no network"));
}

TEST(Judge, SeriesOfTwoSetupsCannotBePooled) {
  const Series a = planted_series(40, 10, "a");
  const Series b = planted_series(40, 10, "b", "other");
  EXPECT_THAT(message_of(
                  [&] {
                    (void)judge({&a, &b}, shipped());
                  },
                  ErrorCode::usage),
              HasSubstr("cannot pool series measured under different setups"));
}

TEST(Judge, PooledSeriesCountANetworkOnce) {
  const Series a = planted_series(60, 10, "net");
  Series b = planted_series(60, 10, "net");
  b.space = "other";
  for (int i = 30; i < 60; ++i) {
    b.rows[static_cast<std::size_t>(i)].network = digest("own" + std::to_string(i));
  }
  const Judgement judged = judge({&a, &b}, shipped());
  EXPECT_EQ(judged.rows.y.size(), 90u);
  ASSERT_TRUE(judged.groups);
  EXPECT_EQ(judged.groups->groups.size(), 2u);
}

TEST(Judge, FiguresOfATableExplainResiduals) {
  Series series = planted_series(60, 10);
  RowFigure ripple{"ripple", {}};
  for (int i = 1; i <= 60; ++i) ripple.values.push_back(i % 3 == 0 ? 1 : 0);
  series.figures = {ripple};
  const Judgement judged = judge({&series}, shipped());
  ASSERT_TRUE(judged.features) << judged.why_unexplained;
  EXPECT_EQ(judged.features->features[0].name, "ripple");
}

// 100 networks were told that a slope known to 1 % takes 4297148.
TEST(Judge, NetworksForASlopeAreNotExtrapolatedBeyondTenTimesThoseMeasured) {
  Series series = planted_series(60, 10);
  for (std::size_t i = 0; i < series.rows.size(); ++i)
    series.rows[i].seconds = *series.rows[i].seconds * (i % 2 == 0 ? 0.3 : 1.7);
  const Judgement judged = judge({&series}, shipped());
  EXPECT_FALSE(judged.networks_for_slope);
  EXPECT_TRUE(judged.slope_beyond_reach);
  const Series tidy = planted_series(60, 10);
  EXPECT_TRUE(judge({&tidy}, shipped()).networks_for_slope);
}

}  // namespace
}  // namespace opline::evaluation
