#include "runners/device_session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "firmware/include/opline_plan.h"
#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/runners/scripted_device.h"

namespace opline::runners {
namespace {

using measure::Outcome;
using measure::OutcomeKind;
using testing::AllOf;
using testing::HasSubstr;

class DeviceSessionTest : public testing::Test {
 protected:
  void SetUp() override {
    device_.on("setup", ScriptedDevice::lines(setup_));
    device_.on("plan", ScriptedDevice::lines({}));
    device_.on("plan run", ScriptedDevice::lines({"m-run-done"}));
    device_.on("plan report", ScriptedDevice::lines(report_));
    request_.network = std::string(32, 'a');
    request_.plan.assign(100, 7);
    request_.expected_digests = {0x11111111, 0x22222222};
    request_.budget_cycles = 180'000'000;
  }

  Outcome measure() { return DeviceSession(device_).measure(request_); }

  std::vector<std::string> setup_ = {"m-setup-[board=b]",
                                     "m-setup-[core=cortex-m4]",
                                     "m-setup-[clock_hz=180000000]",
                                     "m-setup-[cycle_counter=1]",
                                     "m-setup-[kernels=dsp]",
                                     fmt::format("m-setup-[plan_version={}]", OPLINE_PLAN_VERSION),
                                     "m-setup-[arena_bytes=1000]",
                                     "m-setup-[weight_pool_bytes=2000]",
                                     "m-setup-[channel_pool_bytes=480]"};
  std::vector<std::string> report_ = {"m-layer-[0,100,11111111]", "m-layer-[1,50,22222222]",
                                      "m-total-[160]", "m-output-[22222222]"};
  ScriptedDevice device_;
  measure::Request request_;
};

TEST_F(DeviceSessionTest, AGoodRunIsAMeasurement) {
  const Outcome outcome = measure();
  ASSERT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
  EXPECT_EQ(outcome.measurement->cycles, 160U);
  EXPECT_THAT(outcome.measurement->layer_cycles, testing::ElementsAre(100, 50));
  EXPECT_THAT(outcome.measurement->layer_digests, testing::ElementsAre(0x11111111, 0x22222222));
}

// MLPerf Tiny's command buffer holds 80 bytes with the final '%'.
TEST_F(DeviceSessionTest, CommandsFitTheDevicesBuffer) {
  (void)measure();
  std::size_t plan_bytes = 0;
  for (const std::string& command : device_.commands) {
    EXPECT_LE(command.size() + 1, 80U) << command;
    if (command.starts_with("plan 07")) plan_bytes += (command.size() - 5) / 2;
  }
  EXPECT_EQ(plan_bytes, request_.plan.size());
  EXPECT_EQ(device_.commands[1].substr(0, 14), "plan load 100 ");
}

TEST_F(DeviceSessionTest, TheBudgetIsThatOfTwoRuns) {
  (void)measure();
  EXPECT_THAT(device_.seconds_asked, testing::Contains(2.0));
}

// A reason goes into studies and JSON, where the bytes of a broken line do not belong.
TEST_F(DeviceSessionTest, WhatADeviceSaysIsMadePrintable) {
  device_.on("plan report", ScriptedDevice::lines({"m-layer-[\x01\xff 9]\x1b[2J"}));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::board_lost);
  EXPECT_THAT(outcome.reason, HasSubstr(R"(m-layer-[\x01\xff 9]\x1b[2J)"));
}

TEST_F(DeviceSessionTest, AWrongDigestIsNeverAMeasurement) {
  report_[1] = "m-layer-[1,50,22222223]";
  device_.on("plan report", ScriptedDevice::lines(report_));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::wrong_output);
  EXPECT_EQ(outcome.reason, "layer 1: digest 22222223, the host computes 22222222");
  EXPECT_FALSE(outcome.measurement);
}

TEST_F(DeviceSessionTest, AMeasuredRunWithAnotherOutputIsWrong) {
  report_[3] = "m-output-[00000000]";
  device_.on("plan report", ScriptedDevice::lines(report_));
  EXPECT_EQ(measure().kind, OutcomeKind::wrong_output);
}

TEST_F(DeviceSessionTest, ALayerTooFewIsWrong) {
  report_.erase(report_.begin() + 1);
  device_.on("plan report", ScriptedDevice::lines(report_));
  EXPECT_EQ(measure().kind, OutcomeKind::wrong_output);
}

TEST_F(DeviceSessionTest, ACounterThatDoesNotRunIsARunWithoutTiming) {
  report_[0] = "m-layer-[0,0,11111111]";
  device_.on("plan report", ScriptedDevice::lines(report_));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::executed_without_timing);
  EXPECT_EQ(outcome.reason, "layer 0 took 0 cycles: the counter does not run");
  EXPECT_THAT(outcome.measurement->layer_digests, testing::ElementsAre(0x11111111, 0x22222222));
  EXPECT_FALSE(measure::fault(outcome));
  report_[0] = "m-layer-[0,0,11111112]";
  device_.on("plan report", ScriptedDevice::lines(report_));
  EXPECT_EQ(measure().kind, OutcomeKind::wrong_output);
}

TEST_F(DeviceSessionTest, CountersThatWrappedAreRefused) {
  report_[2] = "m-total-[149]";
  device_.on("plan report", ScriptedDevice::lines(report_));
  Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::board_lost);
  EXPECT_THAT(outcome.reason, HasSubstr("wrapped"));
  report_[0] = "m-layer-[0,18446744073709551615,11111111]";  // the sum wraps to 49
  device_.on("plan report", ScriptedDevice::lines(report_));
  EXPECT_EQ(measure().kind, OutcomeKind::board_lost);
}

// A study holds 63 bits: such a report ended the campaign, and again whenever it was resumed.
TEST_F(DeviceSessionTest, CyclesBeyond63BitsAreAnOutcome) {
  report_[2] = "m-total-[9223372036854775808]";
  device_.on("plan report", ScriptedDevice::lines(report_));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::board_lost);
  EXPECT_EQ(outcome.reason, "the device reports 9223372036854775808 cycles, which cannot be");
}

TEST_F(DeviceSessionTest, OperatorsWhoseCyclesOverflowLeaveTheTotal) {
  setup_ = {"m-setup-[payload=tflite]", "m-setup-[clock_hz=1]", "m-setup-[cycle_counter=1]",
            "m-setup-[arena_bytes=1]", "m-setup-[tensors_bytes=1000]"};
  device_.on("setup", ScriptedDevice::lines(setup_));
  device_.on("model", ScriptedDevice::lines({}));
  device_.on("model report", ScriptedDevice::lines({"m-layer-[0,18446744073709551615,11111111]",
                                                    "m-layer-[1,5,11111111]", "m-total-[160]",
                                                    "m-output-[22222222]"}));
  request_.payload = measure::Payload::tflite;
  request_.plan.clear();
  request_.tensors.assign(100, 7);
  request_.layer_of_operator = {0, 0};
  EXPECT_EQ(measure().kind, OutcomeKind::board_lost);
}

/// Over a link that may damage replies.
class SetupOverALink : public DeviceSessionTest {
 protected:
  SetupOverALink() { device_.on("#", ScriptedDevice::lines({})); }
  DeviceSession session_{device_, {1, true}};
  int asked_ = 0;
};

TEST_F(SetupOverALink, ACutReplyIsAskedForAgain) {
  device_.on("setup", [this](const std::string&) {
    const bool cut = ++asked_ <= 2;  // each time elsewhere
    return ScriptedDevice::lines(cut ? std::vector(setup_.begin(), setup_.begin() + asked_)
                                     : setup_);
  });
  EXPECT_EQ(session_.capabilities().arena_bytes, 1000U);
  EXPECT_EQ(asked_, 4) << "two cut replies, and the same one twice";
}

TEST_F(SetupOverALink, RepliesThatKeepChangingAreTheLinksFault) {
  device_.on("setup", [this](const std::string&) {
    return ScriptedDevice::lines({setup_.begin(), setup_.begin() + ++asked_});
  });
  EXPECT_THAT(message_of([this] { (void)session_.capabilities(); }, ErrorCode::device),
              HasSubstr("setup%: each reply is another: the link damages them"));
}

TEST_F(SetupOverALink, TheSameReplyTwiceIsWhatTheFirmwareSays) {
  device_.on("setup", ScriptedDevice::lines({"m-setup-[board=b]"}));
  EXPECT_THAT(message_of([this] { (void)session_.capabilities(); }, ErrorCode::device),
              AllOf(HasSubstr("doesn't report `clock_hz`"), HasSubstr("try another cable")));
}

TEST_F(DeviceSessionTest, ADeviceThatDoesNotAnswerInACampaignIsAnOutcome) {
  device_.on("setup", {{Received::Status::crashed, "at pc 0x08001234"}});
  EXPECT_EQ(measure().kind, OutcomeKind::crashed);
  device_.on("setup", ScriptedDevice::lines({"m-setup-[board=b]"}));
  EXPECT_EQ(measure().kind, OutcomeKind::board_lost);
  setup_.push_back("m-setup-[payload=\x1b]");
  device_.on("setup", ScriptedDevice::lines(setup_));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::board_lost);
  EXPECT_THAT(outcome.reason, HasSubstr("executes `\\x1b`"));
}

TEST_F(DeviceSessionTest, AReasonIsNotAsLongAsADeviceLikes) {
  device_.on("plan report", ScriptedDevice::lines({std::string(1'000'000, 'x')}));
  EXPECT_LT(measure().reason.size(), 2000U);
}

TEST_F(DeviceSessionTest, AReportThatCannotBeReadIsQuoted) {
  device_.on("plan report",
             ScriptedDevice::lines({"m-layer-[0,1OO,11111111]", "m-output-[22222222]"}));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::board_lost);
  EXPECT_THAT(outcome.reason, HasSubstr("1OO"));
}

TEST_F(DeviceSessionTest, SilenceCrashAndLossAreOutcomes) {
  using Status = Received::Status;
  for (const auto& [status, kind] : {std::pair{Status::timed_out, OutcomeKind::timed_out},
                                     {Status::crashed, OutcomeKind::crashed},
                                     {Status::lost, OutcomeKind::board_lost}}) {
    device_.on("plan run", {{status, "at pc 0x08001234"}});
    const Outcome outcome = measure();
    EXPECT_EQ(outcome.kind, kind);
    EXPECT_EQ(outcome.reason, "at pc 0x08001234");
  }
}

TEST_F(DeviceSessionTest, ADamagedPlanIsSentOnceMore) {
  int loads = 0;
  device_.on("plan load", [&](const std::string&) {
    ++loads;
    return ScriptedDevice::lines({});
  });
  int chunks = 0;
  device_.on("plan 0", [&](const std::string&) {
    return ++chunks == 3 ? ScriptedDevice::lines({"e-[plan: CRC-32 differs]"})
                         : ScriptedDevice::lines({});
  });
  EXPECT_EQ(measure().kind, OutcomeKind::measured);
  EXPECT_EQ(loads, 2);
}

TEST_F(DeviceSessionTest, ARefusedPlanEndsAfterTheSecondTry) {
  device_.on("plan load", ScriptedDevice::lines({"e-[plan: too long]"}));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::crashed);
  EXPECT_THAT(outcome.reason, HasSubstr("plan: too long"));
}

TEST_F(DeviceSessionTest, WithoutACounterOnlyDigestsAreChecked) {
  setup_[3] = "m-setup-[cycle_counter=0]";
  device_.on("setup", ScriptedDevice::lines(setup_));
  device_.on("plan report", ScriptedDevice::lines({"m-layer-[0,,11111111]", "m-layer-[1,,22222222]",
                                                   "m-total-[]", "m-output-[22222222]"}));
  EXPECT_THROW((void)measure(), Error);
  request_.timing_required = false;
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::executed_without_timing);
  EXPECT_FALSE(outcome.measurement->cycles);
}

TEST_F(DeviceSessionTest, AnotherPlanVersionIsRefusedWithTheRemedy) {
  setup_[5] = "m-setup-[plan_version=1]";
  device_.on("setup", ScriptedDevice::lines(setup_));
  EXPECT_THAT(message_of([&] { (void)DeviceSession(device_).capabilities(); }, ErrorCode::device),
              HasSubstr(fmt::format("version {}", OPLINE_PLAN_VERSION)));
}

TEST_F(DeviceSessionTest, ADeviceThatNeverStopsTalkingIsLost) {
  device_.on("plan run", ScriptedDevice::Answer(5000, ScriptedDevice::line("noise")));
  const Outcome outcome = measure();
  EXPECT_EQ(outcome.kind, OutcomeKind::board_lost);
  EXPECT_THAT(outcome.reason, HasSubstr("without end"));
}

TEST_F(DeviceSessionTest, ASilentBoardDoesNotStart) {
  ScriptedDevice silent;
  EXPECT_THROW(DeviceSession(silent).wait_until_ready(), Error);
}

}  // namespace
}  // namespace opline::runners
