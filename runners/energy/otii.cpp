#include "runners/energy/otii.h"

#include <algorithm>
#include <cmath>

#include "runners/energy/otii_recording.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

constexpr double kMostVolts = 25;         // of an Ace; an Arc refuses more than 5
constexpr double kVoltsTolerance = 0.03;  // of the supply that is read back
constexpr double kDataSeconds = 30;       // for 40 000 samples
constexpr int kChunk = 40'000;            // as the vendor's client asks for at once

double checked_volts(const MeterSettings& settings) {
  if (settings.external_volts || !settings.volts)
    throw Error(ErrorCode::usage,
                "an Otii supplies the board itself; give its supply with --volts");
  if (!(*settings.volts > 0 && *settings.volts <= kMostVolts))
    throw Error(ErrorCode::usage, "an Otii supplies up to {} V, not {} V", kMostVolts,
                *settings.volts);
  return *settings.volts;
}

const char* checked_channel(int trigger_input) {
  if (trigger_input == 0) return "i1";
  if (trigger_input == 1) return "i2";
  throw Error(ErrorCode::usage, "an Otii has the inputs 0 and 1 (GPI1 and GPI2), not {}",
              trigger_input);
}

}  // namespace

Otii::Otii(std::unique_ptr<ByteStream> stream, const MeterSettings& settings)
    : connection_((static_cast<void>(checked_volts(settings)), std::move(stream))),
      trigger_channel_(checked_channel(settings.trigger_input)) {
  find_device(settings.device.value_or(""));
  find_project();
  configure(settings);
  set_supply(*settings.volts);
}

Otii::~Otii() {
  try {
    if (recording_) connection_.request("project_stop_recording", {{"project_id", project_}});
    device_request("arc_set_main", {{"enable", false}});
  } catch (const Error&) {  // the link is gone: nothing is left to be switched off
  }
}

Json Otii::device_request(const char* command, Json data) {
  data["device_id"] = device_;
  return connection_.request(command, data);
}

void Otii::find_device(const std::string& wanted) {
  const Json answer = connection_.request("otii_get_devices", {{"timeout", 3}}, 6);
  std::vector<std::string> names;
  for (const Json& device : otii_member(answer, "devices", connection_.name())) {
    const std::string name = otii_text(device, "name", connection_.name());
    const std::string id = otii_text(device, "device_id", connection_.name());
    if (!wanted.empty() && wanted != name && wanted != id) continue;
    names.push_back(fmt::format("{} ({})", printable(name, 40), printable(id, 60)));
    device_ = id;
    identity_.model = "Qoitech Otii " + otii_text(device, "type", connection_.name());
    identity_.serial = id;
  }
  if (names.empty())
    throw Error(ErrorCode::device,
                "{}: the Otii program has no device{}{}; connect one, and look for it in the "
                "program",
                connection_.name(), wanted.empty() ? "" : " named ", printable(wanted, 40));
  if (names.size() > 1)
    throw Error(ErrorCode::usage, "{}: has {} devices: {}; choose one with --device NAME",
                connection_.name(), names.size(), fmt::join(names, ", "));
}

void Otii::find_project() {
  constexpr int kNone = -1;
  project_ = otii_number(connection_.request("otii_get_active_project", nullptr), "project_id",
                         connection_.name());
  if (project_ == kNone)
    project_ = otii_number(connection_.request("otii_create_project", nullptr), "project_id",
                           connection_.name());
  project_ = static_cast<std::int64_t>(project_.get<double>());
}

void Otii::configure(const MeterSettings& settings) {
  identity_.firmware =
      otii_text(device_request("arc_get_version"), "fw_version", connection_.name());
  for (const char* channel : {"mc", "mv", trigger_channel_})
    device_request("arc_enable_channel", {{"channel", channel}, {"enable", true}});
  if (settings.sample_hz)
    device_request("arc_set_channel_samplerate",
                   {{"channel", "mc"}, {"value", std::lround(*settings.sample_hz)}});
}

/// The inputs' level is that of the expansion port, which an Otii makes at 1.2 to 5 V.
void Otii::set_supply(double volts) {
  device_request("arc_set_main_voltage", {{"value", volts}});
  device_request("arc_set_exp_voltage", {{"value", std::clamp(volts, 1.2, 5.0)}});
  device_request("arc_enable_exp_port", {{"enable", true}});
  volts_ = otii_number(device_request("arc_get_main_voltage"), "value", connection_.name());
  if (std::abs(volts_ - volts) > kVoltsTolerance * volts)
    throw Error(ErrorCode::device,
                "{}: was told to supply {} V and supplies {:.4g} V; see the Otii "
                "program",
                connection_.name(), volts, volts_);
  device_request("arc_set_main", {{"enable", true}});
}

void Otii::start() {
  connection_.request("project_start_recording", {{"project_id", project_}});
  recording_.emplace();
}

void Otii::receive(double seconds) { connection_.wait(seconds); }

double Otii::recorded_seconds() const { return recording_ ? recording_->seconds() : 0; }

template <typename Use>
void Otii::fetch(std::int64_t recording, const char* channel, Use&& use) {
  const Json of = {{"recording_id", recording}, {"device_id", device_}, {"channel", channel}};
  const auto count = static_cast<std::int64_t>(otii_number(
      connection_.request("recording_get_channel_data_count", of), "count", connection_.name()));
  for (std::int64_t index = 0; index < count; index += kChunk) {
    Json part = of;
    part["index"] = index;
    part["count"] = std::min<std::int64_t>(kChunk, count - index);
    use(connection_.request("recording_get_channel_data", part, kDataSeconds));
  }
}

std::int64_t Otii::last_recording() {
  const Json answer = connection_.request("project_get_last_recording", {{"project_id", project_}});
  const double id = otii_number(answer, "recording_id", connection_.name());
  if (id < 0)
    throw Error(ErrorCode::device, "{}: the project has no recording; see the Otii program",
                connection_.name());
  return static_cast<std::int64_t>(id);
}

Trace Otii::stop() {
  OPLINE_ASSERT(recording_, "stop() without start()");
  connection_.request("project_stop_recording", {{"project_id", project_}});
  recording_.reset();
  const std::int64_t recording = last_recording();
  const std::string& meter = connection_.name();
  OtiiChannel current, voltage;
  fetch(recording, "mc", [&](const Json& data) { current.add(data, meter); });
  fetch(recording, "mv", [&](const Json& data) { voltage.add(data, meter); });
  OtiiLevels levels;
  fetch(recording, trigger_channel_, [&](const Json& data) { levels.add(data, meter); });
  Trace trace = otii_trace(current, voltage);
  levels.add_edges(trace);
  return finished_recording(std::move(trace), meter);
}

}  // namespace opline::energy
