// Data processing: ARM DDI 0403, A7.7; shifts A2.2.1; AddWithCarry A2.2.1.
#include <array>
#include <bit>
#include <utility>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"

namespace opline::simulator {
namespace {

template <Operand kOperand>
inline std::uint32_t shifted(const Op* op, const Cpu* cpu, std::uint32_t& carry) {
  if constexpr (kOperand == Operand::imm) {
    if (op->aux != 2) carry = op->aux;
    return op->imm;
  } else {
    const std::uint32_t value = cpu->r[op->rm];
    const unsigned by = op->aux;
    if constexpr (kOperand == Operand::reg) {
      return value;
    } else if constexpr (kOperand == Operand::lsl) {
      carry = value >> (32 - by) & 1;
      return value << by;
    } else if constexpr (kOperand == Operand::lsr) {
      carry = value >> (by - 1) & 1;
      return static_cast<std::uint32_t>(std::uint64_t{value} >> by);
    } else if constexpr (kOperand == Operand::asr) {
      const auto wide = static_cast<std::int64_t>(static_cast<std::int32_t>(value));
      carry = static_cast<std::uint32_t>(wide >> (by - 1)) & 1;
      return static_cast<std::uint32_t>(wide >> by);
    } else if constexpr (kOperand == Operand::ror) {
      const std::uint32_t result = std::rotr(value, static_cast<int>(by));
      carry = result >> 31;
      return result;
    } else {
      const std::uint32_t result = cpu->carry << 31 | value >> 1;
      carry = value & 1;
      return result;
    }
  }
}

template <bool kFlags>
inline std::uint32_t add_with_carry(Cpu* cpu, std::uint32_t a, std::uint32_t b,
                                    std::uint32_t carry_in) {
  const std::uint64_t sum = std::uint64_t{a} + b + carry_in;
  const auto result = static_cast<std::uint32_t>(sum);
  if constexpr (kFlags) {
    set_nz(*cpu, result);
    cpu->carry = static_cast<std::uint32_t>(sum >> 32);
    cpu->overflow = (~(a ^ b) & (a ^ result)) >> 31;
  }
  return result;
}

constexpr bool is_logical(Alu o) {
  return o == Alu::and_ || o == Alu::bic || o == Alu::orr || o == Alu::orn || o == Alu::eor ||
         o == Alu::mov || o == Alu::mvn || o == Alu::tst || o == Alu::teq;
}

template <Alu kAlu>
inline std::uint32_t logical(std::uint32_t a, std::uint32_t b) {
  if constexpr (kAlu == Alu::and_ || kAlu == Alu::tst) return a & b;
  if constexpr (kAlu == Alu::bic) return a & ~b;
  if constexpr (kAlu == Alu::orr) return a | b;
  if constexpr (kAlu == Alu::orn) return a | ~b;
  if constexpr (kAlu == Alu::eor || kAlu == Alu::teq) return a ^ b;
  if constexpr (kAlu == Alu::mov) return b;
  return ~b;
}

template <Alu kAlu, bool kFlags>
inline std::uint32_t arithmetic(Cpu* cpu, std::uint32_t a, std::uint32_t b) {
  if constexpr (kAlu == Alu::add || kAlu == Alu::cmn) return add_with_carry<kFlags>(cpu, a, b, 0);
  if constexpr (kAlu == Alu::adc) return add_with_carry<kFlags>(cpu, a, b, cpu->carry);
  if constexpr (kAlu == Alu::sub || kAlu == Alu::cmp) return add_with_carry<kFlags>(cpu, a, ~b, 1);
  if constexpr (kAlu == Alu::sbc) return add_with_carry<kFlags>(cpu, a, ~b, cpu->carry);
  return add_with_carry<kFlags>(cpu, ~a, b, 1);  // rsb
}

template <Alu kAlu, Operand kOperand, bool kFlags>
void alu(const Op* op, Cpu* cpu, Time time) {
  constexpr bool kKeepsResult =
      kAlu != Alu::tst && kAlu != Alu::teq && kAlu != Alu::cmp && kAlu != Alu::cmn;
  std::uint32_t carry = cpu->carry, result = 0;
  const std::uint32_t b = shifted<kOperand>(op, cpu, carry);
  if constexpr (is_logical(kAlu)) {
    result = logical<kAlu>(cpu->r[op->rn], b);
    if constexpr (kFlags) {
      set_nz(*cpu, result);
      cpu->carry = carry;
    }
  } else {
    result = arithmetic<kAlu, kFlags>(cpu, cpu->r[op->rn], b);
  }
  if constexpr (kKeepsResult) cpu->r[op->rd] = result;
  OPLINE_CONTINUE();
}

template <Alu kAlu, bool kFlags>
Handler alu_for(Operand operand) {
  switch (operand) {
    case Operand::imm:
      return alu<kAlu, Operand::imm, kFlags>;
    case Operand::reg:
      return alu<kAlu, Operand::reg, kFlags>;
    case Operand::lsl:
      return alu<kAlu, Operand::lsl, kFlags>;
    case Operand::lsr:
      return alu<kAlu, Operand::lsr, kFlags>;
    case Operand::asr:
      return alu<kAlu, Operand::asr, kFlags>;
    case Operand::ror:
      return alu<kAlu, Operand::ror, kFlags>;
    case Operand::rrx:
      return alu<kAlu, Operand::rrx, kFlags>;
  }
  return nullptr;
}

template <std::size_t... kIndices>
Handler choose_alu(Alu operation, Operand operand, bool set_flags,
                   std::index_sequence<kIndices...>) {
  Handler chosen = nullptr;
  ((static_cast<std::size_t>(operation) == kIndices
        ? void(chosen = set_flags ? alu_for<static_cast<Alu>(kIndices), true>(operand)
                                  : alu_for<static_cast<Alu>(kIndices), false>(operand))
        : void()),
   ...);
  return chosen;
}

// Shift by register, A7.7.69 and the like: amounts from 0 to 255.
template <Operand kShift, bool kFlags>
void shift(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t value = cpu->r[op->rn], by = cpu->r[op->rm] & 0xFF;
  std::uint32_t carry = cpu->carry, result = value;
  if (by != 0) {
    if constexpr (kShift == Operand::lsl) {
      const std::uint64_t wide = by <= 32 ? std::uint64_t{value} << by : 0;
      result = static_cast<std::uint32_t>(wide);
      carry = static_cast<std::uint32_t>(wide >> 32) & 1;
    } else if constexpr (kShift == Operand::lsr) {
      result = by < 32 ? value >> by : 0;
      carry = by <= 32 ? value >> (by - 1) & 1 : 0;
    } else if constexpr (kShift == Operand::asr) {
      const unsigned limited = by < 32 ? by : 32;
      const auto wide = static_cast<std::int64_t>(static_cast<std::int32_t>(value));
      result = static_cast<std::uint32_t>(wide >> limited);
      carry = static_cast<std::uint32_t>(wide >> (limited - 1)) & 1;
    } else {
      result = std::rotr(value, static_cast<int>(by & 31));
      carry = result >> 31;
    }
  }
  cpu->r[op->rd] = result;
  if constexpr (kFlags) {
    set_nz(*cpu, result);
    cpu->carry = carry;
  }
  OPLINE_CONTINUE();
}

template <bool kSubtract>
void change_sp(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t by = op->aux == 0xFF ? op->imm : cpu->r[op->rm] << op->aux;
  const std::uint32_t base = op->rn == 16 ? 0 : cpu->r[op->rn];  // 16: MOV
  const std::uint32_t before = cpu->r[13];
  cpu->r[13] = (kSubtract ? base - by : base + by) & ~3U;
  if (stack_below_limit(*cpu)) [[unlikely]] {
    cpu->r[13] = before;
    OPLINE_STOP();
  }
  OPLINE_CONTINUE();
}

template <Extend kKind, bool kAdd>
void extend(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t v = std::rotr(cpu->r[op->rm], op->aux);
  std::uint32_t result = 0;
  if constexpr (kKind == Extend::sxth)
    result = static_cast<std::uint32_t>(static_cast<std::int16_t>(v));
  if constexpr (kKind == Extend::uxth) result = v & 0xFFFF;
  if constexpr (kKind == Extend::sxtb)
    result = static_cast<std::uint32_t>(static_cast<std::int8_t>(v));
  if constexpr (kKind == Extend::uxtb) result = v & 0xFF;
  if constexpr (kKind == Extend::uxtb16) result = v & 0x00FF00FF;
  if constexpr (kKind == Extend::sxtb16) {
    const auto low = static_cast<std::uint32_t>(static_cast<std::int8_t>(v)) & 0xFFFF;
    const auto high = static_cast<std::uint32_t>(static_cast<std::int8_t>(v >> 16)) << 16;
    result = low | high;
  }
  if constexpr (kAdd) {
    const std::uint32_t n = cpu->r[op->rn];
    if constexpr (kKind == Extend::sxtb16 || kKind == Extend::uxtb16) {
      result = ((result + n) & 0xFFFF) | ((result & 0xFFFF0000U) + (n & 0xFFFF0000U));
    } else {
      result += n;
    }
  }
  cpu->r[op->rd] = result;
  OPLINE_CONTINUE();
}

std::uint32_t reverse_bits(std::uint32_t v) {
  v = (v >> 1 & 0x55555555U) | (v & 0x55555555U) << 1;
  v = (v >> 2 & 0x33333333U) | (v & 0x33333333U) << 2;
  v = (v >> 4 & 0x0F0F0F0FU) | (v & 0x0F0F0F0FU) << 4;
  return __builtin_bswap32(v);
}

}  // namespace

Handler alu_handler(Alu operation, Operand operand, bool set_flags) {
  return choose_alu(operation, operand, set_flags, std::make_index_sequence<16>{});
}

Handler shift_handler(Operand kind, bool flags) {
  switch (kind) {
    case Operand::lsl:
      return flags ? shift<Operand::lsl, true> : shift<Operand::lsl, false>;
    case Operand::lsr:
      return flags ? shift<Operand::lsr, true> : shift<Operand::lsr, false>;
    case Operand::asr:
      return flags ? shift<Operand::asr, true> : shift<Operand::asr, false>;
    default:
      return flags ? shift<Operand::ror, true> : shift<Operand::ror, false>;
  }
}

Handler movt_handler() {
  return handler([](const Op& op, Cpu& cpu) { cpu.r[op.rd] = (cpu.r[op.rd] & 0xFFFF) | op.imm; });
}
Handler add_to_sp_handler() { return change_sp<false>; }
Handler sub_to_sp_handler() { return change_sp<true>; }
Handler bfi_handler() {
  return handler([](const Op& op, Cpu& cpu) {
    cpu.r[op.rd] = (cpu.r[op.rd] & ~op.imm) | (cpu.r[op.rn] << op.aux & op.imm);
  });
}
Handler bfc_handler() {
  return handler([](const Op& op, Cpu& cpu) { cpu.r[op.rd] &= ~op.imm; });
}
Handler ubfx_handler() {
  return handler([](const Op& op, Cpu& cpu) { cpu.r[op.rd] = cpu.r[op.rn] >> op.aux & op.imm; });
}
Handler sbfx_handler() {
  return handler([](const Op& op, Cpu& cpu) {
    const unsigned above = 32 - op.aux - op.imm;
    cpu.r[op.rd] = static_cast<std::uint32_t>(static_cast<std::int32_t>(cpu.r[op.rn] << above) >>
                                              (32 - op.imm));
  });
}
Handler clz_handler() {
  return handler([](const Op& op, Cpu& cpu) {
    cpu.r[op.rd] = static_cast<std::uint32_t>(std::countl_zero(cpu.r[op.rm]));
  });
}
Handler rbit_handler() {
  return handler([](const Op& op, Cpu& cpu) { cpu.r[op.rd] = reverse_bits(cpu.r[op.rm]); });
}
Handler rev_handler() {
  return handler([](const Op& op, Cpu& cpu) { cpu.r[op.rd] = __builtin_bswap32(cpu.r[op.rm]); });
}
Handler rev16_handler() {
  return handler([](const Op& op, Cpu& cpu) {
    cpu.r[op.rd] = std::rotr(__builtin_bswap32(cpu.r[op.rm]), 16);
  });
}
Handler revsh_handler() {
  return handler([](const Op& op, Cpu& cpu) {
    cpu.r[op.rd] = static_cast<std::uint32_t>(
        static_cast<std::int16_t>(__builtin_bswap16(static_cast<std::uint16_t>(cpu.r[op.rm]))));
  });
}

Handler extend_handler(Extend kind, bool add) {
  switch (kind) {
    case Extend::sxth:
      return add ? extend<Extend::sxth, true> : extend<Extend::sxth, false>;
    case Extend::uxth:
      return add ? extend<Extend::uxth, true> : extend<Extend::uxth, false>;
    case Extend::sxtb16:
      return add ? extend<Extend::sxtb16, true> : extend<Extend::sxtb16, false>;
    case Extend::uxtb16:
      return add ? extend<Extend::uxtb16, true> : extend<Extend::uxtb16, false>;
    case Extend::sxtb:
      return add ? extend<Extend::sxtb, true> : extend<Extend::sxtb, false>;
    case Extend::uxtb:
      return add ? extend<Extend::uxtb, true> : extend<Extend::uxtb, false>;
  }
  return nullptr;
}

}  // namespace opline::simulator
