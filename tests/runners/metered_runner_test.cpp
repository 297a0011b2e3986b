// Meters of the bridge's and of the LPM01A's protocol behind a real pseudo-terminal, which see the
// current and the trigger line of what a runner does.
#include "runners/metered_runner.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "runners/energy/open_meter.h"
#include "tests/energy_meters/simulated_device.h"

namespace opline::runners {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr double kVolts = 1.8, kIdle = 0.020, kActive = 0.060;  // volts and amperes

std::string with_sum(const std::string& text) {
  unsigned sum = 0;
  for (const char c : text) sum ^= static_cast<unsigned char>(c);
  return fmt::format("{}*{:02X}\r\n", text, sum);
}

/// The bridge, as docs/formats/energy-bridge.md describes it, in real time.
class Bench {
 public:
  std::atomic<bool> computing{false};
  std::atomic<bool> wired{true};    ///< The trigger line is connected.
  std::atomic<bool> pulled{false};  ///< The meter's cable is.

  void operator()(energy::DeviceLink& link) {
    for (;;) {
      const std::string command = link.read_line();
      if (command == "id") link.write(with_sum("opline-bridge 1 ina226 5449 2260 bench-1"));
      if (command == "stop") link.write(with_sum("ok stop"));
      if (command.starts_with("start ")) record(link);
    }
  }

 private:
  void record(energy::DeviceLink& link) {
    link.write(with_sum("ok start 1000"));
    const auto begin = steady_clock::now();
    bool level = false;
    for (unsigned i = 0; !link.has_input(); ++i) {
      std::this_thread::sleep_until(begin + std::chrono::milliseconds(i));
      if (pulled) return link.pull();
      const bool now = computing;
      if (now != level && wired)
        link.write(with_sum(fmt::format("e {} {}", i * 1000 - 1, now ? 1 : 0)));
      level = now;
      // 2.5 uV a step over 0.1 ohms, 1.25 mV a step.
      link.write(with_sum(fmt::format("s {} {} {} 1440", i % 65536, i * 1000, now ? 2400 : 800)));
    }
  }
};

/// An LPM01A, which sees falling edges only: the line pulses when the runner begins to compute and
/// when it ends.
class PulseBench {
 public:
  std::atomic<bool> computing{false};
  std::atomic<int> pulses_lost{0};  ///< How many of the next ones the meter misses.

  void operator()(energy::DeviceLink& link) {
    for (;;) {
      const std::string command = link.read_line();
      if (command == "stop") {
        link.write("end\r\n\r\nPowerShield > Acquisition completed\r\n");
        continue;
      }
      const std::string answer = command == "volt get" ? " 1800-03" : "";
      link.write("\r\nPowerShield > ack " + command + answer + "\r\n");
      if (command == "start") record(link);
    }
  }

 private:
  /// 5 kHz, 50 samples at a time.
  void record(energy::DeviceLink& link) {
    const auto begin = steady_clock::now();
    bool level = false;
    for (unsigned i = 0; !link.has_input(); ++i) {
      std::this_thread::sleep_until(begin + std::chrono::milliseconds(10 * i));
      const bool now = computing;
      if (now != level && pulses_lost-- <= 0) link.write("event 1 ris\r\n");
      level = now;
      std::string samples;
      for (int n = 0; n < 50; ++n) samples += now ? "2160-08\r\n" : "7200-09\r\n";
      link.write(samples);
    }
  }
};

/// Computes for a tenth of a second, as often as it is told.
class BenchRunner : public Runner {
 public:
  template <typename AnyBench>
  BenchRunner(AnyBench& bench, int runs, std::uint64_t cycles = 1000)
      : computing_(bench.computing), runs_(runs), cycles_(cycles) {}
  measure::Outcome measure(const measure::Request&) override {
    using std::chrono::milliseconds;
    for (int i = 0; i < runs_; ++i) {
      std::this_thread::sleep_for(milliseconds(50));
      computing_ = true;
      std::this_thread::sleep_for(milliseconds(100));
      computing_ = false;
    }
    std::this_thread::sleep_for(milliseconds(50));
    measure::Measurement measurement;
    measurement.cycles = cycles_;
    return measure::Outcome::measured(std::move(measurement));
  }

 private:
  std::atomic<bool>& computing_;
  int runs_;
  std::uint64_t cycles_;
};

class MeteredBoard : public testing::Test {
 protected:
  std::shared_ptr<EnergyRecorder> recorder_of(const energy::SimulatedDevice& device) {
    auto meter = energy::open_meter(energy::parse_meter_address("bridge@" + device.address()),
                                    {.shunt_ohms = 0.1});
    return std::make_shared<EnergyRecorder>(std::move(meter), energy::RecordingOptions{});
  }
  Bench bench_;
};

TEST_F(MeteredBoard, JoulesAreTheMeanOfTheMarkedRuns) {
  const energy::SimulatedDevice device([&](energy::DeviceLink& link) { bench_(link); });
  const auto recorder = recorder_of(device);
  MeteredRunner runner(std::make_unique<BenchRunner>(bench_, 3), recorder, std::nullopt);
  for (int network = 0; network < 2; ++network) {
    const measure::Outcome outcome = runner.measure({});
    ASSERT_TRUE(outcome.measurement && outcome.measurement->joules)
        << recorder->without_energy().why;
    EXPECT_EQ(outcome.measurement->cycles, 1000U);
    // 60 mA at 1.8 V for the time that the machine's scheduler made of 0.1 s.
    const double least = kActive * kVolts * 0.09, most = kActive * kVolts * 1.0;
    EXPECT_GT(*outcome.measurement->joules, least);
    EXPECT_LT(*outcome.measurement->joules, most);
  }
  EXPECT_EQ(recorder->without_energy().networks, 0U);
  EXPECT_NEAR(recorder->meter().supply().volts.value(), kVolts, 1e-6);
}

TEST_F(MeteredBoard, AWindowLastsAsLongAsItsRun) {
  const energy::SimulatedDevice device([&](energy::DeviceLink& link) { bench_(link); });
  const auto recorder = recorder_of(device);
  // 1000 cycles at 100 Hz are ten seconds; the line is high for a tenth of one.
  MeteredRunner runner(std::make_unique<BenchRunner>(bench_, 1), recorder, 100);
  const measure::Outcome outcome = runner.measure({});
  EXPECT_EQ(outcome.kind, measure::OutcomeKind::measured);
  EXPECT_FALSE(outcome.measurement->joules.has_value());
  EXPECT_THAT(recorder->without_energy().why, HasSubstr("and the run took 10.0 s"));
}

// It cannot tell where the pair begins that has lost its partner.
TEST(MeteredPulses, AnLpm01aMeasuresBetweenTwoFallingEdges) {
  PulseBench bench;
  const energy::SimulatedDevice device([&](energy::DeviceLink& link) { bench(link); });
  auto meter =
      energy::open_meter(energy::parse_meter_address("lpm01a@" + device.address()), {.volts = 1.8});
  ASSERT_EQ(meter->usual_trigger(), energy::Trigger::pulse);
  const auto recorder = std::make_shared<EnergyRecorder>(
      std::move(meter), energy::RecordingOptions{.trigger = energy::Trigger::pulse});
  MeteredRunner runner(std::make_unique<BenchRunner>(bench, 2), recorder, std::nullopt);
  const measure::Outcome outcome = runner.measure({});
  ASSERT_TRUE(outcome.measurement->joules) << recorder->without_energy().why;
  EXPECT_GT(*outcome.measurement->joules, kActive * kVolts * 0.08);
  bench.pulses_lost = 1;
  EXPECT_FALSE(runner.measure({}).measurement->joules);
  EXPECT_THAT(recorder->without_energy().why, HasSubstr("an odd number of pulses"));
}

TEST_F(MeteredBoard, WithoutATriggerTheNetworkIsMeasuredWithoutEnergy) {
  bench_.wired = false;
  const energy::SimulatedDevice device([&](energy::DeviceLink& link) { bench_(link); });
  const auto recorder = recorder_of(device);
  MeteredRunner runner(std::make_unique<BenchRunner>(bench_, 1), recorder, std::nullopt);
  const measure::Outcome outcome = runner.measure({});
  EXPECT_EQ(outcome.kind, measure::OutcomeKind::measured);
  EXPECT_FALSE(outcome.measurement->joules.has_value());
  EXPECT_EQ(recorder->without_energy().networks, 1U);
  EXPECT_THAT(recorder->without_energy().why, HasSubstr("the trigger line did not change"));
}

TEST_F(MeteredBoard, ALostMeterCostsNoMeasurement) {
  const energy::SimulatedDevice device([&](energy::DeviceLink& link) { bench_(link); });
  const auto recorder = recorder_of(device);
  bench_.pulled = true;
  MeteredRunner runner(std::make_unique<BenchRunner>(bench_, 1), recorder, std::nullopt);
  for (int network = 0; network < 2; ++network)
    EXPECT_EQ(runner.measure({}).kind, measure::OutcomeKind::measured);
  EXPECT_EQ(recorder->without_energy().networks, 2U);
  EXPECT_FALSE(recorder->without_energy().why.empty());
}

}  // namespace
}  // namespace opline::runners
