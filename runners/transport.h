// runners/transport.h - the only difference between a simulated and an attached board: how bytes
// get there.
#pragma once
#include <string>
#include <string_view>

namespace opline::runners {

/// What came of waiting for a line.
struct Received {
  enum class Status {
    line,       ///< `text` is the line without its end.
    timed_out,  ///< The device was busy or silent for the whole budget; `text` says where it was,
                ///< if that is known.
    lost,       ///< The link is gone; `text` says why.
    crashed,    ///< The core stopped; `text` has the reason and the PC.
  };
  Status status = Status::line;
  std::string text;
};

/// A byte pipe to one device. Not thread-safe; one session uses it.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Sends all of `bytes`. A link that is gone shows in the next read_line().
  virtual void send(std::string_view bytes) = 0;

  /// The next line ("\r\n" removed), waiting at most `seconds` of the device's time (> 0).
  [[nodiscard]] virtual Received read_line(double seconds) = 0;
};

}  // namespace opline::runners
