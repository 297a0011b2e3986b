// runners/simulator/isa/disassembler.h - instructions as text, for stops and traces.
//
// Covers the same instructions as the decoder (decoder.h), in the notation of Capstone 4 ("ldr.w
// r8, [sb]", "smlad r0, r8, fp, r0"); a test compares the two for every family of encodings. It
// shares no code with the decoder beyond bit fields, so a wrong decoding shows as text that does
// not match what was executed.
#pragma once
#include <cstdint>
#include <string>

namespace opline::simulator {

/// `bits`: the first halfword in the high half when `wide`. `condition`: that of its place in an IT
/// block, else 14. Unknown encodings become ".inst.w 0xf7f0a000" or ".inst.n 0xde00".
[[nodiscard]] std::string disassemble(std::uint32_t address, std::uint32_t bits, bool wide,
                                      bool in_it = false, std::uint8_t condition = 14);

/// One form of an instruction: the bits that identify it, and its text with fields in braces
/// (disassembler.cpp).
struct TextForm {
  std::uint32_t mask, value;
  const char* text;
};
/// Forms in the order they are tried; the table ends with a mask of 0 and no text.
extern const TextForm kForms16[], kForms32[], kFloatForms[];

}  // namespace opline::simulator
