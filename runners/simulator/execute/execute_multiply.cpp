// Handlers of multiplies (semantics/multiply.h), and divides: ARM DDI 0403, A4.4.3.
#include <bit>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/execute/semantics/multiply.h"

namespace opline::simulator {
namespace {

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
    set_fault(*cpu, StopReason::fault, "division by zero", fault_status::kDivideByZero);
    OPLINE_STOP();
  }
  if constexpr (kSigned) {
    time += divide_cycles(cpu->core->integer, magnitude(n), magnitude(d));
    cpu->r[op->rd] = d == 0 ? 0 : static_cast<std::uint32_t>(sign_extended(n) / sign_extended(d));
  } else {
    time += divide_cycles(cpu->core->integer, n, d);
    cpu->r[op->rd] = d == 0 ? 0 : n / d;
  }
  OPLINE_CONTINUE();
}

}  // namespace

Handler mul_handler(bool set_flags) {
  return set_flags ? handler<Multiply<true>>() : handler<Multiply<false>>();
}
Handler mla_handler() { return handler<MultiplyAccumulate<false>>(); }
Handler mls_handler() { return handler<MultiplyAccumulate<true>>(); }

Handler long_multiply_handler(LongMultiply kind) {
  return choose<kLongMultiplies>(static_cast<unsigned>(kind), [](auto index) {
    return handler<MultiplyLong<static_cast<LongMultiply>(index())>>();
  });
}

Handler divide_handler(bool is_signed) { return is_signed ? divide<true> : divide<false>; }

Handler smul_half_handler(unsigned halves, bool accumulate) {
  return choose<4>(halves, [&](auto index) {
    return accumulate ? handler<MultiplyHalves<index(), true>>()
                      : handler<MultiplyHalves<index(), false>>();
  });
}

Handler smulw_handler(bool top, bool accumulate) {
  if (top)
    return accumulate ? handler<MultiplyWordByHalf<true, true>>()
                      : handler<MultiplyWordByHalf<true, false>>();
  return accumulate ? handler<MultiplyWordByHalf<false, true>>()
                    : handler<MultiplyWordByHalf<false, false>>();
}

Handler smlal_half_handler(unsigned halves) {
  return choose<4>(halves, [](auto index) { return handler<MultiplyHalvesLong<index()>>(); });
}

Handler dual_multiply_handler(bool subtract, bool exchange, bool accumulate) {
  return choose<8>(
      (subtract ? 4U : 0U) | (exchange ? 2U : 0U) | (accumulate ? 1U : 0U), [](auto form) {
        return handler<DualMultiply<(form() & 4) != 0, (form() & 2) != 0, (form() & 1) != 0>>();
      });
}

Handler dual_multiply_long_handler(bool subtract, bool exchange) {
  return choose<4>((subtract ? 2U : 0U) | (exchange ? 1U : 0U), [](auto form) {
    return handler<DualMultiplyLong<(form() & 2) != 0, (form() & 1) != 0>>();
  });
}

Handler most_significant_handler(bool subtract, bool round, bool accumulate) {
  if (subtract)
    return round ? handler<MultiplyHighWord<true, true, true>>()
                 : handler<MultiplyHighWord<true, false, true>>();
  if (accumulate)
    return round ? handler<MultiplyHighWord<false, true, true>>()
                 : handler<MultiplyHighWord<false, false, true>>();
  return round ? handler<MultiplyHighWord<false, true, false>>()
               : handler<MultiplyHighWord<false, false, false>>();
}

}  // namespace opline::simulator
