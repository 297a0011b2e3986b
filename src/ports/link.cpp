#include "src/ports/link.h"

#include <fcntl.h>
#include <libserialport.h>
#include <netdb.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "src/base/descriptor.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/ports/endpoint.h"

namespace opline::ports {
namespace {

constexpr std::string_view kTcp = "tcp:";
constexpr double kConnectSeconds = 5;

const char* remedy(int reason) {
  switch (reason) {
    case EACCES:
    case EPERM:
      return "install the udev rule of docs/boards.md, or add yourself to the group that owns it "
             "(`sudo usermod -aG dialout $USER`) and log in again";
    case EBUSY:
      return "another program has it open: end that one (a terminal, ModemManager)";
    default:
      return "is it plugged in? `opline boards --attached` lists the ports there are";
  }
}

[[noreturn]] void fail(int reason) {
  throw Error(ErrorCode::device, "the port cannot be opened ({}); {}", std::strerror(reason),
              remedy(reason));
}

/// libserialport knows ports by their names in /dev, not by the links of /dev/serial/by-id.
std::string device_file(const std::string& port) {
  std::error_code failed;
  const std::filesystem::path path = std::filesystem::canonical(port, failed);
  if (failed) fail(failed.value());
  return path.string();
}

void configure(sp_port* port, unsigned baud) {
  if (sp_set_baudrate(port, static_cast<int>(baud)) != SP_OK)
    throw Error(ErrorCode::device, "the port does not support {} baud; is it the right one?", baud);
  if (sp_set_bits(port, 8) != SP_OK || sp_set_parity(port, SP_PARITY_NONE) != SP_OK ||
      sp_set_stopbits(port, 1) != SP_OK || sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) != SP_OK)
    fail(sp_last_error_code());
}

struct Host {
  std::string name, service;
};

/// "tcp:HOST:PORT", where HOST may be an IPv6 address in brackets.
Host host_of(const std::string& port) {
  const std::string text = port.substr(kTcp.size());
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
    throw Error(ErrorCode::usage, "{}: expected tcp:HOST:PORT, e.g. tcp:localhost:4000",
                printable(port));
  std::string name = text.substr(0, colon);
  if (name.front() == '[' && name.back() == ']') name = name.substr(1, name.size() - 2);
  return {std::move(name), text.substr(colon + 1)};
}

/// 0, or why there is no connection.
int connect_to(int socket, const addrinfo& address, double seconds) {
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd ready{socket, POLLOUT, 0};
  if (poll(&ready, 1, static_cast<int>(std::ceil(seconds * 1e3))) <= 0) return ETIMEDOUT;
  int reason = 0;
  socklen_t size = sizeof reason;
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 ? reason : errno;
}

}  // namespace

Link Link::open(const std::string& port, unsigned baud) {
  if (!port.starts_with(kTcp)) return open_path(port, baud);
  const Host host = host_of(port);
  return connect(host.name, host.service, kConnectSeconds);
}

Link Link::open_path(const std::string& path, unsigned baud) {
  const std::string file = device_file(path);
  return file.starts_with("/dev/pts/") ? open_terminal(file) : open_serial(file, baud);
}

Link Link::open_serial(const std::string& port, unsigned baud) {
  sp_port* found = nullptr;
  if (sp_get_port_by_name(port.c_str(), &found) != SP_OK)
    throw Error(ErrorCode::device,
                "it is not a serial port; `opline boards --attached` lists those there are");
  const std::shared_ptr<sp_port> known(found, sp_free_port);
  if (sp_open(found, SP_MODE_READ_WRITE) != SP_OK) fail(sp_last_error_code());
  std::shared_ptr<sp_port> opened(found, [known](sp_port* one) { sp_close(one); });
  configure(found, baud);
  int descriptor = -1;
  if (sp_get_port_handle(found, &descriptor) != SP_OK || ioctl(descriptor, TIOCEXCL) != 0)
    fail(errno);
  return {descriptor, std::move(opened)};
}

Link Link::open_terminal(const std::string& path) {
  auto file = std::make_shared<Descriptor>(
      ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  termios settings{};
  if (!file->is_open() || tcgetattr(file->number(), &settings) != 0) fail(errno);
  cfmakeraw(&settings);
  if (tcsetattr(file->number(), TCSANOW, &settings) != 0) fail(errno);
  const int descriptor = file->number();
  return {descriptor, std::move(file)};
}

Link Link::connect(const std::string& host, const std::string& service, double seconds) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failed = getaddrinfo(host.c_str(), service.c_str(), &hints, &found); failed != 0)
    throw Error(ErrorCode::device, "the host or port is not known ({}); check the name",
                gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  int reason = ECONNREFUSED;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    auto connection = std::make_shared<Descriptor>(
        socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, one->ai_protocol));
    if (!connection->is_open()) continue;
    reason = connect_to(connection->number(), *one, seconds);
    if (reason != 0) continue;
    send_without_delay(connection->number());
    const int descriptor = connection->number();
    return {descriptor, std::move(connection)};
  }
  throw Error(ErrorCode::device, "no connection ({}); is the program that serves it running?",
              std::strerror(reason));
}

}  // namespace opline::ports
