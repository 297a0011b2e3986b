// Opens serial ports and TCP connections.
#include <fcntl.h>
#include <libserialport.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "runners/energy/deadline.h"
#include "runners/energy/descriptor_stream.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

const char* what_to_do(int reason) {
  switch (reason) {
    case EACCES:
    case EPERM:
      return "add yourself to the group that owns it (`sudo usermod -aG dialout $USER`) and log in "
             "again";
    case EBUSY:
      return "another program has opened it; end that program (a terminal, ModemManager)";
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return "is the meter plugged in? `ls /dev/ttyACM* /dev/ttyUSB*` lists serial ports";
    default:
      return "check the cable and the name";
  }
}

[[noreturn]] void cannot_open(const std::string& path, int reason) {
  throw Error(ErrorCode::device, "{}: cannot be opened ({}); {}", printable(path),
              std::strerror(reason), what_to_do(reason));
}

/// A pseudo-terminal, which libserialport does not know.
std::unique_ptr<ByteStream> open_terminal(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) cannot_open(path, errno);
  auto stream = std::make_unique<DescriptorStream>(path, descriptor);
  termios settings{};
  if (tcgetattr(descriptor, &settings) != 0)
    throw Error(ErrorCode::device, "{}: is not a serial port; {}", printable(path),
                what_to_do(ENOENT));
  cfmakeraw(&settings);
  if (tcsetattr(descriptor, TCSANOW, &settings) != 0) cannot_open(path, errno);
  return stream;
}

/// The descriptor of the open and configured port.
int configure(sp_port* port, const std::string& path, int baud) {
  if (sp_set_baudrate(port, baud) != SP_OK)
    throw Error(ErrorCode::device, "{}: does not support {} baud; is it the meter's port?",
                printable(path), baud);
  int descriptor = -1;
  if (sp_set_bits(port, 8) != SP_OK || sp_set_parity(port, SP_PARITY_NONE) != SP_OK ||
      sp_set_stopbits(port, 1) != SP_OK || sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) != SP_OK ||
      sp_get_port_handle(port, &descriptor) != SP_OK)
    cannot_open(path, sp_last_error_code());
  return descriptor;
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host, const std::string& port, const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (failed != 0)
    throw Error(ErrorCode::device, "{}: the host is not known ({}); check the name",
                printable(name), gai_strerror(failed));
  return {found, &freeaddrinfo};
}

/// 0, or why there is no connection.
int connect_within(int descriptor, const addrinfo& address, double seconds) {
  if (::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd one{descriptor, POLLOUT, 0};
  if (::poll(&one, 1, static_cast<int>(std::ceil(seconds * 1e3))) <= 0) return ETIMEDOUT;
  int reason = 0;
  socklen_t size = sizeof reason;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &size);
  return reason;
}

}  // namespace

std::unique_ptr<ByteStream> open_serial_port(const std::string& path, int baud) {
  sp_port* found = nullptr;
  if (sp_get_port_by_name(path.c_str(), &found) != SP_OK) return open_terminal(path);
  std::shared_ptr<sp_port> port(found, sp_free_port);
  if (sp_open(found, SP_MODE_READ_WRITE) != SP_OK) cannot_open(path, sp_last_error_code());
  const std::shared_ptr<sp_port> open(found, [port](sp_port* one) { sp_close(one); });
  const int descriptor = configure(found, path, baud);
  return std::make_unique<DescriptorStream>(path, descriptor, [open] {});
}

std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                        double seconds) {
  const std::string name = fmt::format("tcp:{}:{}", host, port);
  const Addresses addresses = resolve(host, std::to_string(port), name);
  const Deadline deadline(seconds);
  int reason = ECONNREFUSED;
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    const int descriptor =
        ::socket(one->ai_family, one->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, one->ai_protocol);
    if (descriptor < 0) continue;
    reason = connect_within(descriptor, *one, deadline.left());
    if (reason == 0) return std::make_unique<DescriptorStream>(name, descriptor);
    ::close(descriptor);
  }
  throw Error(ErrorCode::device, "{}: no connection ({}); is the program that serves it running?",
              printable(name), std::strerror(reason));
}

}  // namespace opline::energy
