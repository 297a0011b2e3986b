// The Otii's driver against a simulator of its server, behind a real TCP socket.
#include "runners/energy/otii.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "runners/energy/descriptor_stream.h"
#include "runners/energy/otii_recording.h"
#include "runners/energy/record.h"
#include "tests/energy_meters/simulated_device.h"
#include "tests/error_message.h"

namespace opline::energy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// 12.5 s at 4 kHz, which takes two requests: 10 mA, and 30 mA from 2 to 12 s; marked, but for a
/// level that the recording begins with.
struct Channels {
  double interval = 0.00025;
  std::vector<double> current = {};
  Json levels = Json::array({{{"timestamp", 0.0}, {"value", false}},
                             {{"timestamp", 2.0}, {"value", true}},
                             {{"timestamp", 12.0}, {"value", false}}});

  Channels() {
    for (int i = 0; i < 50'000; ++i) current.push_back(i >= 8000 && i < 48'000 ? 0.030 : 0.010);
  }
};

/// The server. `errors` has the error code of commands that it refuses, `answers` the data that
/// replace its own.
struct Simulator {
  Channels channels = {};
  std::map<std::string, std::string> errors = {};
  std::map<std::string, Json> answers = {};
  std::string greeting =
      R"({"type":"information","info":"connected","data":{"otii_version":"3.5.5"}})";
  std::string pulled_at = {};

  Json channel_data(const Json& wanted) const {
    const std::string channel = wanted["channel"];
    const std::size_t index = wanted["index"], count = wanted["count"];
    if (channel == "i1") return {{"data_type", "digital"}, {"values", channels.levels}};
    Json values = Json::array();
    for (std::size_t i = index; i < index + count; ++i)
      values.push_back(channel == "mc" ? channels.current[i] : 1.8);
    const double interval = channel == "mc" ? channels.interval : 0.001;
    return {{"data_type", "analog"},
            {"timestamp", static_cast<double>(index) * interval},
            {"interval", interval},
            {"values", values}};
  }

  Json answer(const std::string& command, const Json& data) const {
    if (const auto found = answers.find(command); found != answers.end()) return found->second;
    if (command == "otii_get_devices")
      return {{"devices", {{{"device_id", "Arc1"}, {"name", "Bench"}, {"type", "Arc"}}}}};
    if (command == "otii_get_active_project") return {{"project_id", -1}};
    if (command == "otii_create_project") return {{"project_id", 7}};
    if (command == "arc_get_version") return {{"hw_version", "2"}, {"fw_version", "1.1.6"}};
    if (command == "arc_get_main_voltage") return {{"value", 1.8}};
    if (command == "project_get_last_recording") return {{"recording_id", 12}, {"name", "r"}};
    if (command == "recording_get_channel_data") return channel_data(data);
    if (command == "recording_get_channel_data_count")
      return {{"count", data["channel"] == "mc"   ? channels.current.size()
                        : data["channel"] == "mv" ? 12'500
                                                  : channels.levels.size()}};
    return nullptr;
  }

  void operator()(DeviceLink& link) const {
    link.write(greeting + "\r\n");
    for (;;) {
      const Json request = Json::parse(link.read_line());
      const std::string command = request["cmd"];
      if (command == pulled_at) return link.pull();
      Json reply = {{"type", "response"}, {"cmd", command}, {"trans_id", request["trans_id"]}};
      if (const auto found = errors.find(command); found != errors.end()) {
        reply["type"] = "error";
        reply["errorcode"] = found->second;
        reply["data"] = {{"message", "as the test wants"}};
      } else {
        reply["data"] = answer(command, request.contains("data") ? request["data"] : Json());
      }
      link.write("{\"type\":\"progress\",\"cmd\":\"x\",\"trans_id\":\"0\"}\r\n");
      link.write_in_pieces(reply.dump() + "\r\n", 10'000);
    }
  }
};

constexpr double kVolts = 1.8;
MeterSettings settings() { return {.volts = kVolts}; }

struct Session {
  explicit Session(const Simulator& simulator, const MeterSettings& settings = energy::settings())
      : device(simulator, SimulatedDevice::Link::tcp),
        meter(connect_tcp("127.0.0.1", device.port(), 5), settings) {}
  Trace record() { return energy::record(meter, 0.01, never, 2); }

  std::atomic<bool> never{false};
  SimulatedDevice device;
  Otii meter;
};

TEST(Otii, SaysWhoItIsAndWhatItSupplies) {
  Session session({});
  EXPECT_EQ(session.meter.identity().text(), "Qoitech Otii Arc, Arc1, firmware 1.1.6");
  EXPECT_EQ(session.meter.supply().volts, 1.8);
  EXPECT_EQ(session.meter.supply().source, SupplySource::read_back);
}

TEST(Otii, RecordsTheMarkedWindow) {
  Session session({});
  const Trace trace = session.record();
  EXPECT_EQ(trace.size(), 50'000U);
  EXPECT_EQ(trace.dropped(), 0U);
  const Windows found = windows_of(trace, session.meter.usual_trigger());
  EXPECT_THAT(found.windows, ElementsAre(Window{2, 12}));
  EXPECT_EQ(found.cut + found.unpaired, 0U);
  const WindowEnergy energy = EnergyOfWindows(trace).of(found.windows[0]).value();
  EXPECT_NEAR(energy.joules / (0.030 * kVolts * 10), 1, 1e-3);
}

TEST(Otii, AMissingPartIsLostSamples) {
  OtiiChannel channel;
  channel.add({{"timestamp", 0.5}, {"interval", 0.001}, {"values", {1, 2}}}, "otii");
  channel.add({{"timestamp", 0.505}, {"interval", 0.001}, {"values", {7}}}, "otii");
  EXPECT_THAT(channel.gaps(), ElementsAre(Gap{2, 3}));
  EXPECT_THAT(channel.values(), ElementsAre(1, 2, 7));
  EXPECT_NEAR(channel.at(0.503), 2 + 5 * 0.002 / 0.004, 1e-9);
  EXPECT_EQ(channel.at(0), 1);
  EXPECT_EQ(channel.at(9), 7);
}

TEST(Otii, TheLevelIsRememberedBetweenParts) {
  const auto part = [](double time, bool level) -> Json {
    return {{"values", {{{"timestamp", time}, {"value", level}}}}};
  };
  OtiiLevels levels;
  for (const auto& [time, level] : {std::pair{-0.1, true}, {0.2, true}, {0.3, false}, {0.4, true}})
    levels.add(part(time, level), "otii");
  Trace trace;
  trace.add(0, 1, 1);
  levels.add_edges(trace);
  EXPECT_THAT(trace.edges, ElementsAre(TriggerEdge{0.3, false}, TriggerEdge{0.4, true}));
}

std::string message_when_opened(const Simulator& simulator, ErrorCode code = ErrorCode::device,
                                const MeterSettings& settings = energy::settings()) {
  return message_of([&] { const Session session(simulator, settings); }, code);
}

TEST(Otii, WithoutALicence) {
  EXPECT_THAT(message_when_opened({.errors = {{"otii_get_devices", "No license"}}}),
              HasSubstr("`otii_get_devices` was refused: No license, as the test wants; log in in "
                        "the Otii program and reserve a licence"));
}

TEST(Otii, WithoutADevice) {
  EXPECT_THAT(
      message_when_opened({.answers = {{"otii_get_devices", {{"devices", Json::array()}}}}}),
      HasSubstr("has no device; connect one"));
  EXPECT_THAT(message_when_opened({}, ErrorCode::device, {.volts = 1.8, .device = "Other"}),
              HasSubstr("has no device named Other"));
}

TEST(Otii, OneOfSeveralDevices) {
  const Json two = {{"devices",
                     {{{"device_id", "Arc1"}, {"name", "Bench"}, {"type", "Arc"}},
                      {{"device_id", "Ace2"}, {"name", "Desk"}, {"type", "Ace"}}}}};
  const Simulator simulator{.answers = {{"otii_get_devices", two}}};
  EXPECT_THAT(message_when_opened(simulator, ErrorCode::usage),
              HasSubstr("has 2 devices: Bench (Arc1), Desk (Ace2); choose one with --device NAME"));
  Session session(simulator, {.volts = 1.8, .device = "Desk"});
  EXPECT_EQ(session.meter.identity().serial, "Ace2");
}

TEST(Otii, AnotherServer) {
  EXPECT_THAT(message_when_opened({.greeting = "220 mail.example ESMTP"}),
              HasSubstr("sends `220 mail.example ESMTP`, which is not a JSON object"));
  EXPECT_THAT(
      message_when_opened({.greeting = R"({"type":"error","errorcode":"Connection denied"})"}),
      HasSubstr("the greeting was refused: Connection denied"));
}

TEST(Otii, AnswersOfAnotherForm) {
  EXPECT_THAT(message_when_opened({.answers = {{"otii_get_devices", {{"devices", {1}}}}}}),
              HasSubstr("an answer has no `name`"));
  EXPECT_THAT(message_when_opened({.answers = {{"arc_get_main_voltage", {{"value", "1.8"}}}}}),
              HasSubstr("`value` of an answer is no number"));
}

TEST(Otii, TheSupplyIsReadBack) {
  EXPECT_THAT(message_when_opened({.answers = {{"arc_get_main_voltage", {{"value", 3.3}}}}}),
              HasSubstr("was told to supply 1.8 V and supplies 3.3 V"));
}

TEST(Otii, ConnectionClosedWhileRecording) {
  Session session({.pulled_at = "project_stop_recording"});
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("the link to the meter is gone"));
}

TEST(Otii, WithoutSamples) {
  Simulator simulator;
  simulator.channels.current.clear();
  Session session(simulator);
  EXPECT_THAT(message_of([&] { (void)session.record(); }, ErrorCode::device),
              HasSubstr("no sample arrived"));
}

TEST(Otii, SettingsThatItDoesNotHave) {
  const auto message = [](const MeterSettings& settings) {
    return message_when_opened({}, ErrorCode::usage, settings);
  };
  EXPECT_THAT(message({}), HasSubstr("give its supply with --volts"));
  EXPECT_THAT(message({.volts = 30}), HasSubstr("supplies up to 25 V"));
  EXPECT_THAT(message({.volts = 3, .trigger_input = 2}), HasSubstr("GPI1 and GPI2"));
}

}  // namespace
}  // namespace opline::energy
