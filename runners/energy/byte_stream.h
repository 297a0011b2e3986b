// runners/energy/byte_stream.h - the bytes between the host and a meter, whatever carries them.
#pragma once
#include <string>
#include <string_view>

namespace opline::energy {

/// A link to one meter. Not thread-safe.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// "/dev/ttyACM1", "tcp:localhost:1905": for messages.
  [[nodiscard]] virtual const std::string& name() const = 0;

  /// Sends all of `bytes`. Throws Error{device} when the link is gone or takes nothing.
  virtual void write(std::string_view bytes) = 0;

  /// What has arrived, as soon as there is anything; empty when nothing arrives within `seconds`
  /// (>= 0). Throws Error{device} when the link is gone.
  [[nodiscard]] virtual std::string read(double seconds) = 0;
};

}  // namespace opline::energy
