#include "src/base/error.h"

namespace opline {

void assertion_failed(const char* expression, const char* file, int line,
                      const std::string& explanation) {
  throw Error(ErrorCode::internal, "{}:{}: this is a bug in opline: {} ({}); please report it",
              file, line, explanation, expression);
}

}  // namespace opline
