#include "runners/energy/descriptor_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "runners/energy/deadline.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

constexpr double kWriteSeconds = 5;  // commands are short; a device that takes none is stuck

}  // namespace

DescriptorStream::DescriptorStream(std::string name, int descriptor, std::function<void()> close)
    : name_(std::move(name)), descriptor_(descriptor), close_(std::move(close)) {
  const int flags = fcntl(descriptor_, F_GETFL);
  if (flags >= 0) fcntl(descriptor_, F_SETFL, flags | O_NONBLOCK);
}

DescriptorStream::~DescriptorStream() {
  if (close_)
    close_();
  else
    ::close(descriptor_);
}

void DescriptorStream::gone(const char* why) const {
  throw Error(ErrorCode::device,
              "{}: the link to the meter is gone ({}); connect it again and repeat the measurement",
              printable(name_), why);
}

bool DescriptorStream::wait(short events, double seconds) const {
  const Deadline deadline(seconds);
  for (;;) {
    pollfd one{descriptor_, events, 0};
    // Rounded up: a remainder of less than a millisecond must not become a busy loop.
    const int ready = ::poll(&one, 1, static_cast<int>(std::ceil(deadline.left() * 1e3)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) gone(std::strerror(errno));
    if (deadline.passed()) return false;
  }
}

void DescriptorStream::write(std::string_view bytes) {
  const Deadline deadline(kWriteSeconds);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EAGAIN && errno != EINTR) {
      gone(std::strerror(errno));
    } else if (!wait(POLLOUT, deadline.left())) {
      throw Error(ErrorCode::device,
                  "{}: the meter has taken no bytes for {} s; unplug it and plug it in again",
                  printable(name_), kWriteSeconds);
    }
  }
}

std::string DescriptorStream::read(double seconds) {
  if (!wait(POLLIN, seconds)) return {};
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
  if (count > 0) return {buffer.data(), static_cast<std::size_t>(count)};
  if (count == 0) gone("the other side has closed it");
  if (errno != EAGAIN && errno != EINTR) gone(std::strerror(errno));
  return {};
}

}  // namespace opline::energy
