// runners/attached/stream_transport.h - the device's protocol over a serial port or a socket.
#pragma once
#include <string>

#include "runners/transport.h"
#include "src/ports/link.h"

namespace opline::runners {

/// Budgets are seconds of the wall. Bytes that are no line after 4096 are given as one.
class StreamTransport : public Transport {
 public:
  explicit StreamTransport(ports::Link link) : link_(std::move(link)) {}

  void send(std::string_view bytes) override;
  [[nodiscard]] Received read_line(double seconds) override;

 private:
  [[nodiscard]] bool take_line(std::string& line);
  /// Reads what is there; false when the link is gone.
  [[nodiscard]] bool read_some();
  void lose(std::string why);

  ports::Link link_;
  std::string buffer_;
  std::string lost_;  ///< Why the link is gone.
};

}  // namespace opline::runners
