// `opline mlperf` as a user runs it: against a simulated board on a pseudo-terminal, whose firmware
// has a network of its own, and against devices that a test writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/cli/documented_keys.h"
#include "tests/cli/program.h"
#include "tests/energy_meters/ppk2_device.h"

namespace opline::cli {
namespace {

using energy::DeviceLink;
using energy::SimulatedDevice;
using testing::AllOf;
using testing::HasSubstr;

/// Windows of 0.1 s instead of 10.
std::vector<std::string> mlperf(const std::string& port, std::vector<std::string> more) {
  std::vector<std::string> all = {"mlperf",    "--port", port,         "--input", "input.bin",
                                  "--seconds", "0.1",    "--patience", "60"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string next_command(DeviceLink& link) {
  std::string command;
  for (char c = link.read(1)[0]; c != '%'; c = link.read(1)[0]) command += c;
  return command;
}

/// The benchmark's firmware. `wait` is called during inference; `laps`: what it prints of the time.
void benchmark_device(DeviceLink& link, const std::function<void()>& wait,
                      const std::string& laps = "") {
  for (;;) {
    const std::string command = next_command(link);
    if (command == "name") link.write("m-name-dut-[vendor]\r\n");
    if (command == "profile") link.write("m-profile-[v1]\r\nm-model-[kws01]\r\n");
    if (command.starts_with("db load")) link.write("m-[Expecting 4 bytes]\r\n");
    if (command.starts_with("db 0")) link.write("m-load-done\r\n");
    if (command.starts_with("infer ")) {
      wait();
      link.write("m-infer-start-" + command.substr(6, command.find(' ', 6) - 6) + "\r\n" + laps +
                 "m-infer-done\r\nm-results-[0.5,0.25]\r\n");
    }
    link.write("m-ready\r\n");
  }
}

class Mlperf : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    write_file_atomically(folder_ / "input.bin", std::string(4, '\1'));
  }
};

/// A simulated board with the first sample of the space `tiny`, from its .tflite.
class MlperfBoard : public Mlperf {
 protected:
  void serve(std::vector<std::string> build) {
    ASSERT_EQ(opline({"export", "--space", "tiny", "--index", "0", "--format", "tflite", "--out",
                      "tiny.tflite"})
                  .exit_code,
              0);
    build.insert(build.begin(), {"firmware", "build", "--board", "nucleo-f446re", "--network",
                                 "tiny.tflite", "--model", "kws01", "--out", "tiny.elf"});
    const Result built = opline(build);
    ASSERT_EQ(built.exit_code, 0) << built.err;
    const std::string shown = opline({"inspect", "tiny.tflite", "--json"}).out;
    const Json shape = parse_json(shown, "out")["layers"][0]["input"];
    std::size_t bytes = 1;
    for (const Json& size : shape) bytes *= size.get<std::size_t>();
    write_file_atomically(folder_ / "input.bin", std::string(bytes, '\7'));
    std::filesystem::create_directories(folder_ / "served");
    process_ =
        start(folder_ / "served", {"simulate", "../tiny.elf", "--board", "nucleo-f446re", "--pty"});
    for (int i = 0; i < 60'000 && port().empty(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::string port() {
    const std::filesystem::path out = folder_ / "served/out.txt";
    const std::string text = std::filesystem::exists(out) ? read_file(out) : "";
    return text.ends_with('\n') ? text.substr(0, text.size() - 1) : "";
  }
  void TearDown() override {
    if (process_ > 0) kill(process_, SIGTERM);
    if (process_ > 0) waitpid(process_, nullptr, 0);
    ProgramTest::TearDown();
  }
  pid_t process_ = -1;
};

TEST_F(MlperfBoard, MeasuresASimulatedBoard) {
  serve({});
  const Result result = opline(mlperf(port(), {"--json", "--results", "results.txt"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "out");
  EXPECT_EQ(json["model"], "kws01");
  EXPECT_EQ(json["name"], "opline");
  EXPECT_FALSE(json["meets_benchmark_rules"].get<bool>());
  ASSERT_EQ(json["windows"].size(), 5U);
  for (const Json& window : json["windows"]) {
    EXPECT_GE(window["seconds"].get<double>(), 0.1);
    EXPECT_GE(window["iterations"].get<int>(), 10);
    EXPECT_EQ(window["results"], json["windows"][0]["results"]);
  }
  // Each inference takes the cycles that a campaign measures, and the copy of the input.
  const Json network = parse_json(
      opline({"inspect", "--space", "tiny", "--index", "0", "--boards", "nucleo-f446re", "--json"})
          .out,
      "out");
  const double cycles = 180e6 / json["median_per_second"].get<double>();
  const double measured = network["cycles"].get<double>();
  EXPECT_NEAR(cycles / measured, 1, 0.03);
  EXPECT_THAT(read_file(folder_ / "results.txt"),
              AllOf(HasSubstr("Performance results for window 5\n    # Inferences : "),
                    HasSubstr("ulp-mlperf: Median throughput is ")));
}

TEST_F(MlperfBoard, OfEnergyModeItNeedsAMeter) {
  serve({"--energy-mode"});
  const Result result = opline(mlperf(port(), {}));
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, HasSubstr("its firmware is for energy mode"));
}

TEST_F(Mlperf, EnergyIsThatBetweenTheLastTwoEdges) {
  std::atomic<int> recorded{0};
  int waited = 0;
  // 0.4 s at 100 kHz: 30 mA between the last two falling edges; before them, one of a pin that was
  // set up.
  SimulatedDevice meter([&](DeviceLink& link) {
    energy::serve_ppk2(link, [&] {
      energy::Ppk2Words words;
      for (int i = 0; i < 40'000; ++i) {
        const bool low = i == 1000 || i == 15'000 || i == 27'000;
        words.current(i >= 15'000 && i < 27'000 ? 0.030 : 0.010, low ? 0 : 1);
      }
      ++recorded;
      return words.bytes;
    });
  });
  SimulatedDevice device([&](DeviceLink& link) {
    benchmark_device(link, [&] {
      for (++waited; recorded < waited;) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  });
  const Result result =
      opline(mlperf(device.address(), {"--meter", "ppk2@" + meter.address(), "--volts", "1.8",
                                       "--windows", "3", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "out");
  EXPECT_EQ(json["meter"]["trigger"], "pulse");
  ASSERT_EQ(json["windows"].size(), 3U);
  for (const Json& window : json["windows"]) {
    EXPECT_NEAR(window["seconds"].get<double>(), 0.12, 1e-4);
    EXPECT_NEAR(window["joules"].get<double>() / (0.030 * 1.8 * 0.12), 1, 2e-3);
  }
  EXPECT_NEAR(json["median_joules"].get<double>() / (0.030 * 1.8 * 0.12 / 10), 1, 2e-3);
}

TEST_F(Mlperf, ReportsWhatTheRulesAskFor) {
  SimulatedDevice device([](DeviceLink& link) {
    benchmark_device(
        link, [] {}, "m-lap-us-1000000\r\nm-lap-us-13500000\r\n");
  });
  const std::vector<std::string> command = {"mlperf", "--port", device.address(), "--input",
                                            "input.bin,input.bin"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), command.begin(), command.end());
    const Result result = opline(more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  };
  const Result text = with({"--results", "results.txt"});
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("kws01 on vendor (v1) at "),
                    HasSubstr("     5          10      12.500         0.800\n"),
                    testing::EndsWith("median of 5 windows: 0.800 inferences/s, 1.25 s each\n")));
  EXPECT_THAT(text.err, HasSubstr("window 5 of 5: 10 inferences in 12.500 s"));
  EXPECT_THAT(read_file(folder_ / "results.txt"),
              AllOf(testing::StartsWith("# opline "),
                    HasSubstr("Performance results for window 2\n    # Inferences : 10\n    "
                              "Runtime: 12.500000 sec.\n    Throughput: 0.800000 inf./sec.\n"
                              "    Runtime requirements have been met.\n"),
                    HasSubstr("ulp-mlperf: Median throughput is      0.800 inf./sec.\n")));
  const Json json = parse_json(with({"--json"}).out, "out");
  EXPECT_TRUE(json["meets_benchmark_rules"].get<bool>());
  EXPECT_EQ(json["windows"][0]["results"], Json({0.5, 0.25}));
  expect_documented(json,
                    read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / "docs/mlperf-tiny.md"));
  EXPECT_THAT(with({"--windows", "2"}).out,
              HasSubstr("not a result of the benchmark: it asks for 5"));
}

TEST_F(Mlperf, ALinkThatIsCutInAWindowIsSaid) {
  SimulatedDevice device([](DeviceLink& link) { benchmark_device(link, [&] { link.pull(); }); },
                         SimulatedDevice::Link::tcp);
  const Result result = opline(mlperf(device.address(), {}));
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, AllOf(HasSubstr(device.address() + ": "), HasSubstr("the link is gone")));
}

TEST_F(Mlperf, Mistakes) {
  const auto fails = [&](const std::vector<std::string>& arguments, int code) {
    std::vector<std::string> all = {"mlperf"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Result result = opline(all);
    EXPECT_EQ(result.exit_code, code) << result.err;
    return result.err;
  };
  EXPECT_THAT(fails({"--input", "input.bin"}, 2), HasSubstr("--port"));
  EXPECT_THAT(fails({"--port", "/dev/no-such"}, 2), HasSubstr("--input"));
  EXPECT_THAT(fails({"--port", "/dev/no-such", "--input", "none.bin"}, 5), HasSubstr("none.bin"));
  EXPECT_THAT(fails({"--port", "/dev/no-such", "--input", "input.bin"}, 6),
              HasSubstr("/dev/no-such: the port cannot be opened"));
  EXPECT_THAT(fails({"--port", "/dev/x", "--input", "input.bin", "--volts", "3"}, 2),
              HasSubstr("--volts applies to --meter only"));
  EXPECT_THAT(fails({"--port", "/dev/x", "--input", "input.bin", "--results", "./input.bin"}, 2),
              HasSubstr("input.bin"));
  EXPECT_THAT(fails({"--port", "/dev/x", "--input", "input.bin", "--windows", "0"}, 2),
              HasSubstr("--windows"));
}

TEST_F(Mlperf, FirmwareOfTheBenchmarkNeedsItsParts) {
  const auto build = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"firmware", "build"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Result result = opline(all);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    return result.err;
  };
  EXPECT_THAT(build({"--board", "nucleo-f446re", "--network", "kws-s"}),
              HasSubstr("--network and --model go together"));
  EXPECT_THAT(build({"--board", "nucleo-f446re", "--network", "kws-s", "--model", "ad01"}),
              HasSubstr("ad01 is not possible"));
  EXPECT_THAT(build({"--board", "nucleo-f446re", "--network", "kws-s", "--model", "a\"b"}),
              HasSubstr("lower-case letters and digits"));
  EXPECT_THAT(build({"--board", "nucleo-l4r5zi", "--energy-mode"}),
              HasSubstr("cannot make 9600 baud"));
}

}  // namespace
}  // namespace opline::cli
