// runners/attached/link.h - the host's end of a link to a board: a serial port or a TCP connection.
#pragma once
#include <memory>
#include <string>

namespace opline::runners {

class Link {
 public:
  /// Opens `port`: the path of a serial port ("/dev/ttyACM0", "/dev/serial/by-id/..."), of a
  /// pseudo-terminal ("/dev/pts/3", which has no baud rate), or "tcp:HOST:PORT". Serial ports: 8
  /// data bits, no parity, 1 stop bit, no flow control, for this process alone. Throws
  /// Error{device} that says what to do; the caller names the port.
  static Link open(const std::string& port, unsigned baud);

  /// Non-blocking; closed with the last copy of this object.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  Link(int descriptor, std::shared_ptr<void> owner)
      : descriptor_(descriptor), owner_(std::move(owner)) {}
  static Link open_serial(const std::string& port, unsigned baud);
  static Link open_terminal(const std::string& path);
  static Link open_tcp(const std::string& port);

  int descriptor_;
  std::shared_ptr<void> owner_;
};

}  // namespace opline::runners
