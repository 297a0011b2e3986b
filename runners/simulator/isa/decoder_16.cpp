// 16-bit Thumb encodings: ARM DDI 0403, A5.2.
#include <bit>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"

namespace opline::simulator {
namespace {

struct Decoder16 {
  const DecodeContext& context;
  std::uint32_t address;
  std::uint32_t bits;
  bool in_it;
  Decoded& out;

  const board::IntegerTiming& integer() const { return context.core->integer; }
  std::uint32_t pc() const { return address + 4; }

  void result(unsigned rd) {
    out.kind = Kind::data;
    out.writes = 1U << rd;
    out.op.rd = static_cast<std::uint8_t>(rd);
  }
  void alu(Alu operation, Operand operand, unsigned rd, unsigned rn, unsigned rm, std::uint32_t imm,
           unsigned aux, bool flags) {
    out.op.run = alu_handler(operation, operand, flags);
    result(rd);
    out.op.rn = static_cast<std::uint8_t>(rn);
    out.op.rm = static_cast<std::uint8_t>(rm);
    out.op.imm = imm;
    out.op.aux = static_cast<std::uint8_t>(aux);
    if (operation >= Alu::tst && operation != Alu::mvn) out.writes = 0;
  }
  void alu_imm(Alu operation, unsigned rd, unsigned rn, std::uint32_t imm, bool flags) {
    alu(operation, Operand::imm, rd, rn, 0, imm, 2, flags);
  }

  void shift_add_compare() {
    const unsigned low = reg(bits, 0, 3), middle = reg(bits, 3, 3), imm5 = bits_of(bits, 10, 6);
    const unsigned high = reg(bits, 8, 3), imm8 = bits & 0xFF;
    const bool flags = !in_it;
    switch (bits_of(bits, 13, 11)) {
      case 0:
        if (imm5 == 0) return alu(Alu::mov, Operand::reg, low, 0, middle, 0, 0, flags);
        return alu(Alu::mov, Operand::lsl, low, 0, middle, 0, imm5, flags);
      case 1:
        return alu(Alu::mov, Operand::lsr, low, 0, middle, 0, imm5 == 0 ? 32 : imm5, flags);
      case 2:
        return alu(Alu::mov, Operand::asr, low, 0, middle, 0, imm5 == 0 ? 32 : imm5, flags);
      case 3: {
        const Alu operation = bit_of(bits, 9) ? Alu::sub : Alu::add;
        const unsigned third = reg(bits, 6, 3);
        if (bit_of(bits, 10)) return alu_imm(operation, low, middle, third, flags);
        return alu(operation, Operand::reg, low, middle, third, 0, 0, flags);
      }
      case 4:
        return alu_imm(Alu::mov, high, 0, imm8, flags);
      case 5:
        return alu_imm(Alu::cmp, high, high, imm8, true);
      case 6:
        return alu_imm(Alu::add, high, high, imm8, flags);
      default:
        return alu_imm(Alu::sub, high, high, imm8, flags);
    }
  }

  void shift_register(Operand shift, unsigned dn, unsigned m) {
    out.op.run = shift_handler(shift, !in_it);
    result(dn);
    out.op.rn = static_cast<std::uint8_t>(dn);
    out.op.rm = static_cast<std::uint8_t>(m);
  }

  void data_processing() {
    const unsigned dn = reg(bits, 0, 3), m = reg(bits, 3, 3);
    const auto two = [&](Alu operation) { alu(operation, Operand::reg, dn, dn, m, 0, 0, !in_it); };
    switch (bits_of(bits, 9, 6)) {
      case 0:
        return two(Alu::and_);
      case 1:
        return two(Alu::eor);
      case 2:
        return shift_register(Operand::lsl, dn, m);
      case 3:
        return shift_register(Operand::lsr, dn, m);
      case 4:
        return shift_register(Operand::asr, dn, m);
      case 5:
        return two(Alu::adc);
      case 6:
        return two(Alu::sbc);
      case 7:
        return shift_register(Operand::ror, dn, m);
      case 8:
        return alu(Alu::tst, Operand::reg, 0, dn, m, 0, 0, true);
      case 9:
        return alu_imm(Alu::rsb, dn, m, 0, !in_it);
      case 10:
        return alu(Alu::cmp, Operand::reg, 0, dn, m, 0, 0, true);
      case 11:
        return alu(Alu::cmn, Operand::reg, 0, dn, m, 0, 0, true);
      case 12:
        return two(Alu::orr);
      case 13:
        out.op.run = mul_handler(!in_it);
        result(dn);
        out.op.rn = static_cast<std::uint8_t>(m);
        out.op.rm = static_cast<std::uint8_t>(dn);
        out.cycles = integer().multiply;
        return;
      case 14:
        return two(Alu::bic);
      default:
        return two(Alu::mvn);
    }
  }

  void branch_to_register(Handler run, unsigned m) {
    out.op.run = run;
    out.op.rm = static_cast<std::uint8_t>(m);
    out.kind = Kind::indirect_branch;
    out.cycles = integer().branch + integer().refill;
  }

  void set_sp(Handler run, unsigned rn, unsigned rm, std::uint32_t imm, unsigned aux) {
    out.op.run = run;
    result(13);
    out.op.rn = static_cast<std::uint8_t>(rn);
    out.op.rm = static_cast<std::uint8_t>(rm);
    out.op.imm = imm;
    out.op.aux = static_cast<std::uint8_t>(aux);
  }

  void special_data() {
    const unsigned m = reg(bits, 3), dn = (bits >> 4 & 8) | (bits & 7);
    switch (bits_of(bits, 9, 8)) {
      case 0:  // ADD
        if (dn == 15) {
          branch_to_register(add_to_pc_handler(), m);
          out.op.imm = pc();
          return;
        }
        if (dn == 13 && m == 15) return;
        if (dn == 13) return set_sp(add_to_sp_handler(), 13, m, 0, 0);
        if (m == 15) return alu_imm(Alu::add, dn, dn, pc(), false);
        return alu(Alu::add, Operand::reg, dn, dn, m, 0, 0, false);
      case 1:
        if (dn == 15 || m == 15) return;
        return alu(Alu::cmp, Operand::reg, 0, dn, m, 0, 0, true);
      case 2:  // MOV
        if (dn == 15) return branch_to_register(branch_register_handler(), m);
        if (dn == 13 && m == 15) return;
        if (dn == 13) return set_sp(add_to_sp_handler(), 16, m, 0, 0);
        if (m == 15) return alu_imm(Alu::mov, dn, 0, pc(), false);
        return alu(Alu::mov, Operand::reg, dn, 0, m, 0, 0, false);
      default:
        if (m == 15) return;
        branch_to_register(bit_of(bits, 7) ? blx_handler() : bx_handler(), m);
        out.op.imm2 = (address + 2) | 1;
        return;
    }
  }

  void single(bool is_load, Width width, unsigned rt, unsigned rn, std::uint32_t offset) {
    out.op.run =
        is_load ? load_handler(width, Address::offset) : store_handler(width, Address::offset);
    out.op.rd = static_cast<std::uint8_t>(rt);
    out.op.rn = static_cast<std::uint8_t>(rn);
    out.op.imm = offset;
    out.kind = is_load ? Kind::load : Kind::store;
    out.cycles = is_load ? context.core->memory.load : context.core->memory.store;
    out.address_registers = 1U << rn;
    out.loads = is_load;
    if (is_load) out.writes = 1U << rt;
  }

  void single_register() {
    struct Form {
      bool is_load;
      Width width;
    };
    static constexpr Form kForms[8] = {{false, Width::u32}, {false, Width::u16}, {false, Width::u8},
                                       {true, Width::s8},   {true, Width::u32},  {true, Width::u16},
                                       {true, Width::u8},   {true, Width::s16}};
    const Form form = kForms[bits_of(bits, 11, 9)];
    single(form.is_load, form.width, reg(bits, 0, 3), reg(bits, 3, 3), 0);
    out.op.run = form.is_load ? load_handler(form.width, Address::reg)
                              : store_handler(form.width, Address::reg);
    out.op.rm = reg(bits, 6, 3);
    out.address_registers |= 1U << out.op.rm;
    if (!form.is_load) {
      out.kind = Kind::store_register;
      out.cycles = context.core->memory.store_register_offset;
    }
  }

  void literal() {
    single(true, Width::u32, reg(bits, 8, 3), 15, (pc() & ~3U) + (bits & 0xFF) * 4);
    out.op.run = load_handler(Width::u32, Address::literal);
    out.address_registers = 0;
  }

  void single_immediate() {
    const bool is_load = bit_of(bits, 11);
    const unsigned rt = reg(bits, 0, 3), rn = reg(bits, 3, 3), imm5 = bits_of(bits, 10, 6);
    switch (bits >> 12) {
      case 6:
        return single(is_load, Width::u32, rt, rn, imm5 * 4);
      case 7:
        return single(is_load, Width::u8, rt, rn, imm5);
      case 8:
        return single(is_load, Width::u16, rt, rn, imm5 * 2);
      default:
        return single(is_load, Width::u32, reg(bits, 8, 3), 13, (bits & 0xFF) * 4);
    }
  }

  void multiple(bool is_load, unsigned rn, std::uint32_t list, unsigned aux, bool with_pc) {
    if (list == 0 && !with_pc) return;
    out.op.run = !is_load  ? store_multiple_handler()
                 : with_pc ? load_multiple_pc_handler()
                           : load_multiple_handler();
    out.op.rn = static_cast<std::uint8_t>(rn);
    out.op.imm = list;
    out.op.aux = static_cast<std::uint8_t>(aux);
    out.cycles = context.core->memory.multiple_base + static_cast<unsigned>(std::popcount(list)) +
                 (with_pc ? 1 + integer().refill : 0);
    out.loads = is_load;
    if (with_pc) out.kind = Kind::indirect_branch;
  }

  void compare_branch() {
    const std::uint32_t target = pc() + ((bits >> 3 & 0x1F) << 1 | (bits >> 9 & 1) << 6);
    out.op.run = compare_branch_handler(bit_of(bits, 11));
    out.op.rn = reg(bits, 0, 3);
    out.op.imm = target;
    out.op.aux = static_cast<std::uint8_t>(integer().refill);
    out.refills_by_aux = true;
    out.kind = Kind::branch;
    out.cycles = integer().branch;
  }

  void unary(Handler run) {
    out.op.run = run;
    result(reg(bits, 0, 3));
    out.op.rm = reg(bits, 3, 3);
  }

  void if_then_or_hint() {
    out.cycles = integer().system;
    if ((bits & 0xF) != 0) {
      const unsigned cond = bits_of(bits, 7, 4);
      if (in_it || cond == 15 || (cond == 14 && std::popcount(bits & 0xFU) != 1)) return;
      out.op.run = nop_handler();
      out.op.imm = bits & 0xFF;
      out.kind = Kind::it;
      out.cycles = integer().it;
      return;
    }
    const unsigned hint = bits_of(bits, 7, 4);  // NOP, YIELD, WFE, WFI, SEV; the rest are NOPs too
    out.op.run = hint_handler(hint);
    if (hint == 0) out.kind = Kind::nop;
  }

  void miscellaneous() {
    if ((bits & 0xF500) == 0xB100) {
      if (!in_it) compare_branch();
      return;
    }
    switch (bits_of(bits, 11, 8)) {
      case 0x0:
        return set_sp(bit_of(bits, 7) ? sub_to_sp_handler() : add_to_sp_handler(), 13, 0,
                      (bits & 0x7F) * 4, 0xFF);
      case 0x2: {
        static constexpr Extend kKinds[4] = {Extend::sxth, Extend::sxtb, Extend::uxth,
                                             Extend::uxtb};
        return unary(extend_handler(kKinds[bits_of(bits, 7, 6)], false));
      }
      case 0x4:
      case 0x5:
        return multiple(false, 13, (bits & 0xFF) | (bit_of(bits, 8) ? 1U << 14 : 0), 3, false);
      case 0x6:
        if ((bits & 0xFFEC) != 0xB660 || in_it) return;
        out.op.run = cps_handler();
        out.op.aux = static_cast<std::uint8_t>((bits >> 4 & 1) | (bits & 2) | (bits & 1) << 2);
        out.cycles = integer().system;
        return;
      case 0xA:
        switch (bits_of(bits, 7, 6)) {
          case 0:
            return unary(rev_handler());
          case 1:
            return unary(rev16_handler());
          case 3:
            return unary(revsh_handler());
          default:
            return;
        }
      case 0xC:
      case 0xD:
        return multiple(true, 13, bits & 0xFF, 1, bit_of(bits, 8));
      case 0xE:
        out.op.run = bkpt_handler();
        out.op.imm = bits & 0xFF;
        return;
      case 0xF:
        return if_then_or_hint();
      default:
        return;
    }
  }

  void conditional_branch() {
    const unsigned cond = bits_of(bits, 11, 8);
    if (cond == 15) {
      out.op.run = svc_handler();
      out.op.imm = bits & 0xFF;
      return;
    }
    if (cond == 14 || in_it) return;  // UDF
    const auto offset = static_cast<std::uint32_t>(static_cast<std::int8_t>(bits & 0xFF) * 2);
    set_conditional_branch(context, pc() + offset, cond, out);
  }

  void branch() {
    const auto offset = static_cast<std::uint32_t>(static_cast<std::int32_t>(bits << 21) >> 20);
    set_branch(context, pc() + offset, out);
    out.cycles = integer().branch + integer().refill;
    if (out.op.imm == address) out.op.run = branch_self_handler();
  }

  void choose_group() {
    switch (bits >> 12) {
      case 0:
      case 1:
      case 2:
      case 3:
        return shift_add_compare();
      case 4:
        if (bit_of(bits, 11)) return literal();
        return bit_of(bits, 10) ? special_data() : data_processing();
      case 5:
        return single_register();
      case 6:
      case 7:
      case 8:
      case 9:
        return single_immediate();
      case 10:
        if (bit_of(bits, 11))
          return alu_imm(Alu::add, reg(bits, 8, 3), 13, (bits & 0xFF) * 4, false);
        return alu_imm(Alu::mov, reg(bits, 8, 3), 0, (pc() & ~3U) + (bits & 0xFF) * 4, false);
      case 11:
        return miscellaneous();
      case 12: {
        const unsigned rn = reg(bits, 8, 3);
        const bool is_load = bit_of(bits, 11), write_back = !is_load || !bit_of(bits, rn);
        return multiple(is_load, rn, bits & 0xFF, write_back ? 1 : 0, false);
      }
      case 13:
        return conditional_branch();
      default:
        return branch();
    }
  }
};

}  // namespace

void decode_16(const DecodeContext& context, std::uint32_t address, std::uint32_t bits, bool in_it,
               Decoded& out) {
  Decoder16{context, address, bits, in_it, out}.choose_group();
}

}  // namespace opline::simulator
