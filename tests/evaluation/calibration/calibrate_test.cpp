// Which series are paired, what a calibration says of itself, and what is refused.
#include "src/evaluation/calibration/calibrate.h"

#include <gmock/gmock.h>

#include "tests/error_message.h"
#include "tests/evaluation/calibration/planted_calibration.h"

namespace opline::evaluation {
namespace {

using analysis::Ruling;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(CalibrateTest, RecoversThePlantedConstant) {
  const Series simulated = simulated_series(40);
  const std::vector<Calibration> all =
      calibrated(measured_series(simulated, 0.97, 0.01), simulated);
  ASSERT_EQ(all.size(), 1u);
  const Calibration& one = all.front();
  ASSERT_TRUE(one.fit) << one.why_none;
  EXPECT_EQ(one.pairs.size(), 40u);
  EXPECT_TRUE(one.fit->scale.interval.contains(0.97));
  EXPECT_NEAR(one.fit->scale.estimate, 0.97, 0.005);
  EXPECT_EQ(one.ruling(), Ruling::valid) << testing::PrintToString(one.reasons());
  EXPECT_TRUE(one.reasons().empty());
  EXPECT_EQ(one.scope, scope_of(simulated.setup));
  EXPECT_THAT(one.measured.files, ElementsAre("real.db"));
  EXPECT_GT(one.fit->trends.size(), 3u);  // ops and the mix of layers
}

// A board whose depthwise layers are dearer than the simulator's: no constant holds for all
// networks.
TEST(CalibrateTest, AMixOfLayersThatTheSimulatorGetsWrongIsATrend) {
  const Series simulated = simulated_series(60);
  Series measured = measured_series(simulated, 1, 0.002);
  const Series dearer = planted_networks("kws", 60, 12);
  for (std::size_t i = 0; i < measured.rows.size(); ++i)
    measured.rows[i].seconds =
        *measured.rows[i].seconds / *simulated.rows[i].seconds * *dearer.rows[i].seconds;
  analysis::CalibrationOptions options;
  options.margin = 0.2;
  const Calibration one = calibrated(measured, simulated, options).front();
  EXPECT_EQ(one.ruling(), Ruling::not_valid);
  EXPECT_THAT(one.reasons(), testing::Contains(HasSubstr("residuals go with share of ops in")));
}

TEST(CalibrateTest, ATableIsPairedByIdWhateverItsNamesAre) {
  const Series simulated = simulated_series(12);
  Series table = measured_series(simulated, 1.02, 0.005);
  table.seed.reset();
  table.setup = {};
  table.setup.runner = measure::Runner::imported;
  table.setup.board = "nucleo-f446re";
  table.setup_id = table.setup.id();
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    table.rows[i].name = "model " + std::to_string(i);
  const Calibration one = calibrated(table, simulated).front();
  EXPECT_EQ(one.pairs.size(), 12u);
  EXPECT_THAT(one.not_recorded,
              ElementsAre("clock_hz", "runtime", "compiler", "flags", "placement"));
  EXPECT_TRUE(one.wrong_scope.empty());
}

TEST(CalibrateTest, OtherFlagsAreAnotherScope) {
  const Series simulated = simulated_series(12);
  Series measured = measured_series(simulated, 1.4, 0.005);
  measured.setup.flags = "-O2 -mcpu=cortex-m4";
  measured.setup.runtime = measure::parse_runtime("tflm 2026");
  measured.setup_id = measured.setup.id();
  const Calibration one = calibrated(measured, simulated).front();
  EXPECT_EQ(one.fit->ruling, Ruling::valid);  // as numbers go
  EXPECT_EQ(one.ruling(), Ruling::not_valid);
  EXPECT_THAT(one.reasons().front(),
              testing::AllOf(HasSubstr("runtime tflm 2021 against tflm 2026"),
                             HasSubstr("flags -Os against -O2")));
}

TEST(CalibrateTest, TooFewPairsAreNotValidAndOneIsAReason) {
  const Series simulated = simulated_series(4);
  EXPECT_THAT(calibrated(measured_series(simulated, 1, 0.001), simulated).front().reasons(),
              ElementsAre(HasSubstr("4 pairs; one constant needs at least 5")));
  const Series single = simulated_series(1);
  const Calibration one = calibrated(measured_series(single, 1, 0.001), single).front();
  EXPECT_FALSE(one.fit);
  EXPECT_THAT(one.why_none, HasSubstr("1 network both simulated and measured"));
}

// Campaigns of one setup are one scope; what both drew counts once.
TEST(CalibrateTest, CampaignsOfOneSetupAreOnePool) {
  const Series all = simulated_series(20);
  Series first = all;
  first.rows.resize(12);
  first.layers.resize(12);
  Series second = all;
  second.prior = "uniform-networks";
  second.rows.erase(second.rows.begin(), second.rows.begin() + 8);
  second.layers.erase(second.layers.begin(), second.layers.begin() + 8);
  const std::vector<Calibration> found = calibrate({{"real.db", measured_series(all, 1.1, 0.003)}},
                                                   {{"sim.db", first}, {"sim.db", second}}, {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().pairs.size(), 20u);
  EXPECT_EQ(found.front().simulated.files.size(), 1u);
  EXPECT_EQ(found.front().simulated.titles.size(), 2u);
  EXPECT_GT(found.front().fit->trends.size(), 3u);
}

TEST(CalibrateTest, EveryBoardIsAScopeOfItsOwn) {
  const Series f4 = simulated_series(10);
  Series f7 = f4;
  f7.setup.board = "nucleo-f746zg";
  f7.setup_id = f7.setup.id();
  const std::vector<Calibration> found = calibrate(
      {{"real.db", measured_series(f7, 1.2, 0.003)}, {"real.db", measured_series(f4, 0.9, 0.003)}},
      {{"sim.db", f4}, {"sim.db", f7}}, {});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NEAR(found[0].fit->scale.estimate, 0.9, 0.01);
  EXPECT_NEAR(found[1].fit->scale.estimate, 1.2, 0.01);
}

// A board that was simulated at several clocks and measured at one.
TEST(CalibrateTest, TheClockThatWasMeasuredIsTaken) {
  const Series fast = simulated_series(10);
  Series slow = fast;
  slow.setup.clock_hz = 84'000'000;
  slow.setup_id = slow.setup.id();
  const std::vector<Calibration> found = calibrate({{"real.db", measured_series(fast, 0.9, 0.003)}},
                                                   {{"sim.db", slow}, {"sim.db", fast}}, {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].scope, scope_of(fast.setup));
}

std::string refusal(const Series& measured, const Series& simulated) {
  return message_of([&] { (void)calibrated(measured, simulated); }, ErrorCode::usage);
}

TEST(CalibrateTest, WhatCannotBePairedIsRefused) {
  const Series simulated = simulated_series(6);
  const Series measured = measured_series(simulated, 1, 0.01);
  EXPECT_THAT(refusal(simulated, simulated), HasSubstr("is simulated; --measured takes"));
  EXPECT_THAT(refusal(measured, measured), HasSubstr("was measured on a board; --simulated takes"));
  Series elsewhere = measured;
  elsewhere.setup.board = "my-board";
  elsewhere.setup_id = elsewhere.setup.id();
  EXPECT_THAT(refusal(elsewhere, simulated),
              HasSubstr("no board was both simulated (nucleo-f446re) and measured (my-board)"));
  Series other_clock = simulated;
  other_clock.setup.timing_model = "cortex-m4/2";
  other_clock.setup_id = other_clock.setup.id();
  EXPECT_THAT(message_of(
                  [&] {
                    (void)calibrate({{"real.db", measured}},
                                    {{"a.db", simulated}, {"b.db", other_clock}}, {});
                  },
                  ErrorCode::usage),
              testing::AllOf(HasSubstr("several simulated setups"), HasSubstr("a.db: "),
                             HasSubstr("b.db: ")));
}

}  // namespace
}  // namespace opline::evaluation
