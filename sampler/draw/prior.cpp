#include "sampler/draw/prior.h"

#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/suggest.h"

namespace opline::sampler {

std::string_view to_string(Prior prior) {
  switch (prior) {
    case Prior::uniform_decisions:
      return "uniform-decisions";
    case Prior::uniform_networks:
      return "uniform-networks";
    case Prior::uniform_log_ops:
      return "uniform-log-ops";
    case Prior::decision_weights:
      return "decision-weights";
  }
  OPLINE_ASSERT(false, "prior {}", static_cast<int>(prior));
  return {};
}

Prior prior_from_string(std::string_view name) {
  std::vector<std::string> known;
  for (const Prior prior :
       {Prior::uniform_decisions, Prior::uniform_networks, Prior::uniform_log_ops}) {
    if (to_string(prior) == name) return prior;
    known.emplace_back(to_string(prior));
  }
  throw Error(ErrorCode::usage,
              "unknown prior `{}`{}; known: {}, or a .toml file of decision weights", name,
              did_you_mean(name, known), fmt::join(known, ", "));
}

}  // namespace opline::sampler
