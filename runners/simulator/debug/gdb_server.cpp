#include "runners/simulator/debug/gdb_server.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "runners/simulator/debug/gdb_session.h"

namespace opline::simulator {
namespace {

constexpr int kPollMilliseconds = 100;  // between two looks at `stop`

/// One debugger.
class Connection {
 public:
  explicit Connection(Descriptor socket) : socket_(std::move(socket)) {}

  /// Waits at most so long for bytes; absent when the debugger has closed the connection.
  std::optional<std::string> read(int milliseconds) const {
    pollfd ready{socket_.number(), POLLIN, 0};
    if (poll(&ready, 1, milliseconds) <= 0) return std::string();
    std::array<char, 4096> buffer;
    const ssize_t count = recv(socket_.number(), buffer.data(), buffer.size(), 0);
    if (count <= 0) return std::nullopt;
    return std::string(buffer.data(), static_cast<std::size_t>(count));
  }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
        continue;
      }
      pollfd ready{socket_.number(), POLLOUT, 0};
      if (errno != EAGAIN || poll(&ready, 1, -1) < 0) return false;
    }
    return true;
  }

 private:
  Descriptor socket_;
};

}  // namespace

GdbServer::GdbServer(std::uint16_t port) : listener_(port), port_(listener_->port()) {}

void GdbServer::serve(Machine& machine, const std::function<void(std::string_view)>& uart,
                      const std::atomic<bool>& stop) {
  Descriptor accepted;
  while (!accepted.is_open()) {
    if (stop) return;
    accepted = listener_->accept(kPollMilliseconds);
  }
  listener_.reset();  // a second debugger is refused at once, not left waiting
  const Connection connection(std::move(accepted));
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
