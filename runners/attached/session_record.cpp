#include "runners/attached/session_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <sstream>
#include <utility>

#include "src/base/error.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"
#include "src/base/version.h"

namespace opline::runners {
namespace {

constexpr std::string_view kFirstLine = "# opline-session 1";
constexpr std::array<std::pair<Received::Status, std::string_view>, 3> kEnds = {
    {{Received::Status::timed_out, "timed_out"},
     {Received::Status::lost, "lost"},
     {Received::Status::crashed, "crashed"}}};

/// Printable ASCII stays; a backslash and every other byte is \xHH.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '\\') {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    const auto byte = text.substr(i, 2) == "\\x" && i + 4 <= text.size()
                          ? parse_number<unsigned>(text.substr(i + 2, 2), 16)
                          : std::nullopt;
    if (!byte) return std::nullopt;
    result += static_cast<char>(*byte);
    i += 3;
  }
  return result;
}

bool is_decimal(std::string_view text) {
  const std::string_view before = text.substr(0, text.find('.'));
  return !before.empty() && text.find_first_not_of("0123456789.") == text.npos &&
         text.substr(std::min(text.size(), before.size() + 1)).find('.') == text.npos;
}

/// "timed_out the device does not answer".
std::optional<Received> end_of(const std::string& text) {
  const std::size_t blank = text.find(' ');
  for (const auto& [status, name] : kEnds) {
    if (text.substr(0, blank) != name) continue;
    return Received{status, blank == std::string::npos ? "" : text.substr(blank + 1)};
  }
  return std::nullopt;
}

}  // namespace

std::string session_heading(const std::string& where) {
  return fmt::format("{}, written by opline {}; {}\n", kFirstLine, version(), printable(where));
}

void RecordingTransport::write(char direction, std::string_view text) {
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin_;
  out_ << fmt::format("{:.6f} {} {}\n", time.count(), direction, escaped(text)) << std::flush;
}

void RecordingTransport::send(std::string_view bytes) {
  write('>', bytes);
  transport_.send(bytes);
}

Received RecordingTransport::read_line(double seconds) {
  Received received = transport_.read_line(seconds);
  if (received.status == Received::Status::line) {
    write('<', received.text);
    return received;
  }
  for (const auto& [status, name] : kEnds) {
    if (status == received.status) write('!', fmt::format("{} {}", name, received.text));
  }
  return received;
}

ReplayTransport::ReplayTransport(const std::string& text, const std::string& name) : name_(name) {
  std::istringstream lines(text);
  std::string line;
  std::size_t number = 1;
  if (!std::getline(lines, line) || !line.starts_with(kFirstLine))
    throw Error(ErrorCode::input, "{}:1: expected `{}`: this is not a recorded session",
                printable(name), kFirstLine);
  while (std::getline(lines, line)) {
    ++number;
    if (!line.empty() && line[0] != '#') events_.push_back(parse(line, name, number));
  }
}

ReplayTransport::Event ReplayTransport::parse(const std::string& line, const std::string& name,
                                              std::size_t number) {
  const std::size_t blank = line.find(' ');
  const bool has_form = blank != std::string::npos && blank + 2 < line.size() &&
                        line[blank + 2] == ' ' &&
                        is_decimal(std::string_view(line).substr(0, blank));
  const char direction = has_form ? line[blank + 1] : ' ';
  const auto text = has_form ? unescaped(std::string_view(line).substr(blank + 3)) : std::nullopt;
  if (text && direction == '>') return {true, {Received::Status::line, *text}, number};
  if (text && direction == '<') return {false, {Received::Status::line, *text}, number};
  if (text && direction == '!') {
    if (auto end = end_of(*text)) return {false, std::move(*end), number};
  }
  throw Error(ErrorCode::input,
              "{}:{}: expected `SECONDS > TEXT`, `SECONDS < TEXT` or `SECONDS ! END`",
              printable(name), number);
}

void ReplayTransport::send(std::string_view bytes) {
  // What the host did not wait for was on its way when it sent this.
  while (next_ < events_.size() && !events_[next_].is_sent) ++next_;
  if (!difference_.empty()) return;
  if (next_ == events_.size()) {
    difference_ = fmt::format("{}: the recording ends before `{}`", name_, escaped(bytes));
  } else if (events_[next_].received.text != bytes) {
    difference_ =
        fmt::format("{}:{}: the host sends `{}`, recorded is `{}`", name_, events_[next_].line,
                    escaped(bytes), escaped(events_[next_].received.text));
  } else {
    ++next_;
  }
}

Received ReplayTransport::read_line(double) {
  if (!difference_.empty()) return {Received::Status::lost, difference_};
  if (next_ == events_.size() || events_[next_].is_sent)
    return {Received::Status::timed_out, "nothing more is recorded before the host's next bytes"};
  return events_[next_++].received;
}

}  // namespace opline::runners
