// 32-bit Thumb encodings without loads, stores, multiplies and floats: ARM DDI 0403, A5.3.
#include <bit>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"

namespace opline::simulator {
namespace {

struct Decoder32 {
  const DecodeContext& context;
  std::uint32_t address;
  std::uint32_t bits;
  Decoded& out;

  const board::IntegerTiming& integer() const { return context.core->integer; }
  std::uint32_t pc() const { return address + 4; }
  unsigned rd() const { return reg(bits, 8); }
  unsigned rn() const { return reg(bits, 16); }
  unsigned rm() const { return reg(bits, 0); }

  void fields(Handler run, unsigned d, unsigned n, unsigned m) {
    out.op.run = run;
    out.op.rd = static_cast<std::uint8_t>(d);
    out.op.rn = static_cast<std::uint8_t>(n);
    out.op.rm = static_cast<std::uint8_t>(m);
    out.kind = Kind::data;
    out.writes = 1U << d;
  }

  struct Choice {
    bool valid = false;
    Alu operation = Alu::mov;
    bool compares = false;
  };

  /// A5.3.1, A5.3.11: `op` in bits 24:21, with the special cases of Rn and Rd 15.
  Choice choose() const {
    const bool flags = bit_of(bits, 20), compares = rd() == 15 && flags, moves = rn() == 15;
    switch (bits_of(bits, 24, 21)) {
      case 0:
        return {true, compares ? Alu::tst : Alu::and_, compares};
      case 1:
        return {true, Alu::bic};
      case 2:
        return {true, moves ? Alu::mov : Alu::orr};
      case 3:
        return {true, moves ? Alu::mvn : Alu::orn};
      case 4:
        return {true, compares ? Alu::teq : Alu::eor, compares};
      case 8:
        return {true, compares ? Alu::cmn : Alu::add, compares};
      case 10:
        return {true, Alu::adc};
      case 11:
        return {true, Alu::sbc};
      case 13:
        return {true, compares ? Alu::cmp : Alu::sub, compares};
      case 14:
        return {true, Alu::rsb};
      default:
        return {};
    }
  }

  /// False where a register field makes the instruction unpredictable: PC, or SP outside of its own
  /// arithmetic.
  bool registers_allowed(const Choice& choice) const {
    const bool arithmetic_on_sp =
        (choice.operation == Alu::add || choice.operation == Alu::sub) && rn() == 13;
    const bool moves = choice.operation == Alu::mov || choice.operation == Alu::mvn;
    if (!choice.compares &&
        (rd() == 15 || (rd() == 13 && !arithmetic_on_sp && choice.operation != Alu::mov)))
      return false;
    return moves || rn() != 15;
  }

  void set_alu(const Choice& choice, Operand operand) {
    fields(alu_handler(choice.operation, operand, bit_of(bits, 20)), choice.compares ? 0 : rd(),
           rn(), rm());
    if (choice.compares) out.writes = 0;
  }

  void set_sp(bool subtract, unsigned n, std::uint32_t imm, unsigned aux) {
    fields(subtract ? sub_to_sp_handler() : add_to_sp_handler(), 13, n, rm());
    out.op.imm = imm;
    out.op.aux = static_cast<std::uint8_t>(aux);
  }

  void modified_immediate() {
    const Choice choice = choose();
    if (!choice.valid || !registers_allowed(choice)) return;
    const std::uint32_t imm12 =
        bits_of(bits, 26, 26) << 11 | bits_of(bits, 14, 12) << 8 | (bits & 0xFF);
    std::uint32_t value = imm12 & 0xFF;
    unsigned carry = 2;
    if (imm12 >> 10 != 0) {  // ThumbExpandImm_C, A5.3.2
      value = std::rotr(0x80 | (imm12 & 0x7F), static_cast<int>(imm12 >> 7));
      carry = value >> 31;
    } else if (imm12 >> 8 == 1) {
      value |= value << 16;
    } else if (imm12 >> 8 == 2) {
      value = value << 8 | value << 24;
    } else if (imm12 >> 8 == 3) {
      value *= 0x01010101U;
    }
    if (rd() == 13 && !choice.compares) {
      if (bit_of(bits, 20) || choice.operation == Alu::mov) return;
      return set_sp(choice.operation == Alu::sub, 13, value, 0xFF);
    }
    set_alu(choice, Operand::imm);
    out.op.imm = value;
    out.op.aux = static_cast<std::uint8_t>(carry);
  }

  void shifted_register() {
    const unsigned shift = bits_of(bits, 14, 12) << 2 | bits_of(bits, 7, 6),
                   type = bits_of(bits, 5, 4);
    if (bits_of(bits, 24, 21) == 6) {  // PKHBT, PKHTB
      if (bit_of(bits, 20) || bit_of(bits, 4) || rn() == 15 || rm() == 15 || rd() == 13 ||
          rd() == 15)
        return;
      const bool top = bit_of(bits, 5);
      fields(pack_handler(top), rd(), rn(), rm());
      out.op.aux = static_cast<std::uint8_t>(top && shift == 0 ? 32 : shift);
      return;
    }
    const Choice choice = choose();
    if (!choice.valid || !registers_allowed(choice) || rm() == 15) return;
    if (rd() == 13 && !choice.compares) {
      if (bit_of(bits, 20) || type != 0 || (choice.operation == Alu::mov && shift != 0)) return;
      return set_sp(choice.operation == Alu::sub, choice.operation == Alu::mov ? 16 : 13, 0, shift);
    }
    static constexpr Operand kShifts[4] = {Operand::lsl, Operand::lsr, Operand::asr, Operand::ror};
    Operand operand = kShifts[type];
    unsigned by = shift;
    if (shift == 0) {  // DecodeImmShift, A7.4.2
      if (type == 0) operand = Operand::reg;
      if (type == 1 || type == 2) by = 32;
      if (type == 3) operand = Operand::rrx;
    }
    set_alu(choice, operand);
    out.op.aux = static_cast<std::uint8_t>(by);
  }

  void move_immediate(std::uint32_t value) {
    fields(alu_handler(Alu::mov, Operand::imm, false), rd(), 0, 0);
    out.op.imm = value;
    out.op.aux = 2;
  }

  void add_immediate(bool subtract, std::uint32_t imm12) {
    if (rn() == 15 && rd() == 13) return;
    if (rn() == 15) return move_immediate(subtract ? (pc() & ~3U) - imm12 : (pc() & ~3U) + imm12);
    if (rd() == 13) {
      if (rn() == 13) set_sp(subtract, 13, imm12, 0xFF);
      return;
    }
    fields(alu_handler(subtract ? Alu::sub : Alu::add, Operand::imm, false), rd(), rn(), 0);
    out.op.imm = imm12;
    out.op.aux = 2;
  }

  void saturate(bool is_unsigned, bool sixteen) {
    const unsigned shift = bits_of(bits, 14, 12) << 2 | bits_of(bits, 7, 6),
                   extra = is_unsigned ? 0 : 1;
    if (sixteen && shift == 0) {
      if ((bits & 0x30) != 0) return;  // the immediate has four bits here
      fields(saturate16_handler(is_unsigned), rd(), rn(), 0);
      out.op.imm = (bits & 0xF) + extra;
      return;
    }
    fields(saturate_handler(is_unsigned), rd(), rn(), 0);
    out.op.imm = (bits & 0x1F) + extra;
    out.op.aux = static_cast<std::uint8_t>(sixteen ? 0x80 | shift : shift);
  }

  void bit_field_insert(unsigned lsb, unsigned msb) {
    if (msb < lsb) return;
    fields(rn() == 15 ? bfc_handler() : bfi_handler(), rd(), rn(), 0);
    out.op.imm = (0xFFFFFFFFU >> (31 - (msb - lsb))) << lsb;
    out.op.aux = static_cast<std::uint8_t>(lsb);
  }

  void bit_field_extract(bool is_unsigned, unsigned lsb, unsigned width) {
    if (lsb + width > 32) return;
    fields(is_unsigned ? ubfx_handler() : sbfx_handler(), rd(), rn(), 0);
    out.op.imm = is_unsigned ? 0xFFFFFFFFU >> (32 - width) : width;
    out.op.aux = static_cast<std::uint8_t>(lsb);
  }

  // A5.3.3
  void plain_immediate() {
    if (rd() == 15) return;
    const std::uint32_t imm12 =
        bits_of(bits, 26, 26) << 11 | bits_of(bits, 14, 12) << 8 | (bits & 0xFF);
    const std::uint32_t imm16 = rn() << 12 | imm12;
    const unsigned lsb = bits_of(bits, 14, 12) << 2 | bits_of(bits, 7, 6), low5 = bits & 0x1F;
    const unsigned operation = bits_of(bits, 24, 20);
    if (rd() == 13 && operation != 0 && operation != 10) return;
    if (rn() == 15 && operation >= 0x10 && operation != 0x16)
      return;  // Rn 15: ADR, BFC, and part of imm16
    switch (operation) {
      case 0x00:
        return add_immediate(false, imm12);
      case 0x04:
        return move_immediate(imm16);
      case 0x0A:
        return add_immediate(true, imm12);
      case 0x0C:
        fields(movt_handler(), rd(), rd(), 0);
        out.op.imm = imm16 << 16;
        return;
      case 0x10:
        return saturate(false, false);
      case 0x12:
        return saturate(false, true);
      case 0x14:
        return bit_field_extract(false, lsb, low5 + 1);
      case 0x16:
        return bit_field_insert(lsb, low5);
      case 0x18:
        return saturate(true, false);
      case 0x1A:
        return saturate(true, true);
      case 0x1C:
        return bit_field_extract(true, lsb, low5 + 1);
      default:
        return;
    }
  }

  void conditional_branch() {
    const std::uint32_t s = bits_of(bits, 26, 26), j1 = bits_of(bits, 13, 13),
                        j2 = bits_of(bits, 11, 11);
    std::uint32_t offset =
        s << 20 | j2 << 19 | j1 << 18 | bits_of(bits, 21, 16) << 12 | (bits & 0x7FF) << 1;
    if (s != 0) offset |= 0xFFE00000U;
    set_conditional_branch(context, pc() + offset, bits_of(bits, 25, 22), out);
  }

  void branch(bool link) {
    const std::uint32_t s = bits_of(bits, 26, 26);
    const std::uint32_t i1 = 1 ^ bits_of(bits, 13, 13) ^ s, i2 = 1 ^ bits_of(bits, 11, 11) ^ s;
    std::uint32_t offset =
        s << 24 | i1 << 23 | i2 << 22 | bits_of(bits, 25, 16) << 12 | (bits & 0x7FF) << 1;
    if (s != 0) offset |= 0xFE000000U;
    set_branch(context, pc() + offset, out);
    out.cycles = integer().branch + integer().refill;
    if (link) {
      out.op.run = branch_link_handler();
      out.op.imm2 = (address + 4) | 1;
    } else if (out.op.imm == address) {
      out.op.run = branch_self_handler();
    }
  }

  void system() {
    out.cycles = integer().system;
    const unsigned operation = bits_of(bits, 26, 20);
    if ((operation & 0x7E) == 0x38) {  // MSR
      out.op.run = msr_handler();
      out.op.rn = static_cast<std::uint8_t>(rn());
      out.op.imm = bits & 0xFF;
      out.op.aux = static_cast<std::uint8_t>(bits_of(bits, 11, 10));
    } else if ((operation & 0x7E) == 0x3E) {
      fields(mrs_handler(), rd(), 0, 0);
      out.op.imm = bits & 0xFF;
      if (rd() == 13 || rd() == 15) out.op.run = nullptr;
    } else if (operation == 0x3A && bits_of(bits, 10, 8) == 0) {
      out.op.run = hint_handler(bits & 0xFF);
      if ((bits & 0xFF) == 0) out.kind = Kind::nop;
    } else if (operation == 0x3B) {
      out.cycles = integer().barrier;
      switch (bits_of(bits, 7, 4)) {
        case 2:
          out.op.run = clear_exclusive_handler();
          return;
        case 4:
        case 5:
          out.op.run = nop_handler();
          return;
        case 6:
          out.op.run = isb_handler();
          out.cycles += integer().refill;
          return;
        default:
          return;
      }
    }
  }

  void branches_and_control() {
    if (bit_of(bits, 12)) return branch(bit_of(bits, 14));
    if (bit_of(bits, 14)) return;  // UDF, or BLX to ARM code
    if (bits_of(bits, 25, 23) != 7) return conditional_branch();
    system();
  }

  void choose_group() {
    const unsigned group = bits_of(bits, 28, 27);
    if (group == 2) {
      if (bit_of(bits, 15)) return branches_and_control();
      return bit_of(bits, 25) ? plain_immediate() : modified_immediate();
    }
    if (bit_of(bits, 26)) return decode_fpu(context, address, bits, out);
    if (group == 1) {
      if (bit_of(bits, 25)) return shifted_register();
      return decode_memory_32(context, address, bits, out);
    }
    if (bit_of(bits, 25)) return decode_dsp_and_multiply(context, bits, out);
    decode_memory_32(context, address, bits, out);
  }
};

}  // namespace

void decode_32(const DecodeContext& context, std::uint32_t address, std::uint32_t bits,
               Decoded& out) {
  Decoder32{context, address, bits, out}.choose_group();
}

}  // namespace opline::simulator
