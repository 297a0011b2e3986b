// Logs of MLPerf Tiny's runners and reports of STM32Cube.AI. The texts are small ones in the forms
// that the tools write, with figures of our own.
#include "src/evaluation/logs/benchmark_log.h"

#include <gmock/gmock.h>

#include "src/base/random.h"
#include "tests/error_message.h"

namespace opline::evaluation {
namespace {

using testing::HasSubstr;

/// A window as the device sends it, each line with what EEMBC's runner puts in front.
std::string window(int inferences, long long start, long long end) {
  return "00062.432 parser: Command \"dut infer " + std::to_string(inferences) +
         " 1\"\r\n"
         "00062.676 dut: m-infer-start-" +
         std::to_string(inferences) + "\r\n00062.678 dut: m-lap-us-" + std::to_string(start) +
         "\r\n00074.367 dut: m-lap-us-" + std::to_string(end) +
         "\r\n00074.370 dut: m-infer-done\r\n";
}

const std::string kNames =
    "00001.1 dut: m-name-dut-[my board]\r\n00001.2 dut: m-profile-[x]\r\n"
    "00001.3 dut: m-model-[kws01]\r\n";

TEST(MlperfTinyLogTest, TheMedianOfTheWindowsCounts) {
  const std::string text = kNames + window(100, 1000, 10'001'000) + window(100, 0, 12'000'000) +
                           window(100, 50, 11'000'050) + window(100, 7, 15'000'007) +
                           window(100, 0, 10'500'000);
  const BenchmarkLog log = parse_benchmark_log(text, "log.txt");
  EXPECT_EQ(log.kind, LogKind::mlperf_tiny);
  EXPECT_EQ(log.model, "kws01");
  EXPECT_EQ(log.device, "my board");
  EXPECT_DOUBLE_EQ(log.seconds, 0.11);
  EXPECT_EQ(log.windows, 5u);
  EXPECT_FALSE(log.macc);
}

// Accuracy runs infer once per input; short windows break the rules.
TEST(MlperfTinyLogTest, SingleInferencesAndShortWindowsDoNotCount) {
  const std::string text = kNames + window(1, 0, 99'000'000) + window(10, 0, 9'999'999) +
                           window(9, 0, 50'000'000) + window(10, 0, 10'000'000);
  const BenchmarkLog log = parse_benchmark_log(text, "log.txt");
  EXPECT_EQ(log.windows, 1u);
  EXPECT_DOUBLE_EQ(log.seconds, 1.0);
  EXPECT_THAT(message_of([] {
                (void)parse_benchmark_log(window(1, 0, 500'000) + window(1, 0, 500'000), "log.txt");
              }),
              HasSubstr("log.txt: has no window of at least 10 inferences and 10 s among 2"));
}

TEST(MlperfTinyLogTest, ResultsOfBothRunnersAreRead) {
  const BenchmarkLog eembc = parse_benchmark_log(
      "00110.278 ulp-mlperf: Performance results for window 2:\n"
      "00110.279 ulp-mlperf:   # Inferences :          120\n"
      "00110.279 ulp-mlperf:   Runtime      :       12.000 sec.\n"
      "00110.279 ulp-mlperf:   Throughput   :       10.000 inf./sec.\n"
      "00110.282 ulp-mlperf: Median throughput is 10.000 inf./sec.\n",
      "results.txt");
  EXPECT_DOUBLE_EQ(eembc.seconds, 0.1);
  const BenchmarkLog open = parse_benchmark_log(
      "Performance results for window 1\n    # Inferences : 50\n    Runtime: 10.5 sec.\n"
      "    Throughput: 4.761904 inf./sec.\n    Runtime requirements have been met.\n"
      "Median energy cost is 1234.5000 uJ/inf.\n",
      "results.txt");
  EXPECT_DOUBLE_EQ(open.seconds, 0.21);
  EXPECT_DOUBLE_EQ(open.joules.value(), 1234.5e-6);
}

TEST(MlperfTinyLogTest, AClockThatWrappedIsRefused) {
  EXPECT_THAT(
      message_of([] { (void)parse_benchmark_log(window(10, 4'294'000'000, 5'000'000), "l.txt"); }),
      HasSubstr("l.txt:4: the window ends at 5000000 us and began at 4294000000 us"));
}

const std::string kReport =
    "Neural Network Tools for STM32 family v1.6.0 (STM.ai v7.3.0-RC5)\n"
    " model file         : C:\\models\\kws_small.tflite\n"
    " ON-DEVICE STM32 execution (\"network\", COM4, 115200)..\n"
    "  0x433/STM32F401xD/E @84MHz/84MHz (FPU is present) lat=2 ART: PRFTen ICen DCen\n"
    "Results for 10 inference(s) @84/84MHz (macc:2,000,000)\n"
    " duration    : 100.000 ms (average)\n"
    " CPU cycles  : 8,400,000 (average)\n"
    " cycles/MACC : 4.20 (average for all layers)\n"
    " duration    : 31.126 ms of a layer\n";

TEST(Stm32CubeReportTest, DurationDeviceClockAndMaccAreRead) {
  const BenchmarkLog log = parse_benchmark_log(kReport, "report.txt");
  EXPECT_EQ(log.kind, LogKind::stm32cube_ai);
  EXPECT_DOUBLE_EQ(log.seconds, 0.1);
  EXPECT_EQ(log.clock_hz, 84'000'000u);
  EXPECT_EQ(log.macc, 2'000'000u);
  EXPECT_EQ(log.device, "0x433/STM32F401xD/E");
  EXPECT_EQ(log.model, "kws_small");
  EXPECT_EQ(log.tool, "STM.ai 7.3.0-RC5");
}

TEST(Stm32CubeReportTest, TheFormOfStEdgeAiIsRead) {
  const BenchmarkLog log = parse_benchmark_log(
      "ST Edge AI Core v2.2.0-20266 adf0e24b\n"
      "ST.AI Profiling results v2.0 - \"network\"\n"
      "nb sample(s)   :   540\n"
      "duration       :   11.970 ms by sample (11.733/12.052/0.097)\n"
      "macc           :   2938\n"
      "cycles/MACC    :   20.37\n",
      "network_validate_report.txt");
  EXPECT_DOUBLE_EQ(log.seconds, 11.970e-3);
  EXPECT_EQ(log.macc, 2938u);
  EXPECT_EQ(log.tool, "ST Edge AI Core 2.2.0-20266");
  EXPECT_FALSE(log.clock_hz);
}

TEST(Stm32CubeReportTest, AReportWithoutDurationSaysWhichOneIsNeeded) {
  EXPECT_THAT(message_of([] {
                (void)parse_benchmark_log("model : a.tflite\nmacc : 1,234\nweights (ro) : 12\n",
                                          "analyze.txt");
              }),
              HasSubstr("analyze.txt: has no `duration`; give the report of a validation on the "
                        "target"));
}

TEST(Stm32CubeReportTest, CyclesThatContradictTheDurationAreRefused) {
  std::string text = kReport;
  text.replace(text.find("8,400,000"), 9, "9,400,000");
  EXPECT_THAT(message_of([&] { (void)parse_benchmark_log(text, "r.txt"); }),
              HasSubstr("9400000 CPU cycles at 84000000 Hz are 0.111905 s"));
}

TEST(BenchmarkLogTest, OtherFilesAreRefused) {
  EXPECT_THAT(message_of([] { (void)parse_benchmark_log("name,ops\na,1\n", "mine.csv"); }),
              HasSubstr("mine.csv: is neither"));
}

// Whatever a file holds: figures or a refusal, never anything else.
TEST(BenchmarkLogTest, MutatedLogsAreReadOrRefused) {
  const std::vector<std::string> whole = {
      kReport, kNames + window(100, 1000, 10'001'000) + window(100, 0, 12'000'000)};
  int read = 0;
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    RandomStream random(91, seed);
    std::string text = whole[seed % 2];
    for (std::uint32_t changes = random.next() % 8 + 1; changes > 0; --changes) {
      const std::size_t at = random.next() % text.size();
      if (random.next() % 2 == 0) {
        text[at] = static_cast<char>(random.next());
      } else {
        text.erase(at, random.next() % 40);
      }
      if (text.empty()) text = "x";
    }
    try {
      const BenchmarkLog log = parse_benchmark_log(text, "log");
      EXPECT_GT(log.seconds, 0) << text;
      EXPECT_TRUE(std::isfinite(log.seconds)) << text;
      ++read;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::input) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(read, 500);
  EXPECT_GT(refused, 100);
}

measure::Setup board_setup() {
  measure::Setup setup;
  setup.board = "nucleo-f401re";
  setup.runner = measure::Runner::imported;
  return setup;
}

TEST(BenchmarkLogTest, LogsBecomeASeriesWithTheNetworksThatAreNamed) {
  const BenchmarkLog report = parse_benchmark_log(kReport, "report.txt");
  const Series own = series_of({{report, "", "", {}}}, "cube", board_setup());
  EXPECT_EQ(own.rows.front().name, "kws_small");
  EXPECT_EQ(own.rows.front().ops, 4'000'000u);  // 2 x macc
  EXPECT_EQ(own.setup.clock_hz, 84'000'000u);
  EXPECT_EQ(own.setup.runtime.text(), "STM.ai 7.3.0-RC5");
  const std::string id(32, 'a');
  const Series named = series_of({{report, "kws-s", id, 3'900'000}}, "cube", board_setup());
  EXPECT_EQ(named.rows.front().name, "kws-s");
  EXPECT_EQ(named.rows.front().network, id);
  EXPECT_EQ(named.rows.front().ops, 3'900'000u);
}

TEST(BenchmarkLogTest, WhatDoesNotGoTogetherIsRefused) {
  const BenchmarkLog report = parse_benchmark_log(kReport, "report.txt");
  const BenchmarkLog mlperf =
      parse_benchmark_log(kNames + window(100, 0, 12'000'000), "kws/log.txt");
  EXPECT_THAT(message_of([&] {
                (void)series_of({{mlperf, "", "", {}}}, "t", board_setup());
              }),
              HasSubstr("kws/log.txt: does not say how many ops `kws01` has; name the networks"));
  EXPECT_THAT(message_of([&] {
                (void)series_of({{report, "", "", {}}, {report, "", "", {}}}, "t", board_setup());
              }),
              HasSubstr("is about `kws_small`, as an earlier one is"));
  measure::Setup other = board_setup();
  other.clock_hz = 42'000'000;
  EXPECT_THAT(message_of([&] {
                (void)series_of({{report, "", "", {}}}, "t", other);
              }),
              HasSubstr("was measured at 84000000 Hz, not at 42000000 Hz"));
}

}  // namespace
}  // namespace opline::evaluation
