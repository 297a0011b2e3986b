// runners/simulator/execute/semantics/multiply.h - multiplies: ARM DDI 0403, A4.4.3. Operands: rd,
// rn, rm, ra; results of 64 bits have their low word in rd and their high word in ra.
#pragma once
#include <bit>
#include <cstdint>

#include "runners/simulator/execute/semantics/flags.h"

namespace opline::simulator {

inline std::int64_t sign_extended(std::uint32_t value) { return static_cast<std::int32_t>(value); }
inline std::int32_t low_half(std::uint32_t value) { return static_cast<std::int16_t>(value); }
inline std::int32_t high_half(std::uint32_t value) {
  return static_cast<std::int16_t>(value >> 16);
}
template <bool kTop>
inline std::int32_t half(std::uint32_t value) {
  return kTop ? high_half(value) : low_half(value);
}

/// The low word of an accumulation, Q set when it leaves 32 bits.
inline std::uint32_t accumulate(auto& state, std::int64_t sum) {
  if (sum != static_cast<std::int32_t>(sum)) state.q = 1;
  return static_cast<std::uint32_t>(sum);
}

/// a + b, Q set when that leaves 32 bits.
inline std::uint32_t accumulate(auto& state, std::int32_t a, std::int32_t b) {
  std::int32_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) [[unlikely]]
    state.q = 1;
  return static_cast<std::uint32_t>(sum);
}

inline std::uint64_t pair(const auto& state, const auto& op) {
  return std::uint64_t{state.r[op.ra]} << 32 | state.r[op.rd];
}
inline void set_pair(auto& state, const auto& op, std::uint64_t value) {
  state.r[op.rd] = static_cast<std::uint32_t>(value);
  state.r[op.ra] = static_cast<std::uint32_t>(value >> 32);
}

template <bool kFlags>
struct Multiply {
  static void apply(const auto& op, auto& state) {
    state.r[op.rd] = state.r[op.rn] * state.r[op.rm];
    if constexpr (kFlags) set_nz(state, state.r[op.rd]);
  }
};
template <bool kSubtract>
struct MultiplyAccumulate {
  static void apply(const auto& op, auto& state) {
    const std::uint32_t product = state.r[op.rn] * state.r[op.rm];
    state.r[op.rd] = kSubtract ? state.r[op.ra] - product : state.r[op.ra] + product;
  }
};

enum class LongMultiply : std::uint8_t { smull, umull, smlal, umlal, umaal };
inline constexpr unsigned kLongMultiplies = 5;
template <LongMultiply kKind>
struct MultiplyLong {
  static void apply(const auto& op, auto& state) {
    const std::uint32_t n = state.r[op.rn], m = state.r[op.rm];
    if constexpr (kKind == LongMultiply::umaal) {
      set_pair(state, op, std::uint64_t{n} * m + state.r[op.rd] + state.r[op.ra]);
    } else {
      constexpr bool kSigned = kKind == LongMultiply::smull || kKind == LongMultiply::smlal;
      constexpr bool kAccumulates = kKind == LongMultiply::smlal || kKind == LongMultiply::umlal;
      const std::uint64_t product =
          kSigned ? static_cast<std::uint64_t>(sign_extended(n) * sign_extended(m))
                  : std::uint64_t{n} * m;
      set_pair(state, op, kAccumulates ? pair(state, op) + product : product);
    }
  }
};

/// SMULxy, SMLAxy: kHalves = N << 1 | M (which halves).
template <unsigned kHalves, bool kAccumulate>
struct MultiplyHalves {
  static void apply(const auto& op, auto& state) {
    const std::int32_t product =
        half<(kHalves & 2) != 0>(state.r[op.rn]) * half<(kHalves & 1) != 0>(state.r[op.rm]);
    state.r[op.rd] = kAccumulate
                         ? accumulate(state, std::int64_t{product} + sign_extended(state.r[op.ra]))
                         : static_cast<std::uint32_t>(product);
  }
};
/// SMLALxy
template <unsigned kHalves>
struct MultiplyHalvesLong {
  static void apply(const auto& op, auto& state) {
    const std::int32_t product =
        half<(kHalves & 2) != 0>(state.r[op.rn]) * half<(kHalves & 1) != 0>(state.r[op.rm]);
    set_pair(state, op, pair(state, op) + static_cast<std::uint64_t>(std::int64_t{product}));
  }
};
/// SMULWy, SMLAWy
template <bool kTop, bool kAccumulate>
struct MultiplyWordByHalf {
  static void apply(const auto& op, auto& state) {
    const std::int64_t product = sign_extended(state.r[op.rn]) * half<kTop>(state.r[op.rm]) >> 16;
    state.r[op.rd] = kAccumulate ? accumulate(state, product + sign_extended(state.r[op.ra]))
                                 : static_cast<std::uint32_t>(product);
  }
};

/// The two halves of a word, as signed numbers.
struct Halves {
  std::int32_t low = 0, high = 0;
};
inline Halves halves_of(std::uint32_t word) { return {low_half(word), high_half(word)}; }

template <bool kSubtract, bool kExchange>
inline std::int64_t dual_product(Halves n, Halves m) {
  const std::int64_t first = std::int64_t{n.low} * (kExchange ? m.high : m.low),
                     second = std::int64_t{n.high} * (kExchange ? m.low : m.high);
  return kSubtract ? first - second : first + second;
}

/// SMUAD, SMUSD, SMLAD, SMLSD
template <bool kSubtract, bool kExchange, bool kAccumulate>
struct DualMultiply {
  static void apply(const auto& op, auto& state) {
    apply_to(op, state, halves_of(state.r[op.rn]), halves_of(state.r[op.rm]));
  }
  static void apply_to(const auto& op, auto& state, const auto& n, const auto& m) {
    const std::int64_t product = dual_product<kSubtract, kExchange>(n, m);
    const std::int32_t added = kAccumulate ? static_cast<std::int32_t>(state.r[op.ra]) : 0;
    state.r[op.rd] = product > INT32_MAX
                         ? accumulate(state, product + added)  // four times -2^15
                         : accumulate(state, static_cast<std::int32_t>(product), added);
  }
};
/// SMLALD, SMLSLD
template <bool kSubtract, bool kExchange>
struct DualMultiplyLong {
  static void apply(const auto& op, auto& state) {
    set_pair(state, op,
             pair(state, op) + static_cast<std::uint64_t>(dual_product<kSubtract, kExchange>(
                                   halves_of(state.r[op.rn]), halves_of(state.r[op.rm]))));
  }
};
/// SMMUL, SMMLA, SMMLS
template <bool kSubtract, bool kRound, bool kAccumulate>
struct MultiplyHighWord {
  static void apply(const auto& op, auto& state) {
    const auto product =
        static_cast<std::uint64_t>(sign_extended(state.r[op.rn]) * sign_extended(state.r[op.rm]));
    std::uint64_t result = kAccumulate ? std::uint64_t{state.r[op.ra]} << 32 : 0;
    result = kSubtract ? result - product : result + product;
    if constexpr (kRound) result += 0x80000000U;
    state.r[op.rd] = static_cast<std::uint32_t>(result >> 32);
  }
};

}  // namespace opline::simulator
