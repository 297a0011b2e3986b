// The floating-point extensions FPv4-SP, FPv5-SP and FPv5-DP: ARM DDI 0403, A7.7 (V...).
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/execute/soft_float.h"
#include "runners/simulator/machine/exception_model.h"

namespace opline::simulator {
namespace {

using soft_float::Bits;
using soft_float::Bits64;
using soft_float::Round;

/// ExecuteFPCheck (DDI 0403, B1.4.7): access, and the begin of a floating-point context. Out of the
/// hot path, and with its string out of the handlers, whose frames would prevent the jumps. False:
/// a fault is set.
[[gnu::cold, gnu::noinline]] bool begin_fpu_context(Cpu* cpu) {
  if (!cpu->fpu_enabled) {
    set_fault(*cpu, StopReason::fault,
              "floating-point instruction while CPACR denies access to CP10 and CP11",
              fault_status::kNoCoprocessor);
    return false;
  }
  begin_float_context(*cpu);
  return true;
}

#define OPLINE_REQUIRE_FPU()                                     \
  do {                                                           \
    if (!cpu->fpu_ready && !begin_fpu_context(cpu)) [[unlikely]] \
      OPLINE_STOP();                                             \
  } while (false)

template <typename Work>
void plain_fpu(const Op* op, Cpu* cpu, Time time) {
  OPLINE_REQUIRE_FPU();
  Work{}(*op, *cpu);
  OPLINE_CONTINUE();
}
template <typename Work>
Handler fpu_handler(Work) {
  return plain_fpu<Work>;
}

/// FPSCR.IDC.
template <typename... Operands>
inline void note_denormals(Cpu& cpu, Operands... operands) {
  if ((cpu.fpscr & soft_float::kFlushToZero) == 0) [[likely]]
    return;
  if ((soft_float::is_denormal(operands) || ...)) cpu.fpscr |= soft_float::kInputDenormal;
}

/// Registers as the precision has them; doubles are named by their lower half.
template <typename B>
inline B get(const Cpu& cpu, unsigned i);
template <>
inline Bits get<Bits>(const Cpu& cpu, unsigned i) {
  return cpu.s[i];
}
template <>
inline Bits64 get<Bits64>(const Cpu& cpu, unsigned i) {
  return Bits64{cpu.s[i + 1]} << 32 | cpu.s[i];
}
inline void put(Cpu& cpu, unsigned i, Bits value) { cpu.s[i] = value; }
inline void put(Cpu& cpu, unsigned i, Bits64 value) {
  cpu.s[i] = static_cast<Bits>(value);
  cpu.s[i + 1] = static_cast<Bits>(value >> 32);
}

template <Vfp kVfp, typename B>
inline void arithmetic(const Op& op, Cpu& cpu) {
  const B n = get<B>(cpu, op.rn), m = get<B>(cpu, op.rm);
  B d = get<B>(cpu, op.rd);
  constexpr bool accumulates = kVfp <= Vfp::vnmls || (kVfp >= Vfp::vfma && kVfp <= Vfp::vfnms);
  constexpr bool compares = kVfp >= Vfp::vcmp && kVfp <= Vfp::vcmpez;
  if constexpr (accumulates) {
    note_denormals(cpu, n, m, d);
  } else if constexpr (compares) {
    note_denormals(cpu, d, kVfp == Vfp::vcmp || kVfp == Vfp::vcmpe ? m : B{0});
  } else if constexpr (kVfp == Vfp::vsqrt) {
    note_denormals(cpu, m);
  } else if constexpr (kVfp < Vfp::vmov || kVfp == Vfp::vmaxnm || kVfp == Vfp::vminnm) {
    note_denormals(cpu, n, m);
  }
  const Bits f = cpu.fpscr;
  constexpr B sign = B{1} << (8 * sizeof(B) - 1);
  using namespace soft_float;
  if constexpr (kVfp == Vfp::vmla) d = add(d, multiply(n, m, f), f);
  if constexpr (kVfp == Vfp::vmls) d = add(d, multiply(n, m, f) ^ sign, f);
  if constexpr (kVfp == Vfp::vnmla) d = add(d ^ sign, multiply(n, m, f) ^ sign, f);
  if constexpr (kVfp == Vfp::vnmls) d = add(d ^ sign, multiply(n, m, f), f);
  if constexpr (kVfp == Vfp::vmul) d = multiply(n, m, f);
  if constexpr (kVfp == Vfp::vnmul) d = multiply(n, m, f) ^ sign;
  if constexpr (kVfp == Vfp::vadd) d = add(n, m, f);
  if constexpr (kVfp == Vfp::vsub) d = subtract(n, m, f);
  if constexpr (kVfp == Vfp::vdiv) d = divide(n, m, f);
  if constexpr (kVfp == Vfp::vfma) d = fused(n, m, d, f);
  if constexpr (kVfp == Vfp::vfms) d = fused(n ^ sign, m, d, f);
  if constexpr (kVfp == Vfp::vfnma) d = fused(n ^ sign, m, d ^ sign, f);
  if constexpr (kVfp == Vfp::vfnms) d = fused(n, m, d ^ sign, f);
  if constexpr (kVfp == Vfp::vmov) d = m;
  if constexpr (kVfp == Vfp::vabs) d = m & ~sign;
  if constexpr (kVfp == Vfp::vneg) d = m ^ sign;
  if constexpr (kVfp == Vfp::vsqrt) d = square_root(m, f);
  if constexpr (kVfp == Vfp::vmaxnm) d = max_number(n, m, f);
  if constexpr (kVfp == Vfp::vminnm) d = min_number(n, m, f);
  if constexpr (kVfp == Vfp::vcmp || kVfp == Vfp::vcmpe) {
    cpu.fpscr = (f & 0x0FFFFFFF) | compare(d, m, f, kVfp == Vfp::vcmpe);
  } else if constexpr (kVfp == Vfp::vcmpz || kVfp == Vfp::vcmpez) {
    cpu.fpscr = (f & 0x0FFFFFFF) | compare(d, B{0}, f, kVfp == Vfp::vcmpez);
  } else {
    put(cpu, op.rd, d);
  }
}

/// A handler from a function template's instance.
template <void (*kWork)(const Op&, Cpu&)>
Handler fpu_function() {
  return fpu_handler([](const Op& op, Cpu& cpu) { kWork(op, cpu); });
}

/// aux: soft_float::Round; imm: 1 for VRINTX.
template <typename B>
void round_integral(const Op& op, Cpu& cpu) {
  const B m = get<B>(cpu, op.rm);
  note_denormals(cpu, m);
  put(cpu, op.rd,
      soft_float::round_to_integral(m, static_cast<Round>(op.aux), cpu.fpscr, op.imm == 1));
}

template <typename B, std::size_t... kIndices>
Handler choose(Vfp operation, std::index_sequence<kIndices...>) {
  Handler chosen = nullptr;
  ((static_cast<std::size_t>(operation) == kIndices
        ? void(chosen = fpu_handler([](const Op& op, Cpu& cpu) {
                 arithmetic<static_cast<Vfp>(kIndices), B>(op, cpu);
               }))
        : void()),
   ...);
  return chosen;
}

[[gnu::noinline]] bool words_aligned(Cpu* cpu, std::uint32_t address) {
  if ((address & 3) == 0) return true;
  set_fault(*cpu, StopReason::fault,
            fmt::format("unaligned floating-point access at {:#010x}", address),
            fault_status::kUnaligned);
  return false;
}

template <bool kTwo>
void vload(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  OPLINE_REQUIRE_FPU();
  const std::uint32_t address = op->rn == 15 ? op->imm : cpu->r[op->rn] + op->imm;
  std::uint32_t low = 0, high = 0;
  bool done = words_aligned(cpu, address) && load(cpu, address, low, time);
  if constexpr (kTwo) done = done && load(cpu, address + 4, high, time);
  if (!done) {
    time = start;
    OPLINE_STOP();
  }
  cpu->s[op->rd] = low;
  if constexpr (kTwo) cpu->s[op->rd + 1] = high;
  OPLINE_CONTINUE();
}

template <bool kTwo>
void vstore(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  OPLINE_REQUIRE_FPU();
  const std::uint32_t address = cpu->r[op->rn] + op->imm;
  bool done = words_aligned(cpu, address) && store(cpu, address, cpu->s[op->rd], time);
  if constexpr (kTwo) done = done && store(cpu, address + 4, cpu->s[op->rd + 1], time);
  if (!done) {
    time = start;
    OPLINE_STOP();
  }
  OPLINE_CONTINUE();
}

constexpr std::uint8_t kWriteBack = 1, kBefore = 2;

template <bool kLoad>
void vmultiple(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  OPLINE_REQUIRE_FPU();
  const std::uint32_t bytes = 4 * op->imm2, base = cpu->r[op->rn];
  std::uint32_t address = (op->aux & kBefore) != 0 ? base - bytes : base;
  if (!words_aligned(cpu, address)) OPLINE_STOP();
  if ((op->aux & kWriteBack) != 0) {
    cpu->r[op->rn] = (op->aux & kBefore) != 0 ? base - bytes : base + bytes;
    if (op->rn == 13 && stack_below_limit(*cpu)) {
      cpu->r[13] = base;
      OPLINE_STOP();
    }
  }
  for (std::uint32_t i = 0; i < op->imm; ++i, address += 4) {
    bool done = false;
    if constexpr (kLoad) done = load(cpu, address, cpu->s[op->rd + i], time);
    if constexpr (!kLoad) done = store(cpu, address, cpu->s[op->rd + i], time);
    if (!done) {
      cpu->r[op->rn] = base;
      time = start;
      OPLINE_STOP();
    }
  }
  OPLINE_CONTINUE();
}

}  // namespace

Handler vfp_handler(Vfp operation, bool is_double) {
  constexpr auto kAll = std::make_index_sequence<static_cast<std::size_t>(Vfp::vminnm) + 1>{};
  return is_double ? choose<Bits64>(operation, kAll) : choose<Bits>(operation, kAll);
}

// aux: soft_float::Round; imm of VSEL: the condition.
Handler vrint_handler(bool is_double) {
  return is_double ? fpu_function<round_integral<Bits64>>() : fpu_function<round_integral<Bits>>();
}
Handler vsel_handler(bool is_double) {
  if (is_double) {
    return fpu_handler([](const Op& op, Cpu& cpu) {
      put(cpu, op.rd,
          get<Bits64>(cpu, passes(cpu, static_cast<std::uint8_t>(op.imm)) ? op.rn : op.rm));
    });
  }
  return fpu_handler([](const Op& op, Cpu& cpu) {
    put(cpu, op.rd, cpu.s[passes(cpu, static_cast<std::uint8_t>(op.imm)) ? op.rn : op.rm]);
  });
}
Handler vcvt_to_single_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    note_denormals(cpu, get<Bits64>(cpu, op.rm));
    cpu.s[op.rd] = soft_float::to_single(get<Bits64>(cpu, op.rm), cpu.fpscr);
  });
}
Handler vcvt_to_double_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    note_denormals(cpu, cpu.s[op.rm]);
    put(cpu, op.rd, soft_float::to_double(cpu.s[op.rm], cpu.fpscr));
  });
}
Handler vmov_double_immediate_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) { put(cpu, op.rd, Bits64{op.imm} << 32); });
}

Handler vmov_immediate_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) { cpu.s[op.rd] = op.imm; });
}
Handler vmov_to_single_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) { cpu.s[op.rd] = cpu.r[op.ra]; });
}
Handler vmov_from_single_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) { cpu.r[op.ra] = cpu.s[op.rd]; });
}
Handler vmov_two_to_singles_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    cpu.s[op.rd] = cpu.r[op.ra];
    cpu.s[op.rd + 1] = cpu.r[op.rn];
  });
}
Handler vmov_two_from_singles_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    cpu.r[op.ra] = cpu.s[op.rd];
    cpu.r[op.rn] = cpu.s[op.rd + 1];
  });
}
Handler vmrs_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    cpu.fpscr |= soft_float::take_flags();
    if (op.ra == 15) {
      set_nzcv(cpu, cpu.fpscr);
    } else {
      cpu.r[op.ra] = cpu.fpscr;
    }
  });
}
Handler vmsr_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    (void)soft_float::take_flags();
    cpu.fpscr = cpu.r[op.ra] & 0xF7C0009F;
  });
}

Handler vcvt_to_integer_handler(bool from_double) {
  if (from_double) {
    return fpu_handler([](const Op& op, Cpu& cpu) {
      note_denormals(cpu, get<Bits64>(cpu, op.rm));
      cpu.s[op.rd] = soft_float::to_integer(get<Bits64>(cpu, op.rm), (op.aux & 1) != 0, 32, 0,
                                            static_cast<Round>(op.aux >> 1), cpu.fpscr);
    });
  }
  return fpu_handler([](const Op& op, Cpu& cpu) {
    note_denormals(cpu, cpu.s[op.rm]);
    cpu.s[op.rd] = soft_float::to_integer(cpu.s[op.rm], (op.aux & 1) != 0, 32, 0,
                                          static_cast<Round>(op.aux >> 1), cpu.fpscr);
  });
}

namespace {

std::int64_t integer_in(std::uint32_t value, bool is_signed) {
  return is_signed ? std::int64_t{static_cast<std::int32_t>(value)} : std::int64_t{value};
}
std::int64_t narrow_in(std::uint32_t value, bool is_signed) {
  return is_signed ? std::int64_t{static_cast<std::int16_t>(value)} : std::int64_t{value & 0xFFFF};
}

template <typename B>
void to_fixed(const Op& op, Cpu& cpu) {
  const bool is_signed = (op.aux & 1) == 0, narrow = (op.aux & 2) != 0;
  note_denormals(cpu, get<B>(cpu, op.rd));
  const std::uint32_t value = soft_float::to_integer(
      get<B>(cpu, op.rd), is_signed, narrow ? 16 : 32, op.imm, Round::zero, cpu.fpscr);
  const std::int64_t extended = narrow ? narrow_in(value, is_signed) : integer_in(value, is_signed);
  put(cpu, op.rd, static_cast<B>(extended));
}

template <typename B>
void from_fixed(const Op& op, Cpu& cpu) {
  const bool is_signed = (op.aux & 1) == 0, narrow = (op.aux & 2) != 0;
  const std::uint32_t d = cpu.s[op.rd];
  const std::int64_t value = narrow ? narrow_in(d, is_signed) : integer_in(d, is_signed);
  if constexpr (sizeof(B) == 4)
    cpu.s[op.rd] = soft_float::from_integer(value, op.imm, true, cpu.fpscr);
  if constexpr (sizeof(B) == 8) put(cpu, op.rd, soft_float::from_integer_to_double(value, op.imm));
}

template <typename B, bool kTop>
void to_half(const Op& op, Cpu& cpu) {
  note_denormals(cpu, get<B>(cpu, op.rm));
  const Bits half = soft_float::to_half(get<B>(cpu, op.rm), cpu.fpscr), before = cpu.s[op.rd];
  cpu.s[op.rd] = kTop ? (before & 0xFFFF) | half << 16 : (before & 0xFFFF0000U) | half;
}

template <typename B, bool kTop>
void from_half(const Op& op, Cpu& cpu) {
  const auto half = static_cast<std::uint16_t>(cpu.s[op.rm] >> (kTop ? 16 : 0));
  if constexpr (sizeof(B) == 4) cpu.s[op.rd] = soft_float::from_half(half, cpu.fpscr);
  if constexpr (sizeof(B) == 8) put(cpu, op.rd, soft_float::double_from_half(half, cpu.fpscr));
}

}  // namespace

Handler vcvt_from_integer_handler(bool to_double) {
  if (to_double) {
    return fpu_handler([](const Op& op, Cpu& cpu) {
      put(cpu, op.rd,
          soft_float::from_integer_to_double(integer_in(cpu.s[op.rm], (op.aux & 1) != 0), 0));
    });
  }
  return fpu_handler([](const Op& op, Cpu& cpu) {
    cpu.s[op.rd] =
        soft_float::from_integer(integer_in(cpu.s[op.rm], (op.aux & 1) != 0), 0, false, cpu.fpscr);
  });
}
Handler vcvt_to_fixed_handler(bool is_double) {
  return is_double ? fpu_function<to_fixed<Bits64>>() : fpu_function<to_fixed<Bits>>();
}
Handler vcvt_from_fixed_handler(bool is_double) {
  return is_double ? fpu_function<from_fixed<Bits64>>() : fpu_function<from_fixed<Bits>>();
}
Handler vcvt_to_half_handler(bool top, bool from_double) {
  if (from_double)
    return top ? fpu_function<to_half<Bits64, true>>() : fpu_function<to_half<Bits64, false>>();
  return top ? fpu_function<to_half<Bits, true>>() : fpu_function<to_half<Bits, false>>();
}
Handler vcvt_from_half_handler(bool top, bool to_double) {
  if (to_double)
    return top ? fpu_function<from_half<Bits64, true>>() : fpu_function<from_half<Bits64, false>>();
  return top ? fpu_function<from_half<Bits, true>>() : fpu_function<from_half<Bits, false>>();
}

Handler vload_handler(bool two) { return two ? vload<true> : vload<false>; }
Handler vstore_handler(bool two) { return two ? vstore<true> : vstore<false>; }
Handler vload_multiple_handler() { return vmultiple<true>; }
Handler vstore_multiple_handler() { return vmultiple<false>; }

}  // namespace opline::simulator
