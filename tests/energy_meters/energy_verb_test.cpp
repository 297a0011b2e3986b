// `opline energy` as a user runs it: a recorded trace, a simulated PPK2, and mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/output.h"
#include "src/energy/trace_csv.h"
#include "tests/cli/documented_keys.h"
#include "tests/cli/program.h"
#include "tests/energy/waveform.h"
#include "tests/energy_meters/ppk2_device.h"

namespace opline::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class EnergyVerb : public ProgramTest {
 protected:
  /// 2 s at 1 kHz and 1.8 V: 10 mA, and 30 mA while a window is marked.
  void SetUp() override {
    ProgramTest::SetUp();
    const auto busy = [](double t) { return (t > 0.3 && t < 0.8) || (t > 1.2 && t < 1.7); };
    energy::Trace trace =
        energy::sampled([&](double t) { return busy(t) ? 0.03 : 0.01; }, 2001, 1000, 1.8);
    trace.edges = {{0.3, true}, {0.8, false}, {1.2, true}, {1.7, false}};
    write_file_atomically(folder_ / "t.csv", energy::trace_as_csv(trace, "test"));
  }
};

TEST_F(EnergyVerb, OfATrace) {
  const Result result = opline({"energy", "--trace", "t.csv"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("supply     1.8 V (measured)"),
                    HasSubstr("2.00 s at 1 kHz: 2001 samples, 0 dropped; mean 35.96 mW"),
                    HasSubstr("idle       18 mW outside the windows, not subtracted"),
                    HasSubstr("trigger    high: 2 windows\n"),
                    HasSubstr("mean of 2 windows: 26.96 mJ, standard deviation 0 J")));
}

TEST_F(EnergyVerb, AsJson) {
  const Result result = opline({"energy", "--trace", "t.csv", "--idle", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "out");
  EXPECT_NEAR(json["windows"][1]["joules"].get<double>() / (0.02 * 1.8 * 0.5), 1, 3e-3);
  EXPECT_NEAR(json["idle_watts"].get<double>(), 0.018, 1e-9);
  EXPECT_EQ(json["recording"]["dropped"], 0);
  EXPECT_EQ(json["trace"], "t.csv");
}

TEST_F(EnergyVerb, AReversedCurrentIsNamed) {
  energy::Trace trace = energy::sampled([](double) { return -0.01; }, 2001, 1000, 1.8);
  trace.edges = {{0.3, true}, {0.8, false}};
  write_file_atomically(folder_ / "r.csv", energy::trace_as_csv(trace, "test"));
  EXPECT_THAT(opline({"energy", "--trace", "r.csv"}).out,
              AllOf(HasSubstr("-9 mJ"), HasSubstr("the current flows backwards")));
  const Result json = opline({"energy", "--trace", "r.csv", "--json"});
  EXPECT_THAT(parse_json(json.out, "out")["remark"].get<std::string>(), HasSubstr("backwards"));
  EXPECT_TRUE(
      parse_json(opline({"energy", "--trace", "t.csv", "--json"}).out, "out")["remark"].is_null());
  EXPECT_THAT(opline({"energy", "--trace", "t.csv", "--trigger", "low", "--idle"}).out,
              HasSubstr("is --trigger the other level?"));
}

TEST_F(EnergyVerb, EveryKeyIsDocumented) {
  const Result result = opline({"energy", "--trace", "t.csv", "--json"});
  expect_documented(
      parse_json(result.out, "out"),
      read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / "docs/formats/energy-report.md"));
}

TEST_F(EnergyVerb, WithoutWindowsThereIsNoResult) {
  const Result none = opline({"energy", "--trace", "t.csv", "--external-volts", "3",
                              "--most-dropped", "0", "--trigger-column", "voltage_v"});
  EXPECT_EQ(none.exit_code, 11) << none.err;
  EXPECT_THAT(none.out, HasSubstr("supply     3 V (stated)"));
  EXPECT_THAT(none.out, HasSubstr("no window was found: does the trigger change level"));
}

/// A PPK2 that sends 0.4 s: 30 mA in the middle, marked.
void ppk2(energy::DeviceLink& link) {
  energy::serve_ppk2(link, [] {
    energy::Ppk2Words words;
    for (int i = 0; i < 40'000; ++i) {
      const bool busy = i >= 15'000 && i < 25'000;
      words.current(busy ? 0.030 : 0.010, busy ? 1 : 0);
    }
    return words.bytes;
  });
}

TEST_F(EnergyVerb, OfAMeter) {
  energy::SimulatedDevice device(ppk2);
  const Result result = opline({"energy", "--meter", "ppk2@" + device.address(), "--volts", "1.8",
                                "--seconds", "0.39", "--csv", "out.csv", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "out");
  EXPECT_EQ(json["meter"]["model"], "Nordic PPK2, hardware 9173");
  EXPECT_EQ(json["supply"]["source"], "set");
  ASSERT_EQ(json["windows"].size(), 1U);
  const double joules = json["windows"][0]["joules"];
  EXPECT_NEAR(joules / (0.030 * 1.8 * 0.1), 1, 1e-3);

  const Result again = opline({"energy", "--trace", "out.csv", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(parse_json(again.out, "out")["windows"][0]["joules"], joules);
}

TEST_F(EnergyVerb, Mistakes) {
  const auto fails = [&](const std::vector<std::string>& arguments, int code) {
    std::vector<std::string> all = {"energy"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Result result = opline(all);
    EXPECT_EQ(result.exit_code, code) << result.err;
    return result.err;
  };
  EXPECT_THAT(fails({}, 2), HasSubstr("give one of --meter KIND@PORT and --trace FILE"));
  EXPECT_THAT(fails({"--trace", "t.csv", "--volts", "3"}, 2), HasSubstr("--volts applies to"));
  EXPECT_THAT(fails({"--meter", "otii", "--time", "t"}, 2), HasSubstr("--time applies to --trace"));
  EXPECT_THAT(fails({"--meter", "ppk3@/dev/x"}, 2), HasSubstr("did you mean `ppk2`?"));
  EXPECT_THAT(fails({"--trace", "t.csv", "--trigger", "up"}, 2), HasSubstr("known: high, low"));
  EXPECT_THAT(fails({"--trace", "t.csv", "--most-dropped", "101"}, 2),
              HasSubstr("--most-dropped is '101'; it must be a number from 0 to 100"));
  EXPECT_EQ(opline({"energy", "--trace", "t.csv", "--most-dropped", "100"}).exit_code, 0);
  const std::string before = read_file(folder_ / "t.csv");
  fails({"--trace", "t.csv", "--csv", "t.csv"}, 2);
  EXPECT_EQ(read_file(folder_ / "t.csv"), before);
  EXPECT_THAT(fails({"--trace", "t.csv", "--csv", "-", "--json"}, 2),
              HasSubstr("both write to standard output"));
  EXPECT_THAT(fails({"--trace", "none.csv"}, 5), HasSubstr("none.csv"));
  EXPECT_THAT(fails({"--meter", "ppk2@/dev/no-such", "--volts", "3"}, 6),
              HasSubstr("is it plugged in?"));
  EXPECT_THAT(fails({"--trace", "t.csv", "--voltage", "v", "--external-volts", "3"}, 2),
              HasSubstr("the supply is known twice"));
}

}  // namespace
}  // namespace opline::cli
