// What the pipeline must know of 32-bit instructions without floats: ARM DDI 0403, A5.3.
#include "runners/simulator/timing/issue_info_builder.h"

namespace opline::simulator {

void IssueInfoBuilder::single_32() {
  const unsigned rn = reg(bits_, 16), rt = reg(bits_, 12), size = bits_of(bits_, 22, 21);
  const bool is_load = bit_of(bits_, 20), up = rn == 15 ? bit_of(bits_, 23) : bit_of(bits_, 9);
  const std::uint32_t imm8 = bits_ & 0xFF, imm12 = bits_ & 0xFFF;
  if (rn == 15) {
    address_from(15, up ? imm12 : 0 - imm12);
  } else if (bit_of(bits_, 23)) {
    address_from(rn, imm12);
  } else if (bit_of(bits_, 11)) {
    address_from(rn, up ? imm8 : 0 - imm8);
    if (!bit_of(bits_, 10)) info.mode |= IssueInfo::kPost;
    if (bit_of(bits_, 8)) info.base_target = static_cast<std::uint8_t>(rn);
  } else {
    address_from(rn, 0);
    address_index(reg(bits_, 0), bits_of(bits_, 5, 4));
  }
  if (is_load && rt == 15 && size != 2)
    return;  // PLD, PLI: an address, no access that is waited for
  if (is_load) return load(rt, 1U << size);
  store(rt, 1U << size);
}

void IssueInfoBuilder::doubles_and_tables() {
  const unsigned rn = reg(bits_, 16), rt = reg(bits_, 12), rt2 = reg(bits_, 8);
  const bool before = bit_of(bits_, 24), up = bit_of(bits_, 23), back = bit_of(bits_, 21),
             is_load = bit_of(bits_, 20);
  const std::uint32_t imm = (bits_ & 0xFF) * 4;
  if (before || back) {
    address_from(rn, up ? imm : 0 - imm);
    if (!before) info.mode |= IssueInfo::kPost;
    if (back) info.base_target = static_cast<std::uint8_t>(rn);
    words(is_load, 2);
    if (is_load) {
      write(rt, timing_.load_word);
      write(rt2, timing_.load_word);
      info.set_result(Result::loaded_word);
    } else {
      read(rt, static_cast<int>(timing_.store_data_advance));
      read(rt2, static_cast<int>(timing_.store_data_advance));
    }
    return;
  }
  const unsigned which = bits_of(bits_, 7, 4);
  if (up && is_load &&
      which < 2) {  // TBB, TBH: the table begins at the next instruction where Rn is the PC
    address_from(rn, 0);
    address_index(reg(bits_, 0), which);
    if (rn == 15)
      info.access = Access::none;
    else
      load(15, 1U << which);
    branch_by_load();
    return alone(timing_.table_branch);
  }
  address_from(rn, up ? 0 : imm);  // exclusives
  const unsigned bytes = !up ? 4 : which == 4 ? 1 : 2;
  if (is_load) {
    load(rt, bytes);
  } else {
    store(rt, bytes);
    write(up ? reg(bits_, 0) : rt2, timing_.load_narrow);
  }
  alone(1);
}

void IssueInfoBuilder::shifted_register() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), rm = reg(bits_, 0),
                 operation = bits_of(bits_, 24, 21);
  const unsigned amount = bits_of(bits_, 14, 12) << 2 | bits_of(bits_, 7, 6),
                 type = bits_of(bits_, 5, 4);
  const bool flags = bit_of(bits_, 20), shifted = amount != 0 || type != 0;
  if (operation == operation_32::kPkh) {  // PKHBT, PKHTB: the second operand passes the shifter
    const bool top = bit_of(type, 1);
    if (top && timing_.rules.early_pkhtb != 0) {
      read(rn, Use::early);
    } else {
      read_late(rn);
    }
    read(rm, Use::early);
    write(rd, timing_.alu);
    shifter();
    return simd();
  }
  const bool moves = operation == operation_32::kOrr && rn == 15;
  if (moves) {  // MOV and plain shifts; RRX takes the carry in the shifter
    if (type == 3 && amount == 0) {
      read(kFlags, Use::early);
      read(rm, Use::early);
      shifter();
      write(rd, timing_.alu);
      return set_flags(flags);
    }
    return shifted ? shift(rd, rm, 15, flags) : simple(rd, rm, 15, flags);
  }
  if (shifted) {
    read(rm, Use::early);
    shifter();
  } else {
    read(rm);
  }
  if (operation_32::takes_carry(operation)) read(kFlags);
  if (!(operation == operation_32::kOrn && rn == 15)) {
    if (shifted) {
      read_late(rn);
    } else {
      read(rn);
    }
  }
  if (rd != 15) write(rd, timing_.alu);
  set_flags(flags);
  if (operation_32::adds(operation) && !shifted && rd != 15) early();
}

void IssueInfoBuilder::modified_immediate() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), operation = bits_of(bits_, 24, 21);
  const bool flags = bit_of(bits_, 20), needs_shifter = bit_of(bits_, 26) || bit_of(bits_, 14);
  if (needs_shifter) shifter();
  if (operation_32::takes_carry(operation)) read(kFlags);
  const bool is_mov = operation == operation_32::kOrr && rn == 15,
             is_mvn = operation == operation_32::kOrn && rn == 15;
  if (!is_mov && !is_mvn) read(rn);
  if (rd != 15) write(rd, timing_.alu);
  set_flags(flags);
  if ((operation_32::adds(operation) || is_mov) && !needs_shifter && rd != 15) early();
}

void IssueInfoBuilder::plain_immediate() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), operation = bits_of(bits_, 24, 20);
  switch (operation) {  // A5.3.3
    case 0x00:
    case 0x0A:  // ADDW, SUBW, ADR
      return simple(rd, rn, 15, false);
    case 0x04:  // MOVW
      return simple(rd, 15, 15, false);
    case 0x0C:  // MOVT
      read(rd);
      return write(rd, timing_.alu);
    case 0x10:
    case 0x12:
    case 0x18:
    case 0x1A:  // SSAT, USAT
      read(rn, Use::early);
      write(rd, timing_.saturate);
      shifter();
      return simd();
    case 0x16:  // BFI, BFC
      read(rn, Use::early);
      read_late(rd);
      break;
    default:  // SBFX, UBFX
      read(rn, Use::early);
      break;
  }
  write(rd, timing_.alu);
  shifter();
  simd();
}

void IssueInfoBuilder::branches_and_system() {
  const std::uint32_t s = bits_of(bits_, 26, 26), j1 = bits_of(bits_, 13, 13),
                      j2 = bits_of(bits_, 11, 11);
  if (bit_of(bits_, 12)) {
    const std::uint32_t i1 = 1 ^ j1 ^ s, i2 = 1 ^ j2 ^ s;
    std::uint32_t offset =
        s << 24 | i1 << 23 | i2 << 22 | bits_of(bits_, 25, 16) << 12 | (bits_ & 0x7FF) << 1;
    if (s != 0) offset |= 0xFE000000U;
    if (bit_of(bits_, 14)) write(14, timing_.alu);
    return branch(Jump::direct, address_ + 4 + offset);
  }
  if (bits_of(bits_, 25, 23) != 7) {
    std::uint32_t offset =
        s << 20 | j2 << 19 | j1 << 18 | bits_of(bits_, 21, 16) << 12 | (bits_ & 0x7FF) << 1;
    if (s != 0) offset |= 0xFFE00000U;
    return branch(Jump::conditional, address_ + 4 + offset);
  }
  constexpr unsigned kHint = 0x3A, kMsr = 0x38, kMrs = 0x3E;  // A5.3.4; MSR and MRS ignore bit 0
  const unsigned operation = bits_of(bits_, 26, 20);
  if (operation == kHint && bits_of(bits_, 10, 0) == 0) return;  // NOP.W
  if ((operation & ~1U) == kMsr) read(reg(bits_, 16));
  if ((operation & ~1U) == kMrs) write(reg(bits_, 8), timing_.alu);
  alone(timing_.system);
}

void IssueInfoBuilder::register_data() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), rm = reg(bits_, 0);
  const unsigned op1 = bits_of(bits_, 23, 20), op2 = bits_of(bits_, 7, 4);
  if (op1 < 8 && op2 == 0) return shift(rd, rn, rm, bit_of(bits_, 20));
  if (op1 < 8) {  // extensions, with or without an addend
    read(rm, rn == 15 ? Use::alu : Use::early);
    if (rn != 15) {
      read_late(rn);
      shifter();
    }
    write(rd, timing_.alu);
    return simd();
  }
  if (op2 < 8) {  // parallel; the saturating ones (prefixes Q, UQ) take longer
    read(rn);
    read(rm);
    write(rd, (op2 & 3) == 1 ? timing_.saturate : timing_.alu);
    return simd();
  }
  const unsigned which = bits_of(bits_, 21, 20);
  if (which == 0) {  // QADD, QDADD, QSUB, QDSUB: the doubled operand passes the shifter
    read(rm);
    read(rn, bit_of(op2, 0) ? Use::early : Use::alu);
    write(rd, timing_.saturate);
  } else if (which == 1) {  // REV and the like
    return reversal(rd, rm);
  } else {  // SEL, CLZ
    if (which == 2) read(rn);
    if (which == 2) read(kFlags);
    read(rm);
    write(rd, timing_.alu);
  }
  simd();
}

void IssueInfoBuilder::multiplies() {
  const unsigned ra = reg(bits_, 12), operation = bits_of(bits_, 22, 20);
  constexpr unsigned kUsad8 = 7;  // A5.3.16; USADA8 is the same with an accumulator
  if (operation == kUsad8) {
    read(reg(bits_, 16));
    read(reg(bits_, 0));
    accumulate(ra);
    write(reg(bits_, 8), timing_.saturate);
    return simd();
  }
  multiply(reg(bits_, 8), reg(bits_, 16), reg(bits_, 0));
  accumulate(ra);
}

void IssueInfoBuilder::long_multiplies() {
  const unsigned low = reg(bits_, 12), high = reg(bits_, 8), rn = reg(bits_, 16),
                 rm = reg(bits_, 0);
  constexpr unsigned kSdiv = 1, kUdiv = 3, kFirstAccumulating = 4;  // A5.3.17
  const unsigned operation = bits_of(bits_, 22, 20);
  if (operation == kSdiv || operation == kUdiv) {
    read(rn);
    read(rm);
    write(high, timing_.alu);
    info.base = static_cast<std::uint8_t>(rn);
    info.index = static_cast<std::uint8_t>(rm);
    alone(2);  // stands for the quotient's length
    info.flags |= operation == kSdiv ? IssueInfo::kSignedDivide : IssueInfo::kUnsignedDivide;
    return;
  }
  multiply(low, rn, rm);
  write(high, timing_.multiply);
  if (operation < kFirstAccumulating) return;
  accumulate(low);
  accumulate(high);
}

void IssueInfoBuilder::decode_32() {
  const unsigned group = bits_of(bits_, 28, 27);
  if (group == 2) {
    if (bit_of(bits_, 15)) return branches_and_system();
    return bit_of(bits_, 25) ? plain_immediate() : modified_immediate();
  }
  if (bit_of(bits_, 26)) return floating();
  if (group == 1) {
    if (bit_of(bits_, 25)) return shifted_register();
    if (bit_of(bits_, 22)) return doubles_and_tables();
    return multiple(bit_of(bits_, 20), reg(bits_, 16), bits_ & 0xFFFF, bit_of(bits_, 21),
                    bits_of(bits_, 24, 23) == 2);
  }
  if (!bit_of(bits_, 25)) return single_32();
  if (!bit_of(bits_, 24)) return register_data();
  return bit_of(bits_, 23) ? long_multiplies() : multiplies();
}

}  // namespace opline::simulator
