// runners/energy/line_reader.h - the lines of a ByteStream.
#pragma once
#include <optional>
#include <string>

#include "runners/energy/byte_stream.h"

namespace opline::energy {

/// Puts lines together that arrive in pieces. The stream must outlive the reader.
class LineReader {
 public:
  /// A line of more than `most_bytes` is an Error{device}: the other side speaks another protocol.
  LineReader(ByteStream& stream, std::size_t most_bytes)
      : stream_(stream), most_bytes_(most_bytes) {}

  /// The next line without its end ("\n", "\r\n") and without NUL bytes; nothing when none is
  /// complete within `seconds`. Throws Error{device} as the stream does.
  [[nodiscard]] std::optional<std::string> line(double seconds);

  /// What has arrived of a line without an end, for messages.
  [[nodiscard]] std::string unfinished() const { return buffer_.substr(begin_); }

 private:
  [[nodiscard]] std::optional<std::string> take();

  ByteStream& stream_;
  std::size_t most_bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;    ///< Of the next line.
  std::size_t scanned_ = 0;  ///< Up to here there is no line end.
};

}  // namespace opline::energy
