// src/tflite/from_tflite.h - a network from a .tflite file, whoever wrote it.
//
// Taken are models that were quantised to int8 altogether: one graph, one input, batch 1, the
// operators that docs/formats/tflite.md lists. QUANTIZE and DEQUANTIZE where the model begins and
// ends are dropped: the network begins and ends with int8. Everything else is refused by name.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "src/network/quantised_network.h"

namespace opline::tflite {

/// Constants of more bytes than this are refused, and variables: fifty times the flash of the
/// largest board.
inline constexpr std::uint64_t kMaxConstantBytes = std::uint64_t{128} << 20;

/// The network of a .tflite file's `bytes`; `file` names it in messages. Layers stand in the file's
/// order, or, where an operator stands before what it reads, in the first order that works.
/// Whatever the bytes are: checked before they are read, memory and time in proportion to their
/// number, kMaxConstantBytes at most. Throws Error{input} "file: operator 3 (CONV_2D): tensor 'x':
/// what, and what to do".
[[nodiscard]] network::QuantisedNetwork from_tflite(std::span<const std::uint8_t> bytes,
                                                    const std::string& file);

}  // namespace opline::tflite
