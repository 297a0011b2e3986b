// runners/energy/descriptor_stream.h - serial ports and TCP connections as ByteStream.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runners/energy/byte_stream.h"

namespace opline::energy {

/// A file descriptor that poll() works on: a terminal, a pseudo-terminal, a socket.
class DescriptorStream : public ByteStream {
 public:
  /// Takes `descriptor`, sets it to non-blocking, and calls `close` at the end (by default
  /// ::close).
  DescriptorStream(std::string name, int descriptor, std::function<void()> close = {});
  ~DescriptorStream() override;
  DescriptorStream(const DescriptorStream&) = delete;
  DescriptorStream& operator=(const DescriptorStream&) = delete;

  [[nodiscard]] const std::string& name() const override { return name_; }
  void write(std::string_view bytes) override;
  [[nodiscard]] std::string read(double seconds) override;

 private:
  [[nodiscard]] bool wait(short events, double seconds) const;
  [[noreturn]] void gone(const char* why) const;

  std::string name_;
  int descriptor_;
  std::function<void()> close_;
};

/// Opens a serial port: 8 data bits, no parity, one stop bit, no flow control. `path` may be a
/// pseudo-terminal, which has no baud rate. Throws Error{device} that says what to do.
[[nodiscard]] std::unique_ptr<ByteStream> open_serial_port(const std::string& path, int baud);

/// Connects within `seconds`. Throws Error{device}.
[[nodiscard]] std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                                      double seconds);

}  // namespace opline::energy
