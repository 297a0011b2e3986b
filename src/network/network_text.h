// src/network/network_text.h - a network from its canonical text (docs/formats/network.md).
//
//     input 32x32x1
//     conv2d t0 3x3 s1x1 same -> 32x32x72 relu
//     fully_connected t1 -> 1x1x8
#pragma once
#include <string_view>

#include "src/network/network.h"

namespace opline::network {

/// The network whose canonical_text() this is; blanks may be repeated, empty lines are skipped.
/// Layers: convolutions, fully connected, poolings, add, concatenation, pad, mean, softmax and the
/// functions of one value, none of which reads a reshaped tensor; one input, no states. Throws
/// Error{input} "line N: ..." for anything else, also for a layer that does not make the shape that
/// is written behind it.
[[nodiscard]] Network network_from_text(std::string_view text);

}  // namespace opline::network
