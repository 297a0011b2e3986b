#include "runners/attached/mlperf_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/error_message.h"
#include "tests/runners/scripted_device.h"

namespace opline::runners {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

using Device = ScriptedDevice;

/// As the benchmark's own firmware answers.
class MlperfDeviceTest : public testing::Test {
 protected:
  MlperfDeviceTest() {
    device_.on("name", Device::lines({"m-name-dut-[vendor]"}));
    device_.on("profile", Device::lines({"m-profile-[firmware 1]", "m-model-[kws01]"}));
    device_.on("db load", Device::lines({"m-[Expecting 70 bytes]"}));
    device_.on("db ", [this](const std::string&) {
      return Device::lines(++parts_ % 3 == 0 ? std::vector<std::string>{"m-load-done"}
                                             : std::vector<std::string>{});
    });
    device_.on("db load", Device::lines({"m-[Expecting 70 bytes]"}));
    on_infer({"m-infer-start-20", "m-lap-us-1000", "m-lap-us-2501000", "m-infer-done",
              "m-results-[0.5,-1.25e1]"});
  }

  void on_infer(const std::vector<std::string>& lines) {
    device_.on("infer", Device::lines(lines));
  }
  std::string trouble() {
    return message_of([&] { (void)MlperfDevice(device_, 1).infer(20, 10, 7); }, ErrorCode::device);
  }

  ScriptedDevice device_;
  int parts_ = 0;
  std::array<std::uint8_t, 70> input_{0x00, 0xff};
};

TEST_F(MlperfDeviceTest, SpeaksAsTheBenchmarksRunnerDoes) {
  MlperfDevice device(device_);
  EXPECT_EQ(device.identity().name, "vendor");
  EXPECT_EQ(device.identity().profile, "firmware 1");
  EXPECT_EQ(device.identity().model, "kws01");
  device.load(input_);
  const MlperfInference inference = device.infer(20, 10, 7);
  EXPECT_DOUBLE_EQ(inference.seconds.value(), 2.5);
  EXPECT_THAT(inference.results, ElementsAre(0.5, -12.5));
  EXPECT_THAT(
      device_.commands,
      ElementsAre("name", "profile", "db load 70", "db 00ff" + std::string(58, '0'),
                  "db " + std::string(62, '0'), "db " + std::string(16, '0'), "infer 20 10"));
  EXPECT_THAT(device_.seconds_asked, Contains(7));
}

TEST_F(MlperfDeviceTest, OneThatBootsWhenItsPortIsOpenedIsWaitedFor) {
  int asked = 0;
  device_.on("name", [&](const std::string&) {
    return ++asked == 1 ? Device::lines({"m-timestamp-mode-performance", "m-init-done"})
                        : Device::lines({"m-name-dut-[vendor]"});
  });
  EXPECT_EQ(MlperfDevice(device_).identity().name, "vendor");
}

TEST_F(MlperfDeviceTest, InEnergyModeThereIsNoTime) {
  on_infer({"m-infer-start-20", "m-infer-done", "m-results-[1]"});
  EXPECT_FALSE(MlperfDevice(device_).infer(20, 10, 7).seconds.has_value());
}

TEST_F(MlperfDeviceTest, SilenceAndOtherFirmwareAreSaid) {
  device_.on("name", Device::Answer{});
  EXPECT_THAT(trouble(), HasSubstr("does not answer `name%`"));
  EXPECT_THAT(device_.commands, ElementsAre("name", "name", "name", "name"));
  device_.on("name", Device::lines({"hello"}));
  EXPECT_THAT(trouble(), HasSubstr("does not answer `name%`"));
}

TEST_F(MlperfDeviceTest, WithoutReadyTheReplyIsNotTaken) {
  device_.on("infer", {Device::line("m-infer-start-20"), Device::line("m-lap-us-1"),
                       Device::line("m-lap-us-5"), Device::line("m-results-[1]")});
  EXPECT_THAT(trouble(), HasSubstr("`infer 20 10`: silent within 7 s; expected m-ready"));
}

TEST_F(MlperfDeviceTest, ALinkThatIsCutIsSaid) {
  device_.on("infer", {Device::line("m-infer-start-20"), {Received::Status::lost, "link is gone"}});
  EXPECT_THAT(trouble(), HasSubstr("`infer 20 10`: link is gone"));
  device_.on("name", {{Received::Status::lost, "link is gone"}});
  EXPECT_EQ(trouble(), "link is gone");
}

TEST_F(MlperfDeviceTest, WhatTheDeviceRefusesIsQuoted) {
  device_.on("db load", Device::lines({"e-[no room]"}));
  EXPECT_THAT(message_of([&] { MlperfDevice(device_).load(input_); }, ErrorCode::device),
              HasSubstr("`db load 70`: the device reports: no room"));
  // The benchmark's own firmware says so, without e-[...].
  device_.on("db load", Device::lines({"Supplied buffer size 70 exceeds maximum of 10"}));
  EXPECT_THAT(message_of([&] { MlperfDevice(device_).load(input_); }, ErrorCode::device),
              HasSubstr("expected m-[Expecting 70 bytes], the device says \"Supplied"));
}

TEST_F(MlperfDeviceTest, BytesThatWereLostShowAtTheEnd) {
  device_.on("db 00", Device::lines({}));
  EXPECT_THAT(message_of([&] { MlperfDevice(device_).load(input_); }, ErrorCode::device),
              HasSubstr("expected m-load-done after 70 bytes, the device says nothing"));
}

TEST_F(MlperfDeviceTest, WrongNumbersAreRefused) {
  const std::string start = "m-infer-start-20", results = "m-results-[1]";
  struct Case {
    std::vector<std::string> lines;
    const char* says;
  };
  for (const Case& one : {
           Case{{"m-infer-start-2", "m-lap-us-1", "m-lap-us-2", results},
                "expected m-infer-start-20, the device says \"m-infer-start-2 / m-lap-us-1"},
           Case{{start, "m-lap-us-5", results}, "1 m-lap-us lines"},
           Case{{start, "m-lap-us-5", "m-lap-us-6", "m-lap-us-7", results}, "3 m-lap-us lines"},
           Case{{start, "m-lap-us-7", "m-lap-us-7", results}, "its time went from 7 to 7 us"},
           Case{{start, "m-lap-us-4294967290", "m-lap-us-7", results}, "71 minutes"},
           Case{{start, "m-lap-us-1.5", "m-lap-us-7", results}, "has no time in microseconds"},
           Case{{start, "m-lap-us--1", "m-lap-us-7", results}, "has no time in microseconds"},
           Case{{start, "m-lap-us-1", "m-lap-us-7"}, "has no m-results-[...]"},
           Case{{start, "m-lap-us-1", "m-lap-us-7", "m-results-[1,x]"}, "not a list of numbers"},
           Case{{start, "m-lap-us-1", "m-lap-us-7", "m-results-[nan]"}, "not a list of numbers"},
       }) {
    on_infer(one.lines);
    EXPECT_THAT(trouble(), HasSubstr(one.says));
  }
}

TEST_F(MlperfDeviceTest, NoiseWithoutEndIsNotReadForEver) {
  device_.on("infer", Device::Answer(100'000, Device::line("noise")));
  EXPECT_THAT(trouble(), HasSubstr("lines without end"));
}

}  // namespace
}  // namespace opline::runners
