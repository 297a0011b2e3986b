#include "src/base/error.h"

#include "src/base/printable.h"

namespace opline {

Error::Error(ErrorCode code, const std::string& message)
    : std::runtime_error(printable_lines(message, 4000)), code_(code) {}

void assertion_failed(const char* expression, const char* file, int line,
                      const std::string& explanation) {
  throw Error(ErrorCode::internal, "{}:{}: this is a bug in opline: {} ({}); please report it",
              file, line, explanation, expression);
}

}  // namespace opline
