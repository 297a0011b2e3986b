#include "src/measure/request.h"

namespace opline::measure {

std::optional<std::string> fault(const Request& request) {
  if (request.network.empty()) return "a request without a network's id";
  if (request.plan.empty()) return "a request without a plan";
  if (request.expected_digests.empty()) return "a request without digests: its output can't be checked";
  if (request.budget_cycles == 0) return "a budget of 0 cycles: nothing can run in it";
  return std::nullopt;
}

}  // namespace opline::measure
