#include "sampler/sample.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/parallel.h"
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
  constexpr std::size_t kBlock = 256;  // samples handed to a thread at a time
  parallel_for(threads, (count + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t end = std::min(count, (block + 1) * kBlock);
    for (std::size_t i = block * kBlock; i < end; ++i) samples[i] = sample(space, prior, seed, first + i);
  });
  return samples;
}

}  // namespace opline::sampler
