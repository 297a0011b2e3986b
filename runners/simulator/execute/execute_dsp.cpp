// The DSP extension without its multiplies: ARM DDI 0403, A4.4.5 to A4.4.7.
#include <algorithm>
#include <cstdlib>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"

namespace opline::simulator {
namespace {

enum class Prefix { s = 0, q = 1, sh = 2, u = 4, uq = 5, uh = 6 };

constexpr bool is_unsigned(Prefix p) {
  return p == Prefix::u || p == Prefix::uq || p == Prefix::uh;
}

template <Prefix kPrefix, unsigned kBits>
std::int32_t lane(std::uint32_t value, unsigned index) {
  const std::uint32_t bits = value >> (index * kBits) & ((1U << kBits) - 1);
  if constexpr (is_unsigned(kPrefix)) return static_cast<std::int32_t>(bits);
  return static_cast<std::int32_t>(bits << (32 - kBits)) >> (32 - kBits);
}

/// One lane's result; `flagged` is its GE condition.
template <Prefix kPrefix, unsigned kBits>
std::uint32_t finish(std::int32_t exact, bool subtracts, bool& flagged) {
  flagged = is_unsigned(kPrefix) && !subtracts ? exact >= (1 << kBits) : exact >= 0;
  if constexpr (kPrefix == Prefix::q)
    exact = std::clamp(exact, -(1 << (kBits - 1)), (1 << (kBits - 1)) - 1);
  if constexpr (kPrefix == Prefix::uq) exact = std::clamp(exact, 0, (1 << kBits) - 1);
  if constexpr (kPrefix == Prefix::sh || kPrefix == Prefix::uh) exact >>= 1;
  return static_cast<std::uint32_t>(exact) & ((1U << kBits) - 1);
}

template <Prefix kPrefix, unsigned kBits>
std::uint32_t lanes(Cpu& cpu, std::uint32_t n, std::uint32_t m, bool low_subtracts,
                    bool high_subtracts, bool exchange) {
  std::uint32_t result = 0;
  std::uint8_t ge = 0;
  constexpr unsigned kLanes = 32 / kBits;
  for (unsigned i = 0; i < kLanes; ++i) {
    const bool subtracts = i < kLanes / 2 ? low_subtracts : high_subtracts;
    const std::int32_t a = lane<kPrefix, kBits>(n, i),
                       b = lane<kPrefix, kBits>(m, exchange ? i ^ 1 : i);
    bool flagged = false;
    result |= finish<kPrefix, kBits>(subtracts ? a - b : a + b, subtracts, flagged) << (i * kBits);
    if (flagged) ge |= static_cast<std::uint8_t>(((1U << (kBits / 8)) - 1) << (i * kBits / 8));
  }
  if constexpr (kPrefix == Prefix::s || kPrefix == Prefix::u) cpu.ge = ge;
  return result;
}

template <Prefix kPrefix>
Handler parallel(unsigned op1) {
  switch (op1) {
    case 0:
      return handler([](const Op& o, Cpu& c) {
        c.r[o.rd] = lanes<kPrefix, 8>(c, c.r[o.rn], c.r[o.rm], false, false, false);
      });
    case 1:
      return handler([](const Op& o, Cpu& c) {
        c.r[o.rd] = lanes<kPrefix, 16>(c, c.r[o.rn], c.r[o.rm], false, false, false);
      });
    case 2:
      return handler([](const Op& o, Cpu& c) {
        c.r[o.rd] = lanes<kPrefix, 16>(c, c.r[o.rn], c.r[o.rm], true, false, true);
      });
    case 4:
      return handler([](const Op& o, Cpu& c) {
        c.r[o.rd] = lanes<kPrefix, 8>(c, c.r[o.rn], c.r[o.rm], true, true, false);
      });
    case 5:
      return handler([](const Op& o, Cpu& c) {
        c.r[o.rd] = lanes<kPrefix, 16>(c, c.r[o.rn], c.r[o.rm], true, true, false);
      });
    case 6:
      return handler([](const Op& o, Cpu& c) {
        c.r[o.rd] = lanes<kPrefix, 16>(c, c.r[o.rn], c.r[o.rm], false, true, true);
      });
    default:
      return nullptr;
  }
}

std::uint32_t saturate32(Cpu& cpu, std::int64_t value) {
  const std::int64_t limited = std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX);
  if (limited != value) cpu.q = 1;
  return static_cast<std::uint32_t>(limited);
}

/// SSAT and USAT to `bits` bits.
template <bool kUnsigned>
std::uint32_t saturate_to(Cpu& cpu, std::int32_t value, unsigned bits) {
  const std::int64_t top =
      kUnsigned ? (std::int64_t{1} << bits) - 1 : (std::int64_t{1} << (bits - 1)) - 1;
  const std::int64_t bottom = kUnsigned ? 0 : -(std::int64_t{1} << (bits - 1));
  const std::int64_t limited = std::clamp<std::int64_t>(value, bottom, top);
  if (limited != value) cpu.q = 1;
  return static_cast<std::uint32_t>(limited);
}

template <bool kUnsigned>
Handler saturate() {
  return handler([](const Op& op, Cpu& cpu) {
    const std::uint32_t n = cpu.r[op.rn];
    const auto value = (op.aux & 0x80) != 0 ? static_cast<std::int32_t>(n) >> (op.aux & 31)
                                            : static_cast<std::int32_t>(n << op.aux);
    cpu.r[op.rd] = saturate_to<kUnsigned>(cpu, value, op.imm);
  });
}

template <bool kUnsigned>
Handler saturate16() {
  return handler([](const Op& op, Cpu& cpu) {
    const std::uint32_t n = cpu.r[op.rn];
    const std::uint32_t low =
        saturate_to<kUnsigned>(cpu, static_cast<std::int16_t>(n), op.imm) & 0xFFFF;
    const std::uint32_t high =
        saturate_to<kUnsigned>(cpu, static_cast<std::int16_t>(n >> 16), op.imm);
    cpu.r[op.rd] = low | high << 16;
  });
}

std::uint32_t byte_differences(std::uint32_t n, std::uint32_t m) {
  std::uint32_t sum = 0;
  for (unsigned i = 0; i < 32; i += 8) {
    sum += static_cast<std::uint32_t>(
        std::abs(static_cast<int>(n >> i & 0xFF) - static_cast<int>(m >> i & 0xFF)));
  }
  return sum;
}

}  // namespace

Handler parallel_handler(unsigned op1, unsigned prefix) {
  switch (static_cast<Prefix>(prefix)) {
    case Prefix::s:
      return parallel<Prefix::s>(op1);
    case Prefix::q:
      return parallel<Prefix::q>(op1);
    case Prefix::sh:
      return parallel<Prefix::sh>(op1);
    case Prefix::u:
      return parallel<Prefix::u>(op1);
    case Prefix::uq:
      return parallel<Prefix::uq>(op1);
    case Prefix::uh:
      return parallel<Prefix::uh>(op1);
  }
  return nullptr;
}

// QADD Rd, Rm, Rn: the first operand is Rm; the doubled one is Rn.
Handler saturating_handler(bool doubling, bool subtract) {
  if (doubling) {
    if (subtract) {
      return handler([](const Op& o, Cpu& c) {
        const auto doubled = static_cast<std::int32_t>(
            saturate32(c, 2 * std::int64_t{static_cast<std::int32_t>(c.r[o.rn])}));
        c.r[o.rd] = saturate32(c, std::int64_t{static_cast<std::int32_t>(c.r[o.rm])} - doubled);
      });
    }
    return handler([](const Op& o, Cpu& c) {
      const auto doubled = static_cast<std::int32_t>(
          saturate32(c, 2 * std::int64_t{static_cast<std::int32_t>(c.r[o.rn])}));
      c.r[o.rd] = saturate32(c, std::int64_t{static_cast<std::int32_t>(c.r[o.rm])} + doubled);
    });
  }
  if (subtract) {
    return handler([](const Op& o, Cpu& c) {
      c.r[o.rd] = saturate32(c, std::int64_t{static_cast<std::int32_t>(c.r[o.rm])} -
                                    static_cast<std::int32_t>(c.r[o.rn]));
    });
  }
  return handler([](const Op& o, Cpu& c) {
    c.r[o.rd] = saturate32(c, std::int64_t{static_cast<std::int32_t>(c.r[o.rm])} +
                                  static_cast<std::int32_t>(c.r[o.rn]));
  });
}

Handler sel_handler() {
  return handler([](const Op& o, Cpu& c) {
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < 4; ++i) mask |= (c.ge >> i & 1) != 0 ? 0xFFU << (8 * i) : 0;
    c.r[o.rd] = (c.r[o.rn] & mask) | (c.r[o.rm] & ~mask);
  });
}

Handler usad8_handler(bool accumulate) {
  if (accumulate) {
    return handler([](const Op& o, Cpu& c) {
      c.r[o.rd] = c.r[o.ra] + byte_differences(c.r[o.rn], c.r[o.rm]);
    });
  }
  return handler([](const Op& o, Cpu& c) { c.r[o.rd] = byte_differences(c.r[o.rn], c.r[o.rm]); });
}

Handler pack_handler(bool top) {
  if (top) {  // PKHTB: ASR by 1..32
    return handler([](const Op& o, Cpu& c) {
      const auto shifted = static_cast<std::uint32_t>(
          static_cast<std::int64_t>(static_cast<std::int32_t>(c.r[o.rm])) >> o.aux);
      c.r[o.rd] = (c.r[o.rn] & 0xFFFF0000U) | (shifted & 0xFFFF);
    });
  }
  return handler([](const Op& o, Cpu& c) {
    c.r[o.rd] = (c.r[o.rn] & 0xFFFF) | (c.r[o.rm] << o.aux & 0xFFFF0000U);
  });
}

Handler saturate_handler(bool is_unsigned_form) {
  return is_unsigned_form ? saturate<true>() : saturate<false>();
}
Handler saturate16_handler(bool is_unsigned_form) {
  return is_unsigned_form ? saturate16<true>() : saturate16<false>();
}

}  // namespace opline::simulator
