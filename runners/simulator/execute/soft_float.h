// runners/simulator/execute/soft_float.h - single- and double-precision arithmetic as FPv4 and FPv5
// do it, bit for bit.
//
// ARM DDI 0403, A2.5. Values are bit patterns; the functions come in pairs for 32 and 64 bits. The
// host computes where it agrees (round to nearest, no flushing, no NaN); other rounding modes go
// through the host's, and NaNs are made by the Arm rules: the first signalling operand, else the
// first quiet one, quietened; the default NaN under FPSCR.DN or for an invalid operation.
//
// Exception flags (A2.5.5) are raised as the host's own sticky flags, which arithmetic does by
// itself; take_flags() moves them where FPSCR shows them. They are those of DDI 0403 but for UFC of
// a result that is too small before it is rounded and not after (hosts decide after rounding).
#pragma once
#include <cstdint>

namespace opline::simulator::soft_float {

using Bits = std::uint32_t;
using Bits64 = std::uint64_t;

/// How a result becomes an integer: as FPSCR says, or as the instruction says whatever FPSCR says.
enum class Round : std::uint8_t { fpscr, zero, ties_away, ties_even, up, down };

inline constexpr Bits kDefaultNan = 0x7FC00000;
inline constexpr Bits kSign = 0x80000000;
inline constexpr Bits kDefaultNanMode = 1U << 25, kFlushToZero = 1U << 24,
                      kAlternativeHalf = 1U << 26;
inline constexpr Bits kModes = 0x07C00000;  ///< AHP, DN, FZ, RMode.
inline constexpr Bits kSpecialModes =
    3U << 22 | kFlushToZero;  ///< Any set: not what the host does by itself.

/// FPSCR.IOC, DZC, OFC, UFC, IXC as the functions below have raised them in this thread since the
/// last call; clears them.
Bits take_flags();
/// FPSCR.IDC, which the host does not have: where FPSCR.FZ is set and an operand is flushed.
inline constexpr Bits kInputDenormal = 1U << 7;

inline bool is_nan(Bits a) { return (a << 1) > 0xFF000000U; }
inline bool is_denormal(Bits a) { return (a & 0x7F800000U) == 0 && (a & 0x007FFFFFU) != 0; }
inline bool is_denormal(Bits64 a) {
  return (a & 0x7FF0000000000000U) == 0 && (a & 0x000FFFFFFFFFFFFFU) != 0;
}

Bits add(Bits a, Bits b, Bits fpscr);
Bits64 add(Bits64 a, Bits64 b, Bits fpscr);
Bits subtract(Bits a, Bits b, Bits fpscr);
Bits64 subtract(Bits64 a, Bits64 b, Bits fpscr);
Bits multiply(Bits a, Bits b, Bits fpscr);
Bits64 multiply(Bits64 a, Bits64 b, Bits fpscr);
Bits divide(Bits a, Bits b, Bits fpscr);
Bits64 divide(Bits64 a, Bits64 b, Bits fpscr);
Bits square_root(Bits a, Bits fpscr);
Bits64 square_root(Bits64 a, Bits fpscr);
/// a * b + c, rounded once.
Bits fused(Bits a, Bits b, Bits c, Bits fpscr);
Bits64 fused(Bits64 a, Bits64 b, Bits64 c, Bits fpscr);
/// FPMaxNum, FPMinNum: a number wins over a quiet NaN.
Bits max_number(Bits a, Bits b, Bits fpscr);
Bits64 max_number(Bits64 a, Bits64 b, Bits fpscr);
Bits min_number(Bits a, Bits b, Bits fpscr);
Bits64 min_number(Bits64 a, Bits64 b, Bits fpscr);
/// The integer in floating point (VRINT). `exact`: raises IXC where it is another value (VRINTX).
Bits round_to_integral(Bits a, Round round, Bits fpscr, bool exact = false);
Bits64 round_to_integral(Bits64 a, Round round, Bits fpscr, bool exact = false);

/// N, Z, C, V in bits 31:28. `any_nan`: a quiet NaN raises IOC, too (VCMPE).
Bits compare(Bits a, Bits b, Bits fpscr, bool any_nan = false);
Bits compare(Bits64 a, Bits64 b, Bits fpscr, bool any_nan = false);

/// Saturates; NaN gives 0. `fraction_bits` scales by a power of two first. `bits` is 16 or 32.
std::uint32_t to_integer(Bits a, bool is_signed, unsigned bits, unsigned fraction_bits, Round round,
                         Bits fpscr);
std::uint32_t to_integer(Bits64 a, bool is_signed, unsigned bits, unsigned fraction_bits,
                         Round round, Bits fpscr);
/// value / 2^fraction_bits; rounds to nearest where `nearest`, else as FPSCR says.
Bits from_integer(std::int64_t value, unsigned fraction_bits, bool nearest, Bits fpscr);
/// Exact: `value` has at most 33 bits.
Bits64 from_integer_to_double(std::int64_t value, unsigned fraction_bits);

Bits to_single(Bits64 a, Bits fpscr);
Bits64 to_double(Bits a, Bits fpscr);

std::uint16_t to_half(Bits a, Bits fpscr);
std::uint16_t to_half(Bits64 a, Bits fpscr);
Bits from_half(std::uint16_t half, Bits fpscr);
Bits64 double_from_half(std::uint16_t half, Bits fpscr);

}  // namespace opline::simulator::soft_float
