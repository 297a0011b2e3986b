#include "runners/energy/energy_bridge.h"

#include <cmath>
#include <numeric>

#include "runners/energy/deadline.h"
#include "src/base/error.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

constexpr std::size_t kLongestLine = 4096;  // the protocol has 80; noise may join some
constexpr double kBootSeconds = 5;          // an Arduino's boot loader waits 1 to 2 s
constexpr double kAnswerSeconds = 1;        // answers come within milliseconds
constexpr double kMostHz = 3500;            // two conversions of 140 us

double checked_shunt(const MeterSettings& settings) {
  if (settings.volts || settings.external_volts)
    throw Error(ErrorCode::usage,
                "an INA226 or INA228 measures the supply itself and supplies nothing; leave "
                "--volts and --external-volts out");
  if (!settings.shunt_ohms || !(*settings.shunt_ohms > 0))
    throw Error(ErrorCode::usage,
                "an INA226 or INA228 needs the resistance of its shunt, in ohms; give --shunt, "
                "above 0");
  return *settings.shunt_ohms;
}

double checked_rate(double hz) {
  if (!(hz >= 1 && hz <= kMostHz))
    throw Error(ErrorCode::usage, "a bridge samples at 1 to {} Hz, not at {} Hz", kMostHz, hz);
  return hz;
}

}  // namespace

EnergyBridge::EnergyBridge(std::unique_ptr<ByteStream> stream, const MeterSettings& settings)
    : stream_(std::move(stream)),
      lines_(*stream_, kLongestLine),
      shunt_ohms_(checked_shunt(settings)),
      sample_hz_(checked_rate(settings.sample_hz.value_or(kUsualHz))) {
  stream_->write("\nstop\n");  // an earlier program may have left it recording
  identify();
}

EnergyBridge::~EnergyBridge() {
  try {
    if (recording_) stream_->write("stop\n");
  } catch (const Error&) {  // the link is gone: nothing is left to be stopped
  }
}

void EnergyBridge::identify() {
  const Deadline deadline(kBootSeconds);
  std::string last;
  for (Deadline again(0); !deadline.passed();) {
    if (again.passed()) {
      stream_->write("id\n");
      again = Deadline(kAnswerSeconds);
    }
    const auto line = lines_.line(std::min(again.left(), deadline.left()));
    if (!line || line->empty()) continue;
    last = *line;
    const auto checked = checked_bridge_line(*line);
    if (!checked || !checked->starts_with("opline-bridge ")) continue;
    return take_identity(std::string(*checked));
  }
  throw Error(ErrorCode::device,
              "{}: sent `id` for {} s and waited for `opline-bridge ...`; {}; is this the bridge "
              "of docs/formats/energy-bridge.md, at {} baud?",
              printable(stream_->name()), kBootSeconds,
              last.empty() ? "nothing came" : "the last line was `" + printable(last, 60) + "`",
              kBaud);
}

void EnergyBridge::take_identity(const std::string& line) {
  const std::vector<std::string_view> words = words_of_bridge_line(line);
  if (words.size() != 6 || words[1] != "1")
    throw Error(ErrorCode::device,
                "{}: identifies itself as `{}`; opline speaks version 1, `opline-bridge 1 CHIP "
                "MAKER DIE SERIAL`",
                printable(stream_->name()), printable(line, 80));
  const auto chip = ina_chip(words[2], words[3], words[4]);
  if (!chip)
    throw Error(ErrorCode::device,
                "{}: the bridge has found the chip `{}` with the identification {} {}; expected "
                "ina226 (5449 2260) or ina228 (5449 2281): check the wiring and the I2C address",
                printable(stream_->name()), printable(words[2], 20), printable(words[3], 20),
                printable(words[4], 20));
  chip_ = *chip;
  identity_ = {chip_.name + " behind a bridge", std::string(words[5]), ""};
}

double EnergyBridge::interval_of_start() {
  stream_->write(fmt::format("start {}\n", std::lround(1e6 / sample_hz_)));
  const Deadline deadline(kAnswerSeconds);
  constexpr std::string_view kOk = "ok start ";
  while (const auto line = lines_.line(deadline.left())) {
    const auto checked = checked_bridge_line(*line);
    if (checked && checked->starts_with("error"))
      throw Error(ErrorCode::device, "{}: the bridge refuses `start`: `{}`",
                  printable(stream_->name()), printable(*checked));
    if (!checked || !checked->starts_with(kOk)) continue;
    const auto microseconds = parse_number<std::uint32_t>(checked->substr(kOk.size()));
    if (microseconds && *microseconds > 0) return *microseconds * 1e-6;
  }
  throw Error(ErrorCode::device, "{}: sent `start` and waited {} s for `ok start US`; nothing came",
              printable(stream_->name()), kAnswerSeconds);
}

void EnergyBridge::start() {
  recording_.reset();
  const double interval = interval_of_start();
  recording_.emplace(printable(stream_->name()), chip_, shunt_ohms_, interval);
}

void EnergyBridge::receive(double seconds) {
  const Deadline deadline(seconds);
  while (const auto line = lines_.line(deadline.left())) {
    recording_.value().add(*line);
    if (deadline.passed()) return;
  }
}

double EnergyBridge::recorded_seconds() const {
  return recording_ ? recording_->recorded_seconds() : 0;
}

void EnergyBridge::read_until_stopped() {
  const Deadline deadline(kAnswerSeconds + kBootSeconds);  // what was on its way comes first
  while (!recording_->stopped()) {
    const auto line = lines_.line(deadline.left());
    if (!line)
      throw Error(ErrorCode::device, "{}: sent `stop` and waited {} s for `ok stop`",
                  printable(stream_->name()), kAnswerSeconds + kBootSeconds);
    recording_->add(*line);
  }
}

Trace EnergyBridge::stop() {
  OPLINE_ASSERT(recording_, "stop() without start()");
  stream_->write("stop\n");
  read_until_stopped();
  Trace trace = finished_recording(recording_->take(), printable(stream_->name()));
  recording_.reset();
  const double sum = std::accumulate(trace.volts.begin(), trace.volts.end(), 0.0);
  volts_ = sum / static_cast<double>(trace.size());
  return trace;
}

}  // namespace opline::energy
