#include "runners/attached/session_record.h"

#include <gmock/gmock.h>

#include <sstream>

#include "runners/device_session.h"
#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/runners/scripted_device.h"

namespace opline::runners {
namespace {

using testing::HasSubstr;

/// A device that knows its name, and then is lost.
ScriptedDevice device() {
  ScriptedDevice device;
  device.on("name", ScriptedDevice::lines({"m-name-dut-[\\opline\xff]"}));
  device.on("run", {ScriptedDevice::line("m-busy"), {Received::Status::lost, "unplugged"}});
  return device;
}

/// What a host does with it, and sees.
std::vector<std::string> talk(Transport& transport) {
  std::vector<std::string> seen;
  for (const char* command : {"name%", "run%"}) {
    transport.send(command);
    for (int i = 0; i < 2; ++i) {
      const Received received = transport.read_line(1);
      seen.push_back(std::to_string(static_cast<int>(received.status)) + received.text);
    }
  }
  return seen;
}

std::string recorded() {
  ScriptedDevice real = device();
  std::ostringstream out;
  out << session_heading("b@/dev/x");
  RecordingTransport transport(real, out);
  (void)talk(transport);
  return out.str();
}

TEST(SessionRecord, IsPlayedBackAsItWas) {
  ScriptedDevice real = device();
  ReplayTransport replay(recorded(), "s.txt");
  EXPECT_EQ(talk(replay), talk(real));
  EXPECT_TRUE(replay.is_over());
}

TEST(SessionRecord, IsAscii) {
  EXPECT_THAT(recorded(), HasSubstr(" < m-name-dut-[\\x5copline\\xff]\n"));
  EXPECT_THAT(recorded(), HasSubstr(" ! lost unplugged\n"));
}

TEST(SessionRecord, AHostThatSaysSomethingElseIsTold) {
  ReplayTransport replay(recorded(), "s.txt");
  replay.send("help%");
  const Received received = replay.read_line(1);
  EXPECT_EQ(received.status, Received::Status::lost);
  EXPECT_EQ(received.text, "s.txt:2: the host sends `help%`, recorded is `name%`");
}

TEST(SessionRecord, LinesThatWereNotReadArePassedOver) {
  ReplayTransport replay(recorded(), "s.txt");
  replay.send("name%");
  replay.send("run%");
  EXPECT_EQ(replay.read_line(1).text, "m-busy");
  EXPECT_FALSE(replay.is_over());
}

TEST(SessionRecord, WhatIsNoRecordingIsRefusedWithItsLine) {
  const auto refused = [](const std::string& text) {
    return message_of([&] { ReplayTransport(text, "s.txt"); }, ErrorCode::input);
  };
  EXPECT_THAT(refused("name%\n"), HasSubstr("s.txt:1:"));
  const std::string heading = session_heading("b@x");
  for (const char* line : {"x > name%", "0.1 ? name%", "0.1 < \\x4", "0.1 ! gone", "0.1"})
    EXPECT_THAT(refused(heading + "0.1 > a\n" + line + "\n"), HasSubstr("s.txt:3:")) << line;
}

// Mutated files are read or refused, never anything else.
TEST(SessionRecord, MutatedFilesAreReadOrRefused) {
  const std::string good = recorded();
  std::uint32_t state = 7;
  for (int i = 0; i < 2000; ++i) {
    std::string text = good;
    for (int n = 0; n < 3; ++n) {
      state = state * 1664525U + 1013904223U;
      text[state % text.size()] = static_cast<char>(state >> 24);
    }
    try {
      ReplayTransport replay(text, "s.txt");
      (void)talk(replay);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::input);
    }
  }
}

}  // namespace
}  // namespace opline::runners
