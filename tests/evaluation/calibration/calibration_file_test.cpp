// The calibration file: what is written is read, and nothing else is.
#include "src/evaluation/calibration/calibration_file.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "src/base/files.h"
#include "src/base/output.h"
#include "tests/error_message.h"
#include "tests/evaluation/calibration/planted_calibration.h"

namespace opline::evaluation {
namespace {

using testing::HasSubstr;

const CalibrationProvenance kProvenance{"0.1.0", "2026-01-31T12:00:00Z", "opline calibrate"};

CalibrationFile planted_file(int constants = 1) {
  const Series simulated = simulated_series(16);
  analysis::CalibrationOptions options;
  options.constants = constants;
  CalibrationFile file{"kws.json", {}};
  for (const Calibration& one :
       calibrated(measured_series(simulated, 0.97, 0.01), simulated, options))
    put(file, stored(one, kProvenance));
  return file;
}

TEST(CalibrationFileTest, IsReadAsItWasWritten) {
  for (const int constants : {1, 2}) {
    const CalibrationFile file = planted_file(constants);
    const std::string text = text_of(file);
    const CalibrationFile read = parse_calibrations(text, "kws.json");
    ASSERT_EQ(read.calibrations.size(), 1u);
    const StoredCalibration& a = file.calibrations.front();
    const StoredCalibration& b = read.calibrations.front();
    EXPECT_EQ(a.scope, b.scope);
    EXPECT_EQ(a.scale, b.scale);
    EXPECT_EQ(a.offset_seconds, b.offset_seconds);
    EXPECT_EQ(a.offset_seconds.has_value(), constants == 2);
    EXPECT_DOUBLE_EQ(a.further_error, b.further_error);
    EXPECT_EQ(a.ruling, b.ruling);
    EXPECT_EQ(text_of(read), text);
  }
}

// Readable, and what data/schemas/calibration.schema.json is checked with.
TEST(CalibrationFileTest, Golden) {
  const std::string path = OPLINE_SOURCE_DIR "/tests/evaluation/data/calibration.golden.json";
  const Series simulated = simulated_series(6);
  CalibrationFile file{"kws.json", {}};
  for (const Calibration& one : calibrated(measured_series(simulated, 0.97, 0.01), simulated))
    put(file, stored(one, kProvenance));
  const std::string text = text_of(file);
  if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr) write_file_atomically(path, text);
  EXPECT_EQ(text, read_file(path));
}

TEST(CalibrationFileTest, HoldsSeveralScopesAndReplacesOneOfTheSame) {
  CalibrationFile file = planted_file();
  StoredCalibration other = file.calibrations.front();
  other.scope.board = "nucleo-f746zg";
  put(file, other);
  EXPECT_EQ(file.calibrations.size(), 2u);
  StoredCalibration again = file.calibrations.front();
  again.scale = 2;
  put(file, again);
  ASSERT_EQ(file.calibrations.size(), 2u);
  EXPECT_EQ(file.calibrations.front().scale, 2);
}

std::string refusal(const std::string& text) {
  return message_of([&] { (void)parse_calibrations(text, "kws.json"); });
}

/// Every key, at every depth, once removed and once renamed.
void each_key_missing(const Json& whole, const Json::json_pointer& at, int& tried) {
  const Json& here = whole.at(at);
  if (here.is_array() && !here.empty() && here.front().is_object())
    each_key_missing(whole, at / 0, tried);
  if (!here.is_object()) return;
  for (const auto& [key, value] : here.items()) {
    if (key == "setup") continue;  // an object of measure::Setup, which has tests of its own
    Json changed = whole;
    changed[at].erase(key);
    EXPECT_THAT(refusal(changed.dump()), HasSubstr(key)) << at / key;
    ++tried;
    each_key_missing(whole, at / key, tried);
  }
}

TEST(CalibrationFileTest, AMissingKeyIsNamed) {
  int tried = 0;
  each_key_missing(parse_json(text_of(planted_file(2)), "kws.json"), Json::json_pointer(""), tried);
  EXPECT_GT(tried, 50);
}

TEST(CalibrationFileTest, WhatDoesNotFitTogetherIsRefused) {
  const Json good = parse_json(text_of(planted_file()), "kws.json");
  const auto with = [&](const char* pointer, const Json& value) {
    Json changed = good;
    changed[Json::json_pointer(pointer)] = value;
    return changed.dump();
  };
  EXPECT_THAT(refusal(with("/format", "opline-cost-model")), HasSubstr("opline calibrate"));
  EXPECT_THAT(refusal(with("/version", 2)), HasSubstr("version"));
  EXPECT_THAT(refusal(with("/more", 1)), HasSubstr("more"));
  EXPECT_THAT(refusal(with("/calibrations", Json::array())), HasSubstr("is empty"));
  EXPECT_THAT(refusal(with("/calibrations/0/scope/flags", "-O3")), HasSubstr("scope_id"));
  EXPECT_THAT(refusal(with("/calibrations/0/scale/estimate", -1)), HasSubstr("above 0"));
  EXPECT_THAT(refusal(with("/calibrations/0/n", 3)), HasSubstr("number of `pairs`"));
  EXPECT_THAT(refusal(with("/calibrations/0/verdict/ruling", "good")), HasSubstr("ruling"));
  EXPECT_THAT(refusal(with("/calibrations/0/measured/setup/board", "other")),
              HasSubstr("setup_id"));
  Json twice = good;
  twice["calibrations"].push_back(good["calibrations"][0]);
  EXPECT_THAT(refusal(twice.dump()), HasSubstr("another calibration of the file"));
}

}  // namespace
}  // namespace opline::evaluation
