// runners/simulator/isa/neighbours.h - what an instruction costs more or less because of the one
// that follows it in memory, on a core that issues one instruction at a time.
//
// Rules and figures are those of data/cores/*.toml (src/board/timing_rules.h). A difference is
// charged to the first of two instructions when it is decoded, so it is right however the second is
// reached, and costs nothing while running.
#pragma once
#include <cstdint>

#include "runners/simulator/isa/decoder.h"

namespace opline::simulator {

/// Cycles of `now`, which is no branch, before `next`.
[[nodiscard]] std::uint32_t cycles_before(const board::Core& core, const Decoded& now,
                                          const Decoded& next);

/// Cycles that a taken direct branch adds, by the address of its target and the first halfword
/// there.
[[nodiscard]] std::uint32_t direct_refill(const board::Core& core, std::uint32_t target,
                                          std::uint16_t first_halfword);

}  // namespace opline::simulator
