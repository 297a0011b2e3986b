// A calibration in views: what it changes, what it leaves, and where it is refused.
#include "src/evaluation/calibration/apply.h"

#include <gmock/gmock.h>

#include "src/evaluation/observations.h"
#include "src/evaluation/series_fit.h"
#include "tests/error_message.h"
#include "tests/evaluation/calibration/planted_calibration.h"

namespace opline::evaluation {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

CalibrationFile file_for(const Series& simulated, double scale, double sd = 0.005) {
  CalibrationFile file{"kws.json", {}};
  for (const Calibration& one : calibrated(measured_series(simulated, scale, sd), simulated))
    put(file, stored(one, {"0.1.0", "2026-01-31T12:00:00Z", "opline calibrate"}));
  return file;
}

TEST(ApplyCalibrationTest, SecondsOfNetworksLayersAndModelledEnergyAreScaled) {
  const Series raw = simulated_series(20);
  const CalibrationFile file = file_for(raw, 1.1);
  const double scale = file.calibrations.front().scale;
  std::vector<Series> all = {raw};
  apply_calibrations(file, all);
  const Series& now = all.front();
  for (std::size_t i = 0; i < raw.rows.size(); ++i)
    EXPECT_DOUBLE_EQ(*now.rows[i].seconds, scale * *raw.rows[i].seconds);
  EXPECT_EQ(now.layers.front().layers.front().cycles, raw.layers.front().layers.front().cycles);
  EXPECT_DOUBLE_EQ(*observe(now).layers.front().seconds,
                   scale * *observe(raw).layers.front().seconds);
  EXPECT_DOUBLE_EQ(response_rows(now, Response::energy).y.front(),
                   scale * response_rows(raw, Response::energy).y.front());
  EXPECT_NEAR(fit_series(now).line->slope, scale * fit_series(raw).line->slope, 1e-15);
}

TEST(ApplyCalibrationTest, EveryLabelSaysWhichCalibrationIsApplied) {
  const Series raw = simulated_series(20);
  EXPECT_EQ(origin_of(raw), "simulated, uncalibrated");
  EXPECT_THAT(title_of(raw), testing::Not(HasSubstr("calibrated")));
  std::vector<Series> all = {raw};
  apply_calibrations(file_for(raw, 1.1), all);
  const std::string scope = scope_of(raw.setup).id().substr(0, 8);
  EXPECT_EQ(calibration_of(all.front()),
            "calibrated (kws.json, nucleo-f446re, tflm 2021, scope " + scope + ")");
  EXPECT_THAT(title_of(all.front()), HasSubstr("calibrated (kws.json, "));
  EXPECT_THAT(origin_of(all.front()), StartsWith("simulated, calibrated (kws.json, "));
  EXPECT_EQ(calibration_of(measured_series(raw, 1, 0.01)), "");
}

TEST(ApplyCalibrationTest, WhatIsNotJudgedValidSaysSo) {
  const Series raw = simulated_series(4);
  std::vector<Series> all = {raw};
  apply_calibrations(file_for(raw, 1.1), all);
  EXPECT_THAT(calibration_of(all.front()), HasSubstr(", not judged valid)"));
}

// A constant of other kernels would be off by 50 % (docs/accuracy.md).
TEST(ApplyCalibrationTest, AConstantOfAnotherScopeIsRefusedWithBothNamed) {
  const Series raw = simulated_series(20);
  const CalibrationFile file = file_for(raw, 1.1);
  for (const auto& [change, what] : std::vector<std::pair<void (*)(measure::Setup&), const char*>>{
           {[](measure::Setup& s) {
              s.runtime = measure::parse_runtime("opline 0.1.0, planner 2");
            },
            "runtime tflm 2021 against opline 0.1.0, planner 2"},
           {[](measure::Setup& s) { s.flags = "-O2 -mcpu=cortex-m4"; }, "flags -Os against -O2"},
           {[](measure::Setup& s) { s.compiler = "clang 14"; }, "compiler"},
           {[](measure::Setup& s) { s.clock_hz = 84'000'000; }, "clock_hz"},
           {[](measure::Setup& s) { s.placement = "arena: ccm"; }, "placement"},
           {[](measure::Setup& s) { s.timing_model = "cortex-m4/4"; }, "timing_model"}}) {
    std::vector<Series> all = {raw};
    change(all.front().setup);
    const std::string message =
        message_of([&] { apply_calibrations(file, all); }, ErrorCode::usage);
    EXPECT_THAT(message, HasSubstr(what));
    EXPECT_THAT(message, HasSubstr(scope_of(raw.setup).title()));
    EXPECT_THAT(message, HasSubstr(scope_of(all.front().setup).title()));
  }
}

// What does not move cycles does not end a scope: a rebuilt image of the same code and flags.
TEST(ApplyCalibrationTest, ARebuiltImageOfTheSameFlagsStaysInScope) {
  Series raw = simulated_series(20);
  raw.setup.firmware_digest = "0123456789abcdef0123456789abcdef";
  const CalibrationFile file = file_for(raw, 1.1);
  std::vector<Series> all = {raw};
  all.front().setup.firmware_digest = "fedcba9876543210fedcba9876543210";
  apply_calibrations(file, all);
  EXPECT_TRUE(all.front().calibration);
  all = {raw};
  all.front().setup.flags.clear();  // then only the digest says which build it is
  EXPECT_THROW(apply_calibrations(file, all), Error);
}

TEST(ApplyCalibrationTest, OtherBoardsStayUncalibratedAndNoneAtAllIsRefused) {
  const Series f4 = simulated_series(20);
  Series f7 = f4;
  f7.setup.board = "nucleo-f746zg";
  const CalibrationFile file = file_for(f4, 1.1);
  std::vector<Series> all = {f4, f7};
  apply_calibrations(file, all);
  EXPECT_TRUE(all[0].calibration);
  EXPECT_FALSE(all[1].calibration);
  EXPECT_EQ(origin_of(all[1]), "simulated, uncalibrated");
  std::vector<Series> others = {f7, measured_series(f4, 1, 0.01)};
  EXPECT_THAT(message_of([&] { apply_calibrations(file, others); }, ErrorCode::usage),
              testing::AllOf(HasSubstr("holds no calibration for what is shown"),
                             HasSubstr("nucleo-f446re, tflm 2021")));
}

TEST(ApplyCalibrationTest, ALatencyThatWouldNotBeAboveZeroIsRefused) {
  const Series raw = simulated_series(20);
  CalibrationFile file = file_for(raw, 1.1);
  file.calibrations.front().offset_seconds = -100;
  std::vector<Series> all = {raw};
  EXPECT_THAT(message_of([&] { apply_calibrations(file, all); }),
              HasSubstr("is simulated to take"));
}

}  // namespace
}  // namespace opline::evaluation
