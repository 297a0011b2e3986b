// opline calibrate, and --calibration of the verbs that show seconds.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "src/base/digest.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The decisions of the known network kws-s, for --where.
constexpr const char* kKwsS =
    "conv1.width=84,block1.width=112,block2.width=84,block3.width=84,block4.width=84,"
    "block5.width=196,block1.skip=keep,block2.skip=keep,block3.skip=keep,block4.skip=keep,"
    "block5.skip=keep,block6.skip=skip,block7.skip=skip,block8.skip=skip,block9.skip=skip";

/// A study of 12 networks of the space tiny, simulated on one board, and a table of what a board
/// would have measured: each 1.05 times as long, off by up to 0.4 %.
class CalibrateVerb : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    ASSERT_EQ(opline({"run", "--space", "tiny", "--boards", "nucleo-f446re", "--count", "12",
                      "--db", "sim.db"})
                  .exit_code,
              0);
    ASSERT_EQ(opline({"export", "--db", "sim.db", "--format", "csv", "--out", "raw.csv"}).exit_code,
              0);
    write("real.csv", measured(read_file(folder_ / "raw.csv")));
  }

  /// The rows of an exported table as a table of measurements: id, ops, latency_s.
  static std::string measured(const std::string& raw) {
    std::istringstream lines(raw);
    std::string text = "id,ops,latency_s\n";
    std::vector<std::string> header;
    int row = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("#")) continue;
      std::vector<std::string> fields = split(line);
      if (header.empty()) {
        header = fields;
        continue;
      }
      const auto field = [&](const char* name) {
        return fields[static_cast<std::size_t>(std::find(header.begin(), header.end(), name) -
                                               header.begin())];
      };
      const double error = 1 + 0.001 * (row++ % 9 - 4);
      text += field("network") + "," + field("ops") + "," +
              std::to_string(1.05 * error * std::stod(field("latency_s"))) + "\n";
    }
    return text;
  }

  static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) {
        fields.emplace_back();
      } else if (c != '"') {
        fields.back() += c;
      }
    }
    return fields;
  }

  Result calibrate(std::vector<std::string> more = {},
                   const std::string& table = "real.csv:id=id,boards=nucleo-f446re") {
    more.insert(more.begin(), {"calibrate", "--measured", table, "--simulated", "sim.db"});
    return opline(more);
  }
};

TEST_F(CalibrateVerb, FindsThePlantedConstantAndWritesIt) {
  const Result result = calibrate({"--out", "tiny.json"});
  EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
  EXPECT_THAT(result.out, HasSubstr("scale      1.0"));
  EXPECT_THAT(result.out, HasSubstr("verdict    valid"));
  const Json file = parse_json(read_file(folder_ / "tiny.json"), "tiny.json");
  EXPECT_EQ(file["format"], "opline-calibration");
  const Json& one = file["calibrations"][0];
  EXPECT_NEAR(one["scale"]["estimate"].get<double>(), 1.05, 0.005);
  EXPECT_EQ(one["not_recorded"].size(), 5u);
}

TEST_F(CalibrateVerb, ViewsApplyTheConstantAndSaySo) {
  ASSERT_EQ(calibrate({"--out", "tiny.json"}).exit_code, 0);
  const double scale =
      parse_json(read_file(folder_ / "tiny.json"), "f")["calibrations"][0]["scale"]["estimate"]
          .get<double>();
  const auto fit = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"fit", "--db", "sim.db", "--json"});
    return parse_json(opline(more).out, "fit")["fits"][0];
  };
  const Json before = fit({});
  const Json after = fit({"--calibration", "tiny.json"});
  EXPECT_EQ(before["calibration"], "uncalibrated");
  EXPECT_THAT(after["calibration"].get<std::string>(),
              testing::StartsWith("calibrated (tiny.json, nucleo-f446re, opline"));
  EXPECT_NEAR(after["slope_seconds_per_op"]["estimate"].get<double>(),
              scale * before["slope_seconds_per_op"]["estimate"].get<double>(), 1e-14);
  EXPECT_EQ(fit({})["slope_seconds_per_op"], before["slope_seconds_per_op"]);  // the study is raw
  for (const std::vector<std::string>& view :
       {std::vector<std::string>{"fit", "--db", "sim.db"}, {"validate", "--db", "sim.db"}}) {
    std::vector<std::string> calibrated = view;
    calibrated.insert(calibrated.end(), {"--calibration", "tiny.json"});
    EXPECT_THAT(opline(calibrated).out, HasSubstr("calibrated (tiny.json, "));
    EXPECT_THAT(opline(view).out, Not(HasSubstr("calibrated (")));
  }
}

TEST_F(CalibrateVerb, CostModelsCarryTheCalibrationAndPredictionsShowIt) {
  ASSERT_EQ(calibrate({"--out", "tiny.json"}).exit_code, 0);
  const auto exported = [&](const std::string& out, std::vector<std::string> more) {
    more.insert(more.begin(), {"export", "--db", "sim.db", "--format", "cost-model", "--models",
                               "ops", "--allow-not-valid", "--out", out});
    const Result result = opline(more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return opline({"predict", "--model", out, "--ops", "50kops"}).out;
  };
  EXPECT_THAT(exported("raw.json", {}), Not(HasSubstr("calibrated")));
  EXPECT_THAT(exported("cal.json", {"--calibration", "tiny.json"}),
              HasSubstr("simulated, calibrated (tiny.json, "));
  const Result csv = opline({"export", "--db", "sim.db", "--format", "csv", "--out", "c.csv",
                             "--calibration", "tiny.json"});
  EXPECT_EQ(csv.exit_code, 2);
  EXPECT_THAT(csv.err, HasSubstr("--calibration applies to cost models"));
}

TEST_F(CalibrateVerb, FiguresAndPagesSayWhichCalibrationIsApplied) {
  ASSERT_EQ(calibrate({"--out", "tiny.json"}).exit_code, 0);
  const Result page =
      opline({"report", "--db", "sim.db", "--calibration", "tiny.json", "--out", "r.html"});
  EXPECT_EQ(page.exit_code, 0) << page.err;
  EXPECT_THAT(read_file(folder_ / "r.html"), HasSubstr("calibrated (tiny.json, "));
  const Result plot =
      opline({"plot", "--db", "sim.db", "--calibration", "tiny.json", "--out", "figures"});
  ASSERT_EQ(plot.exit_code, 0) << plot.err;
  EXPECT_THAT(read_file(folder_ / "figures" / "tiny-nucleo-f446re-seed1.csv"),
              HasSubstr("simulated, calibrated (tiny.json, "));
}

TEST_F(CalibrateVerb, ACalibrationOfOtherFlagsIsRefused) {
  ASSERT_EQ(calibrate({"--out", "tiny.json"}).exit_code, 0);
  Json json = parse_json(read_file(folder_ / "tiny.json"), "tiny.json");
  Json& scope = json["calibrations"][0]["scope"];
  scope["flags"] = "-O0";
  json["calibrations"][0]["scope_id"] = digest(scope.dump());
  write("tiny.json", to_text(json));
  const Result refused = opline({"fit", "--db", "sim.db", "--calibration", "tiny.json"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("is not for what was simulated as nucleo-f446re"));
  EXPECT_THAT(refused.err, HasSubstr("flags -O0 against -mcpu=cortex-m4 "));
}

TEST_F(CalibrateVerb, WhatIsNotValidIsNotWrittenUnlessAllowed) {
  const std::string text = read_file(folder_ / "real.csv");
  std::size_t end = 0;
  for (int line = 0; line < 4; ++line) end = text.find('\n', end) + 1;
  write("few.csv", text.substr(0, end));
  const std::string table = "few.csv:id=id,boards=nucleo-f446re";
  const Result result = calibrate({"--out", "few.json"}, table);
  EXPECT_EQ(result.exit_code, 9);
  EXPECT_THAT(result.out, HasSubstr("3 pairs; one constant needs at least 5"));
  EXPECT_THAT(result.err, HasSubstr("--allow-not-valid writes it"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "few.json"));
  EXPECT_EQ(calibrate({"--out", "few.json", "--allow-not-valid"}, table).exit_code, 9);
  EXPECT_THAT(opline({"fit", "--db", "sim.db", "--calibration", "few.json"}).out,
              HasSubstr("not judged valid"));
}

TEST_F(CalibrateVerb, TheFigureIsAFileWithItsNumbersBeside) {
  const Result result = calibrate({"--plot", "c.svg"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("c.svg\nc.csv\n"));
  EXPECT_THAT(read_file(folder_ / "c.svg"), HasSubstr("measured = simulated"));
  EXPECT_THAT(read_file(folder_ / "c.csv"), HasSubstr("opline-calibration-figure"));
  EXPECT_EQ(calibrate({"--plot", "c.csv"}).exit_code, 2);
  EXPECT_EQ(calibrate({"--out", "c.svg", "--plot", "c.svg"}).exit_code, 2);
  EXPECT_THAT(calibrate({"--width", "100"}).err, HasSubstr("--plot"));
}

TEST_F(CalibrateVerb, PairsAreACsvTable) {
  const Result result = calibrate({"--format", "csv"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\nscope_id,board,name,network,ops,simulated_seconds,"));
}

TEST_F(CalibrateVerb, WrongRequestsAreRefused) {
  const Result simulated = opline({"calibrate", "--measured", "sim.db", "--simulated", "sim.db"});
  EXPECT_EQ(simulated.exit_code, 2);
  EXPECT_THAT(simulated.err, HasSubstr("is simulated; --measured takes"));
  EXPECT_THAT(calibrate({}, "real.csv:id=id,boards=mine").err,
              HasSubstr("no board was both simulated (nucleo-f446re) and measured (mine)"));
  EXPECT_EQ(calibrate({"--out", "sim.db"}).exit_code, 2);
  EXPECT_EQ(calibrate({"--allow-not-valid"}).exit_code, 2);
  EXPECT_EQ(calibrate({"--constants", "3"}).exit_code, 2);
  EXPECT_EQ(calibrate({"--margin", "2"}).exit_code, 2);
  write("not.json", "{}");
  const Result other = opline({"fit", "--db", "sim.db", "--calibration", "not.json"});
  EXPECT_EQ(other.exit_code, 4);
  EXPECT_THAT(other.err, HasSubstr("not.json"));
}

// A log of a benchmark, with the network it is about, meets the same network in a study.
TEST_F(CalibrateVerb, ImportedLogsPairByTheirNetworks) {
  ASSERT_EQ(opline({"run", "--space", "kws", "--boards", "nucleo-f446re", "--count", "1", "--where",
                    kKwsS, "--db", "kws.db"})
                .exit_code,
            0);
  write("log.txt",
        "m-name-dut-[f446]\nm-model-[kws01]\nm-infer-start-100\nm-lap-us-1000\n"
        "m-lap-us-12001000\nm-infer-done\n");
  const Result imported = opline({"import", "--logs", "log.txt", "--networks", "kws-s", "--board",
                                  "nucleo-f446re", "--db", "real.db"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.err, HasSubstr("model kws01, device f446"));
  const Result result = opline({"calibrate", "--measured", "real.db", "--simulated", "kws.db"});
  EXPECT_EQ(result.exit_code, 4) << result.err;  // one pair: nothing to fit
  EXPECT_THAT(result.out, HasSubstr("1 network both simulated and measured"));
  // And the same network simulated into the study of measurements: its layers are known then.
  EXPECT_EQ(opline({"run", "--space", "kws", "--boards", "nucleo-f446re", "--count", "1", "--where",
                    kKwsS, "--db", "real.db"})
                .exit_code,
            0);
}

}  // namespace
}  // namespace opline::cli
