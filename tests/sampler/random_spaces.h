// tests/sampler/random_spaces.h - small search spaces made at random, for comparisons with brute
// force.
//
// All block types, skips (also such that pool), residual additions, ties, repetitions, widths
// fixed, decided or the same; few widths and kernels, so that blocks of different types often stand
// for the same layers.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "sampler/space/architecture.h"
#include "sampler/space/space.h"

namespace opline::sampler {

/// Space number `index`: 2 .. `max_vectors` vectors of options.
[[nodiscard]] Space random_space(std::uint64_t index, std::uint64_t max_vectors);

/// Vectors of options, of decisions that matter or not.
[[nodiscard]] std::uint64_t count_vectors(const Space& space);

/// Calls `visit` with every vector of options.
void for_each_vector(const Space& space, const std::function<void(const Architecture&)>& visit);

}  // namespace opline::sampler
