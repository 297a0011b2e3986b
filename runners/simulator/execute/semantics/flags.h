// runners/simulator/execute/semantics/flags.h - the condition flags of a state.
//
// The functions of this folder say what instructions do, once for the interpreter and for
// translated code. A state is anything with the members r, nz, carry, overflow, q and ge of
// CpuState: the core itself, or the local variables of a translated function. Operands are anything
// with the members rd, rn, rm, ra, aux, imm and imm2 of Op.
#pragma once
#include <cstdint>

namespace opline::simulator {

inline void set_nz(auto& state, std::uint32_t result) {
  state.nz = static_cast<std::int32_t>(result);
}
inline bool negative(const auto& state) { return state.nz < 0; }
inline bool zero(const auto& state) { return static_cast<std::uint32_t>(state.nz) == 0; }

/// Bits 31:28 of `value` to N, Z, C, V.
inline void set_nzcv(auto& state, std::uint32_t value) {
  state.nz = static_cast<std::int64_t>((value & 0x40000000U) != 0 ? 0 : 1) |
             ((value & 0x80000000U) != 0 ? std::int64_t(0x8000000000000000U) : 0);
  state.carry = value >> 29 & 1;
  state.overflow = value >> 28 & 1;
}
inline std::uint32_t nzcv(const auto& state) {
  return (negative(state) ? 0x80000000U : 0) | (zero(state) ? 0x40000000U : 0) | state.carry << 29 |
         state.overflow << 28;
}
/// APSR: N, Z, C, V, Q and GE in place.
inline std::uint32_t application_status(const auto& state) {
  return nzcv(state) | std::uint32_t{state.q} << 27 | std::uint32_t{state.ge} << 16;
}

/// ARM DDI 0403, A7.3, table A7-1.
inline bool passes(const auto& state, std::uint8_t cond) {
  bool result = true;
  switch (cond >> 1) {
    case 0:
      result = zero(state);
      break;
    case 1:
      result = state.carry != 0;
      break;
    case 2:
      result = negative(state);
      break;
    case 3:
      result = state.overflow != 0;
      break;
    case 4:
      result = state.carry != 0 && !zero(state);
      break;
    case 5:
      result = negative(state) == (state.overflow != 0);
      break;
    case 6:
      result = !zero(state) && negative(state) == (state.overflow != 0);
      break;
    default:
      return true;
  }
  return (cond & 1) != 0 ? !result : result;
}

}  // namespace opline::simulator
