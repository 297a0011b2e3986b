#include "runners/energy/lpm01a.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "runners/energy/deadline.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr double kAnswerSeconds = 10;  // `volt` calibrates the meter before it answers
constexpr double kStopSeconds = 10;
constexpr double kLeastVolts = 1.8;
constexpr double kMostVolts = 3.3;
constexpr double kVoltsTolerance = 0.03;  // of the supply that is read back

struct Rate {
  double hz;
  const char* text;
};
constexpr std::array<Rate, 12> kRates = {{{5000, "5k"},
                                          {2000, "2k"},
                                          {1000, "1k"},
                                          {500, "500"},
                                          {200, "200"},
                                          {100, "100"},
                                          {50, "50"},
                                          {20, "20"},
                                          {10, "10"},
                                          {5, "5"},
                                          {2, "2"},
                                          {1, "1"}}};

const char* rate_text(double hz) {
  for (const Rate& rate : kRates) {
    if (rate.hz == hz) return rate.text;
  }
  throw Error(ErrorCode::usage,
              "an LPM01A does not sample at {} Hz; it does at 1, 2, 5, 10 and so on to 5000 Hz",
              hz);
}

double checked_volts(const MeterSettings& settings) {
  if (settings.external_volts)
    throw Error(ErrorCode::usage,
                "an LPM01A supplies the board itself; give its supply with --volts");
  if (!settings.volts)
    throw Error(ErrorCode::usage, "an LPM01A supplies the board; give --volts, from {} to {}",
                kLeastVolts, kMostVolts);
  if (!(*settings.volts >= kLeastVolts && *settings.volts <= kMostVolts))
    throw Error(ErrorCode::usage, "an LPM01A supplies {} to {} V, not {} V", kLeastVolts,
                kMostVolts, *settings.volts);
  return *settings.volts;
}

std::string_view without_prompt(std::string_view line) {
  constexpr std::string_view kPrompt = "PowerShield > ";
  if (line.starts_with(kPrompt)) line.remove_prefix(kPrompt.size());
  while (line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

}  // namespace

Lpm01a::Lpm01a(std::unique_ptr<ByteStream> stream, const MeterSettings& settings)
    : stream_(std::move(stream)),
      lines_(*stream_, kLongestLine),
      sample_hz_(settings.sample_hz.value_or(kUsualHz)) {
  const double volts = checked_volts(settings);
  const std::string rate = rate_text(sample_hz_);
  stream_->write("\r\n");  // ends a command that an earlier program left unfinished
  identify();
  for (const std::string& text :
       {std::string("pwr off"), std::string("acqtime inf"), std::string("trigdelay 0"),
        std::string("trigsrc sw"), std::string("eventsrc d7 fal"), std::string("output energy"),
        std::string("format ascii_dec"), "freq " + rate})
    command(text);
  set_supply(volts);
}

Lpm01a::~Lpm01a() {
  try {
    release();
  } catch (const Error&) {  // the link is gone: nothing is left to be released
  }
}

void Lpm01a::no_answer(const std::string& text, const std::string& last) {
  const std::string came = last.empty() ? lines_.unfinished() : last;
  throw Error(
      ErrorCode::device,
      "{}: sent `{}` and waited {} s for `ack {}`; {}; is this an LPM01A, in the mode `host "
      "control` or `standalone`? Unplug it and plug it in again",
      printable(stream_->name()), text, kAnswerSeconds, text,
      came.empty() ? "nothing came" : "the last line was `" + printable(came, 60) + "`");
}

/// What stands behind the acknowledgement.
std::string Lpm01a::command(const std::string& text) {
  stream_->write(text + "\r\n");
  const std::string ack = "ack " + text;
  const std::string refused = "error " + text;
  const Deadline deadline(kAnswerSeconds);
  std::string last;
  while (const auto line = lines_.line(deadline.left())) {
    const std::string_view answer = without_prompt(*line);
    if (answer == ack) return {};
    if (answer.starts_with(ack + " ")) return std::string(answer.substr(ack.size() + 1));
    if (answer.starts_with(refused)) {
      const auto detail = lines_.line(deadline.left());
      throw Error(ErrorCode::device, "{}: the meter refuses `{}`: {}", printable(stream_->name()),
                  text, printable(detail.value_or("without a reason")));
    }
    if (!answer.empty()) last = answer;
    if (deadline.passed()) break;
  }
  no_answer(text, last);
}

void Lpm01a::identify() {
  command("htc");
  identity_.model = "ST X-NUCLEO-LPM01A";
  identity_.serial = command("powershield");
  constexpr std::string_view kPresent = "PowerShield present";
  if (identity_.serial.starts_with(kPresent)) identity_.serial.erase(0, kPresent.size());
  identity_.serial.erase(0, identity_.serial.find_first_not_of(": "));
  identity_.firmware = command("version");
}

void Lpm01a::set_supply(double volts) {
  command(fmt::format("volt {}m", std::lround(volts * 1000)));
  const std::string answer = command("volt get");
  const std::optional<double> measured = parse_lpm01a_number(answer);
  if (!measured)
    throw Error(ErrorCode::device,
                "{}: answers `volt get` with `{}`; expected a voltage such as 3292-03",
                printable(stream_->name()), printable(answer, 60));
  if (std::abs(*measured - volts) > kVoltsTolerance * volts)
    throw Error(ErrorCode::device,
                "{}: was told to supply {} V and supplies {:.4g} V; check the board's wiring for a "
                "second supply",
                printable(stream_->name()), volts, *measured);
  volts_ = *measured;
  command("pwr on nostatus");
}

void Lpm01a::start() {
  recording_.emplace(printable(stream_->name()), sample_hz_, volts_);
  command("start");
}

void Lpm01a::receive(double seconds) {
  const Deadline deadline(seconds);
  while (const auto line = lines_.line(deadline.left())) {
    recording_.value().add(*line);
    if (deadline.passed()) return;
  }
}

double Lpm01a::recorded_seconds() const { return recording_ ? recording_->recorded_seconds() : 0; }

void Lpm01a::read_until_completed() {
  const Deadline deadline(kStopSeconds);
  while (!recording_->completed()) {
    const auto line = lines_.line(deadline.left());
    if (!line)
      throw Error(ErrorCode::device,
                  "{}: sent `stop` and waited {} s for `Acquisition completed`; unplug the meter "
                  "and plug it in again",
                  printable(stream_->name()), kStopSeconds);
    recording_->add(*line);
  }
}

Trace Lpm01a::stop() {
  OPLINE_ASSERT(recording_, "stop() without start()");
  stream_->write("stop\r\n");
  read_until_completed();
  Trace trace = recording_->take();
  recording_.reset();
  return finished_recording(std::move(trace), printable(stream_->name()));
}

void Lpm01a::release() {
  if (recording_) {
    stream_->write("stop\r\n");
    read_until_completed();
  }
  command("pwr off");
  command("hrc");
}

}  // namespace opline::energy
