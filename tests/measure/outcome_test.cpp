#include "src/measure/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "src/base/error.h"

namespace opline::measure {
namespace {

using testing::HasSubstr;

Measurement measurement() {
  Measurement result;
  result.cycles = 100;
  result.layer_cycles = {40, 50};
  result.layer_digests = {0, 0xFFFFFFFF};
  result.joules = 1e-3;
  return result;
}

std::string fault_text(const Outcome& outcome) { return fault(outcome).value_or(""); }

TEST(OutcomeKind, NamesAndValuesAreFrozen) {
  const std::vector<std::pair<int, std::string>> frozen{{1, "measured"},
                                                        {2, "does_not_fit"},
                                                        {3, "timed_out"},
                                                        {4, "wrong_output"},
                                                        {5, "executed_without_timing"},
                                                        {6, "board_lost"},
                                                        {7, "crashed"}};
  for (const auto& [value, name] : frozen) {
    EXPECT_EQ(to_string(static_cast<OutcomeKind>(value)), name);
    EXPECT_EQ(static_cast<int>(outcome_kind_from_string(name)), value);
  }
  EXPECT_THROW((void)outcome_kind_from_string("ok"), Error);
  EXPECT_THROW((void)to_string(static_cast<OutcomeKind>(0)), Error);
  EXPECT_THROW((void)to_string(static_cast<OutcomeKind>(8)), Error);
}

TEST(Outcome, GoodOnesHaveNoFault) {
  EXPECT_EQ(fault_text(Outcome::measured(measurement())), "");
  Measurement imported;
  imported.seconds = 0.25;
  EXPECT_EQ(fault_text(Outcome::measured(imported)), "");
  EXPECT_EQ(fault_text(Outcome::failed(OutcomeKind::does_not_fit, "needs 9 B")), "");
  Measurement digests;
  digests.layer_digests = {1, 2};
  EXPECT_EQ(fault_text({OutcomeKind::executed_without_timing, "no cycle counter", digests}), "");
}

TEST(Outcome, AMeasuredOneHasOneLatencyAndNothingThatIsZero) {
  auto broken = [](auto change) {
    Measurement wrong = measurement();
    change(wrong);
    return fault_text(Outcome::measured(wrong));
  };
  EXPECT_THAT(broken([](Measurement& m) { m.cycles.reset(); }), HasSubstr("cycles or seconds"));
  EXPECT_THAT(broken([](Measurement& m) { m.seconds = 1; }), HasSubstr("not both"));
  EXPECT_THAT(broken([](Measurement& m) { m.cycles = 0; }), HasSubstr("0 cycles"));
  EXPECT_THAT(broken([](Measurement& m) { m.layer_cycles[1] = 0; }), HasSubstr("0 cycles"));
  EXPECT_THAT(broken([](Measurement& m) { m.layer_cycles[1] = 61; }), HasSubstr("wrapped"));
  EXPECT_THAT(broken([](Measurement& m) {
                m.layer_cycles = {std::numeric_limits<std::uint64_t>::max(), 2};
              }),
              HasSubstr("wrapped"));
  EXPECT_THAT(broken([](Measurement& m) { m.layer_digests.push_back(1); }), HasSubstr("digests"));
  EXPECT_THAT(broken([](Measurement& m) { m.joules = 0; }), HasSubstr("joules"));
  EXPECT_THAT(broken([](Measurement& m) { m.joules = std::numeric_limits<double>::infinity(); }),
              HasSubstr("joules"));
  EXPECT_THAT(broken([](Measurement& m) {
                m.cycles.reset();
                m.seconds = 1;
              }),
              HasSubstr("without cycles of the whole"));
  EXPECT_THAT(broken([](Measurement& m) {
                m = {};
                m.seconds = -1;
              }),
              HasSubstr("seconds"));
}

TEST(Outcome, OfSeveralRunsTheMedianIsTheMeasurement) {
  const auto run = [](std::uint64_t cycles) {
    return Measurement{cycles, {cycles - 1}, {7}, {}, {}};
  };
  const Measurement odd = median_of_runs({run(30), run(10), run(20)});
  EXPECT_EQ(odd.cycles, 20U);
  EXPECT_EQ(odd.layer_cycles, std::vector<std::uint64_t>{19});
  EXPECT_EQ(odd.repeat_cycles, (std::vector<std::uint64_t>{30, 10, 20}));
  EXPECT_EQ(median_of_runs({run(40), run(10), run(20), run(30)}).cycles, 20U);
  EXPECT_FALSE(fault(Outcome::measured(odd)));
  Measurement other = odd;
  other.cycles = 21;
  EXPECT_TRUE(fault(Outcome::measured(other))) << "of none of the runs";
  other.repeat_cycles[0] = 0;
  EXPECT_TRUE(fault(Outcome::measured(other)));
}

TEST(Outcome, AFailureHasAReasonAndNoFigures) {
  EXPECT_THAT(fault_text(Outcome::failed(OutcomeKind::crashed, "")), HasSubstr("reason"));
  EXPECT_THAT(fault_text({OutcomeKind::wrong_output, "layer 3", measurement()}),
              HasSubstr("no measurement"));
  EXPECT_THAT(fault_text({OutcomeKind::executed_without_timing, "qemu", measurement()}),
              HasSubstr("digests only"));
  EXPECT_THAT(fault_text({OutcomeKind::measured, "slow", measurement()}), HasSubstr("no reason"));
  EXPECT_THAT(fault_text({OutcomeKind::measured, "", std::nullopt}),
              HasSubstr("without a measurement"));
}

TEST(Outcome, WhateverADeviceReportsCanBeStored) {
  Measurement huge;
  huge.cycles = std::uint64_t{1} << 63;
  huge.layer_digests = {7, 8};
  const Outcome outcome = storable(Outcome::measured(huge), 2);
  EXPECT_EQ(outcome.kind, OutcomeKind::executed_without_timing);
  EXPECT_EQ(outcome.measurement->layer_digests, huge.layer_digests);
  EXPECT_FALSE(fault(outcome));
  EXPECT_EQ(storable(Outcome::measured(huge), 3).kind, OutcomeKind::wrong_output);

  Measurement wrapped;
  wrapped.cycles = 100;
  wrapped.layer_cycles = {~std::uint64_t{0}, 101};
  EXPECT_EQ(storable(Outcome::measured(wrapped), 2).kind, OutcomeKind::executed_without_timing);

  const Outcome nothing{OutcomeKind::measured, "", std::nullopt};
  const Outcome silent{OutcomeKind::crashed, "", std::nullopt};
  EXPECT_EQ(storable(nothing, 2).kind, OutcomeKind::board_lost);
  EXPECT_EQ(storable(silent, 2).kind, OutcomeKind::crashed);
  for (const Outcome& one : {nothing, silent, Outcome::measured(wrapped)})
    EXPECT_FALSE(fault(storable(one, 2)));

  Measurement fine;
  fine.cycles = 5;
  EXPECT_EQ(storable(Outcome::measured(fine), 2).measurement->cycles, 5u);
}

}  // namespace
}  // namespace opline::measure
