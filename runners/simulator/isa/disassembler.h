// runners/simulator/isa/disassembler.h - instructions as text, for stops and traces.
//
// Covers what the decoder knows (decoder.h), in the notation of Capstone 4 ("ldr.w r8, [sb]",
// "smlad r0, r8, fp, r0"), which a test compares for every family of encodings. It shares no code
// with the decoder beyond bit fields, so that a wrong reading of an encoding shows as text that
// contradicts the fault.
#pragma once
#include <cstdint>
#include <string>

namespace opline::simulator {

/// `bits` as decode() takes them: the first halfword high when wide. `condition`: of its place in
/// an IT block, 14 outside. What is in no table becomes ".inst.w 0xf7f0a000" or ".inst.n 0xde00".
[[nodiscard]] std::string disassemble(std::uint32_t address, std::uint32_t bits, bool wide,
                                      bool in_it = false, std::uint8_t condition = 14);

/// One form of an instruction: the bits that tell it, and its text with fields in braces
/// (disassembler.cpp).
struct TextForm {
  std::uint32_t mask, value;
  const char* text;
};
/// Forms in the order they are tried; the table ends with a mask of 0 and no text.
extern const TextForm kForms16[], kForms32[], kFloatForms[];

}  // namespace opline::simulator
