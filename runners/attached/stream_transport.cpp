#include "runners/attached/stream_transport.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

namespace opline::runners {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestLine = 4096;
constexpr double kSendSeconds = 5;  // a command has 90 bytes at most: 0.1 s at 9600 baud

/// Waits until `events` or the deadline; false at the deadline. At least one look.
bool wait_for(int descriptor, short events, Clock::time_point deadline) {
  for (;;) {
    const double left = std::chrono::duration<double>(deadline - Clock::now()).count();
    pollfd ready{descriptor, events, 0};
    // Rounded up: a remainder below a millisecond must not become a busy loop.
    const int count =
        poll(&ready, 1, static_cast<int>(std::ceil(std::clamp(left, 0.0, 1e6) * 1e3)));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return true;  // the read or write will say why
    if (left <= 0) return false;
  }
}

Clock::time_point in(double seconds) {
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// A write to a socket that its peer has closed must not end the program with SIGPIPE.
ssize_t write_some(int descriptor, std::string_view bytes) {
  const ssize_t count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0 || errno != ENOTSOCK) return count;
  return ::write(descriptor, bytes.data(), bytes.size());
}

}  // namespace

void StreamTransport::lose(std::string why) {
  if (lost_.empty()) lost_ = "the link is gone (" + std::move(why) + ")";
}

void StreamTransport::send(std::string_view bytes) {
  const Clock::time_point deadline = in(kSendSeconds);
  while (!bytes.empty() && lost_.empty()) {
    const ssize_t count = write_some(link_.descriptor(), bytes);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
      lose(std::strerror(errno));
    } else if (!wait_for(link_.descriptor(), POLLOUT, deadline)) {
      lose("it takes no bytes");
    }
  }
}

bool StreamTransport::take_line(std::string& line) {
  const std::size_t end = buffer_.find('\n');
  if (end == std::string::npos && buffer_.size() < kLongestLine) return false;
  const std::size_t length = std::min(end, kLongestLine);
  line = buffer_.substr(0, length);
  buffer_.erase(0, length == end ? length + 1 : length);
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

bool StreamTransport::read_some() {
  std::array<char, 4096> bytes;
  const ssize_t count = ::read(link_.descriptor(), bytes.data(), bytes.size());
  if (count > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  if (count == 0) lose("the other side has closed it");
  if (count < 0 && errno != EAGAIN && errno != EINTR) lose(std::strerror(errno));
  return lost_.empty();
}

Received StreamTransport::read_line(double seconds) {
  const Clock::time_point deadline = in(seconds);
  for (std::string line;;) {
    if (take_line(line)) return {Received::Status::line, std::move(line)};
    if (!lost_.empty()) return {Received::Status::lost, lost_};
    if (!wait_for(link_.descriptor(), POLLIN, deadline))
      return {Received::Status::timed_out, "the device does not answer"};
    if (!read_some() && buffer_.find('\n') == std::string::npos)
      return {Received::Status::lost, lost_};
  }
}

}  // namespace opline::runners
