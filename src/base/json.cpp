#include "src/base/json.h"

#include <cmath>

#include "src/base/error.h"

namespace opline {
namespace {

void require_finite(const Json& json) {
  if (json.is_number_float())
    OPLINE_ASSERT(std::isfinite(json.get<double>()), "a number that JSON cannot hold");
  if (json.is_structured()) {
    for (const Json& item : json) require_finite(item);
  }
}

}  // namespace

std::string to_text(const Json& json) {
  require_finite(json);
  // Bytes that are no UTF-8 (a file name may hold any) become U+FFFD.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json parse_json(const std::string& text, const std::string& name) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& problem) {
    const std::string before = text.substr(0, problem.byte);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    throw Error(ErrorCode::input, "{}:{}: not valid JSON: {}", name, line, problem.what());
  } catch (const Json::exception& problem) {
    throw Error(ErrorCode::input, "{}: cannot be used: {}", name,
                problem.what());  // a number beyond a double
  }
}

}  // namespace opline
