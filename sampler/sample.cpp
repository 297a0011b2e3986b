#include "sampler/sample.h"

#include <algorithm>
#include <thread>

#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::sampler {

std::string_view to_string(Prior prior) {
  switch (prior) {
    case Prior::uniform_decisions:
      return "uniform-decisions";
  }
  OPLINE_ASSERT(false, "prior {}", static_cast<int>(prior));
  return {};
}

Prior prior_from_string(std::string_view name) {
  if (name == to_string(Prior::uniform_decisions)) return Prior::uniform_decisions;
  throw Error(ErrorCode::usage, "unknown prior `{}`; known: {}", name, to_string(Prior::uniform_decisions));
}

Architecture sample(const Space& space, Prior prior, std::uint64_t seed, std::uint64_t index) {
  OPLINE_ASSERT(prior == Prior::uniform_decisions, "prior {}", static_cast<int>(prior));
  RandomStream stream(seed, index);
  Architecture architecture;
  architecture.options.reserve(space.decisions.size());
  for (const Decision& decision : space.decisions) {
    const auto options = static_cast<std::uint32_t>(decision.options.size());
    architecture.options.push_back(static_cast<std::uint16_t>(stream.below(options)));
  }
  return canonical(space, std::move(architecture));
}

std::vector<Architecture> sample_many(const Space& space, Prior prior, std::uint64_t seed,
                                      std::uint64_t first, std::size_t count, unsigned threads) {
  OPLINE_ASSERT(threads >= 1, "samples need a thread");
  std::vector<Architecture> samples(count);
  const auto draw = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) samples[i] = sample(space, prior, seed, first + i);
  };
  const std::size_t parts = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1));
  const std::size_t each = (count + parts - 1) / parts;
  {
    std::vector<std::jthread> workers;  // joined at the end of the scope
    for (std::size_t part = 1; part < parts; ++part) {
      workers.emplace_back(draw, std::min(count, part * each), std::min(count, (part + 1) * each));
    }
    draw(0, std::min(count, each));
  }
  return samples;
}

}  // namespace opline::sampler
