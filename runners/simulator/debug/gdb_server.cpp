#include "runners/simulator/debug/gdb_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "runners/simulator/debug/gdb_session.h"
#include "src/base/error.h"

namespace opline::simulator {
namespace {

constexpr int kPollMilliseconds = 100;  // between two looks at `stop`

[[noreturn]] void fail(std::uint16_t port, const char* what) {
  throw Error(ErrorCode::io, "127.0.0.1:{}: {} ({}); give another port to --gdb", port, what,
              std::strerror(errno));
}

/// A connection that is closed at the end of its scope.
class Connection {
 public:
  explicit Connection(int descriptor) : descriptor_(descriptor) {
    const int on = 1;  // replies are small and waited for
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(descriptor_); }

  /// Waits at most so long for bytes; absent when the debugger has closed the connection.
  std::optional<std::string> read(int milliseconds) const {
    pollfd ready{descriptor_, POLLIN, 0};
    if (poll(&ready, 1, milliseconds) <= 0) return std::string();
    std::array<char, 4096> buffer;
    const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (count <= 0) return std::nullopt;
    return std::string(buffer.data(), static_cast<std::size_t>(count));
  }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

 private:
  int descriptor_;
};

}  // namespace

GdbServer::GdbServer(std::uint16_t port)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (listener_ < 0) fail(port, "no socket");
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, length) != 0 || listen(listener_, 1) != 0 ||
      getsockname(listener_, generic, &length) != 0) {
    const int reason = errno;
    close(listener_);
    errno = reason;
    fail(port, "cannot listen there");
  }
  port_ = ntohs(address.sin_port);
}

GdbServer::~GdbServer() { stop_listening(); }

void GdbServer::stop_listening() {
  if (listener_ >= 0) close(std::exchange(listener_, -1));
}

void GdbServer::serve(Machine& machine, const std::function<void(std::string_view)>& uart,
                      const std::atomic<bool>& stop) {
  for (pollfd ready{listener_, POLLIN, 0}; poll(&ready, 1, kPollMilliseconds) <= 0;) {
    if (stop) return;
  }
  const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted < 0) fail(port_, "the connection failed");
  stop_listening();  // a second debugger is refused at once, not left waiting
  const Connection connection(accepted);
  GdbSession session(machine, uart);
  bool busy = false;
  while (!session.has_ended() && !stop) {
    const auto bytes = connection.read(busy ? 0 : kPollMilliseconds);
    if (!bytes) return;
    session.receive(*bytes);
    busy = session.is_running() && session.run_piece();
    if (!connection.write(session.take_replies())) return;
  }
}

}  // namespace opline::simulator
