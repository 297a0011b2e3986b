// The energy of currents whose integral is known, within 0.1 %; windows begin and end between
// samples.
#include <gtest/gtest.h>

#include <numbers>

#include "src/energy/window.h"
#include "tests/energy/waveform.h"

namespace opline::energy {
namespace {

constexpr double kVolts = 1.8;
constexpr double kHz = 5000;
constexpr std::size_t kSamples = 10'000;  // 2 s
constexpr double kPermille = 1e-3;

/// Windows of MLPerf Tiny's length and down to 100 ms, off the sample grid.
constexpr Window kWindows[] = {{0.10003, 1.90007}, {0.5, 0.60001}, {0.333333, 0.777777}};

double joules(const Trace& trace, const Window& window) {
  return EnergyOfWindows(trace).of(window).value().joules;
}

void expect_within_a_permille(double measured, double expected) {
  EXPECT_NEAR(measured / expected, 1, kPermille);
}

TEST(KnownWaveform, Constant) {
  const Trace trace = sampled([](double) { return 0.025; }, kSamples, kHz, kVolts);
  for (const Window& window : kWindows)
    EXPECT_NEAR(joules(trace, window), 0.025 * kVolts * window.seconds(), 1e-12);
}

TEST(KnownWaveform, RampIsExact) {
  const Trace trace = sampled([](double t) { return 0.01 + 0.02 * t; }, kSamples, kHz, kVolts);
  for (const Window& w : kWindows) {
    const double charge = 0.01 * w.seconds() + 0.01 * (w.end * w.end - w.begin * w.begin);
    EXPECT_NEAR(joules(trace, w), kVolts * charge, 1e-12);
  }
}

TEST(KnownWaveform, Sine) {
  constexpr double kOmega = 2 * std::numbers::pi * 50;  // 100 samples per period
  const Trace trace =
      sampled([](double t) { return 0.02 + 0.015 * std::sin(kOmega * t); }, kSamples, kHz, kVolts);
  for (const Window& w : kWindows) {
    const double charge = 0.02 * w.seconds() -
                          0.015 / kOmega * (std::cos(kOmega * w.end) - std::cos(kOmega * w.begin));
    expect_within_a_permille(joules(trace, w), kVolts * charge);
  }
}

/// The charge of a square wave that is high for `high` of every `period`.
double square_charge(double until, double period, double high, double low_a, double high_a) {
  const double periods = std::floor(until / period);
  const double rest = until - periods * period;
  return periods * (high * high_a + (period - high) * low_a) + std::min(rest, high) * high_a +
         std::max(0.0, rest - high) * low_a;
}

// The edges of the current lie anywhere between samples: 7.13 ms against 0.2 ms.
TEST(KnownWaveform, SquareWithEdgesOffTheGrid) {
  constexpr double kPeriod = 0.00713;
  constexpr double kHigh = 0.00291;
  const auto current = [](double t) { return std::fmod(t, kPeriod) < kHigh ? 0.04 : 0.005; };
  const Trace trace = sampled(current, kSamples, kHz, kVolts);
  const Window window{0.10003, 1.90007};
  const double charge = square_charge(window.end, kPeriod, kHigh, 0.005, 0.04) -
                        square_charge(window.begin, kPeriod, kHigh, 0.005, 0.04);
  expect_within_a_permille(joules(trace, window), kVolts * charge);
}

// What an integrating meter reports: exact but for the two samples that are cut.
TEST(KnownWaveform, SquareOfMeans) {
  constexpr double kPeriod = 0.00713;
  constexpr double kHigh = 0.00291;
  const auto mean = [](double begin, double end) {
    return (square_charge(end, kPeriod, kHigh, 0.005, 0.04) -
            square_charge(begin, kPeriod, kHigh, 0.005, 0.04)) /
           (end - begin);
  };
  const Trace trace = sampled_means(mean, 2000, 1000, kVolts);
  const Window window{0.10003, 1.90007};
  const double charge = mean(window.begin, window.end) * window.seconds();
  expect_within_a_permille(joules(trace, window), kVolts * charge);
}

// A board that computes while the trigger is high: the edges of current and trigger are one.
TEST(KnownWaveform, CurrentThatStepsWithTheTrigger) {
  const Window window{0.500037, 1.500071};
  const auto current = [&](double t) {
    return t >= window.begin && t < window.end ? 0.035 : 0.012;
  };
  const Trace trace = sampled(current, kSamples, kHz, kVolts);
  expect_within_a_permille(joules(trace, window), kVolts * 0.035 * window.seconds());
}

// Both vary: the power is linear between samples, not the current.
TEST(KnownWaveform, SupplyThatSags) {
  Trace trace = sampled([](double t) { return 0.02 + 0.01 * t; }, kSamples, kHz, 0);
  for (std::size_t i = 0; i < trace.size(); ++i) trace.volts[i] = 1.8 - 0.05 * trace.seconds[i];
  const auto until = [](double t) {  // of (0.02 + 0.01 t)(1.8 - 0.05 t)
    return 0.036 * t + 0.017 * t * t / 2 - 0.0005 * t * t * t / 3;
  };
  for (const Window& w : kWindows) {
    const WindowEnergy energy = EnergyOfWindows(trace).of(w).value();
    EXPECT_NEAR(energy.joules / (until(w.end) - until(w.begin)), 1, 1e-8);
    EXPECT_NEAR(energy.mean_volts, 1.8 - 0.05 * (w.begin + w.end) / 2, 1e-9);
  }
}

// A day of 5 kHz would hold 4e8 samples; the sums of a long recording must still resolve a window.
TEST(KnownWaveform, ShortWindowLateInALongRecording) {
  const Trace trace = sampled([](double) { return 0.05; }, 2'000'000, kHz, 3.3);
  const Window window{399.0001, 399.0011};
  EXPECT_NEAR(joules(trace, window) / (0.05 * 3.3 * window.seconds()), 1, 1e-8);
}

}  // namespace
}  // namespace opline::energy
