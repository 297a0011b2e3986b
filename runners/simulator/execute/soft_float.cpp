#include "runners/simulator/execute/soft_float.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cfenv>
#include <cmath>
#include <compare>
#include <type_traits>

namespace opline::simulator::soft_float {
namespace {

template <typename B>
struct Format;
template <>
struct Format<Bits> {
  using Value = float;
  static constexpr Bits kSignBit = 0x80000000, kInfinity = 0x7F800000, kQuiet = 0x00400000,
                        kNan = kDefaultNan, kSmallestNormal = 0x00800000;
};
template <>
struct Format<Bits64> {
  using Value = double;
  static constexpr Bits64 kSignBit = Bits64{1} << 63, kInfinity = Bits64{0x7FF} << 52,
                          kQuiet = Bits64{1} << 51, kNan = Bits64{0xFFF} << 51,
                          kSmallestNormal = Bits64{1} << 52;
};

template <typename B>
B magnitude_of(B a) {
  return a & ~Format<B>::kSignBit;
}
template <typename B>
bool nan(B a) {
  return magnitude_of(a) > Format<B>::kInfinity;
}
template <typename B>
bool denormal(B a) {
  return magnitude_of(a) != 0 && magnitude_of(a) < Format<B>::kSmallestNormal;
}
template <typename B>
bool is_signalling(B a) {
  return nan(a) && (a & Format<B>::kQuiet) == 0;
}
template <typename B>
typename Format<B>::Value value_of(B a) {
  return std::bit_cast<typename Format<B>::Value>(a);
}
Bits bits_of(float a) { return std::bit_cast<Bits>(a); }
Bits64 bits_of(double a) { return std::bit_cast<Bits64>(a); }

// Raised by arithmetic, which is faster than the library's functions. Volatile, so that it happens.
void raise_invalid() {
  volatile float zero = 0;
  volatile float result = zero / zero;
  (void)result;
}
void raise_inexact() {
  volatile float one = 1, tiny = 1e-20F;
  volatile float result = one + tiny;
  (void)result;
}

/// FPSCR.RMode on the host for the life of this object.
class Rounding {
 public:
  explicit Rounding(Bits fpscr) : before_(std::fegetround()) {
    static constexpr std::array<int, 4> kModes = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD,
                                                  FE_TOWARDZERO};
    std::fesetround(kModes[fpscr >> 22 & 3]);
  }
  Rounding(const Rounding&) = delete;
  Rounding& operator=(const Rounding&) = delete;
  ~Rounding() { std::fesetround(before_); }

 private:
  int before_;
};

template <typename B>
B flushed(B a, Bits fpscr) {
  return (fpscr & kFlushToZero) != 0 && denormal(a) ? a & Format<B>::kSignBit : a;
}

template <typename B>
B nan_of(B chosen, Bits fpscr) {
  return (fpscr & kDefaultNanMode) != 0 ? Format<B>::kNan : chosen | Format<B>::kQuiet;
}

/// FPProcessNaNs: called when the result is a NaN.
template <typename B>
B process_nans(B a, B b, Bits fpscr) {
  if (is_signalling(a) || is_signalling(b)) {
    raise_invalid();
    return nan_of(is_signalling(a) ? a : b, fpscr);
  }
  if (nan(a)) return nan_of(a, fpscr);
  if (nan(b)) return nan_of(b, fpscr);
  return Format<B>::kNan;
}

/// `compute` under FPSCR's rounding mode. Flush-to-zero looks at the result before it is rounded
/// (DDI 0403, FPRound): what was rounded up to the smallest normal number was too small, and
/// rounding toward zero shows it.
template <typename Compute>
auto rounded_and_flushed(Bits fpscr, Compute compute) {
  constexpr Bits kTowardZero = 3U << 22;
  const auto under = [&](Bits modes) {
    const Rounding rounding(modes);
    return compute();
  };
  if ((fpscr & kFlushToZero) == 0) return under(fpscr);
  using B = decltype(under(fpscr));
  const int before = std::fetestexcept(FE_ALL_EXCEPT);
  std::feclearexcept(FE_ALL_EXCEPT);
  const B result = under(fpscr);
  const int raised = std::fetestexcept(FE_ALL_EXCEPT);
  const bool tiny =
      (raised & FE_UNDERFLOW) != 0 || denormal(result) ||
      (magnitude_of(result) == Format<B>::kSmallestNormal && denormal(under(kTowardZero)));
  // What is flushed raises UFC and nothing else.
  if (tiny) std::feclearexcept(FE_ALL_EXCEPT);
  std::feraiseexcept(tiny ? before | FE_UNDERFLOW : before | raised);
  return tiny ? static_cast<B>(result & Format<B>::kSignBit) : result;
}

// Operands pass through volatile so that the operation happens under the rounding mode just set.
template <typename B, typename Operation>
B special(B a, B b, Bits fpscr, Operation operation) {
  volatile typename Format<B>::Value x = value_of(flushed(a, fpscr)),
                                     y = value_of(flushed(b, fpscr));
  return rounded_and_flushed(fpscr, [&] {
    volatile typename Format<B>::Value result = operation(x, y);
    return bits_of(result);
  });
}

template <typename B, typename Operation>
inline B binary(B a, B b, Bits fpscr, Operation operation) {
  const B result = (fpscr & kSpecialModes) == 0 ? bits_of(operation(value_of(a), value_of(b)))
                                                : special(a, b, fpscr, operation);
  return nan(result) ? process_nans(a, b, fpscr) : result;
}

template <typename B>
bool is_infinite(B a) {
  return magnitude_of(a) == Format<B>::kInfinity;
}
template <typename B>
bool is_zero(B a) {
  return magnitude_of(a) == 0;
}

/// Whether what is cut off makes an integer's magnitude one larger. `half`: how it compares with
/// one half.
bool rounds_away(Round round, bool negative, bool odd, bool any, std::strong_ordering half) {
  switch (round) {
    case Round::up:
      return any && !negative;
    case Round::down:
      return any && negative;
    case Round::zero:
      return false;
    case Round::ties_away:
      return std::is_gteq(half);
    default:
      return std::is_gt(half) || (std::is_eq(half) && odd);
  }
}

/// value rounded to an integer; exact doubles in, exact doubles out. Raises no flag, as the
/// library's functions may.
double rounded(double value, Round round, Bits fpscr) {
  static constexpr std::array<Round, 4> kModes = {Round::ties_even, Round::up, Round::down,
                                                  Round::zero};
  if (round == Round::fpscr) round = kModes[fpscr >> 22 & 3];
  const Bits64 bits = bits_of(value), sign = bits & Format<Bits64>::kSignBit;
  const int exponent = static_cast<int>(bits >> 52 & 0x7FF) - 1023;
  if (exponent >= 52) return value;
  if (exponent < 0) {
    const Bits64 half = std::bit_cast<Bits64>(0.5);
    const bool away =
        rounds_away(round, sign != 0, false, magnitude_of(bits) != 0, magnitude_of(bits) <=> half);
    return value_of(sign | (away ? std::bit_cast<Bits64>(1.0) : 0));
  }
  const Bits64 one = Bits64{1} << (52 - exponent), fraction = bits & (one - 1);
  const bool odd = (bits & one) != 0;  // at 1.0, the lowest bit of the exponent
  const bool away = rounds_away(round, sign != 0, odd, fraction != 0, fraction <=> one / 2);
  return value_of(bits - fraction + (away ? one : 0));
}

template <typename B>
B fused_of(B a, B b, B c, Bits fpscr) {
  a = flushed(a, fpscr);
  b = flushed(b, fpscr);
  c = flushed(c, fpscr);
  const bool invalid = (is_infinite(a) && is_zero(b)) || (is_zero(a) && is_infinite(b));
  if (nan(a) || nan(b) || nan(c)) {
    if (invalid || is_signalling(a) || is_signalling(b) || is_signalling(c)) raise_invalid();
    if (is_signalling(c)) return nan_of(c, fpscr);
    if (is_signalling(a)) return nan_of(a, fpscr);
    if (is_signalling(b)) return nan_of(b, fpscr);
    if (nan(c)) return invalid ? Format<B>::kNan : nan_of(c, fpscr);
    return nan_of(nan(a) ? a : b, fpscr);
  }
  volatile typename Format<B>::Value x = value_of(a), y = value_of(b), z = value_of(c);
  const B result = rounded_and_flushed(fpscr, [&] {
    volatile typename Format<B>::Value sum = std::fma(x, y, z);
    return bits_of(sum);
  });
  return nan(result) ? Format<B>::kNan : result;
}

/// FPMaxNum with `sign` 0, FPMinNum with the sign bit.
template <typename B>
B extreme_of(B a, B b, bool greatest, Bits fpscr) {
  a = flushed(a, fpscr);
  b = flushed(b, fpscr);
  if (is_signalling(a) || is_signalling(b) || (nan(a) && nan(b))) return process_nans(a, b, fpscr);
  if (nan(a)) return b;
  if (nan(b)) return a;
  if (is_zero(a) && is_zero(b)) return greatest ? a & b : a | b;
  return (value_of(a) > value_of(b)) == greatest ? a : b;
}

template <typename B>
B integral_of(B a, Round round, Bits fpscr, bool exact) {
  a = flushed(a, fpscr);
  if (is_signalling(a)) raise_invalid();
  if (nan(a)) return nan_of(a, fpscr);
  if (is_infinite(a) || is_zero(a)) return a;
  const auto result = static_cast<typename Format<B>::Value>(rounded(value_of(a), round, fpscr));
  if (exact && result != value_of(a)) raise_inexact();
  return magnitude_of(bits_of(result)) | (a & Format<B>::kSignBit);
}

template <typename B>
Bits compare_of(B a, B b, Bits fpscr, bool any_nan) {
  if (nan(a) || nan(b)) {
    if (any_nan || is_signalling(a) || is_signalling(b)) raise_invalid();
    return 0x30000000;
  }
  const auto x = value_of(flushed(a, fpscr)), y = value_of(flushed(b, fpscr));
  if (x == y) return 0x60000000;
  return x < y ? 0x80000000 : 0x20000000;
}

template <typename B>
std::uint32_t integer_of(B a, bool is_signed, unsigned bits, unsigned fraction_bits, Round round,
                         Bits fpscr) {
  if (nan(a)) {
    raise_invalid();
    return 0;
  }
  const auto value = static_cast<double>(value_of(flushed(a, fpscr)));
  // What is out of range anyway is not scaled, which could overflow.
  const double scaled =
      std::fabs(value) >= 0x1p32 ? value : std::ldexp(value, static_cast<int>(fraction_bits));
  const double top = std::ldexp(1.0, static_cast<int>(is_signed ? bits - 1 : bits)) - 1;
  const double bottom = is_signed ? -std::ldexp(1.0, static_cast<int>(bits - 1)) : 0;
  const double result = rounded(scaled, round, fpscr);
  if (result > top || result < bottom) {
    raise_invalid();
  } else if (result != scaled) {
    raise_inexact();
  }
  return static_cast<std::uint32_t>(static_cast<std::int64_t>(std::clamp(result, bottom, top)));
}

/// The payload of a NaN as half precision keeps it: its highest bits.
std::uint16_t half_payload(Bits a) { return static_cast<std::uint16_t>(a >> 13 & 0x1FF); }
std::uint16_t half_payload(Bits64 a) { return static_cast<std::uint16_t>(a >> 42 & 0x1FF); }

// IEEE 754 half precision, or the alternative format without infinities and NaNs (A2.5.2).
template <typename B>
std::uint16_t half_of(B a, Bits fpscr) {
  const auto sign = static_cast<std::uint16_t>((a & Format<B>::kSignBit) != 0 ? 0x8000 : 0);
  const bool alternative = (fpscr & kAlternativeHalf) != 0;
  if (is_signalling(a) || ((nan(a) || is_infinite(a)) && alternative)) raise_invalid();
  if (nan(a)) {
    if (alternative) return sign;
    if ((fpscr & kDefaultNanMode) != 0) return 0x7E00;
    return static_cast<std::uint16_t>(sign | 0x7E00 | half_payload(a));
  }
  if (is_infinite(a)) return static_cast<std::uint16_t>(sign | (alternative ? 0x7FFF : 0x7C00));
  a = flushed(a, fpscr);
  const double magnitude = std::fabs(static_cast<double>(value_of(a)));
  if (magnitude == 0) return sign;
  const int exponent = std::max(std::ilogb(magnitude), -14);
  const unsigned mode = fpscr >> 22 & 3;
  std::int64_t encoded =
      0xFFFFF;  // what is far too large for a half overflows whatever its mantissa
  bool inexact = true;
  if (exponent <= 16) {
    // Units of the last place; directed modes act on the signed value.
    const double units = std::ldexp(sign != 0 ? -magnitude : magnitude, 10 - exponent);
    const double whole = rounded(units, Round::fpscr, fpscr);
    const auto mantissa = static_cast<std::int64_t>(std::fabs(whole));
    inexact = whole != units;
    encoded = (static_cast<std::int64_t>(exponent + 14) << 10) + mantissa;
  }
  if (alternative && encoded > 0x7FFF) {
    raise_invalid();
    return static_cast<std::uint16_t>(sign | 0x7FFF);
  }
  if (inexact) raise_inexact();
  if (alternative || encoded < 0x7C00) {
    if (inexact && magnitude < 0x1p-14) std::feraiseexcept(FE_UNDERFLOW);
    return static_cast<std::uint16_t>(sign | encoded);
  }
  raise_inexact();
  std::feraiseexcept(FE_OVERFLOW);
  // Overflow goes to infinity or to the largest finite number.
  const bool to_infinity = mode == 0 || (mode == 1 && sign == 0) || (mode == 2 && sign != 0);
  return static_cast<std::uint16_t>(sign | (to_infinity ? 0x7C00 : 0x7BFF));
}

}  // namespace

Bits take_flags() {
  const int raised = std::fetestexcept(FE_ALL_EXCEPT);
  if (raised == 0) return 0;
  std::feclearexcept(FE_ALL_EXCEPT);
  const auto flag = [&](int host, unsigned bit) { return (raised & host) != 0 ? 1U << bit : 0; };
  return flag(FE_INVALID, 0) | flag(FE_DIVBYZERO, 1) | flag(FE_OVERFLOW, 2) |
         flag(FE_UNDERFLOW, 3) | flag(FE_INEXACT, 4);
}

Bits add(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x + y; });
}
Bits64 add(Bits64 a, Bits64 b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x + y; });
}
Bits subtract(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x - y; });
}
Bits64 subtract(Bits64 a, Bits64 b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x - y; });
}
Bits multiply(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x * y; });
}
Bits64 multiply(Bits64 a, Bits64 b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x * y; });
}
Bits divide(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x / y; });
}
Bits64 divide(Bits64 a, Bits64 b, Bits fpscr) {
  return binary(a, b, fpscr, [](auto x, auto y) { return x / y; });
}
Bits square_root(Bits a, Bits fpscr) {
  return binary(a, a, fpscr, [](auto x, auto) { return std::sqrt(x); });
}
Bits64 square_root(Bits64 a, Bits fpscr) {
  return binary(a, a, fpscr, [](auto x, auto) { return std::sqrt(x); });
}
Bits fused(Bits a, Bits b, Bits c, Bits fpscr) { return fused_of(a, b, c, fpscr); }
Bits64 fused(Bits64 a, Bits64 b, Bits64 c, Bits fpscr) { return fused_of(a, b, c, fpscr); }
Bits max_number(Bits a, Bits b, Bits fpscr) { return extreme_of(a, b, true, fpscr); }
Bits64 max_number(Bits64 a, Bits64 b, Bits fpscr) { return extreme_of(a, b, true, fpscr); }
Bits min_number(Bits a, Bits b, Bits fpscr) { return extreme_of(a, b, false, fpscr); }
Bits64 min_number(Bits64 a, Bits64 b, Bits fpscr) { return extreme_of(a, b, false, fpscr); }
Bits round_to_integral(Bits a, Round round, Bits fpscr, bool exact) {
  return integral_of(a, round, fpscr, exact);
}
Bits64 round_to_integral(Bits64 a, Round round, Bits fpscr, bool exact) {
  return integral_of(a, round, fpscr, exact);
}
Bits compare(Bits a, Bits b, Bits fpscr, bool any_nan) { return compare_of(a, b, fpscr, any_nan); }
Bits compare(Bits64 a, Bits64 b, Bits fpscr, bool any_nan) {
  return compare_of(a, b, fpscr, any_nan);
}
std::uint32_t to_integer(Bits a, bool is_signed, unsigned bits, unsigned fraction_bits, Round round,
                         Bits fpscr) {
  return integer_of(a, is_signed, bits, fraction_bits, round, fpscr);
}
std::uint32_t to_integer(Bits64 a, bool is_signed, unsigned bits, unsigned fraction_bits,
                         Round round, Bits fpscr) {
  return integer_of(a, is_signed, bits, fraction_bits, round, fpscr);
}
std::uint16_t to_half(Bits a, Bits fpscr) { return half_of(a, fpscr); }
std::uint16_t to_half(Bits64 a, Bits fpscr) { return half_of(a, fpscr); }
Bits from_integer(std::int64_t value, unsigned fraction_bits, bool nearest, Bits fpscr) {
  // A double holds every 32-bit integer exactly, and scaling by a power of two is exact: one
  // rounding, to float.
  volatile double exact = std::ldexp(static_cast<double>(value), -static_cast<int>(fraction_bits));
  const Rounding rounding(nearest ? 0 : fpscr);
  volatile float result = static_cast<float>(exact);
  return bits_of(result);
}

Bits64 from_integer_to_double(std::int64_t value, unsigned fraction_bits) {
  return bits_of(std::ldexp(static_cast<double>(value), -static_cast<int>(fraction_bits)));
}

// A NaN keeps the highest bits of its payload (A2.5, FPConvertNaN).
Bits to_single(Bits64 a, Bits fpscr) {
  const Bits sign = static_cast<Bits>(a >> 32) & kSign;
  if (is_signalling(a)) raise_invalid();
  if (nan(a)) {
    if ((fpscr & kDefaultNanMode) != 0) return kDefaultNan;
    return sign | 0x7FC00000 | static_cast<Bits>(a >> 29 & 0x3FFFFF);
  }
  volatile double x = value_of(flushed(a, fpscr));
  return rounded_and_flushed(fpscr, [&] {
    volatile float result = static_cast<float>(x);
    return bits_of(result);
  });
}

Bits64 to_double(Bits a, Bits fpscr) {
  const Bits64 sign = static_cast<Bits64>(a & kSign) << 32;
  if (is_signalling(a)) raise_invalid();
  if (nan(a)) {
    if ((fpscr & kDefaultNanMode) != 0) return Format<Bits64>::kNan;
    return sign | Format<Bits64>::kNan | static_cast<Bits64>(a & 0x3FFFFF) << 29;
  }
  return bits_of(static_cast<double>(value_of(flushed(a, fpscr))));
}

Bits from_half(std::uint16_t half, Bits fpscr) {
  const Bits sign = static_cast<Bits>(half & 0x8000) << 16;
  const unsigned exponent = half >> 10 & 0x1F, fraction = half & 0x3FF;
  if (exponent == 31 && (fpscr & kAlternativeHalf) == 0) {
    if (fraction == 0) return sign | 0x7F800000;
    if ((fraction & 0x200) == 0) raise_invalid();  // signalling
    return (fpscr & kDefaultNanMode) != 0 ? kDefaultNan
                                          : sign | 0x7FC00000 | static_cast<Bits>(fraction) << 13;
  }
  const double magnitude = exponent == 0
                               ? std::ldexp(fraction, -24)
                               : std::ldexp(1024 + fraction, static_cast<int>(exponent) - 25);
  return sign | bits_of(static_cast<float>(magnitude));
}

Bits64 double_from_half(std::uint16_t half, Bits fpscr) {
  // Every half is a normal single: widening once more is exact, and flushing has nothing to flush.
  return to_double(from_half(half, fpscr), fpscr);
}

}  // namespace opline::simulator::soft_float
