#include "src/base/json.h"

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline {
namespace {

constexpr int kMostDepth = 64;  // copying and writing are recursive

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
  // Bytes that are not UTF-8 (a file name may hold any) become U+FFFD.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json parse_json(const std::string& text, const std::string& name) {
  using Event = Json::parse_event_t;
  const auto require_shallow = [&](int depth, Event event, Json&) {
    const bool opens = event == Event::array_start || event == Event::object_start;
    if (!opens || depth < kMostDepth) return true;
    throw Error(ErrorCode::input, "{}: lists and objects are more than {} deep", name, kMostDepth);
  };
  try {
    return Json::parse(text, require_shallow);
  } catch (const Json::parse_error& problem) {
    const auto end =
        text.begin() + static_cast<std::ptrdiff_t>(std::min(problem.byte, text.size()));
    const auto line = 1 + std::count(text.begin(), end, '\n');
    throw Error(ErrorCode::input, "{}:{}: not valid JSON: {}", name, line,
                printable(problem.what(), 300));
  } catch (const Json::exception& problem) {
    throw Error(ErrorCode::input, "{}: cannot be used: {}", name,
                printable(problem.what(), 300));  // a number beyond a double
  }
}

}  // namespace opline
