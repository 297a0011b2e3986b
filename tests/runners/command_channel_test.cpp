// Checked commands against a device that a test scripts: what noise, silence and resets become.
#include "runners/command_channel.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/runners/scripted_device.h"

extern "C" {
#include "firmware/kernels/opline_kernels.h"
}

namespace opline::runners {
namespace {

using measure::OutcomeKind;
using testing::ElementsAre;
using testing::HasSubstr;

std::uint32_t crc_of(const std::string& bytes) {
  return opline_crc32(0, bytes.data(), bytes.size());
}

/// What the firmware answers to `frame` ("#CCCCCCCCNNcommand") with these lines.
std::vector<std::string> whole_reply(const std::string& frame, std::vector<std::string> lines) {
  const std::string checked = frame.substr(1);
  EXPECT_EQ(checked.substr(0, 8), fmt::format("{:08x}", crc_of(checked.substr(8))));
  std::string all = checked;
  for (const std::string& line : lines) all += line + "\r\n";
  lines.push_back(fmt::format("m-ready-[{},{:08x}]", checked.substr(8, 2), crc_of(all)));
  return lines;
}

ScriptedDevice::Answer as_lines(const std::vector<std::string>& texts) {
  ScriptedDevice::Answer answer;
  for (const std::string& text : texts) answer.push_back(ScriptedDevice::line(text));
  return answer;
}

class CheckedCommands : public testing::Test {
 protected:
  using Lines = std::vector<std::string>;
  void SetUp() override {
    device_.on("#", [this](const std::string& frame) {
      if (frame == "#") return as_lines(is_awake_ ? Lines{"m-resend", "m-ready"} : Lines{});
      const Lines good = whole_reply(frame, {"m-answer-[" + frame.substr(11) + "]"});
      return as_lines(sent_++ < spoilt_ ? spoil_(good) : good);
    });
  }
  CommandChannel::Reply ask() { return CommandChannel(device_).checked_command("name", 1); }
  /// The first `count` replies are replaced.
  void spoil(int count, std::function<Lines(Lines)> how) {
    spoilt_ = count;
    spoil_ = std::move(how);
  }
  void expect_answer_after(int attempts) {
    const CommandChannel::Reply reply = ask();
    ASSERT_FALSE(reply.failure) << reply.failure->reason;
    EXPECT_THAT(reply.lines, ElementsAre("m-answer-[name]"));
    EXPECT_EQ(sent_, attempts);
  }

  ScriptedDevice device_;
  bool is_awake_ = true;
  int sent_ = 0, spoilt_ = 0;
  std::function<Lines(Lines)> spoil_;
};

TEST_F(CheckedCommands, AWholeReplyIsTaken) { expect_answer_after(1); }

TEST_F(CheckedCommands, ADamagedReplyIsAskedForAgain) {
  spoil(2, [](Lines lines) {
    lines[0][3] ^= 1;
    return lines;
  });
  expect_answer_after(3);
}

TEST_F(CheckedCommands, ALineThatIsMissingOrDoubledShows) {
  spoil(1, [](const Lines& lines) { return Lines{lines[1]}; });
  expect_answer_after(2);
  sent_ = 0;
  spoil(1, [](const Lines& lines) { return Lines{lines[0], lines[0], lines[1]}; });
  expect_answer_after(2);
}

TEST_F(CheckedCommands, ADamagedCommandIsSentAgain) {
  spoil(1, [](const Lines&) { return Lines{"m-resend", "m-ready"}; });
  expect_answer_after(2);
}

TEST_F(CheckedCommands, TheReplyToAnEarlierCommandIsDropped) {
  spoil(1, [](const Lines& lines) {
    return Lines{"m-answer-[other]", "m-ready-[ff,00000000]", lines[0], lines[1]};
  });
  expect_answer_after(1);
}

TEST_F(CheckedCommands, SilenceOfADeviceThatIsAwakeIsALostCommand) {
  spoil(1, [](const Lines&) { return Lines{}; });
  expect_answer_after(2);
}

TEST_F(CheckedCommands, SilenceOfADeviceThatIsBusyIsATimeOut) {
  is_awake_ = false;
  spoil(100, [](const Lines&) { return Lines{}; });
  EXPECT_EQ(ask().failure->kind, OutcomeKind::timed_out);
  EXPECT_EQ(sent_, 1) << "a busy device is not disturbed";
}

TEST_F(CheckedCommands, ALinkThatOnlyDamagesIsGivenUp) {
  spoil(100, [](const Lines& lines) { return Lines{lines[1]}; });
  const auto failure = ask().failure;
  EXPECT_EQ(failure->kind, OutcomeKind::board_lost);
  EXPECT_THAT(failure->reason, HasSubstr("damaged `name` 8 times"));
}

TEST_F(CheckedCommands, ABootMessageIsAReset) {
  spoil(1, [](const Lines&) {
    return Lines{"m-timestamp-mode-performance", "m-init-done", "m-ready"};
  });
  const auto failure = ask().failure;
  EXPECT_EQ(failure->kind, OutcomeKind::board_lost);
  EXPECT_EQ(failure->reason, "the board was reset");
}

TEST_F(CheckedCommands, AnErrorOfTheDeviceIsOneOnlyWhenItIsWhole) {
  device_.on("#", [](const std::string& frame) {
    return as_lines(whole_reply(frame, {"e-[plan: too long]"}));
  });
  const auto failure = ask().failure;
  EXPECT_EQ(failure->kind, OutcomeKind::crashed);
  EXPECT_EQ(failure->reason, "the device reports: plan: too long");
}

TEST_F(CheckedCommands, AFaultEndsTheConversation) {
  spoil(1, [](const Lines&) { return Lines{"e-[fault exception=3 pc=08001234]"}; });
  const auto failure = ask().failure;
  EXPECT_EQ(failure->kind, OutcomeKind::crashed);
  EXPECT_THAT(failure->reason, HasSubstr("pc=08001234"));
}

TEST_F(CheckedCommands, ADeviceThatNeverStopsTalkingIsLost) {
  spoil(1, [](const Lines&) { return Lines(20'000, "noise"); });
  EXPECT_THAT(ask().failure->reason, HasSubstr("without end"));
}

}  // namespace
}  // namespace opline::runners
