// src/network/pools.h - the host's copy of the tensors that every image holds in flash.
#pragma once
#include <cstdint>
#include <vector>

#include "firmware/include/opline_plan.h"

namespace opline::network {

/// Prefixes of the two unbounded sequences that opline_plan.h defines. Immutable and shared by
/// threads.
struct Pools {
  std::vector<std::int8_t> weights;
  std::vector<opline_channel> channels;

  /// The first `weight_bytes` and `channel_bytes` (rounded down to whole entries).
  static Pools generate(std::uint32_t weight_bytes, std::uint32_t channel_bytes);
};

}  // namespace opline::network
