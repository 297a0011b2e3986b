// The LPM01A's driver against a simulator of its protocol, behind a real pseudo-terminal.
#include "runners/energy/lpm01a.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "runners/energy/descriptor_stream.h"
#include "runners/energy/record.h"
#include "tests/energy_meters/simulated_device.h"
#include "tests/error_message.h"

namespace opline::energy {
namespace {

using testing::HasSubstr;

/// 6.409e-4 as "6409-07".
std::string number(double value) {
  int power = -3;
  if (value > 0) power = static_cast<int>(std::floor(std::log10(value))) - 3;
  auto mantissa = std::lround(value * std::pow(10.0, -power));
  if (mantissa > 9999) {
    mantissa /= 10;
    ++power;
  }
  return fmt::format("{:04}{}{:02}", mantissa, power < 0 ? '-' : '+', std::abs(power));
}

/// What the meter sends between `start` and `stop`.
struct Recording {
  std::string text;

  Recording& sample(double joules) {
    text += number(joules) + "\r\n";
    return *this;
  }
  Recording& stamp(int milliseconds) {
    text += fmt::format("TimeStamp: {:03}s {:03}ms, buff 00%\r\n", milliseconds / 1000,
                        milliseconds % 1000);
    return *this;
  }
  Recording& event(int number) {
    text += fmt::format("event {} ris\r\n", number);
    return *this;
  }
};

/// One second at 1 kHz: 10 mA at 1.8 V, 30 mA from the 200th to the 700th sample, marked.
Recording one_second() {
  Recording recording;
  recording.stamp(0);
  for (int i = 0; i < 1000; ++i) {
    if (i == 200) recording.event(1);
    if (i == 700) recording.event(2);
    recording.sample((i >= 200 && i < 700 ? 0.030 : 0.010) * 1.8e-3);
  }
  return recording.stamp(1000);
}

/// A PowerShield. Replies to commands by hand in `answers` replace its own.
struct Simulator {
  std::string recording = one_second().text;
  std::map<std::string, std::string> answers = {};
  std::size_t piece = 4096;
  bool pulled = false;  ///< In the middle of the recording.

  std::string answer(const std::string& command) const {
    if (const auto found = answers.find(command); found != answers.end()) return found->second;
    const std::string ack = "\r\nPowerShield > ack " + command;
    if (command == "powershield") return ack + " PowerShield present: 0123ABCD\r\n";
    if (command == "version") return ack + " 1.0.6\r\n";
    if (command == "volt get") return ack + " 1799-03\r\n";
    return ack + "\r\n\r\n";
  }

  void operator()(DeviceLink& link) const {
    for (;;) {
      const std::string command = link.read_line();
      if (command == "stop") {
        link.write("end\r\nsummary begin\r\n0123-07\r\nsummary end\r\n");
        link.write("\r\nPowerShield > Acquisition completed\r\n");
        continue;
      }
      link.write(answer(command));
      if (command != "start") continue;
      if (pulled) {
        link.write(std::string_view(recording).substr(0, 3000));
        return link.pull();
      }
      link.write_in_pieces(recording, piece);
    }
  }
};

constexpr MeterSettings kSettings = {.volts = 1.8, .sample_hz = 1000};

struct Session {
  explicit Session(Simulator simulator, const MeterSettings& settings = kSettings)
      : device(std::move(simulator)),
        meter(open_serial_port(device.address(), Lpm01a::kBaud), settings) {}
  Trace record(double seconds = 1) { return energy::record(meter, seconds, never, 2); }

  std::atomic<bool> never{false};
  SimulatedDevice device;
  Lpm01a meter;
};

TEST(Lpm01a, SaysWhoItIsAndWhatItSupplies) {
  Session session({});
  EXPECT_EQ(session.meter.identity().text(), "ST X-NUCLEO-LPM01A, 0123ABCD, firmware 1.0.6");
  EXPECT_DOUBLE_EQ(session.meter.supply().volts.value(), 1.799);
  EXPECT_EQ(session.meter.supply().source, SupplySource::read_back);
}

TEST(Lpm01a, RecordsTheMarkedWindow) {
  Session session({});
  const Trace trace = session.record();
  EXPECT_EQ(trace.size(), 1000U);
  EXPECT_EQ(trace.dropped(), 0U);
  EXPECT_DOUBLE_EQ(trace.seconds.back(), 1);
  const Windows found = windows_of(trace, session.meter.usual_trigger());
  ASSERT_EQ(found.windows.size(), 1U);
  EXPECT_NEAR(found.windows[0].begin, 0.2, 0.001);
  const WindowEnergy energy = EnergyOfWindows(trace).of(found.windows[0]).value();
  EXPECT_NEAR(energy.joules / (0.030 * 1.8 * 0.5), 1, 1e-3);
  EXPECT_NEAR(energy.mean_volts, 1.799, 1e-9);
}

TEST(Lpm01a, RecordsAgain) {
  Session session({});
  EXPECT_EQ(session.record().size(), 1000U);
  EXPECT_EQ(session.record().size(), 1000U);
}

TEST(Lpm01a, LinesArriveInPieces) {
  Session session({.piece = 3});
  EXPECT_EQ(session.record().size(), 1000U);
}

TEST(Lpm01a, PiecesOfNumbersAreLostSamples) {
  Recording recording;
  recording.stamp(0).sample(1e-6).sample(1e-6);
  recording.text += "64\r\n09-07\r\n";           // two samples that were cut
  recording.text += "100-061000-091000-09\r\n";  // a piece and two that run together
  recording.sample(1e-6);
  Session session({.recording = recording.text});
  const Trace trace = session.record(0.008);
  EXPECT_EQ(trace.size(), 5U);
  EXPECT_THAT(trace.gaps, testing::ElementsAre(Gap{2, 3}));
  EXPECT_DOUBLE_EQ(trace.seconds[2], 0.006);
}

TEST(Lpm01a, SamplesMissingBetweenTimeStampsAreLost) {
  Recording recording;
  recording.stamp(0);
  for (int i = 0; i < 1000; ++i) recording.sample(1e-6);
  recording.stamp(1000);
  for (int i = 0; i < 960; ++i) recording.sample(1e-6);
  recording.stamp(2000).sample(1e-6);
  Session session({.recording = recording.text});
  const Trace trace = session.record(2);
  EXPECT_THAT(trace.gaps, testing::ElementsAre(Gap{1960, 40}));
  EXPECT_DOUBLE_EQ(trace.seconds.back(), 2.001);
}

TEST(Lpm01a, GarbageIsNotTakenForSamples) {
  Recording recording = one_second();
  recording.text.insert(recording.text.find("event 1"), "\x01\xff?!\r\n");
  Session session({.recording = recording.text});
  const Trace trace = session.record();
  EXPECT_EQ(trace.size(), 1000U);
  EXPECT_EQ(trace.dropped(), 1U);
}

TEST(Lpm01a, AnErrorOfTheMeterEndsTheRecording) {
  Recording recording;
  recording.stamp(0).sample(1e-6);
  recording.text += "error: overcurrent\r\n";
  Session session({.recording = recording.text});
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("the meter reports `error: overcurrent`"));
}

TEST(Lpm01a, ThatFallsSilent) {
  Session session({.recording = Recording().stamp(0).sample(1e-6).text});
  EXPECT_THAT(
      message_of([&] { (void)record(session.meter, 1, session.never, 0.05); }, ErrorCode::device),
      HasSubstr("has sent no sample for 0.05 s, after 0.001 s"));
}

TEST(Lpm01a, CablePulledWhileRecording) {
  Session session({.pulled = true});
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("the link to the meter is gone"));
}

std::string message_when_opened(const Simulator& simulator, ErrorCode code = ErrorCode::device,
                                const MeterSettings& settings = kSettings) {
  return message_of([&] { const Session session(simulator, settings); }, code);
}

TEST(Lpm01a, RefusalsAreQuoted) {
  EXPECT_THAT(message_when_opened({.answers = {{"freq 1k",
                                                "PowerShield > error freq 1k\r\nError detail: "
                                                "wrong parameter\r\n"}}}),
              HasSubstr("the meter refuses `freq 1k`: Error detail: wrong parameter"));
}

TEST(Lpm01a, TheSupplyIsReadBack) {
  EXPECT_THAT(message_when_opened({.answers = {{"volt get", "ack volt get 3292-03\r\n"}}}),
              HasSubstr("was told to supply 1.8 V and supplies 3.292 V"));
  EXPECT_THAT(message_when_opened({.answers = {{"volt get", "ack volt get 3.3 V\r\n"}}}),
              HasSubstr("answers `volt get` with `3.3 V`"));
}

TEST(Lpm01a, AnotherDevice) {
  EXPECT_THAT(message_of(
                  [] {
                    SimulatedDevice board([](DeviceLink& link) {
                      (void)link.read_line();
                      link.write("m-name-dut-[opline]\r\nm-ready\r\n");
                      link.pull();
                    });
                    const Lpm01a meter(open_serial_port(board.address(), Lpm01a::kBaud), kSettings);
                  },
                  ErrorCode::device),
              HasSubstr("the link to the meter is gone"));
}

TEST(Lpm01a, SettingsThatItDoesNotHave) {
  const auto message = [](MeterSettings settings) {
    return message_when_opened({}, ErrorCode::usage, settings);
  };
  EXPECT_THAT(message({}), HasSubstr("give --volts, from 1.8 to 3.3"));
  EXPECT_THAT(message({.volts = 5.0}), HasSubstr("supplies 1.8 to 3.3 V, not 5 V"));
  EXPECT_THAT(message({.volts = 1.8, .external_volts = 1.8}), HasSubstr("supplies the board"));
  EXPECT_THAT(message({.volts = 1.8, .sample_hz = 3000}), HasSubstr("at 3000 Hz"));
}

TEST(Lpm01aNumber, IsFourDigitsASignAndTwoDigits) {
  EXPECT_DOUBLE_EQ(parse_lpm01a_number("6409-07").value(), 640.9e-6);
  EXPECT_DOUBLE_EQ(parse_lpm01a_number("0012+02").value(), 1200);
  for (const char* text : {"", "6409", "6409-7", "640-907", "6409-0x", "6409e07", "16409-07"})
    EXPECT_EQ(parse_lpm01a_number(text), std::nullopt) << text;
}

}  // namespace
}  // namespace opline::energy
