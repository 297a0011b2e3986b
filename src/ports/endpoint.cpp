#include "src/ports/endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "src/base/error.h"

namespace opline::ports {
namespace {

[[noreturn]] void fail_pty() {
  throw Error(ErrorCode::io, "no pseudo-terminal can be opened ({}); is /dev/pts mounted?",
              std::strerror(errno));
}

[[noreturn]] void fail_port(std::uint16_t port) {
  throw Error(ErrorCode::io, "127.0.0.1:{}: cannot listen there ({}); give another port", port,
              std::strerror(errno));
}

}  // namespace

PseudoTerminal::PseudoTerminal()
    : board_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
  std::array<char, 128> name{};
  if (!board_.is_open() || grantpt(board_.number()) != 0 || unlockpt(board_.number()) != 0 ||
      ptsname_r(board_.number(), name.data(), name.size()) != 0)
    fail_pty();
  path_ = name.data();
  termios raw{};
  if (tcgetattr(board_.number(), &raw) != 0) fail_pty();
  cfmakeraw(&raw);
  if (tcsetattr(board_.number(), TCSANOW, &raw) != 0) fail_pty();
  // Opened once: from now on the system reports when no host has it open.
  const Descriptor host(open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!host.is_open()) fail_pty();
}

TcpListener::TcpListener(std::uint16_t port)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const int on = 1;
  setsockopt(listener_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (!listener_.is_open() || bind(listener_.number(), generic, length) != 0 ||
      listen(listener_.number(), 4) != 0 || getsockname(listener_.number(), generic, &length) != 0)
    fail_port(port);
  port_ = ntohs(address.sin_port);
}

Descriptor TcpListener::accept(int milliseconds) const {
  pollfd ready{listener_.number(), POLLIN, 0};
  if (poll(&ready, 1, milliseconds) <= 0) return {};
  Descriptor host(accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (host.is_open()) send_without_delay(host.number());
  return host;
}

void send_without_delay(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace opline::ports
