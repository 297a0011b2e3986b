// The bridge's driver against a simulator of its protocol, behind a real pseudo-terminal.
#include "runners/energy/energy_bridge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runners/energy/descriptor_stream.h"
#include "runners/energy/record.h"
#include "tests/energy_meters/simulated_device.h"
#include "tests/error_message.h"

namespace opline::energy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string with_sum(const std::string& text) {
  unsigned sum = 0;
  for (const char c : text) sum ^= static_cast<unsigned char>(c);
  return fmt::format("{}*{:02X}\r\n", text, sum);
}

/// A sample of an INA226 at 1 kHz: 20 mA through 0.1 ohms are 800 steps, 1.8 V are 1440.
std::string sample(unsigned number, unsigned time, int shunt = 800, unsigned bus = 1440) {
  return with_sum(fmt::format("s {} {} {} {}", number % 65536, time, shunt, bus));
}
std::string edge(unsigned time, int level) { return with_sum(fmt::format("e {} {}", time, level)); }

/// One second, the clock of which wraps: 20 mA, and 60 mA from 0.2 to 0.7 s, marked.
std::string one_second(unsigned begin = 4'294'500'000U) {
  std::string text;
  for (unsigned i = 0; i <= 1000; ++i) {
    if (i == 201) text += edge(begin + 200'000, 1);
    if (i == 701) text += edge(begin + 700'000, 0);
    text += sample(i, begin + i * 1000, i >= 200 && i < 700 ? 2400 : 800);
  }
  return text;
}

struct Simulator {
  std::string recording = one_second();
  std::string identity = "opline-bridge 1 ina226 5449 2260 bench-1";
  std::string started = "ok start 1000";
  int silent_ids = 0;  ///< That it does not answer yet.
  std::size_t piece = 4096;
  bool pulled = false;

  void operator()(DeviceLink& link) const {
    for (int ids = 0;;) {
      const std::string command = link.read_line();
      if (command == "id" && ids++ >= silent_ids) link.write(with_sum(identity));
      if (command == "stop") link.write(with_sum("ok stop"));
      if (!command.starts_with("start ")) continue;
      link.write(with_sum(started));
      link.write_in_pieces(pulled ? recording.substr(0, 500) : recording, piece);
      if (pulled) return link.pull();
    }
  }
};

constexpr MeterSettings kSettings = {.shunt_ohms = 0.1};

struct Session {
  explicit Session(const Simulator& simulator, const MeterSettings& settings = kSettings)
      : device(simulator),
        meter(open_serial_port(device.address(), EnergyBridge::kBaud), settings) {}
  Trace record(double seconds = 0.999) { return energy::record(meter, seconds, never, 2); }

  std::atomic<bool> never{false};
  SimulatedDevice device;
  EnergyBridge meter;
};

TEST(EnergyBridge, SaysWhoItIsAndMeasuresTheSupply) {
  Session session({});
  EXPECT_EQ(session.meter.identity().text(), "ina226 behind a bridge, bench-1");
  EXPECT_EQ(session.meter.supply().source, SupplySource::measured);
  EXPECT_FALSE(session.meter.supply().volts);
  (void)session.record();
  EXPECT_NEAR(session.meter.supply().volts.value(), 1.8, 1e-9);
}

TEST(EnergyBridge, RecordsTheMarkedWindow) {
  Session session({});
  const Trace trace = session.record();
  EXPECT_EQ(trace.size(), 1001U);
  EXPECT_EQ(trace.dropped(), 0U);
  const Windows found = windows_of(trace, session.meter.usual_trigger());
  ASSERT_EQ(found.windows.size(), 1U);
  EXPECT_DOUBLE_EQ(found.windows[0].begin, 0.2);
  const WindowEnergy energy = EnergyOfWindows(trace).of(found.windows[0]).value();
  EXPECT_NEAR(energy.joules / (0.060 * 1.8 * 0.5), 1, 1e-3);
}

TEST(EnergyBridge, LinesArriveInPieces) {
  Session session({.piece = 5});
  EXPECT_EQ(session.record().size(), 1001U);
}

TEST(EnergyBridge, StepsOfTheIna228) {
  Session session({.recording = sample(0, 0, 64'000, 9216) + sample(1, 1000, -64'000, 9216),
                   .identity = "opline-bridge 1 ina228-40mv 5449 2281 x"});
  const Trace trace = session.record(0.0005);
  EXPECT_DOUBLE_EQ(trace.amperes[0], 0.05);  // 64000 * 78.125 nV = 5 mV over 0.1 ohms
  EXPECT_DOUBLE_EQ(trace.amperes[1], -0.05);
  EXPECT_DOUBLE_EQ(trace.volts[0], 1.8);
}

TEST(EnergyBridge, TheIntervalIsTheBridges) {
  Session session({.started = "ok start 1024"});
  EXPECT_DOUBLE_EQ(session.record().interval, 1024e-6);
}

TEST(EnergyBridge, MissingNumbersAndDamagedLinesAreLostSamples) {
  std::string damaged = sample(5, 5000);
  damaged[damaged.find("800")] = '9';
  Session session({.recording = sample(0, 0) + sample(1, 1000) + sample(4, 4000) + damaged +
                                "\x01\xff\r\n" + sample(6, 6000) + sample(7, 7000)});
  const Trace trace = session.record(0.0065);
  EXPECT_EQ(trace.size(), 5U);
  EXPECT_THAT(trace.gaps, ElementsAre(Gap{2, 2}, Gap{3, 1}));
}

TEST(EnergyBridge, EdgesMayBeSentLate) {
  Session session({.recording = sample(0, 0) + sample(1, 1000) + edge(1900, 0) + edge(400, 1) +
                                sample(2, 2000)});
  EXPECT_THAT(session.record(0.0015).edges,
              ElementsAre(TriggerEdge{0.0004, true}, TriggerEdge{0.0019, false}));
}

TEST(EnergyBridge, RestartsWhenItsPortIsOpened) {
  Session session({.silent_ids = 1});
  EXPECT_EQ(session.record().size(), 1001U);
}

TEST(EnergyBridge, AnErrorWhileRecording) {
  Session session({.recording = sample(0, 0) + with_sum("error no answer from 0x40")});
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("the bridge reports `error no answer from 0x40`"));
}

TEST(EnergyBridge, ATimeThatGoesBack) {
  Session session({.recording = sample(0, 9000) + sample(1, 8000)});
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("sample 1 at 8000 us is not after the one in front of it"));
}

TEST(EnergyBridge, CablePulledWhileRecording) {
  Session session({.pulled = true});
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("the link to the meter is gone"));
}

TEST(EnergyBridge, RefusesToStart) {
  Session session({.started = "error too fast"});
  EXPECT_THAT(message_of([&] { session.meter.start(); }, ErrorCode::device),
              HasSubstr("the bridge refuses `start`: `error too fast`"));
}

std::string message_when_opened(const Simulator& simulator,
                                const MeterSettings& settings = kSettings,
                                ErrorCode code = ErrorCode::device) {
  return message_of([&] { const Session session(simulator, settings); }, code);
}

TEST(EnergyBridge, WrongIdentification) {
  EXPECT_THAT(message_when_opened({.identity = "opline-bridge 1 ina226 5449 2281 x"}),
              HasSubstr("found the chip `ina226` with the identification 5449 2281"));
  EXPECT_THAT(message_when_opened({.identity = "opline-bridge 1 ina226 ffff ffff x"}),
              HasSubstr("check the wiring and the I2C address"));
  EXPECT_THAT(message_when_opened({.identity = "opline-bridge 2 ina226 5449 2260 x"}),
              HasSubstr("opline speaks version 1"));
}

TEST(EnergyBridge, SettingsThatItDoesNotHave) {
  const auto message = [](const MeterSettings& settings) {
    return message_when_opened({}, settings, ErrorCode::usage);
  };
  EXPECT_THAT(message({}), HasSubstr("give --shunt"));
  EXPECT_THAT(message({.volts = 3, .shunt_ohms = 1}), HasSubstr("supplies nothing"));
  EXPECT_THAT(message({.sample_hz = 5000, .shunt_ohms = 1}), HasSubstr("at 1 to 3500 Hz"));
}

// The example of docs/formats/energy-bridge.md.
TEST(EnergyBridgeLine, HasASum) {
  EXPECT_EQ(checked_bridge_line("ok stop*3C"), "ok stop");
  EXPECT_EQ(checked_bridge_line("s 0 81234120 4012 1441*4B"), "s 0 81234120 4012 1441");
  for (const char* line : {"ok stop*3D", "ok stop", "*", "", "3C", "ok stop*3C ", "ok stop*xy"})
    EXPECT_EQ(checked_bridge_line(line), std::nullopt) << line;
}

}  // namespace
}  // namespace opline::energy
