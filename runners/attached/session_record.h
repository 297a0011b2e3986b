// runners/attached/session_record.h - what a host and a device said to each other, written to a
// file and played back: so that a fault on hardware becomes a test. The format:
// docs/formats/session.md.
#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "runners/transport.h"

namespace opline::runners {

/// The first lines of a recording. `where`: "nucleo-f446re@/dev/ttyACM0".
[[nodiscard]] std::string session_heading(const std::string& where);

/// Passes everything on, and writes it down.
class RecordingTransport : public Transport {
 public:
  /// Both outlive it. Each line is written as soon as it is complete.
  RecordingTransport(Transport& transport, std::ostream& out)
      : transport_(transport), out_(out), begin_(std::chrono::steady_clock::now()) {}

  void send(std::string_view bytes) override;
  [[nodiscard]] Received read_line(double seconds) override;

 private:
  void write(char direction, std::string_view text);

  Transport& transport_;
  std::ostream& out_;
  std::chrono::steady_clock::time_point begin_;
};

/// Answers as the device of a recording did, at once. A host that sends something else than was
/// recorded finds the link `lost`, with both in the text.
class ReplayTransport : public Transport {
 public:
  /// `text`: the file; `name`: for messages. Throws Error{input} "name:line: ..." for what is no
  /// recording.
  ReplayTransport(const std::string& text, const std::string& name);

  void send(std::string_view bytes) override;
  [[nodiscard]] Received read_line(double seconds) override;
  /// Whether everything that was recorded has been said.
  [[nodiscard]] bool is_over() const { return next_ == events_.size(); }

 private:
  struct Event {
    bool is_sent = false;
    Received received;  ///< `text` of what was sent, too.
    std::size_t line = 0;
  };
  static Event parse(const std::string& line, const std::string& name, std::size_t number);

  std::string name_;
  std::vector<Event> events_;
  std::size_t next_ = 0;
  std::string difference_;
};

}  // namespace opline::runners
