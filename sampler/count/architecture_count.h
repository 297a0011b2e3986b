// sampler/count/architecture_count.h - how many architectures a space has.
#pragma once
#include <optional>

#include "sampler/count/big_count.h"
#include "sampler/space/space.h"

namespace opline::sampler {

/// Number of canonical architectures: options of decisions that do not matter are not counted.
/// Exact. Nothing where too many combinations of shared decisions would have to be told apart
/// (about a million); never for a version 1 space.
[[nodiscard]] std::optional<BigCount> count_architectures(const Space& space);

}  // namespace opline::sampler
