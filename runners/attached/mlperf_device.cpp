#include "runners/attached/mlperf_device.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runners/device_report.h"
#include "src/base/error.h"
#include "src/base/parse_number.h"

namespace opline::runners {
namespace {

constexpr int kNameAttempts = 4;  // a board that resets when its port is opened boots meanwhile
constexpr double kSilenceSeconds = 0.2;
constexpr std::size_t kMostNoise = 1000;  // lines, before a device counts as babbling
/// "db " and two digits each are 65 of the 80 bytes of a command, as the benchmark's runner sends
/// them.
constexpr std::size_t kBytesPerCommand = 31;
constexpr std::string_view kLap = "m-lap-us-";

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::device, "{}", what); }

/// The inside of the first "<prefix>[...]" of a reply.
std::optional<std::string> value_of(const std::vector<std::string>& lines,
                                    std::string_view prefix) {
  for (const std::string& line : lines) {
    if (const auto value = bracketed(line, prefix)) return std::string(*value);
  }
  return std::nullopt;
}

std::string quoted(const std::vector<std::string>& lines) {
  return lines.empty() ? "nothing" : fmt::format("\"{}\"", fmt::join(lines, " / "));
}

std::vector<double> results_of(const std::vector<std::string>& lines) {
  const std::optional<std::string> text = value_of(lines, "m-results-");
  if (!text) fail("`infer`: the reply has no m-results-[...]");
  std::vector<double> results;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find(',', at), text->size());
    const std::optional<double> value = parse_finite(std::string_view(*text).substr(at, end - at));
    if (!value) fail(fmt::format("`infer`: m-results-[{}] is not a list of numbers", *text));
    results.push_back(*value);
    at = end + 1;
  }
  return results;
}

std::optional<double> seconds_of(const std::vector<std::string>& lines) {
  std::vector<std::uint64_t> laps;
  for (const std::string& line : lines) {
    if (!line.starts_with(kLap)) continue;
    const auto lap = parse_number<std::uint64_t>(std::string_view(line).substr(kLap.size()));
    if (!lap) fail(fmt::format("`infer`: \"{}\" has no time in microseconds", line));
    laps.push_back(*lap);
  }
  if (laps.empty()) return std::nullopt;
  if (laps.size() != 2)
    fail(fmt::format("`infer`: {} m-lap-us lines, expected one before the inferences and one after",
                     laps.size()));
  if (laps[1] <= laps[0])
    fail(
        fmt::format("`infer`: its time went from {} to {} us; it must advance (32 bits of it last "
                    "71 minutes: reset the board and repeat)",
                    laps[0], laps[1]));
  return static_cast<double>(laps[1] - laps[0]) / 1e6;
}

void require_start(const std::vector<std::string>& lines, std::uint64_t iterations) {
  const std::string start = fmt::format("m-infer-start-{}", iterations);
  if (std::ranges::find(lines, start) == lines.end())
    fail(fmt::format("`infer {}`: expected {}, the device says {}", iterations, start,
                     quoted(lines)));
}

}  // namespace

MlperfDevice::MlperfDevice(Transport& transport, double command_seconds)
    : transport_(transport), channel_(transport), command_seconds_(command_seconds) {
  for (int attempt = 1; !ask_for_name(); ++attempt) {
    if (attempt == kNameAttempts)
      fail(
          "it does not answer `name%` as MLPerf Tiny's devices do (m-name-dut-[...], m-ready); is "
          "the benchmark's firmware in its flash, and is --baud its rate?");
  }
  const std::vector<std::string> profile = command("profile", command_seconds_);
  identity_.profile = value_of(profile, "m-profile-").value_or("");
  identity_.model = value_of(profile, "m-model-").value_or("");
}

void MlperfDevice::discard_input() {
  for (std::size_t noise = 0; noise < kMostNoise; ++noise) {
    const Received received = transport_.read_line(kSilenceSeconds);
    if (received.status == Received::Status::timed_out) return;
    if (received.status != Received::Status::line) fail(received.text);
  }
  fail("it sends lines without end");
}

bool MlperfDevice::ask_for_name() {
  discard_input();
  const CommandChannel::Reply reply = channel_.command("name", command_seconds_);
  if (reply.failure && reply.failure->kind == measure::OutcomeKind::board_lost)
    fail(reply.failure->reason);
  const std::optional<std::string> name = value_of(reply.lines, "m-name-dut-");
  if (!name || reply.failure) return false;
  identity_.name = *name;
  return true;
}

std::vector<std::string> MlperfDevice::command(const std::string& text, double seconds) {
  CommandChannel::Reply reply = channel_.command(text, seconds);
  if (!reply.failure) return std::move(reply.lines);
  fail(fmt::format("`{}`: {}{}", text.substr(0, 20), reply.failure->reason,
                   reply.failure->kind == measure::OutcomeKind::timed_out
                       ? fmt::format(" within {:.3g} s; expected m-ready", seconds)
                       : ""));
}

void MlperfDevice::load(std::span<const std::uint8_t> input) {
  const std::string announce = fmt::format("db load {}", input.size());
  const std::vector<std::string> expecting = command(announce, command_seconds_);
  if (!value_of(expecting, "m-"))
    fail(fmt::format("`{}`: expected m-[Expecting {} bytes], the device says {}", announce,
                     input.size(), quoted(expecting)));
  std::vector<std::string> last;
  for (std::size_t at = 0; at < input.size(); at += kBytesPerCommand) {
    const auto part = input.subspan(at, std::min(kBytesPerCommand, input.size() - at));
    last = command(fmt::format("db {:02x}", fmt::join(part, "")), command_seconds_);
  }
  if (std::ranges::find(last, "m-load-done") == last.end())
    fail(fmt::format("`db`: expected m-load-done after {} bytes, the device says {}", input.size(),
                     quoted(last)));
}

MlperfInference MlperfDevice::infer(std::uint64_t iterations, std::uint64_t warmups,
                                    double seconds) {
  const std::vector<std::string> lines =
      command(fmt::format("infer {} {}", iterations, warmups), seconds);
  require_start(lines, iterations);
  return {seconds_of(lines), results_of(lines)};
}

}  // namespace opline::runners
