// runners/simulator/execute/semantics/data_processing.h - arithmetic, logic, shifts, bit fields and
// extensions: ARM DDI 0403, A7.7; shifts A2.2.1; AddWithCarry A2.2.1. See flags.h for `op` and
// `state`.
#pragma once
#include <bit>
#include <cstdint>

#include "runners/simulator/execute/semantics/flags.h"

namespace opline::simulator {

enum class Alu : std::uint8_t {
  and_,
  bic,
  orr,
  orn,
  eor,
  add,
  adc,
  sub,
  sbc,
  rsb,
  mov,
  mvn,
  tst,
  teq,
  cmp,
  cmn
};
inline constexpr unsigned kAluOperations = 16;
enum class Operand : std::uint8_t { imm, reg, lsl, lsr, asr, ror, rrx };
inline constexpr unsigned kOperandForms = 7;

/// The second operand, and the shifter's carry-out in `carry`.
template <Operand kOperand>
inline std::uint32_t shifted(const auto& op, const auto& state, std::uint32_t& carry) {
  if constexpr (kOperand == Operand::imm) {
    if (op.aux != 2) carry = op.aux;
    return op.imm;
  } else {
    const std::uint32_t value = state.r[op.rm];
    const unsigned by = op.aux;
    if constexpr (kOperand == Operand::reg) {
      return value;
    } else if constexpr (kOperand == Operand::lsl) {
      carry = value >> (32 - by) & 1;
      return value << by;
    } else if constexpr (kOperand == Operand::lsr) {
      carry = value >> (by - 1) & 1;
      return static_cast<std::uint32_t>(std::uint64_t{value} >> by);
    } else if constexpr (kOperand == Operand::asr) {
      const auto wide = static_cast<std::int64_t>(static_cast<std::int32_t>(value));
      carry = static_cast<std::uint32_t>(wide >> (by - 1)) & 1;
      return static_cast<std::uint32_t>(wide >> by);
    } else if constexpr (kOperand == Operand::ror) {
      const std::uint32_t result = std::rotr(value, static_cast<int>(by));
      carry = result >> 31;
      return result;
    } else {
      const std::uint32_t result = state.carry << 31 | value >> 1;
      carry = value & 1;
      return result;
    }
  }
}

template <bool kFlags>
inline std::uint32_t add_with_carry(auto& state, std::uint32_t a, std::uint32_t b,
                                    std::uint32_t carry_in) {
  const std::uint64_t sum = std::uint64_t{a} + b + carry_in;
  const auto result = static_cast<std::uint32_t>(sum);
  if constexpr (kFlags) {
    set_nz(state, result);
    state.carry = static_cast<std::uint32_t>(sum >> 32);
    state.overflow = (~(a ^ b) & (a ^ result)) >> 31;
  }
  return result;
}

constexpr bool is_logical(Alu o) {
  return o == Alu::and_ || o == Alu::bic || o == Alu::orr || o == Alu::orn || o == Alu::eor ||
         o == Alu::mov || o == Alu::mvn || o == Alu::tst || o == Alu::teq;
}
constexpr bool keeps_result(Alu o) {
  return o != Alu::tst && o != Alu::teq && o != Alu::cmp && o != Alu::cmn;
}

template <Alu kAlu>
inline std::uint32_t logical(std::uint32_t a, std::uint32_t b) {
  if constexpr (kAlu == Alu::and_ || kAlu == Alu::tst) return a & b;
  if constexpr (kAlu == Alu::bic) return a & ~b;
  if constexpr (kAlu == Alu::orr) return a | b;
  if constexpr (kAlu == Alu::orn) return a | ~b;
  if constexpr (kAlu == Alu::eor || kAlu == Alu::teq) return a ^ b;
  if constexpr (kAlu == Alu::mov) return b;
  return ~b;
}

template <Alu kAlu, bool kFlags>
inline std::uint32_t arithmetic(auto& state, std::uint32_t a, std::uint32_t b) {
  if constexpr (kAlu == Alu::add || kAlu == Alu::cmn) return add_with_carry<kFlags>(state, a, b, 0);
  if constexpr (kAlu == Alu::adc) return add_with_carry<kFlags>(state, a, b, state.carry);
  if constexpr (kAlu == Alu::sub || kAlu == Alu::cmp)
    return add_with_carry<kFlags>(state, a, ~b, 1);
  if constexpr (kAlu == Alu::sbc) return add_with_carry<kFlags>(state, a, ~b, state.carry);
  return add_with_carry<kFlags>(state, ~a, b, 1);  // rsb
}

/// rd, rn; imm with aux = carry-out (0, 1, or 2: unchanged), or rm shifted by aux (1..32).
template <Alu kAlu, Operand kOperand, bool kFlags>
struct DataProcessing {
  static void apply(const auto& op, auto& state) {
    std::uint32_t carry = state.carry, result = 0;
    const std::uint32_t b = shifted<kOperand>(op, state, carry);
    if constexpr (is_logical(kAlu)) {
      result = logical<kAlu>(state.r[op.rn], b);
      if constexpr (kFlags) {
        set_nz(state, result);
        state.carry = carry;
      }
    } else {
      result = arithmetic<kAlu, kFlags>(state, state.r[op.rn], b);
    }
    if constexpr (keeps_result(kAlu)) state.r[op.rd] = result;
  }
};

/// rd = rn shifted by the low byte of rm, 0 to 255: A7.7.69 and the like.
template <Operand kShift, bool kFlags>
struct ShiftByRegister {
  static void apply(const auto& op, auto& state) {
    const std::uint32_t value = state.r[op.rn], by = state.r[op.rm] & 0xFF;
    std::uint32_t carry = state.carry, result = value;
    if (by != 0) {
      if constexpr (kShift == Operand::lsl) {
        const std::uint64_t wide = by <= 32 ? std::uint64_t{value} << by : 0;
        result = static_cast<std::uint32_t>(wide);
        carry = static_cast<std::uint32_t>(wide >> 32) & 1;
      } else if constexpr (kShift == Operand::lsr) {
        result = by < 32 ? value >> by : 0;
        carry = by <= 32 ? value >> (by - 1) & 1 : 0;
      } else if constexpr (kShift == Operand::asr) {
        const unsigned limited = by < 32 ? by : 32;
        const auto wide = static_cast<std::int64_t>(static_cast<std::int32_t>(value));
        result = static_cast<std::uint32_t>(wide >> limited);
        carry = static_cast<std::uint32_t>(wide >> (limited - 1)) & 1;
      } else {
        result = std::rotr(value, static_cast<int>(by & 31));
        carry = result >> 31;
      }
    }
    state.r[op.rd] = result;
    if constexpr (kFlags) {
      set_nz(state, result);
      state.carry = carry;
    }
  }
};

/// rd, imm (high half in place)
struct MoveTop {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = (state.r[op.rd] & 0xFFFF) | op.imm;
  }
};
/// rd, rn, aux = lsb, imm = mask in place
struct InsertBits {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = (state.r[op.rd] & ~op.imm) | (state.r[op.rn] << op.aux & op.imm);
  }
};
/// rd, imm = mask in place
struct ClearBits {
  static void apply(const auto& op, auto& state) { state.r[op.rd] &= ~op.imm; }
};
/// rd, rn, aux = lsb, imm = mask at bit 0
struct ExtractUnsigned {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = state.r[op.rn] >> op.aux & op.imm;
  }
};
/// rd, rn, aux = lsb, imm = width
struct ExtractSigned {
  static void apply(const auto& op, auto& state) {
    const unsigned above = 32 - op.aux - op.imm;
    state.r[op.rd] = static_cast<std::uint32_t>(
        static_cast<std::int32_t>(state.r[op.rn] << above) >> (32 - op.imm));
  }
};

// ---- rd, rm ----

struct CountLeadingZeros {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = static_cast<std::uint32_t>(std::countl_zero(state.r[op.rm]));
  }
};
struct ReverseBits {
  static void apply(const auto& op, auto& state) {
    std::uint32_t v = state.r[op.rm];
    v = (v >> 1 & 0x55555555U) | (v & 0x55555555U) << 1;
    v = (v >> 2 & 0x33333333U) | (v & 0x33333333U) << 2;
    v = (v >> 4 & 0x0F0F0F0FU) | (v & 0x0F0F0F0FU) << 4;
    state.r[op.rd] = __builtin_bswap32(v);
  }
};
struct ReverseBytes {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = __builtin_bswap32(state.r[op.rm]);
  }
};
struct ReverseBytesInHalves {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = std::rotr(__builtin_bswap32(state.r[op.rm]), 16);
  }
};
struct ReverseSignedHalf {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = static_cast<std::uint32_t>(
        static_cast<std::int16_t>(__builtin_bswap16(static_cast<std::uint16_t>(state.r[op.rm]))));
  }
};

enum class Extend : std::uint8_t {
  sxth,
  uxth,
  sxtb16,
  uxtb16,
  sxtb,
  uxtb
};  // the encoding's order
inline constexpr unsigned kExtensions = 6;

template <Extend kKind>
inline std::uint32_t extended(std::uint32_t v) {
  if constexpr (kKind == Extend::sxth)
    return static_cast<std::uint32_t>(static_cast<std::int16_t>(v));
  if constexpr (kKind == Extend::uxth) return v & 0xFFFF;
  if constexpr (kKind == Extend::sxtb)
    return static_cast<std::uint32_t>(static_cast<std::int8_t>(v));
  if constexpr (kKind == Extend::uxtb) return v & 0xFF;
  if constexpr (kKind == Extend::uxtb16) return v & 0x00FF00FF;
  const auto low = static_cast<std::uint32_t>(static_cast<std::int8_t>(v)) & 0xFFFF;
  const auto high = static_cast<std::uint32_t>(static_cast<std::int8_t>(v >> 16)) << 16;
  return low | high;
}

/// rd = extend(rm ror aux) (+ rn where kAdd).
template <Extend kKind, bool kAdd>
struct ExtendBits {
  static void apply(const auto& op, auto& state) {
    std::uint32_t result = extended<kKind>(std::rotr(state.r[op.rm], op.aux));
    if constexpr (kAdd) {
      const std::uint32_t n = state.r[op.rn];
      if constexpr (kKind == Extend::sxtb16 || kKind == Extend::uxtb16) {
        result = ((result + n) & 0xFFFF) | ((result & 0xFFFF0000U) + (n & 0xFFFF0000U));
      } else {
        result += n;
      }
    }
    state.r[op.rd] = result;
  }
};

/// NOP, hints, and IT, whose conditions are in the instructions behind it.
struct NoOperation {
  static void apply(const auto& /*op*/, auto& /*state*/) {}
};

}  // namespace opline::simulator
