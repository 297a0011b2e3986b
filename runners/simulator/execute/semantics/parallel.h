// runners/simulator/execute/semantics/parallel.h - the DSP extension without its multiplies: ARM
// DDI 0403, A4.4.5 to A4.4.7. Operands: rd, rn, rm.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "runners/simulator/execute/semantics/flags.h"

namespace opline::simulator {

/// S, Q, SH, U, UQ, UH, as encoded.
enum class Prefix : std::uint8_t { s = 0, q = 1, sh = 2, u = 4, uq = 5, uh = 6 };
/// As encoded.
enum class Lanes : std::uint8_t { add8 = 0, add16 = 1, asx = 2, sub8 = 4, sub16 = 5, sax = 6 };

constexpr bool is_unsigned(Prefix p) {
  return p == Prefix::u || p == Prefix::uq || p == Prefix::uh;
}

template <Prefix kPrefix, unsigned kBits>
inline std::int32_t lane(std::uint32_t value, unsigned index) {
  const std::uint32_t bits = value >> (index * kBits) & ((1U << kBits) - 1);
  if constexpr (is_unsigned(kPrefix)) return static_cast<std::int32_t>(bits);
  return static_cast<std::int32_t>(bits << (32 - kBits)) >> (32 - kBits);
}

/// One lane's result; `flagged` is its GE condition.
template <Prefix kPrefix, unsigned kBits>
inline std::uint32_t finish_lane(std::int32_t exact, bool subtracts, bool& flagged) {
  flagged = is_unsigned(kPrefix) && !subtracts ? exact >= (1 << kBits) : exact >= 0;
  if constexpr (kPrefix == Prefix::q)
    exact = std::clamp(exact, -(1 << (kBits - 1)), (1 << (kBits - 1)) - 1);
  if constexpr (kPrefix == Prefix::uq) exact = std::clamp(exact, 0, (1 << kBits) - 1);
  if constexpr (kPrefix == Prefix::sh || kPrefix == Prefix::uh) exact >>= 1;
  return static_cast<std::uint32_t>(exact) & ((1U << kBits) - 1);
}

template <Prefix kPrefix, Lanes kLanes>
struct Parallel {
  static void apply(const auto& op, auto& state) {
    constexpr unsigned kBits = kLanes == Lanes::add8 || kLanes == Lanes::sub8 ? 8 : 16;
    constexpr bool kExchange = kLanes == Lanes::asx || kLanes == Lanes::sax;
    constexpr bool kSubtracts = kLanes == Lanes::sub8 || kLanes == Lanes::sub16;
    constexpr unsigned kCount = 32 / kBits;
    const std::uint32_t n = state.r[op.rn], m = state.r[op.rm];
    std::uint32_t result = 0;
    std::uint8_t ge = 0;
    for (unsigned i = 0; i < kCount; ++i) {
      const bool subtracts = kSubtracts || kLanes == (i < kCount / 2 ? Lanes::asx : Lanes::sax);
      const std::int32_t a = lane<kPrefix, kBits>(n, i),
                         b = lane<kPrefix, kBits>(m, kExchange ? i ^ 1 : i);
      bool flagged = false;
      result |= finish_lane<kPrefix, kBits>(subtracts ? a - b : a + b, subtracts, flagged)
                << (i * kBits);
      if (flagged) ge |= static_cast<std::uint8_t>(((1U << (kBits / 8)) - 1) << (i * kBits / 8));
    }
    if constexpr (kPrefix == Prefix::s || kPrefix == Prefix::u) state.ge = ge;
    state.r[op.rd] = result;
  }
};

inline std::uint32_t saturate32(auto& state, std::int64_t value) {
  const std::int64_t limited = std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX);
  if (limited != value) state.q = 1;
  return static_cast<std::uint32_t>(limited);
}

/// QADD Rd, Rm, Rn: the first operand is Rm; the doubled one is Rn.
template <bool kDoubling, bool kSubtract>
struct Saturating {
  static void apply(const auto& op, auto& state) {
    std::int64_t second = static_cast<std::int32_t>(state.r[op.rn]);
    if constexpr (kDoubling) second = static_cast<std::int32_t>(saturate32(state, 2 * second));
    const std::int64_t first = static_cast<std::int32_t>(state.r[op.rm]);
    state.r[op.rd] = saturate32(state, kSubtract ? first - second : first + second);
  }
};

/// SSAT and USAT to `bits` bits.
template <bool kUnsigned>
inline std::uint32_t saturate_to(auto& state, std::int32_t value, unsigned bits) {
  const std::int64_t top =
      kUnsigned ? (std::int64_t{1} << bits) - 1 : (std::int64_t{1} << (bits - 1)) - 1;
  const std::int64_t bottom = kUnsigned ? 0 : -(std::int64_t{1} << (bits - 1));
  const std::int64_t limited = std::clamp<std::int64_t>(value, bottom, top);
  if (limited != value) state.q = 1;
  return static_cast<std::uint32_t>(limited);
}

/// imm = bits to saturate to; rn shifted left by aux, or right by aux & 31 when bit 7 of aux is
/// set.
template <bool kUnsigned>
struct Saturate {
  static void apply(const auto& op, auto& state) {
    const std::uint32_t n = state.r[op.rn];
    const auto value = (op.aux & 0x80) != 0 ? static_cast<std::int32_t>(n) >> (op.aux & 31)
                                            : static_cast<std::int32_t>(n << op.aux);
    state.r[op.rd] = saturate_to<kUnsigned>(state, value, op.imm);
  }
};
template <bool kUnsigned>
struct SaturateHalves {
  static void apply(const auto& op, auto& state) {
    const std::uint32_t n = state.r[op.rn];
    const std::uint32_t low =
        saturate_to<kUnsigned>(state, static_cast<std::int16_t>(n), op.imm) & 0xFFFF;
    const std::uint32_t high =
        saturate_to<kUnsigned>(state, static_cast<std::int16_t>(n >> 16), op.imm);
    state.r[op.rd] = low | high << 16;
  }
};

struct SelectBytes {
  static void apply(const auto& op, auto& state) {
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < 4; ++i) mask |= (state.ge >> i & 1) != 0 ? 0xFFU << (8 * i) : 0;
    state.r[op.rd] = (state.r[op.rn] & mask) | (state.r[op.rm] & ~mask);
  }
};

/// USAD8, USADA8 (ra)
template <bool kAccumulate>
struct SumByteDifferences {
  static void apply(const auto& op, auto& state) {
    const std::uint32_t n = state.r[op.rn], m = state.r[op.rm];
    std::uint32_t sum = kAccumulate ? state.r[op.ra] : 0;
    for (unsigned i = 0; i < 32; i += 8) {
      sum += static_cast<std::uint32_t>(
          std::abs(static_cast<int>(n >> i & 0xFF) - static_cast<int>(m >> i & 0xFF)));
    }
    state.r[op.rd] = sum;
  }
};

/// PKHBT: rm << aux; PKHTB: rm >> aux (arithmetic, 1..32).
template <bool kTop>
struct Pack {
  static void apply(const auto& op, auto& state) {
    const std::uint32_t n = state.r[op.rn], m = state.r[op.rm];
    if constexpr (kTop) {
      const auto shifted = static_cast<std::uint32_t>(
          static_cast<std::int64_t>(static_cast<std::int32_t>(m)) >> op.aux);
      state.r[op.rd] = (n & 0xFFFF0000U) | (shifted & 0xFFFF);
    } else {
      state.r[op.rd] = (n & 0xFFFF) | (m << op.aux & 0xFFFF0000U);
    }
  }
};

}  // namespace opline::simulator
