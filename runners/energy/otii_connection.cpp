#include "runners/energy/otii_connection.h"

#include <cmath>

#include "runners/energy/deadline.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 20;  // 40 000 samples are about 1 MB
constexpr double kGreetingSeconds = 3;

std::string member_text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What to do about an error code of the server.
const char* advice(const std::string& code) {
  if (code == "Not logged in" || code == "No license" || code == "License could not be reserved")
    return "log in in the Otii program and reserve a licence for Automation there";
  if (code == "Device not connected") return "check the device's cable";
  return "see the Otii program";
}

}  // namespace

const Json& otii_member(const Json& data, const char* key, const std::string& meter) {
  if (!data.is_object() || !data.contains(key))
    throw Error(ErrorCode::device, "{}: an answer has no `{}`; is this Otii's server?", meter, key);
  return data[key];
}

double otii_number(const Json& data, const char* key, const std::string& meter) {
  const Json& value = otii_member(data, key, meter);
  if (!value.is_number() || !std::isfinite(value.get<double>()))
    throw Error(ErrorCode::device, "{}: `{}` of an answer is no number; is this Otii's server?",
                meter, key);
  return value.get<double>();
}

std::string otii_text(const Json& data, const char* key, const std::string& meter) {
  const Json& value = otii_member(data, key, meter);
  if (!value.is_string())
    throw Error(ErrorCode::device, "{}: `{}` of an answer is no text; is this Otii's server?",
                meter, key);
  return value.get<std::string>();
}

OtiiConnection::OtiiConnection(std::unique_ptr<ByteStream> stream)
    : stream_(std::move(stream)),
      name_(printable(stream_->name())),
      lines_(*stream_, kLongestLine) {
  const Json greeting = receive(kGreetingSeconds, "the greeting");
  if (member_text(greeting, "info") != "connected") fail(greeting, "the greeting");
  if (greeting.contains("data") && greeting["data"].is_object())
    version_ = member_text(greeting["data"], "otii_version");
}

/// The next message.
Json OtiiConnection::receive(double seconds, const std::string& command) {
  const auto line = lines_.line(seconds);
  if (!line)
    throw Error(ErrorCode::device,
                "{}: waited {:.3g} s for {}, nothing came; is the server of the Otii program "
                "running, and is no other client using it?",
                name_, seconds, command);
  Json message = Json::parse(*line, nullptr, false);
  if (!message.is_object())
    throw Error(ErrorCode::device,
                "{}: sends `{}`, which is not a JSON object; is this Otii's server?", name_,
                printable(*line, 60));
  return message;
}

void OtiiConnection::fail(const Json& error, const std::string& command) const {
  const std::string code = member_text(error, "errorcode");
  std::string text;
  if (error.contains("data") && error["data"].is_object())
    text = member_text(error["data"], "message");
  throw Error(ErrorCode::device, "{}: {} was refused: {}{}{}; {}", name_, command,
              code.empty() ? "without an error code" : printable(code, 80),
              text.empty() ? "" : ", ", printable(text, 200), advice(code));
}

Json OtiiConnection::request(const std::string& command, const Json& data, double seconds) {
  const std::string id = std::to_string(++last_id_);
  Json request = {{"type", "request"}, {"cmd", command}};
  if (!data.is_null()) request["data"] = data;
  request["trans_id"] = id;
  stream_->write(request.dump() + "\r\n");
  for (const Deadline deadline(seconds);;) {
    Json message = receive(deadline.left(), "the answer to `" + command + "`");
    const std::string type = member_text(message, "type");
    const bool answer = type == "response" || type == "error";
    if (!answer || member_text(message, "trans_id") != id) continue;  // also of an earlier request
    if (type == "error") fail(message, "`" + command + "`");
    return message.contains("data") ? message["data"] : Json();
  }
}

void OtiiConnection::wait(double seconds) {
  const Deadline deadline(seconds);
  while (lines_.line(deadline.left())) {
  }
}

}  // namespace opline::energy
