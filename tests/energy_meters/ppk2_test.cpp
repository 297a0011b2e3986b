// The PPK2's driver against a simulator of its protocol, behind a real pseudo-terminal.
#include "runners/energy/ppk2.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "runners/energy/descriptor_stream.h"
#include "runners/energy/record.h"
#include "tests/energy_meters/ppk2_words.h"
#include "tests/energy_meters/simulated_device.h"
#include "tests/error_message.h"

namespace opline::energy {
namespace {

using testing::HasSubstr;

/// 0.2 s: 10 mA, and 30 mA from 50 to 150 ms, marked on the trigger input `input`.
std::string fifth_of_a_second(unsigned input = 0) {
  Ppk2Words words(17);
  for (int i = 0; i < 20'000; ++i) {
    const bool busy = i >= 5000 && i < 15'000;
    words.current(busy ? 0.030 : 0.010, busy ? 1U << input : 0);
  }
  return words.bytes;
}

/// What the device was told, as text: "11 02 ".
class Commands {
 public:
  void add(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    for (const char byte : bytes) text_ += fmt::format("{:02x} ", static_cast<unsigned char>(byte));
  }
  [[nodiscard]] std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

/// A PPK2. `before`: what it still sends of an earlier recording when it is opened.
struct Simulator {
  std::string samples = fifth_of_a_second();
  std::string metadata = kPpk2Metadata;
  std::string before = {};
  std::size_t piece = 4096;
  bool pulled = false;
  Commands* commands = nullptr;

  void answer(char command, DeviceLink& link) const {
    if (command == 0x19) link.write(metadata);
    if (command != 0x06) return;
    if (pulled) {
      link.write(std::string_view(samples).substr(0, 1000));
      return link.pull();
    }
    link.write_in_pieces(samples, piece);
  }

  void operator()(DeviceLink& link) const {
    link.write(before);
    for (;;) {
      std::string command = link.read(1);
      if (command[0] == 0x0C || command[0] == 0x11) command += link.read(1);
      if (command[0] == 0x0D) command += link.read(2);
      if (commands != nullptr) commands->add(command);
      answer(command[0], link);
    }
  }
};

constexpr MeterSettings kSettings = {.volts = 1.8};

struct Session {
  explicit Session(const Simulator& simulator, const MeterSettings& settings = kSettings)
      : device(simulator), meter(open_serial_port(device.address(), Ppk2::kBaud), settings) {}
  /// A sample is taken when its successor has arrived.
  Trace record(double seconds = 0.1999) { return energy::record(meter, seconds, never, 2); }

  std::atomic<bool> never{false};
  SimulatedDevice device;
  Ppk2 meter;
};

TEST(Ppk2, SaysWhoItIs) {
  Session session({});
  EXPECT_EQ(session.meter.identity().text(), "Nordic PPK2, hardware 9173");
}

TEST(Ppk2, RecordsTheMarkedWindow) {
  Session session({});
  const Trace trace = session.record();
  EXPECT_EQ(trace.size(), 20'000U);
  EXPECT_EQ(trace.dropped(), 0U);
  const Windows found = windows_of(trace, session.meter.usual_trigger());
  ASSERT_EQ(found.windows.size(), 1U);
  EXPECT_NEAR(found.windows[0].begin, 0.049995, 1e-9);
  const WindowEnergy energy = EnergyOfWindows(trace).of(found.windows[0]).value();
  EXPECT_NEAR(energy.joules / (0.030 * 1.8 * 0.1), 1, 1e-3);
}

TEST(Ppk2, AsASource) {
  Commands commands;
  {
    Session session({.commands = &commands}, {.volts = 3.3});
    EXPECT_EQ(session.meter.supply().volts, 3.3);
    EXPECT_EQ(session.meter.supply().source, SupplySource::set);
    (void)session.record();
  }
  EXPECT_THAT(commands.text(),
              testing::StartsWith("07 19 11 02 0d 0c e4 0c 01 06 07 "));  // 3300 mV is 0x0CE4
}

TEST(Ppk2, AsAnAmmeter) {
  Commands commands;
  Session session({.commands = &commands}, {.external_volts = 0.8});
  EXPECT_EQ(session.meter.supply().source, SupplySource::stated);
  (void)session.record();
  EXPECT_THAT(commands.text(), testing::StartsWith("07 19 11 01 0d 03 20 0c 01 06 "));
}

TEST(Ppk2, SwitchesTheBoardOffAtTheEnd) {
  Commands commands;
  SimulatedDevice device(Simulator{.commands = &commands});
  { const Ppk2 meter(open_serial_port(device.address(), Ppk2::kBaud), kSettings); }
  while (commands.text().find("0c 00") == std::string::npos) std::this_thread::yield();
  EXPECT_THAT(commands.text(), testing::EndsWith("07 0c 00 "));
}

TEST(Ppk2, AnotherTriggerInput) {
  Session session({.samples = fifth_of_a_second(5)}, {.volts = 1.8, .trigger_input = 5});
  EXPECT_EQ(session.record().edges.size(), 2U);
}

TEST(Ppk2, SamplesArriveInPieces) {
  Session session({.piece = 7});
  EXPECT_EQ(session.record().size(), 20'000U);
}

TEST(Ppk2, WhatIsLeftOfAnEarlierRecordingIsNotTakenForMetadata) {
  Session session({.before = fifth_of_a_second().substr(0, 3001)});
  EXPECT_EQ(session.record().size(), 20'000U);
}

TEST(Ppk2, LostBytesAreCounted) {
  std::string samples = fifth_of_a_second();
  samples.erase(4001, 45);
  Session session({.samples = samples});
  const Trace trace = session.record();
  EXPECT_EQ(trace.size() + trace.dropped(), 20'000U);
  EXPECT_NEAR(static_cast<double>(trace.dropped()), 13, 1);
}

TEST(Ppk2, CablePulledWhileRecording) {
  Session session({.pulled = true});
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("the link to the meter is gone"));
}

TEST(Ppk2, ThatSendsNoSamples) {
  Session session({.samples = ""});
  EXPECT_THAT(
      message_of([&] { (void)record(session.meter, 1, session.never, 0.1); }, ErrorCode::device),
      HasSubstr("Nordic PPK2, hardware 9173: has sent no sample for 0.1 s"));
}

std::string message_when_opened(const Simulator& simulator,
                                const MeterSettings& settings = kSettings,
                                ErrorCode code = ErrorCode::device) {
  return message_of([&] { const Session session(simulator, settings); }, code);
}

TEST(Ppk2, AnotherDevice) {
  EXPECT_THAT(message_when_opened({.metadata = "e-[unknown command]\r\n"}),
              HasSubstr("asked for its calibration, which ends with `END`; what came is "
                        "`e-[unknown command]"));
  EXPECT_THAT(message_when_opened({.metadata = std::string(10'000, 'x')}), HasSubstr("what came"));
  EXPECT_THAT(message_when_opened({.metadata = "R0: 12\nEND"}), HasSubstr("is this a PPK2?"));
}

TEST(Ppk2, SettingsThatItDoesNotHave) {
  const auto message = [](const MeterSettings& settings) {
    return message_when_opened({}, settings, ErrorCode::usage);
  };
  EXPECT_THAT(message({}), HasSubstr("give one, from 0.8 to 5 V"));
  EXPECT_THAT(message({.volts = 2, .external_volts = 2}), HasSubstr("give one"));
  EXPECT_THAT(message({.volts = 6}), HasSubstr("works with 0.8 to 5 V, not 6 V"));
  EXPECT_THAT(message({.volts = 2, .sample_hz = 1000}), HasSubstr("samples at 100000 Hz only"));
  EXPECT_THAT(message({.volts = 2, .trigger_input = 8}), HasSubstr("D0 to D7"));
}

}  // namespace
}  // namespace opline::energy
