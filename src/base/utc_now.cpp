#include "src/base/utc_now.h"

#include <fmt/chrono.h>

#include <chrono>

namespace opline {

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace opline
