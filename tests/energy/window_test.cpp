// Which windows a trigger marks, what is refused, and properties of their energy.
#include "src/energy/window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/energy/waveform.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::energy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_data::uniform;

Trace with_edges(std::vector<TriggerEdge> edges) {
  Trace trace = sampled([](double) { return 0.01; }, 1000, 1000, 2);
  trace.edges = std::move(edges);
  return trace;
}

TEST(Windows, OfALevel) {
  const Trace trace = with_edges({{0.1, true}, {0.2, false}, {0.3, true}, {0.45, false}});
  const Windows high = windows_of(trace, Trigger::high);
  EXPECT_THAT(high.windows, ElementsAre(Window{0.1, 0.2}, Window{0.3, 0.45}));
  EXPECT_EQ(high.unpaired, 0U);
  const Windows low = windows_of(trace, Trigger::low);
  EXPECT_THAT(low.windows, ElementsAre(Window{0.2, 0.3}));
  EXPECT_EQ(low.cut, 2U);
  EXPECT_EQ(low.unpaired, 0U);
}

TEST(Windows, OpenAtTheBeginningAndAtTheEnd) {
  const Windows found =
      windows_of(with_edges({{0.1, false}, {0.2, true}, {0.3, false}, {0.9, true}}), Trigger::high);
  EXPECT_THAT(found.windows, ElementsAre(Window{0.2, 0.3}));
  EXPECT_EQ(found.cut, 2U);
  EXPECT_EQ(found.unpaired, 0U);
}

TEST(Windows, AnEdgeThatWasLost) {
  const Windows found =
      windows_of(with_edges({{0.1, true}, {0.2, true}, {0.3, false}}), Trigger::high);
  EXPECT_THAT(found.windows, ElementsAre(Window{0.2, 0.3}));
  EXPECT_EQ(found.unpaired, 1U);
}

TEST(Windows, EdgesLostAtEitherLevel) {
  const Windows found =
      windows_of(with_edges({{0.1, true}, {0.2, false}, {0.3, false}, {0.4, true}, {0.5, false}}),
                 Trigger::high);
  EXPECT_THAT(found.windows, ElementsAre(Window{0.1, 0.2}, Window{0.4, 0.5}));
  EXPECT_EQ(found.unpaired, 1U);
  EXPECT_EQ(found.cut, 0U);
}

TEST(Windows, AWindowThatBeganBeforeTheFirstSampleIsNoLostEdge) {
  Trace trace = with_edges({{0.4, false}, {0.6, true}, {0.7, false}});
  trace.edges.insert(trace.edges.begin(), {-0.1, true});
  const Windows found = windows_of(trace, Trigger::high);
  EXPECT_THAT(found.windows, ElementsAre(Window{-0.1, 0.4}, Window{0.6, 0.7}));
  EXPECT_EQ(found.unpaired, 0U);
  EXPECT_THAT(EnergyOfWindows(trace).of(found.windows[0]).reason(), HasSubstr("the recording"));
}

TEST(Windows, OfPulses) {
  const Windows found = windows_of(with_edges({{0.1, false},
                                               {0.1001, true},
                                               {0.3, false},
                                               {0.3001, true},
                                               {0.5, false},
                                               {0.7, false},
                                               {0.8, false}}),
                                   Trigger::pulse);
  EXPECT_THAT(found.windows, ElementsAre(Window{0.1, 0.3}, Window{0.5, 0.7}));
  EXPECT_EQ(found.unpaired, 1U);
}

TEST(Windows, WithoutEdgesThereAreNone) {
  EXPECT_TRUE(windows_of(with_edges({}), Trigger::high).windows.empty());
  EXPECT_TRUE(windows_of(with_edges({}), Trigger::pulse).windows.empty());
}

TEST(Windows, EdgesAtOneTimeAreNoWindow) {
  const Windows found = windows_of(with_edges({{0.5, true}, {0.5, false}}), Trigger::high);
  EXPECT_TRUE(found.windows.empty());
  EXPECT_EQ(found.unpaired, 2U);
}

TEST(Triggers, HaveNames) {
  for (const Trigger trigger : {Trigger::high, Trigger::low, Trigger::pulse})
    EXPECT_EQ(trigger_from_string(to_string(trigger)), trigger);
  EXPECT_THAT(message_of([] { (void)trigger_from_string("pulses"); }, ErrorCode::usage),
              HasSubstr("did you mean `pulse`?"));
}

TEST(EnergyOfWindows, CountsSamplesAndVolts) {
  const Trace trace = with_edges({});
  const WindowEnergy energy = EnergyOfWindows(trace).of({0.1, 0.2}).value();
  EXPECT_NEAR(energy.joules, 0.01 * 2 * 0.1, 1e-15);
  EXPECT_NEAR(energy.mean_watts, 0.02, 1e-14);
  EXPECT_NEAR(energy.mean_volts, 2, 1e-12);
  EXPECT_EQ(energy.samples, 101U);
  EXPECT_EQ(energy.dropped, 0U);
  EXPECT_FALSE(energy.idle_joules);
}

TEST(EnergyOfWindows, RefusesWhatTheRecordingDoesNotCover) {
  const Trace trace = with_edges({});
  const EnergyOfWindows energies(trace);
  EXPECT_TRUE(energies.of({-0.0004, 0.5}));  // the first sample stands for half an interval
  EXPECT_THAT(energies.of({-0.01, 0.5}).reason(), HasSubstr("the recording from -0.000500"));
  EXPECT_FALSE(energies.of({0.5, 1.01}));
}

TEST(EnergyOfWindows, RefusesAWindowWithOneSample) {
  const Trace trace = with_edges({});
  EXPECT_THAT(EnergyOfWindows(trace).of({0.1004, 0.1011}).reason(), HasSubstr("has 1 sample;"));
}

/// Samples [first, first + count) are lost.
Trace without(Trace trace, std::size_t first, std::size_t count) {
  for (auto* column : {&trace.seconds, &trace.amperes, &trace.volts}) {
    const auto begin = column->begin() + static_cast<std::ptrdiff_t>(first);
    column->erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  }
  trace.gaps.push_back({first, count});
  return trace;
}

TEST(EnergyOfWindows, RefusesAboveTheShareOfDroppedSamples) {
  const Trace trace = without(with_edges({}), 150, 5);
  const EnergyOfWindows energies(trace);
  EXPECT_THAT(energies.of({0.1, 0.2}).reason(), HasSubstr("lost 5 of 101 samples, 4.95 %"));
  const WindowEnergy energy = energies.of({0.1, 0.9}).value();
  EXPECT_EQ(energy.dropped, 5U);
  EXPECT_EQ(energy.samples, 796U);
  EXPECT_NEAR(energy.joules, 0.01 * 2 * 0.8, 1e-14);
  EXPECT_TRUE(energies.of({0.1, 0.2}, {.most_dropped = 0.05}));
  EXPECT_TRUE(energies.of({0.2, 0.9}));
}

TEST(EnergyOfWindows, AGapCountsWhereItLies) {
  const Trace trace = without(with_edges({}), 150, 5);  // 0.150 to 0.154 s
  const EnergyOfWindows energies(trace);
  EXPECT_EQ(energies.of({0.1, 0.1525}, {.most_dropped = 1}).value().dropped, 3U);
  EXPECT_EQ(energies.of({0.1525, 0.3}, {.most_dropped = 1}).value().dropped, 2U);
}

TEST(EnergyOfWindows, SubtractsTheIdlePower) {
  const Trace trace =
      sampled([](double t) { return t >= 0.4 && t < 0.6 ? 0.03 : 0.01; }, 1000, 1000, 2);
  const EnergyOfWindows energies(trace);
  const Window window{0.41, 0.59};
  const double idle = energies.idle_watts(std::vector{Window{0.4, 0.6}}, 0.01).value();
  EXPECT_NEAR(idle, 0.02, 1e-12);
  const WindowEnergy energy = energies.of(window, {.idle_watts = idle}).value();
  EXPECT_NEAR(energy.joules, 0.04 * 0.18, 1e-12);
  EXPECT_NEAR(energy.idle_joules.value(), 0.02 * 0.18, 1e-12);
  EXPECT_NEAR(energy.mean_watts, 0.04, 1e-12);
}

TEST(EnergyOfWindows, IdlePowerEndsWithTheRecording) {
  const Trace trace = sampled([](double t) { return t < 0.5 ? 0.01 : 0.02; }, 1000, 1000, 2);
  const double idle = EnergyOfWindows(trace).idle_watts(std::vector{Window{9, 9.5}}, 0).value();
  EXPECT_NEAR(idle, 0.03, 1e-4);
}

TEST(EnergyOfWindows, IdlePowerNeedsATenthOfASecond) {
  const Trace trace = with_edges({});
  EXPECT_THAT(EnergyOfWindows(trace).idle_watts(std::vector{Window{0.02, 0.98}}, 0.01).reason(),
              HasSubstr("outside the windows"));
}

/// A random current with random losses, as either kind of sample.
Trace random_trace(RandomStream& random) {
  Trace trace;
  trace.interval = 1e-3;
  trace.sampling = uniform(random) < 0.5 ? Sampling::instant : Sampling::mean;
  double time = uniform(random, -1, 1);
  for (int i = 0; i < 400; ++i) {
    const bool lost = i > 0 && uniform(random) < 0.02;
    if (lost) trace.gaps.push_back({trace.size(), 2});
    time += lost ? 3e-3 : 1e-3;
    trace.add(time, uniform(random, 0, 0.05), uniform(random, 1.7, 1.9));
  }
  return trace;
}

Window random_window(RandomStream& random, const Trace& trace) {
  const double begin = uniform(random, trace.seconds.front(), trace.seconds.back() - 0.02);
  return {begin, uniform(random, begin + 0.01, trace.seconds.back())};
}

double joules(const Trace& trace, const Window& window) {
  return EnergyOfWindows(trace).of(window, {.most_dropped = 1}).value().joules;
}

class EnergyProperty : public testing::TestWithParam<int> {
 protected:
  RandomStream random_{18, static_cast<std::uint64_t>(GetParam())};
  Trace trace_ = random_trace(random_);
  Window window_ = random_window(random_, trace_);
};

TEST_P(EnergyProperty, OfAdjacentWindowsAdds) {
  const double middle = uniform(random_, window_.begin + 0.004, window_.end - 0.004);
  EXPECT_NEAR(joules(trace_, window_),
              joules(trace_, {window_.begin, middle}) + joules(trace_, {middle, window_.end}),
              1e-12);
}

TEST_P(EnergyProperty, GrowsWithCurrentAndVoltage) {
  const double before = joules(trace_, window_);
  for (double& current : trace_.amperes) current *= 3;
  for (double& voltage : trace_.volts) voltage *= 0.5;
  EXPECT_NEAR(joules(trace_, window_), 1.5 * before, 1e-12);
}

TEST_P(EnergyProperty, DoesNotDependOnWhenTheRecordingBegan) {
  const double before = joules(trace_, window_);
  for (double& time : trace_.seconds) time += 64;
  EXPECT_NEAR(joules(trace_, {window_.begin + 64, window_.end + 64}), before, 1e-11);
}

TEST_P(EnergyProperty, LiesBetweenLeastAndMostPower) {
  double least = 1;
  double most = 0;
  for (std::size_t i = 0; i < trace_.size(); ++i) {
    least = std::min(least, trace_.amperes[i] * trace_.volts[i]);
    most = std::max(most, trace_.amperes[i] * trace_.volts[i]);
  }
  const double watts = joules(trace_, window_) / window_.seconds();
  EXPECT_GE(watts, least);
  EXPECT_LE(watts, most);
}

// A sample on the line between its neighbours changes nothing.
TEST_P(EnergyProperty, IsThatOfTheSamePolygon) {
  trace_.sampling = Sampling::instant;
  for (double& voltage : trace_.volts) voltage = 1.8;
  Trace finer;
  finer.interval = trace_.interval / 2;
  for (std::size_t i = 0; i < trace_.size(); ++i) {
    if (i > 0)
      finer.add((trace_.seconds[i - 1] + trace_.seconds[i]) / 2,
                (trace_.amperes[i - 1] + trace_.amperes[i]) / 2, 1.8);
    finer.add(trace_.seconds[i], trace_.amperes[i], 1.8);
  }
  EXPECT_NEAR(joules(finer, window_), joules(trace_, window_), 1e-12);
}

TEST_P(EnergyProperty, DroppedSamplesOfPartsAddUp) {
  const EnergyOfWindows energies(trace_);
  const double middle = (window_.begin + window_.end) / 2;
  const auto dropped = [&](double begin, double end) {
    return energies.of({begin, end}, {.most_dropped = 1}).value().dropped;
  };
  EXPECT_EQ(dropped(window_.begin, window_.end),
            dropped(window_.begin, middle) + dropped(middle, window_.end));
  EXPECT_EQ(energies.of({trace_.seconds.front(), trace_.seconds.back()}, {.most_dropped = 1})
                .value()
                .dropped,
            trace_.dropped());
}

INSTANTIATE_TEST_SUITE_P(Random, EnergyProperty, testing::Range(0, 40));

TEST(TraceFault, NamesWhatIsWrong) {
  const Trace good = with_edges({{0.1, true}});
  EXPECT_EQ(fault(good), std::nullopt);
  const auto fault_after = [&](auto&& change) {
    Trace trace = good;
    change(trace);
    return fault(trace).value_or("");
  };
  EXPECT_THAT(fault_after([](Trace& t) { t.volts.pop_back(); }), HasSubstr("999 voltages"));
  EXPECT_THAT(fault_after([](Trace& t) { t.interval = 0; }), HasSubstr("interval"));
  EXPECT_THAT(fault_after([](Trace& t) { t.amperes[3] = NAN; }), HasSubstr("finite"));
  EXPECT_THAT(fault_after([](Trace& t) { t.seconds[3] = 0; }), HasSubstr("sample 3"));
  EXPECT_THAT(fault_after([](Trace& t) { t.edges.push_back({0, false}); }), HasSubstr("edge 1"));
  EXPECT_THAT(fault_after([](Trace& t) { t.gaps.push_back({0, 1}); }), HasSubstr("gap"));
}

}  // namespace
}  // namespace opline::energy
