// What a whole recording says.
#include "src/energy/recording_energy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/energy/waveform.h"

namespace opline::energy {
namespace {

using testing::HasSubstr;

/// 1 s at 1 kHz and 2 V: 10 mA; 30 mA from 0.2 to 0.4 s and 50 mA from 0.6 to 0.8 s, both marked.
Trace two_windows() {
  const auto current = [](double t) {
    return t >= 0.1995 && t < 0.3995 ? 0.03 : t >= 0.5995 && t < 0.7995 ? 0.05 : 0.01;
  };
  Trace trace = sampled(current, 1001, 1000, 2);
  trace.edges = {{0.1995, true}, {0.3995, false}, {0.5995, true}, {0.7995, false}};
  return trace;
}

TEST(RecordingEnergy, OfTwoWindows) {
  const RecordingEnergy found = energy_of_recording(two_windows(), {});
  EXPECT_NEAR(found.seconds, 1, 1e-12);
  EXPECT_NEAR(found.sample_hz, 1000, 1e-9);
  EXPECT_EQ(found.samples, 1001U);
  EXPECT_NEAR(found.mean_watts, 0.02 + 0.04 * 0.2 + 0.08 * 0.2, 1e-5);
  EXPECT_NEAR(found.idle_watts.value(), 0.02, 1e-12);
  ASSERT_EQ(found.energies.size(), 2U);
  EXPECT_NEAR(found.energies[0]->joules, 0.012, 2e-5);
  EXPECT_EQ(found.spread->windows, 2U);
  EXPECT_NEAR(found.spread->mean_joules, 0.016, 3e-5);
  EXPECT_NEAR(found.spread->mean_watts, 0.08, 2e-4);
  EXPECT_NEAR(found.spread->deviation_joules.value(), 0.008 / std::sqrt(2), 3e-5);
}

TEST(RecordingEnergy, WithoutTheIdlePower) {
  const RecordingEnergy found = energy_of_recording(two_windows(), {.subtract_idle = true});
  EXPECT_NEAR(found.energies[0]->idle_joules.value(), 0.004, 1e-12);
  EXPECT_NEAR(found.spread->mean_joules, 0.012, 3e-5);
}

TEST(RecordingEnergy, AnIdlePowerThatIsNotKnownIsNotSubtracted) {
  Trace trace = two_windows();
  trace.edges = {{0.01, true}, {0.99, false}};
  const RecordingEnergy found = energy_of_recording(trace, {.subtract_idle = true});
  EXPECT_THAT(found.energies[0].reason(), HasSubstr("the idle power is not known: only 11.0 ms"));
  EXPECT_FALSE(found.spread);
  EXPECT_TRUE(energy_of_recording(trace, {}).spread);
}

TEST(RecordingEnergy, WithoutWindows) {
  Trace trace = two_windows();
  trace.edges.clear();
  const RecordingEnergy found = energy_of_recording(trace, {});
  EXPECT_TRUE(found.energies.empty());
  EXPECT_FALSE(found.spread);
  EXPECT_GT(found.mean_watts, 0);
}

TEST(RecordingEnergy, OneWindowHasNoDeviation) {
  Trace trace = two_windows();
  trace.edges.resize(2);
  EXPECT_FALSE(energy_of_recording(trace, {}).spread->deviation_joules);
}

}  // namespace
}  // namespace opline::energy
