// The single-precision floating-point extension FPv4-SP: ARM DDI 0403, A7.7 (V...).   Room:
// runners/simulator.
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "runners/simulator/execute.h"
#include "runners/simulator/handlers.h"
#include "runners/simulator/soft_float.h"

namespace opline::simulator {
namespace {

using soft_float::Bits;
using soft_float::kSign;

/// ExecuteFPCheck (DDI 0403, B1.4.7): access, and the begin of a floating-point context. Out of the hot path, and
/// with its string out of the handlers, whose frames would prevent the jumps. False: a fault is set.
[[gnu::cold, gnu::noinline]] bool begin_fpu_context(Cpu* cpu) {
  if (!cpu->fpu_enabled) {
    set_fault(*cpu, StopReason::fault,
              "floating-point instruction while CPACR denies access to CP10 and CP11");
    return false;
  }
  if (cpu->bus->system.automatic_fpu_context() && (cpu->control & 4) == 0) {
    cpu->fpscr = (cpu->fpscr & ~soft_float::kModes) | cpu->bus->system.default_fpscr();
    cpu->control |= 4;
  }
  cpu->fpu_ready = true;
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

template <Vfp kVfp>
inline void arithmetic(const Op& op, Cpu& cpu) {
  const Bits n = cpu.s[op.rn], m = cpu.s[op.rm], f = cpu.fpscr;
  Bits& d = cpu.s[op.rd];
  using namespace soft_float;
  if constexpr (kVfp == Vfp::vmla) d = add(d, multiply(n, m, f), f);
  if constexpr (kVfp == Vfp::vmls) d = add(d, multiply(n, m, f) ^ kSign, f);
  if constexpr (kVfp == Vfp::vnmla) d = add(d ^ kSign, multiply(n, m, f) ^ kSign, f);
  if constexpr (kVfp == Vfp::vnmls) d = add(d ^ kSign, multiply(n, m, f), f);
  if constexpr (kVfp == Vfp::vmul) d = multiply(n, m, f);
  if constexpr (kVfp == Vfp::vnmul) d = multiply(n, m, f) ^ kSign;
  if constexpr (kVfp == Vfp::vadd) d = add(n, m, f);
  if constexpr (kVfp == Vfp::vsub) d = subtract(n, m, f);
  if constexpr (kVfp == Vfp::vdiv) d = divide(n, m, f);
  if constexpr (kVfp == Vfp::vfma) d = fused(n, m, d, f);
  if constexpr (kVfp == Vfp::vfms) d = fused(n ^ kSign, m, d, f);
  if constexpr (kVfp == Vfp::vfnma) d = fused(n ^ kSign, m, d ^ kSign, f);
  if constexpr (kVfp == Vfp::vfnms) d = fused(n, m, d ^ kSign, f);
  if constexpr (kVfp == Vfp::vmov) d = m;
  if constexpr (kVfp == Vfp::vabs) d = m & ~kSign;
  if constexpr (kVfp == Vfp::vneg) d = m ^ kSign;
  if constexpr (kVfp == Vfp::vsqrt) d = square_root(m, f);
  if constexpr (kVfp == Vfp::vcmp || kVfp == Vfp::vcmpe) cpu.fpscr = (f & 0x0FFFFFFF) | compare(d, m, f);
  if constexpr (kVfp == Vfp::vcmpz || kVfp == Vfp::vcmpez) cpu.fpscr = (f & 0x0FFFFFFF) | compare(d, 0, f);
}

template <std::size_t... kIndices>
Handler choose(Vfp operation, std::index_sequence<kIndices...>) {
  Handler chosen = nullptr;
  ((static_cast<std::size_t>(operation) == kIndices ? void(chosen = fpu_handler([](const Op& op, Cpu& cpu) {
                                                             arithmetic<static_cast<Vfp>(kIndices)>(op, cpu);
                                                           }))
                                                    : void()),
   ...);
  return chosen;
}

[[gnu::noinline]] bool words_aligned(Cpu* cpu, std::uint32_t address) {
  if ((address & 3) == 0) return true;
  set_fault(*cpu, StopReason::fault, fmt::format("unaligned floating-point access at {:#010x}", address));
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

Handler vfp_handler(Vfp operation) { return choose(operation, std::make_index_sequence<21>{}); }

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
    if (op.ra == 15) {
      set_nzcv(cpu, cpu.fpscr);
    } else {
      cpu.r[op.ra] = cpu.fpscr;
    }
  });
}
Handler vmsr_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) { cpu.fpscr = cpu.r[op.ra] & 0xF7C0009F; });
}

Handler vcvt_to_integer_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    cpu.s[op.rd] =
        soft_float::to_integer(cpu.s[op.rm], (op.aux & 1) != 0, 32, 0, (op.aux & 2) != 0, cpu.fpscr);
  });
}
Handler vcvt_from_integer_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    const std::uint32_t m = cpu.s[op.rm];
    const std::int64_t value =
        (op.aux & 1) != 0 ? std::int64_t{static_cast<std::int32_t>(m)} : std::int64_t{m};
    cpu.s[op.rd] = soft_float::from_integer(value, 0, false, cpu.fpscr);
  });
}
Handler vcvt_to_fixed_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    const bool is_signed = (op.aux & 1) == 0, narrow = (op.aux & 2) != 0;
    const std::uint32_t value =
        soft_float::to_integer(cpu.s[op.rd], is_signed, narrow ? 16 : 32, op.imm, true, cpu.fpscr);
    cpu.s[op.rd] = narrow && !is_signed ? value & 0xFFFF : value;
  });
}
Handler vcvt_from_fixed_handler() {
  return fpu_handler([](const Op& op, Cpu& cpu) {
    const bool is_signed = (op.aux & 1) == 0, narrow = (op.aux & 2) != 0;
    const std::uint32_t d = cpu.s[op.rd];
    std::int64_t value = is_signed ? std::int64_t{static_cast<std::int32_t>(d)} : std::int64_t{d};
    if (narrow) value = is_signed ? std::int64_t{static_cast<std::int16_t>(d)} : std::int64_t{d & 0xFFFF};
    cpu.s[op.rd] = soft_float::from_integer(value, op.imm, true, cpu.fpscr);
  });
}
Handler vcvt_to_half_handler(bool top) {
  if (top) {
    return fpu_handler([](const Op& op, Cpu& cpu) {
      cpu.s[op.rd] = (cpu.s[op.rd] & 0xFFFF) | static_cast<Bits>(soft_float::to_half(cpu.s[op.rm], cpu.fpscr))
                                                   << 16;
    });
  }
  return fpu_handler([](const Op& op, Cpu& cpu) {
    cpu.s[op.rd] = (cpu.s[op.rd] & 0xFFFF0000U) | soft_float::to_half(cpu.s[op.rm], cpu.fpscr);
  });
}
Handler vcvt_from_half_handler(bool top) {
  if (top) {
    return fpu_handler([](const Op& op, Cpu& cpu) {
      cpu.s[op.rd] = soft_float::from_half(static_cast<std::uint16_t>(cpu.s[op.rm] >> 16), cpu.fpscr);
    });
  }
  return fpu_handler([](const Op& op, Cpu& cpu) {
    cpu.s[op.rd] = soft_float::from_half(static_cast<std::uint16_t>(cpu.s[op.rm]), cpu.fpscr);
  });
}

Handler vload_handler(bool two) { return two ? vload<true> : vload<false>; }
Handler vstore_handler(bool two) { return two ? vstore<true> : vstore<false>; }
Handler vload_multiple_handler() { return vmultiple<true>; }
Handler vstore_multiple_handler() { return vmultiple<false>; }

}  // namespace opline::simulator
