#include "runners/energy/ppk2.h"

#include <cmath>
#include <string_view>

#include "runners/energy/deadline.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

// Commands: ppk2_api.py, class PPK2_Command.
constexpr char kStart = 0x06;
constexpr char kStop = 0x07;
constexpr char kConnectBoard = 0x0C;  // 1, or 0
constexpr char kSetVolts = 0x0D;      // millivolts, most significant byte first
constexpr char kSetMode = 0x11;
constexpr char kAmmeter = 1;
constexpr char kSource = 2;
constexpr char kGetMetadata = 0x19;

constexpr double kLeastVolts = 0.8;
constexpr double kMostVolts = 5;
constexpr double kSilence = 0.1;             // samples come every 10 us
constexpr double kLongestStop = 5;           // what the operating system has kept is read meanwhile
constexpr double kMetadataSeconds = 3;       // about 0.1 s
constexpr std::size_t kMostMetadata = 8192;  // about 600 bytes

double checked_volts(const MeterSettings& settings) {
  if (settings.volts.has_value() == settings.external_volts.has_value())
    throw Error(ErrorCode::usage,
                "a PPK2 supplies the board (--volts) or measures through a supply of yours "
                "(--external-volts); give one, from {} to {} V",
                kLeastVolts, kMostVolts);
  const double volts = settings.volts ? *settings.volts : *settings.external_volts;
  if (!(volts >= kLeastVolts && volts <= kMostVolts))
    throw Error(ErrorCode::usage, "a PPK2 works with {} to {} V, not {} V", kLeastVolts, kMostVolts,
                volts);
  return volts;
}

void check_sampling(const MeterSettings& settings) {
  if (settings.sample_hz && *settings.sample_hz != Ppk2Samples::kHz)
    throw Error(ErrorCode::usage, "a PPK2 samples at {} Hz only, not at {} Hz", Ppk2Samples::kHz,
                *settings.sample_hz);
  if (settings.trigger_input < 0 || settings.trigger_input > 7)
    throw Error(ErrorCode::usage, "a PPK2 has the inputs 0 to 7 (D0 to D7), not {}",
                settings.trigger_input);
}

}  // namespace

Ppk2::Ppk2(std::unique_ptr<ByteStream> stream, const MeterSettings& settings)
    : stream_(std::move(stream)),
      volts_(checked_volts(settings)),
      source_(settings.volts.has_value()),
      trigger_input_(settings.trigger_input) {
  check_sampling(settings);
  send({kStop});  // an earlier program may have left it sampling
  read_until_silent();
  calibration_ = parse_ppk2_metadata(read_metadata(), printable(stream_->name()));
  identity_ = {"Nordic PPK2", "", ""};
  if (!calibration_.hardware.empty()) identity_.model += ", hardware " + calibration_.hardware;
  switch_on();
}

Ppk2::~Ppk2() {
  try {
    send({kStop, kConnectBoard, 0});
  } catch (const Error&) {  // the link is gone: nothing is left to be switched off
  }
}

void Ppk2::send(std::initializer_list<char> bytes) { stream_->write(std::string(bytes)); }

Supply Ppk2::supply() const { return {volts_, source_ ? SupplySource::set : SupplySource::stated}; }

void Ppk2::read_until_silent() {
  const Deadline deadline(kLongestStop);
  while (!deadline.passed()) {
    const std::string bytes = stream_->read(kSilence);
    if (bytes.empty()) return;
    if (recording_) recording_->add(bytes);
  }
  throw Error(ErrorCode::device,
              "{}: was told to stop and still sends after {} s; unplug the meter and plug it in "
              "again",
              printable(stream_->name()), kLongestStop);
}

std::string Ppk2::read_metadata() {
  send({kGetMetadata});
  const Deadline deadline(kMetadataSeconds);
  std::string text;
  while (text.find("END") == std::string::npos) {
    const std::string bytes = stream_->read(deadline.left());
    text += bytes;
    if (text.size() > kMostMetadata || (bytes.empty() && deadline.passed()))
      throw Error(ErrorCode::device,
                  "{}: asked for its calibration, which ends with `END`; {}; is this the first "
                  "port of a PPK2? Unplug it and plug it in again",
                  printable(stream_->name()),
                  text.empty() ? "nothing came" : "what came is `" + printable(text, 60) + "`");
  }
  return text;
}

void Ppk2::switch_on() {
  const auto millivolts = static_cast<unsigned>(std::lround(volts_ * 1000));
  send({kSetMode, source_ ? kSource : kAmmeter});
  send({kSetVolts, static_cast<char>(millivolts >> 8), static_cast<char>(millivolts)});
  send({kConnectBoard, 1});
}

void Ppk2::start() {
  recording_.emplace(calibration_, volts_, trigger_input_);
  send({kStart});
}

void Ppk2::receive(double seconds) {
  const Deadline deadline(seconds);
  do {
    recording_.value().add(stream_->read(deadline.left()));
  } while (!deadline.passed());
}

double Ppk2::recorded_seconds() const { return recording_ ? recording_->recorded_seconds() : 0; }

Trace Ppk2::stop() {
  OPLINE_ASSERT(recording_, "stop() without start()");
  send({kStop});
  read_until_silent();
  Trace trace = recording_->take();
  recording_.reset();
  return finished_recording(std::move(trace), printable(stream_->name()));
}

}  // namespace opline::energy
