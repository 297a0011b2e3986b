// Multiplies and divides: ARM DDI 0403, A4.4.3.
#include <algorithm>
#include <bit>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"

namespace opline::simulator {
namespace {

using I64 = std::int64_t;
using U64 = std::uint64_t;

I64 wide(std::uint32_t value) { return static_cast<std::int32_t>(value); }
std::int32_t low_half(std::uint32_t value) { return static_cast<std::int16_t>(value); }
std::int32_t high_half(std::uint32_t value) { return static_cast<std::int16_t>(value >> 16); }
template <bool kTop>
std::int32_t half(std::uint32_t value) {
  return kTop ? high_half(value) : low_half(value);
}

/// The low word of an accumulation, Q set when it leaves 32 bits.
std::uint32_t accumulate(Cpu& cpu, I64 sum) {
  if (sum != static_cast<std::int32_t>(sum)) cpu.q = 1;
  return static_cast<std::uint32_t>(sum);
}

U64 pair(const Cpu& cpu, const Op& op) { return U64{cpu.r[op.ra]} << 32 | cpu.r[op.rd]; }
void set_pair(Cpu& cpu, const Op& op, U64 value) {
  cpu.r[op.rd] = static_cast<std::uint32_t>(value);
  cpu.r[op.ra] = static_cast<std::uint32_t>(value >> 32);
}

template <unsigned kHalves, bool kAccumulate>
Handler smul_half() {
  return handler([](const Op& op, Cpu& cpu) {
    const std::int32_t product =
        half<(kHalves & 2) != 0>(cpu.r[op.rn]) * half<(kHalves & 1) != 0>(cpu.r[op.rm]);
    cpu.r[op.rd] = kAccumulate ? accumulate(cpu, I64{product} + wide(cpu.r[op.ra]))
                               : static_cast<std::uint32_t>(product);
  });
}

template <unsigned kHalves>
Handler smlal_half() {
  return handler([](const Op& op, Cpu& cpu) {
    const std::int32_t product =
        half<(kHalves & 2) != 0>(cpu.r[op.rn]) * half<(kHalves & 1) != 0>(cpu.r[op.rm]);
    set_pair(cpu, op, pair(cpu, op) + static_cast<U64>(I64{product}));
  });
}

template <bool kTop, bool kAccumulate>
Handler smulw() {
  return handler([](const Op& op, Cpu& cpu) {
    const I64 product = wide(cpu.r[op.rn]) * half<kTop>(cpu.r[op.rm]) >> 16;
    cpu.r[op.rd] = kAccumulate ? accumulate(cpu, product + wide(cpu.r[op.ra]))
                               : static_cast<std::uint32_t>(product);
  });
}

template <bool kSubtract, bool kExchange>
I64 dual(const Op& op, const Cpu& cpu) {
  const std::uint32_t n = cpu.r[op.rn], m = kExchange ? std::rotr(cpu.r[op.rm], 16) : cpu.r[op.rm];
  const I64 first = I64{low_half(n)} * low_half(m), second = I64{high_half(n)} * high_half(m);
  return kSubtract ? first - second : first + second;
}

template <bool kSubtract, bool kExchange>
Handler dual_multiply(bool accumulates) {
  if (!accumulates) {
    return handler([](const Op& op, Cpu& cpu) {
      cpu.r[op.rd] = accumulate(cpu, dual<kSubtract, kExchange>(op, cpu));
    });
  }
  return handler([](const Op& op, Cpu& cpu) {
    cpu.r[op.rd] = accumulate(cpu, dual<kSubtract, kExchange>(op, cpu) + wide(cpu.r[op.ra]));
  });
}

template <bool kSubtract, bool kExchange>
Handler dual_multiply_long() {
  return handler([](const Op& op, Cpu& cpu) {
    set_pair(cpu, op, pair(cpu, op) + static_cast<U64>(dual<kSubtract, kExchange>(op, cpu)));
  });
}

template <bool kSubtract, bool kRound, bool kAccumulate>
Handler most_significant() {
  return handler([](const Op& op, Cpu& cpu) {
    const auto product = static_cast<U64>(wide(cpu.r[op.rn]) * wide(cpu.r[op.rm]));
    U64 result = kAccumulate ? U64{cpu.r[op.ra]} << 32 : 0;
    result = kSubtract ? result - product : result + product;
    if constexpr (kRound) result += 0x80000000U;
    cpu.r[op.rd] = static_cast<std::uint32_t>(result >> 32);
  });
}

// Early termination: the quotient has about clz(d) - clz(n) + 1 bits; data/cores says how they
// become cycles.
std::uint32_t divide_cycles(const board::IntegerTiming& timing, std::uint32_t dividend,
                            std::uint32_t divisor) {
  const int bits = std::countl_zero(divisor) - std::countl_zero(dividend) + 1;
  if (dividend == 0 || divisor == 0 || bits <= 0) return timing.divide_min;
  return timing.divide_min +
         (static_cast<std::uint32_t>(bits) * (timing.divide_max - timing.divide_min) + 31) / 32;
}

std::uint32_t magnitude(std::uint32_t value) { return (value >> 31) != 0 ? 0 - value : value; }

template <bool kSigned>
void divide(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t n = cpu->r[op->rn], d = cpu->r[op->rm];
  if (d == 0 && cpu->divide_traps) {
    set_fault(*cpu, StopReason::fault, "division by zero");
    OPLINE_STOP();
  }
  if constexpr (kSigned) {
    time += divide_cycles(cpu->core->integer, magnitude(n), magnitude(d));
    cpu->r[op->rd] = d == 0 ? 0 : static_cast<std::uint32_t>(wide(n) / wide(d));
  } else {
    time += divide_cycles(cpu->core->integer, n, d);
    cpu->r[op->rd] = d == 0 ? 0 : n / d;
  }
  OPLINE_CONTINUE();
}

}  // namespace

Handler mul_handler(bool set_flags) {
  if (!set_flags)
    return handler([](const Op& op, Cpu& cpu) { cpu.r[op.rd] = cpu.r[op.rn] * cpu.r[op.rm]; });
  return handler([](const Op& op, Cpu& cpu) {
    cpu.r[op.rd] = cpu.r[op.rn] * cpu.r[op.rm];
    set_nz(cpu, cpu.r[op.rd]);
  });
}
Handler mla_handler() {
  return handler(
      [](const Op& op, Cpu& cpu) { cpu.r[op.rd] = cpu.r[op.ra] + cpu.r[op.rn] * cpu.r[op.rm]; });
}
Handler mls_handler() {
  return handler(
      [](const Op& op, Cpu& cpu) { cpu.r[op.rd] = cpu.r[op.ra] - cpu.r[op.rn] * cpu.r[op.rm]; });
}

Handler long_multiply_handler(LongMultiply kind) {
  switch (kind) {
    case LongMultiply::smull:
      return handler([](const Op& op, Cpu& cpu) {
        set_pair(cpu, op, static_cast<U64>(wide(cpu.r[op.rn]) * wide(cpu.r[op.rm])));
      });
    case LongMultiply::umull:
      return handler(
          [](const Op& op, Cpu& cpu) { set_pair(cpu, op, U64{cpu.r[op.rn]} * cpu.r[op.rm]); });
    case LongMultiply::smlal:
      return handler([](const Op& op, Cpu& cpu) {
        set_pair(cpu, op,
                 pair(cpu, op) + static_cast<U64>(wide(cpu.r[op.rn]) * wide(cpu.r[op.rm])));
      });
    case LongMultiply::umlal:
      return handler([](const Op& op, Cpu& cpu) {
        set_pair(cpu, op, pair(cpu, op) + U64{cpu.r[op.rn]} * cpu.r[op.rm]);
      });
    case LongMultiply::umaal:
      return handler([](const Op& op, Cpu& cpu) {
        set_pair(cpu, op, U64{cpu.r[op.rn]} * cpu.r[op.rm] + cpu.r[op.rd] + cpu.r[op.ra]);
      });
  }
  return nullptr;
}

Handler divide_handler(bool is_signed) { return is_signed ? divide<true> : divide<false>; }

Handler smul_half_handler(unsigned halves, bool accumulate) {
  switch (halves) {
    case 0:
      return accumulate ? smul_half<0, true>() : smul_half<0, false>();
    case 1:
      return accumulate ? smul_half<1, true>() : smul_half<1, false>();
    case 2:
      return accumulate ? smul_half<2, true>() : smul_half<2, false>();
    default:
      return accumulate ? smul_half<3, true>() : smul_half<3, false>();
  }
}

Handler smulw_handler(bool top, bool accumulate) {
  if (top) return accumulate ? smulw<true, true>() : smulw<true, false>();
  return accumulate ? smulw<false, true>() : smulw<false, false>();
}

Handler smlal_half_handler(unsigned halves) {
  switch (halves) {
    case 0:
      return smlal_half<0>();
    case 1:
      return smlal_half<1>();
    case 2:
      return smlal_half<2>();
    default:
      return smlal_half<3>();
  }
}

Handler dual_multiply_handler(bool subtract, bool exchange, bool accumulate) {
  if (subtract)
    return exchange ? dual_multiply<true, true>(accumulate)
                    : dual_multiply<true, false>(accumulate);
  return exchange ? dual_multiply<false, true>(accumulate)
                  : dual_multiply<false, false>(accumulate);
}

Handler dual_multiply_long_handler(bool subtract, bool exchange) {
  if (subtract)
    return exchange ? dual_multiply_long<true, true>() : dual_multiply_long<true, false>();
  return exchange ? dual_multiply_long<false, true>() : dual_multiply_long<false, false>();
}

Handler most_significant_handler(bool subtract, bool round, bool accumulate) {
  if (subtract)
    return round ? most_significant<true, true, true>() : most_significant<true, false, true>();
  if (accumulate)
    return round ? most_significant<false, true, true>() : most_significant<false, false, true>();
  return round ? most_significant<false, true, false>() : most_significant<false, false, false>();
}

}  // namespace opline::simulator
