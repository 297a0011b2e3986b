// src/ports/link.h - the host's end of a link to a board or an instrument: a serial port or a TCP
// connection.
#pragma once
#include <memory>
#include <string>

namespace opline::ports {

class Link {
 public:
  /// Opens `port`: the path of a serial port ("/dev/ttyACM0", "/dev/serial/by-id/..."), of a
  /// pseudo-terminal ("/dev/pts/3", which has no baud rate), or "tcp:HOST:PORT". Serial ports: 8
  /// data bits, no parity, 1 stop bit, no flow control, for this process alone. Throws
  /// Error{device} that says what to do; the caller names the port.
  static Link open(const std::string& port, unsigned baud);
  /// The two halves of it: a path, and a host with a port or service, connected within `seconds`.
  static Link open_path(const std::string& path, unsigned baud);
  static Link connect(const std::string& host, const std::string& service, double seconds);

  /// Non-blocking; closed with the last copy of this object.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  Link(int descriptor, std::shared_ptr<void> owner)
      : descriptor_(descriptor), owner_(std::move(owner)) {}
  static Link open_serial(const std::string& port, unsigned baud);
  static Link open_terminal(const std::string& path);

  int descriptor_;
  std::shared_ptr<void> owner_;
};

}  // namespace opline::ports
