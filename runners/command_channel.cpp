#include "runners/command_channel.h"

#include <fmt/format.h>

#include "runners/device_report.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"

extern "C" {
#include "firmware/kernels/opline_kernels.h"
}

namespace opline::runners {
namespace {

using measure::Outcome;
using measure::OutcomeKind;

constexpr std::string_view kReady = "m-ready";
constexpr std::string_view kNumberedReady = "m-ready-";
constexpr std::string_view kBooted = "m-init-done";
constexpr std::string_view kFault = "e-[fault ";  // the last line before the core stops
constexpr std::string_view kEmptyCommand = "#%";  // damaged by design: answered, not executed
constexpr std::size_t kMostLines =
    std::size_t{2} * OPLINE_MAX_LAYERS;     // the longest reply is a report: one line per layer
constexpr std::size_t kLongestLine = 4000;  // what a device says goes into studies and terminals
constexpr double kEmptySeconds = 1;       // for the answer to an empty command: a line at 9600 baud
                                          // takes 10 ms
constexpr double kSilenceSeconds = 0.05;  // no more bytes are on their way
constexpr int kSynchroniseAttempts = 4;
constexpr std::size_t kMostNoise = 10'000;  // lines, before a device counts as babbling

OutcomeKind kind_of(Received::Status status) {
  switch (status) {
    case Received::Status::timed_out:
      return OutcomeKind::timed_out;
    case Received::Status::crashed:
      return OutcomeKind::crashed;
    case Received::Status::lost:
    case Received::Status::line:
      break;
  }
  return OutcomeKind::board_lost;
}

std::uint32_t crc_of(std::uint32_t crc, std::string_view bytes) {
  return opline_crc32(crc, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

Outcome device_reports(std::string_view error) {
  return Outcome::failed(OutcomeKind::crashed, fmt::format("the device reports: {}", error));
}

/// The first e-[...] of a reply.
std::optional<Outcome> error_in(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (const auto error = bracketed(line, "e-")) return device_reports(*error);
  }
  return std::nullopt;
}

Outcome endless() {
  return Outcome::failed(OutcomeKind::board_lost,
                         "the device sends lines without end and never m-ready");
}

}  // namespace

CommandChannel::Reply CommandChannel::read_until_ready(double seconds) {
  Reply reply;
  for (;;) {
    Received received = transport_.read_line(seconds);
    if (received.status != Received::Status::line) {
      // A line e-[...] before the end says more than the silence after it.
      if (!reply.failure) reply.failure = Outcome::failed(kind_of(received.status), received.text);
      return reply;
    }
    received.text = printable(received.text, kLongestLine);
    if (received.text == kReady) return reply;
    if (const auto error = bracketed(received.text, "e-"); error && !reply.failure)
      reply.failure = device_reports(*error);
    if (reply.lines.size() == kMostLines) {
      reply.failure = endless();
      return reply;
    }
    reply.lines.push_back(std::move(received.text));
  }
}

CommandChannel::Reply CommandChannel::command(const std::string& text, double seconds) {
  transport_.send(text + "%");
  return read_until_ready(seconds);
}

CommandChannel::Reply CommandChannel::checked_command(const std::string& text, double seconds) {
  for (int attempt = 1;; ++attempt) {
    Reply reply;
    const Exchange end = exchange(text, seconds, reply);
    if (end == Exchange::whole) {
      reply.failure = error_in(reply.lines);
      return reply;
    }
    if (end == Exchange::over) return reply;
    // Silence is a command that was lost, or a device that is busy: the latter does not answer.
    const bool is_busy = end == Exchange::silent && !is_awake();
    if (!is_busy && attempt < kAttempts) continue;
    reply.failure = is_busy ? Outcome::failed(OutcomeKind::timed_out, "the device does not answer")
                            : Outcome::failed(OutcomeKind::board_lost,
                                              fmt::format("the link damaged `{}` {} times in a row",
                                                          text.substr(0, text.find(' ')), attempt));
    return reply;
  }
}

CommandChannel::Exchange CommandChannel::exchange(const std::string& text, double seconds,
                                                  Reply& reply) {
  ++number_;
  const std::string numbered = fmt::format("{:02x}{}", number_, text);
  const std::string checked = fmt::format("{:08x}{}", crc_of(0, numbered), numbered);
  transport_.send("#" + checked + "%");
  return read_checked(crc_of(0, checked), seconds, reply);
}

CommandChannel::Exchange CommandChannel::read_checked(std::uint32_t start, double seconds,
                                                      Reply& reply) {
  std::uint32_t crc = start;
  for (std::size_t noise = 0; noise < kMostNoise; ++noise) {
    Received received = transport_.read_line(seconds);
    if (received.status == Received::Status::timed_out) return Exchange::silent;
    if (received.status != Received::Status::line) {
      reply.failure = Outcome::failed(kind_of(received.status), received.text);
      return Exchange::over;
    }
    if (received.text == kBooted) {
      reply.failure = Outcome::failed(OutcomeKind::board_lost, "the board was reset");
      return Exchange::over;
    }
    if (received.text.starts_with(kFault)) {
      reply.failure = device_reports(printable(received.text.substr(2), kLongestLine));
      return Exchange::over;
    }
    if (received.text == kReady) return Exchange::damaged;
    if (const auto inside = bracketed(received.text, kNumberedReady)) {
      if (const auto end = judge_ready(*inside, crc)) return *end;
      reply.lines.clear();  // what came before was the reply to an earlier command
      crc = start;
      continue;
    }
    crc = crc_of(crc, received.text + "\r\n");
    reply.lines.push_back(printable(received.text, kLongestLine));
    if (reply.lines.size() > kMostLines) reply.lines.clear();  // noise: the CRC differs already
  }
  reply.failure = endless();
  return Exchange::over;
}

std::optional<CommandChannel::Exchange> CommandChannel::judge_ready(std::string_view inside,
                                                                    std::uint32_t crc) const {
  const std::size_t comma = inside.find(',');
  if (comma == std::string_view::npos) return Exchange::damaged;
  const auto number = parse_number<unsigned>(inside.substr(0, comma), 16);
  if (number != number_) return std::nullopt;
  const auto reported = parse_number<std::uint32_t>(inside.substr(comma + 1), 16);
  return reported == crc ? Exchange::whole : Exchange::damaged;
}

bool CommandChannel::is_awake() {
  for (int attempt = 0; attempt < 2; ++attempt) {
    transport_.send(kEmptyCommand);
    for (std::size_t noise = 0; noise < kMostNoise; ++noise) {
      const Received received = transport_.read_line(kEmptySeconds);
      if (received.status == Received::Status::timed_out) break;
      if (received.status != Received::Status::line) return false;
      if (received.text.starts_with(kReady)) return true;
    }
  }
  return false;
}

bool CommandChannel::synchronise() {
  for (int attempt = 0; attempt < kSynchroniseAttempts; ++attempt) {
    if (!is_awake()) continue;
    for (std::size_t noise = 0; noise < kMostNoise; ++noise) {
      const Received received = transport_.read_line(kSilenceSeconds);
      if (received.status == Received::Status::timed_out) return true;
      if (received.status != Received::Status::line) return false;
    }
  }
  return false;
}

}  // namespace opline::runners
