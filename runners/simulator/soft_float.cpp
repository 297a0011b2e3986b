#include "runners/simulator/soft_float.h"

#include <array>
#include <bit>
#include <cfenv>
#include <cmath>

namespace opline::simulator::soft_float {
namespace {

constexpr Bits kQuiet = 0x00400000;

bool is_signalling(Bits a) { return is_nan(a) && (a & kQuiet) == 0; }
float value_of(Bits a) { return std::bit_cast<float>(a); }
Bits bits_of(float a) { return std::bit_cast<Bits>(a); }

/// FPSCR.RMode on the host for the life of this object.
class Rounding {
 public:
  explicit Rounding(Bits fpscr) : before_(std::fegetround()) {
    static constexpr std::array<int, 4> kModes = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    std::fesetround(kModes[fpscr >> 22 & 3]);
  }
  Rounding(const Rounding&) = delete;
  Rounding& operator=(const Rounding&) = delete;
  ~Rounding() { std::fesetround(before_); }

 private:
  int before_;
};

Bits flushed(Bits a, Bits fpscr) { return (fpscr & kFlushToZero) != 0 && is_denormal(a) ? a & kSign : a; }

Bits nan_of(Bits chosen, Bits fpscr) {
  return (fpscr & kDefaultNanMode) != 0 ? kDefaultNan : chosen | kQuiet;
}

/// FPProcessNaNs: called when the result is a NaN.
Bits process_nans(Bits a, Bits b, Bits fpscr) {
  if (is_signalling(a)) return nan_of(a, fpscr);
  if (is_signalling(b)) return nan_of(b, fpscr);
  if (is_nan(a)) return nan_of(a, fpscr);
  if (is_nan(b)) return nan_of(b, fpscr);
  return kDefaultNan;
}

/// `compute` under FPSCR's rounding mode. Flush-to-zero looks at the result before it is rounded (DDI 0403, FPRound):
/// what was rounded up to the smallest normal number was too small, and rounding toward zero shows it.
template <typename Compute>
Bits rounded_and_flushed(Bits fpscr, Compute compute) {
  constexpr Bits kSmallestNormal = 0x00800000, kTowardZero = 3U << 22;
  const auto under = [&](Bits modes) {
    const Rounding rounding(modes);
    return compute();
  };
  const Bits result = under(fpscr);
  if ((fpscr & kFlushToZero) == 0) return result;
  if ((result & ~kSign) == kSmallestNormal && is_denormal(under(kTowardZero))) return result & kSign;
  return flushed(result, fpscr);
}

// Operands pass through volatile so that the operation happens under the rounding mode just set.
template <typename Operation>
Bits special(Bits a, Bits b, Bits fpscr, Operation operation) {
  volatile float x = value_of(flushed(a, fpscr)), y = value_of(flushed(b, fpscr));
  return rounded_and_flushed(fpscr, [&] {
    volatile float result = operation(x, y);
    return bits_of(result);
  });
}

template <typename Operation>
inline Bits binary(Bits a, Bits b, Bits fpscr, Operation operation) {
  const Bits result = (fpscr & kSpecialModes) == 0 ? bits_of(operation(value_of(a), value_of(b)))
                                                   : special(a, b, fpscr, operation);
  return is_nan(result) ? process_nans(a, b, fpscr) : result;
}

bool is_infinite(Bits a) { return (a << 1) == 0xFF000000U; }
bool is_zero(Bits a) { return (a << 1) == 0; }

/// value rounded to an integer under FPSCR.RMode or toward zero; exact doubles in, exact doubles out.
double rounded(double value, bool toward_zero, Bits fpscr) {
  if (toward_zero) return std::trunc(value);
  switch (fpscr >> 22 & 3) {
    case 1:
      return std::ceil(value);
    case 2:
      return std::floor(value);
    case 3:
      return std::trunc(value);
    default:
      return std::nearbyint(value);
  }
}

}  // namespace

Bits add(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](float x, float y) { return x + y; });
}
Bits subtract(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](float x, float y) { return x - y; });
}
Bits multiply(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](float x, float y) { return x * y; });
}
Bits divide(Bits a, Bits b, Bits fpscr) {
  return binary(a, b, fpscr, [](float x, float y) { return x / y; });
}

Bits square_root(Bits a, Bits fpscr) {
  return binary(a, a, fpscr, [](float x, float) { return std::sqrt(x); });
}

Bits fused(Bits a, Bits b, Bits c, Bits fpscr) {
  a = flushed(a, fpscr);
  b = flushed(b, fpscr);
  c = flushed(c, fpscr);
  const bool invalid = (is_infinite(a) && is_zero(b)) || (is_zero(a) && is_infinite(b));
  if (is_nan(a) || is_nan(b) || is_nan(c)) {
    if (is_signalling(c)) return nan_of(c, fpscr);
    if (is_signalling(a)) return nan_of(a, fpscr);
    if (is_signalling(b)) return nan_of(b, fpscr);
    if (is_nan(c)) return invalid ? kDefaultNan : nan_of(c, fpscr);
    return nan_of(is_nan(a) ? a : b, fpscr);
  }
  volatile float x = value_of(a), y = value_of(b), z = value_of(c);
  const Bits result = rounded_and_flushed(fpscr, [&] {
    volatile float sum = std::fma(x, y, z);
    return bits_of(sum);
  });
  return is_nan(result) ? kDefaultNan : result;
}

Bits compare(Bits a, Bits b, Bits fpscr) {
  if (is_nan(a) || is_nan(b)) return 0x30000000;
  const float x = value_of(flushed(a, fpscr)), y = value_of(flushed(b, fpscr));
  if (x == y) return 0x60000000;
  return x < y ? 0x80000000 : 0x20000000;
}

std::uint32_t to_integer(Bits a, bool is_signed, unsigned bits, unsigned fraction_bits, bool toward_zero,
                         Bits fpscr) {
  if (is_nan(a)) return 0;
  const double scaled =
      std::ldexp(static_cast<double>(value_of(flushed(a, fpscr))), static_cast<int>(fraction_bits));
  const double top = std::ldexp(1.0, static_cast<int>(is_signed ? bits - 1 : bits)) - 1;
  const double bottom = is_signed ? -std::ldexp(1.0, static_cast<int>(bits - 1)) : 0;
  const double result = rounded(scaled, toward_zero, fpscr);
  if (result >= top) return static_cast<std::uint32_t>(static_cast<std::int64_t>(top));
  if (result <= bottom) return static_cast<std::uint32_t>(static_cast<std::int64_t>(bottom));
  return static_cast<std::uint32_t>(static_cast<std::int64_t>(result));
}

Bits from_integer(std::int64_t value, unsigned fraction_bits, bool nearest, Bits fpscr) {
  // A double holds every 32-bit integer exactly, and scaling by a power of two is exact: one rounding, to
  // float.
  volatile double exact = std::ldexp(static_cast<double>(value), -static_cast<int>(fraction_bits));
  const Rounding rounding(nearest ? 0 : fpscr);
  volatile float result = static_cast<float>(exact);
  return bits_of(result);
}

// IEEE 754 half precision, or the alternative format without infinities and NaNs (A2.5.2).
std::uint16_t to_half(Bits a, Bits fpscr) {
  const auto sign = static_cast<std::uint16_t>(a >> 16 & 0x8000);
  const bool alternative = (fpscr & kAlternativeHalf) != 0;
  if (is_nan(a)) {
    if (alternative) return sign;
    if ((fpscr & kDefaultNanMode) != 0) return 0x7E00;
    return static_cast<std::uint16_t>(sign | 0x7E00 | (a >> 13 & 0x1FF));
  }
  if (is_infinite(a)) return static_cast<std::uint16_t>(sign | (alternative ? 0x7FFF : 0x7C00));
  a = flushed(a, fpscr);
  const double magnitude = std::fabs(static_cast<double>(value_of(a)));
  if (magnitude == 0) return sign;
  const int exponent = std::max(std::ilogb(magnitude), -14);
  // Units of the last place; directed modes act on the signed value.
  const double units = std::ldexp(sign != 0 ? -magnitude : magnitude, 10 - exponent);
  const auto mantissa = static_cast<std::int64_t>(std::fabs(rounded(units, false, fpscr)));
  const std::int64_t encoded = (static_cast<std::int64_t>(exponent + 14) << 10) + mantissa;
  if (alternative) return static_cast<std::uint16_t>(sign | std::min<std::int64_t>(encoded, 0x7FFF));
  if (encoded < 0x7C00) return static_cast<std::uint16_t>(sign | encoded);
  const unsigned mode = fpscr >> 22 & 3;  // overflow goes to infinity or to the largest finite number
  const bool to_infinity = mode == 0 || (mode == 1 && sign == 0) || (mode == 2 && sign != 0);
  return static_cast<std::uint16_t>(sign | (to_infinity ? 0x7C00 : 0x7BFF));
}

Bits from_half(std::uint16_t half, Bits fpscr) {
  const Bits sign = static_cast<Bits>(half & 0x8000) << 16;
  const unsigned exponent = half >> 10 & 0x1F, fraction = half & 0x3FF;
  if (exponent == 31 && (fpscr & kAlternativeHalf) == 0) {
    if (fraction == 0) return sign | 0x7F800000;
    return (fpscr & kDefaultNanMode) != 0 ? kDefaultNan
                                          : sign | 0x7FC00000 | static_cast<Bits>(fraction) << 13;
  }
  const double magnitude = exponent == 0 ? std::ldexp(fraction, -24)
                                         : std::ldexp(1024 + fraction, static_cast<int>(exponent) - 25);
  return sign | bits_of(static_cast<float>(magnitude));
}

}  // namespace opline::simulator::soft_float
