// src/ports/endpoint.h - the board's end of a link: a pseudo-terminal or a TCP port.
#pragma once
#include <cstdint>
#include <string>

#include "src/base/descriptor.h"

namespace opline::ports {

/// A pseudo-terminal in raw mode. Its path, "/dev/pts/3", is what a host opens as a serial port.
class PseudoTerminal {
 public:
  PseudoTerminal();  ///< Throws Error{io} where the system has none left.

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The board's end, non-blocking; reading it fails with EIO while no host has the path open.
  [[nodiscard]] int descriptor() const { return board_.number(); }

 private:
  Descriptor board_;
  std::string path_;
};

/// Listens on a port of 127.0.0.1.
class TcpListener {
 public:
  explicit TcpListener(std::uint16_t port);  ///< 0: any that is free. Throws Error{io}.

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Waits at most `milliseconds` for a host; not open when none came. One host at a time: others
  /// wait until it has closed.
  [[nodiscard]] Descriptor accept(int milliseconds) const;

 private:
  Descriptor listener_;
  std::uint16_t port_ = 0;
};

/// Small packets are sent at once: replies are short and waited for.
void send_without_delay(int socket);

}  // namespace opline::ports
