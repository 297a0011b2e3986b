#include "runners/energy/line_reader.h"

#include <algorithm>

#include "runners/energy/deadline.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {

std::optional<std::string> LineReader::take() {
  const std::size_t end = buffer_.find('\n', scanned_);
  if (end == std::string::npos) {
    scanned_ = buffer_.size();
    if (buffer_.size() - begin_ > most_bytes_)
      throw Error(
          ErrorCode::device,
          "{}: {} bytes without a line end, `{}`; another kind of device is connected there",
          stream_.name(), buffer_.size() - begin_, printable(unfinished(), 40));
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    return std::nullopt;
  }
  std::string line = buffer_.substr(begin_, end - begin_);
  begin_ = scanned_ = end + 1;
  if (line.ends_with('\r')) line.pop_back();
  std::erase(line, '\0');
  return line;
}

std::optional<std::string> LineReader::line(double seconds) {
  const Deadline deadline(seconds);
  std::optional<std::string> line = take();
  while (!line) {
    const std::string more = stream_.read(deadline.left());
    if (more.empty() && deadline.passed()) return std::nullopt;
    buffer_ += more;
    line = take();
  }
  return line;
}

}  // namespace opline::energy
