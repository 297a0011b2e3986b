// sampler/sample.h - architectures drawn from a prior over a search space.
//
// Sample i of seed s is a function of (space, prior, s, i) alone: it reads RandomStream(s, i) from its
// beginning and nothing else, so it is the same whatever is drawn before it, beside it, or on another thread
// or machine. Room: sampler -> base. No I/O.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "sampler/architecture.h"
#include "sampler/space.h"

namespace opline::sampler {

/// The distribution that architectures are drawn from. Its name travels with every measurement; names and
/// values are persisted and frozen.
enum class Prior : std::uint8_t {
  /// "uniform-decisions": every decision node independently uniform over its options (so a skip has
  /// probability 1/2):
  /// what a differentiable search starts from. Node after node in the order of Space::decisions draws
  /// RandomStream::below(number of options), also where a skip makes the node irrelevant; then canonical().
  uniform_decisions = 1,
};
[[nodiscard]] std::string_view to_string(Prior prior);
/// Throws Error{usage} that lists the known names.
[[nodiscard]] Prior prior_from_string(std::string_view name);

/// Sample `index` of `seed`, canonical.
[[nodiscard]] Architecture sample(const Space& space, Prior prior, std::uint64_t seed, std::uint64_t index);

/// Samples `first` ... `first + count - 1` in this order, drawn by up to `threads` threads (>= 1).
[[nodiscard]] std::vector<Architecture> sample_many(const Space& space, Prior prior, std::uint64_t seed,
                                                    std::uint64_t first, std::size_t count,
                                                    unsigned threads = 1);

}  // namespace opline::sampler
