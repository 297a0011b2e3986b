// runners/energy/otii_connection.h - requests to the server of Qoitech's Otii.
//
// One JSON object per line, which ends with "\r\n":
//   {"type":"request","cmd":"arc_set_main","data":{...},"trans_id":"1"}
//   {"type":"response","cmd":"arc_set_main","trans_id":"1","data":{...}}
// or "type":"error" with an "errorcode"; "progress" and "information" are no answers. Source:
// qoitech/otii-tcp-client-python, otii_tcp_client/otii_connection.py and otii_exception.py.
#pragma once
#include <memory>
#include <string>

#include "runners/energy/byte_stream.h"
#include "runners/energy/line_reader.h"
#include "src/base/json.h"

namespace opline::energy {

/// A member of an answer. Throws Error{device} that names `meter` where it is missing or is of
/// another type; numbers are finite.
[[nodiscard]] const Json& otii_member(const Json& data, const char* key, const std::string& meter);
[[nodiscard]] double otii_number(const Json& data, const char* key, const std::string& meter);
[[nodiscard]] std::string otii_text(const Json& data, const char* key, const std::string& meter);

class OtiiConnection {
 public:
  /// Waits for the server's greeting. Throws Error{device}.
  explicit OtiiConnection(std::unique_ptr<ByteStream> stream);

  /// Of the server: "3.5.5"; empty: it does not say.
  [[nodiscard]] const std::string& version() const { return version_; }
  /// For messages.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// The `data` of the response, null where it has none. Throws Error{device} for an error of the
  /// server, and when there is no answer within `seconds`.
  Json request(const std::string& command, const Json& data, double seconds = 5);
  /// Skips what arrives during `seconds`; throws Error{device} when the link is gone.
  void wait(double seconds);

 private:
  [[nodiscard]] Json receive(double seconds, const std::string& command);
  [[noreturn]] void fail(const Json& error, const std::string& command) const;

  std::unique_ptr<ByteStream> stream_;
  std::string name_;
  LineReader lines_;
  std::string version_;
  int last_id_ = 0;
};

}  // namespace opline::energy
