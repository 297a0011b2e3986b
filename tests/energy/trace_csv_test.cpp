// Traces as CSV: opline's own format, exports of other programs, and mistakes.
#include "src/energy/trace_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/energy/window.h"
#include "tests/energy/waveform.h"
#include "tests/error_message.h"

namespace opline::energy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Trace sample_trace() {
  Trace trace = sampled([](double t) { return 0.01 + t; }, 100, 1000, 1.8);
  trace.edges = {{0.0104, true}, {0.0307, false}, {0.0308, true}, {0.0309, false}, {0.2, true}};
  return trace;
}

TEST(TraceCsv, IsReadAsItWasWritten) {
  Trace trace = sample_trace();
  trace.sampling = Sampling::mean;
  trace.seconds.erase(trace.seconds.begin() + 50, trace.seconds.begin() + 53);
  trace.amperes.erase(trace.amperes.begin() + 50, trace.amperes.begin() + 53);
  trace.volts.erase(trace.volts.begin() + 50, trace.volts.begin() + 53);
  trace.gaps = {{50, 3}};
  const std::string text = trace_as_csv(trace, "opline energy --csv t.csv");
  EXPECT_TRUE(text.starts_with("# opline-energy-trace 1\n"));
  const Trace read = parse_trace(text, "t.csv");
  EXPECT_EQ(read.seconds, trace.seconds);
  EXPECT_EQ(read.amperes, trace.amperes);
  EXPECT_EQ(read.volts, trace.volts);
  EXPECT_EQ(read.edges, trace.edges);
  EXPECT_EQ(read.gaps, trace.gaps);
  EXPECT_EQ(read.sampling, Sampling::mean);
  EXPECT_NEAR(read.interval, trace.interval, 1e-12);
}

TEST(TraceCsv, TriggerColumnAndUnits) {
  const Trace trace = parse_trace(
      "Timestamp(ms),Current(uA),D0\n0,1000,0\n1,2000,0\n2,2500,1\n3,2500,1\n4,1000,0\n", "ppk.csv",
      {.time = "Timestamp(ms)", .current = "Current(uA)", .trigger = "D0"}, {.volts = 3.0});
  EXPECT_THAT(trace.seconds, ElementsAre(0, 1e-3, 2e-3, 3e-3, 4e-3));
  EXPECT_DOUBLE_EQ(trace.amperes[2], 2.5e-3);
  EXPECT_EQ(trace.volts[4], 3.0);
  ASSERT_EQ(trace.edges.size(), 2U);
  EXPECT_DOUBLE_EQ(trace.edges[0].seconds, 1.5e-3);
  EXPECT_TRUE(trace.edges[0].rising);
  EXPECT_DOUBLE_EQ(trace.edges[1].seconds, 3.5e-3);
}

TEST(TraceCsv, SemicolonsDecimalCommasAndAnAnalogTrigger) {
  const Trace trace =
      parse_trace("t;i;u;gpio\n0,0;1,5;1,8;0,1\n0,5;2,5;1,8;1,7\n1,0;1,5;1,8;1,8\n", "x.csv",
                  {.time = "t:s", .current = "i:mA", .voltage = "u:V", .trigger = "gpio"},
                  {.trigger_threshold = 0.9});
  EXPECT_DOUBLE_EQ(trace.amperes[1], 2.5e-3);
  ASSERT_EQ(trace.edges.size(), 1U);
  EXPECT_DOUBLE_EQ(trace.edges[0].seconds, 0.25);
}

TEST(TraceCsv, LostSamples) {
  const Trace trace = parse_trace(
      "time_s,current_a,voltage_v\n0,1,2\n1,1,2\n2,,2\n3,1,2\n4,1,2\n7.2,1,2\n8.2,1,2\n9.2,1,2\n",
      "x.csv");
  EXPECT_THAT(trace.gaps, ElementsAre(Gap{2, 1}, Gap{4, 2}));
  EXPECT_EQ(trace.dropped(), 3U);
  EXPECT_EQ(fault(trace), std::nullopt);
}

TEST(TraceCsv, EveryMistakeHasItsLine) {
  const std::string message = message_of([] {
    (void)parse_trace("time_s,current_a,voltage_v\n0,1,2\n0,1,2\n1,x,2\n,1,2\n2,1,2\n", "x.csv");
  });
  EXPECT_THAT(message, HasSubstr("x.csv:3: column `time_s`: is not after the row above"));
  EXPECT_THAT(message, HasSubstr("x.csv:4: column `current_a`: is `x`"));
  EXPECT_THAT(message, HasSubstr("x.csv:5: column `time_s`: is missing"));
}

TEST(TraceCsv, ASampleWithoutALevelOfTheTriggerIsAMistake) {
  const std::string rows = "time_s,current_a,voltage_v,trigger\n0,1,2,0\n1,1,2,\n2,1,2,1\n";
  EXPECT_THAT(message_of([&] { (void)parse_trace(rows, "x.csv"); }),
              HasSubstr("x.csv:3: column `trigger`: is missing"));
  const std::string lost = "time_s,current_a,voltage_v,trigger\n0,1,2,0\n1,,2,\n2,1,2,1\n";
  EXPECT_EQ(parse_trace(lost, "x.csv").edges.size(), 1U);
}

TEST(TraceCsv, ColumnsThatAreNotThere) {
  EXPECT_THAT(message_of([] { (void)parse_trace("time,current_a\n0,1\n1,1\n", "x.csv"); }),
              HasSubstr("x.csv:1: has no column `time_s`; it has `time`, `current_a`"));
  EXPECT_THAT(
      message_of([] { (void)parse_trace("t,current_a\n0,1\n1,1\n", "x.csv", {.time = "t"}); },
                 ErrorCode::usage),
      HasSubstr("write `t:UNIT` with one of s, ms, us, ns"));
  EXPECT_THAT(message_of([] { (void)parse_trace("time_s,current_a\n0,1\n1,1\n", "x.csv"); },
                         ErrorCode::usage),
              HasSubstr("give the supply in volts (--external-volts)"));
}

TEST(TraceCsv, AStatedSupplyReplacesTheDefaultColumn) {
  const char* text = "time_s,current_a,voltage_v\n0,1,2\n1,1,2\n";
  EXPECT_EQ(parse_trace(text, "x.csv").volts[0], 2);
  EXPECT_EQ(parse_trace(text, "x.csv", {}, {.volts = 3}).volts[0], 3);
  EXPECT_EQ(parse_trace(text, "x.csv", {.voltage = "voltage_v"}, {.volts = 3}).volts[0], 2);
}

TEST(TraceCsv, TooShort) {
  EXPECT_THAT(message_of([] { (void)parse_trace("", "x.csv"); }), HasSubstr("no header row"));
  EXPECT_THAT(message_of([] { (void)parse_trace("time_s,current_a,voltage_v\n0,1,2\n", "x.csv"); }),
              HasSubstr("has one row with a current"));
}

}  // namespace
}  // namespace opline::energy
