#include "tests/energy_meters/simulated_device.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "src/base/error.h"

namespace opline::energy {
namespace {

struct Over {};

constexpr int kPollMilliseconds = 20;

}  // namespace

void DeviceLink::fill() {
  for (;;) {
    if (over_ || descriptor_ < 0) throw Over();
    pollfd one{descriptor_, POLLIN, 0};
    if (::poll(&one, 1, kPollMilliseconds) <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count <= 0) throw Over();
    input_.append(buffer.data(), static_cast<std::size_t>(count));
    return;
  }
}

std::string DeviceLink::read_line() {
  for (;;) {
    const std::size_t end = input_.find('\n');
    if (end == std::string::npos) {
      fill();
      continue;
    }
    std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    while (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) return line;
  }
}

std::string DeviceLink::read(std::size_t count) {
  while (input_.size() < count) fill();
  std::string bytes = input_.substr(0, count);
  input_.erase(0, count);
  return bytes;
}

bool DeviceLink::has_input() {
  if (!input_.empty()) return true;
  pollfd one{descriptor_, POLLIN, 0};
  return ::poll(&one, 1, 0) > 0;
}

void DeviceLink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (over_ || descriptor_ < 0) throw Over();
    pollfd one{descriptor_, POLLOUT, 0};
    if (::poll(&one, 1, kPollMilliseconds) <= 0) continue;
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    const ssize_t written =
        count < 0 && errno == ENOTSOCK ? ::write(descriptor_, bytes.data(), bytes.size()) : count;
    if (written < 0 && errno == EAGAIN) continue;
    if (written <= 0) throw Over();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void DeviceLink::write_in_pieces(std::string_view bytes, std::size_t size) {
  for (std::size_t at = 0; at < bytes.size(); at += size) write(bytes.substr(at, size));
}

void DeviceLink::pull() {
  ::close(descriptor_);
  descriptor_ = -1;
}

SimulatedDevice::SimulatedDevice(Behaviour behaviour, Link link) : tcp_(link == Link::tcp) {
  if (tcp_)
    listen();
  else
    open_terminal();
  thread_ = std::thread([this, behaviour = std::move(behaviour)] { run(behaviour); });
}

SimulatedDevice::~SimulatedDevice() {
  over_ = true;
  thread_.join();
  if (held_ >= 0) ::close(held_);
}

void SimulatedDevice::open_terminal() {
  descriptor_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  OPLINE_ASSERT(descriptor_ >= 0 && grantpt(descriptor_) == 0 && unlockpt(descriptor_) == 0,
                "no pseudo-terminal");
  address_ = ::ptsname(descriptor_);
  held_ = ::open(address_.c_str(), O_RDWR | O_NOCTTY);
  termios settings{};
  tcgetattr(held_, &settings);
  cfmakeraw(&settings);
  tcsetattr(held_, TCSANOW, &settings);
}

void SimulatedDevice::listen() {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  OPLINE_ASSERT(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                    ::listen(descriptor_, 1) == 0 &&
                    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
                "no TCP port");
  port_ = ntohs(address.sin_port);
  address_ = fmt::format("tcp:127.0.0.1:{}", port_);
}

void SimulatedDevice::run(const Behaviour& behaviour) {
  try {
    int descriptor = descriptor_;
    while (tcp_) {
      if (over_) throw Over();
      pollfd one{descriptor_, POLLIN, 0};
      if (::poll(&one, 1, kPollMilliseconds) <= 0) continue;
      descriptor = ::accept(descriptor_, nullptr, nullptr);
      ::close(descriptor_);
      break;
    }
    descriptor_ = -1;
    DeviceLink link(descriptor, over_);
    try {
      behaviour(link);
      while (true) (void)link.read(1);  // silent until the test is over
    } catch (const Over&) {
    }
    link.pull();
  } catch (const Over&) {
    ::close(descriptor_);
  }
}

}  // namespace opline::energy
