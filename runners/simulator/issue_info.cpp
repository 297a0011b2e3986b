#include "runners/simulator/issue_info.h"

#include <algorithm>
#include <bit>

#include "runners/simulator/decoder.h"

namespace opline::simulator {
namespace {

constexpr std::int8_t kEarlier = -1;  ///< Needed in EX1.

/// Fills an IssueInfo from an encoding; the field names of DDI 0403 are arguments.
class Builder {
 public:
  Builder(const board::DualIssueTiming& timing, std::uint32_t address, std::uint32_t bits, bool in_it)
      : timing_(timing), address_(address), bits_(bits), in_it_(in_it) {}

  IssueInfo info;

  void decode_16();
  void decode_32();

 private:
  // ---- parts ----
  void read(unsigned resource, int advance = 0, bool by_multiplier = false) {
    if (resource == 15) return;
    for (unsigned i = sources_++; i < 4; i = 4) {
      info.source[i] = static_cast<std::uint8_t>(2 * resource + (by_multiplier ? 1 : 0));
      info.advance[i] = static_cast<std::int8_t>(advance);
    }
  }
  void write(unsigned resource, std::uint32_t latency) {
    for (unsigned i = targets_++; i < 2; i = 2) {
      info.target[i] = static_cast<std::uint8_t>(resource);
      info.latency[i] = static_cast<std::uint8_t>(latency);
    }
  }
  void set_flags(bool condition = true) {
    if (condition) write(kFlags, timing_.alu);
  }
  void unit(unsigned which, unsigned conflicts) {
    info.uses |= static_cast<std::uint8_t>(which);
    info.conflicts |= static_cast<std::uint8_t>(conflicts);
  }
  void early(std::uint8_t flags = IssueInfo::kEarly) { info.flags |= flags; }
  void alone(std::uint32_t cycles) {
    info.uses = kEverything;
    info.conflicts |= kYoungerPlace;
    info.issue_cycles = static_cast<std::uint8_t>(std::max(cycles, 1U));
  }
  void simd() {
    unit(kSimd, kSimd);
    info.conflicts |= kYoungerPlace;
  }
  void shifter() { unit(kShifter, kShifter); }
  void branch(Jump jump, std::uint32_t target = 0) {
    unit(kBranchUnit, kBranchUnit);
    info.jump = jump == Jump::direct && in_it_ ? Jump::conditional : jump;
    info.imm = target;
    if (jump == Jump::conditional || in_it_) info.flags |= IssueInfo::kTestsFlags;
  }

  // ---- groups ----
  void multiply(unsigned rd, unsigned rn, unsigned rm) {
    unit(kMultiplier, kMultiplier | kStoreUnit);
    read(rn, 0, true);
    read(rm, 0, true);
    write(rd, timing_.multiply);
  }
  void accumulate(unsigned ra) { read(ra, static_cast<int>(timing_.accumulate_advance)); }
  void simple(unsigned rd, unsigned rn, unsigned rm, bool flags, bool may_be_early = true) {
    read(rn);
    read(rm);
    if (rd != 15) write(rd, timing_.alu);
    set_flags(flags);
    if (may_be_early) early();
    if (rd == 15) branch(Jump::indirect);
  }

  void address_from(unsigned rn, std::uint32_t imm) {
    info.base = static_cast<std::uint8_t>(rn);
    info.imm = imm;
    if (rn == 15) {
      info.mode |= IssueInfo::kAbsolute;
      info.imm = ((address_ + 4) & ~3U) + imm;
    }
    read(rn, kEarlier);
  }
  void address_index(unsigned rm, unsigned shift) {
    info.index = static_cast<std::uint8_t>(rm);
    info.shift = static_cast<std::uint8_t>(shift);
    read(rm, kEarlier);
  }
  void load(unsigned rt, unsigned bytes) {
    info.access = Access::load;
    info.bytes = static_cast<std::uint8_t>(bytes);
    info.flags |= IssueInfo::kLoadsPlain;
    if (rt == 15) return branch_by_load();
    write(rt, bytes == 4 ? timing_.load_word : timing_.load_narrow);
    if (bytes == 4) info.flags |= IssueInfo::kWordLoad;
  }
  /// The target is in `imm` of direct jumps only, so an indirect one may keep its offset there.
  void branch_by_load() {
    unit(kBranchUnit, kBranchUnit);
    info.jump = Jump::indirect;
  }
  void store(unsigned rt, unsigned bytes) {
    info.access = Access::store;
    info.bytes = static_cast<std::uint8_t>(bytes);
    unit(kStoreUnit, kStoreUnit | kMultiplier);
    read(rt, static_cast<int>(timing_.store_data_advance));
  }
  void words(bool is_load, unsigned count) {
    info.access = is_load ? Access::load : Access::store;
    info.bytes = 4;
    info.words = static_cast<std::uint8_t>(count);
    alone((count + timing_.multiple_words - 1) / timing_.multiple_words);
  }
  /// LDM, STM, PUSH, POP. The last loaded registers are ready last; the others have come by the next issue.
  void multiple(bool is_load, unsigned rn, std::uint32_t list, bool back, bool before) {
    address_from(rn, 0);
    if (before) info.mode |= IssueInfo::kBefore;
    words(is_load, static_cast<unsigned>(std::popcount(list)));
    if (back) info.base_target = static_cast<std::uint8_t>(rn);
    if (!is_load) {
      for (unsigned r = 0, taken = 0; r < 15 && taken < 3; ++r) {
        if (bit_of(list, r)) read(r, static_cast<int>(timing_.store_data_advance)), ++taken;
      }
      return;
    }
    const unsigned after = info.issue_cycles - 1U + timing_.load_word;
    if (const std::uint32_t low = list & 0x7FFF; low != 0) {
      const auto last = static_cast<unsigned>(std::bit_width(low) - 1);
      write(last, after);
      if (const std::uint32_t rest = low & ~(1U << last); rest != 0)
        write(static_cast<unsigned>(std::bit_width(rest) - 1), after);
      info.flags |= IssueInfo::kWordLoad;
    }
    if (bit_of(list, 15)) branch_by_load();
  }

  void single_32();
  void doubles_and_tables();
  void shifted_register();
  void modified_immediate();
  void plain_immediate();
  void branches_and_system();
  void register_data();
  void multiplies();
  void long_multiplies();
  void data_processing_16();
  void high_registers_16();
  void miscellaneous_16();
  void floating();
  void float_arithmetic();
  void float_transfer();
  void float_memory();
  void float_read(unsigned single, int advance = 0) { read(kSingle0 + single, advance); }
  void float_write(unsigned single, std::uint32_t latency) {
    write(kSingle0 + single, latency);
    if (is_double()) write(kSingle0 + (single | 1), latency);
  }
  bool is_double() const { return bit_of(bits_, 8); }
  /// Number of the single, or of the lower half of the double.
  unsigned float_register(unsigned field, unsigned extra) const {
    const unsigned high = reg(bits_, field), low = bits_ >> extra & 1;
    return is_double() ? (low << 4 | high) * 2 & 31 : high << 1 | low;
  }

  const board::DualIssueTiming& timing_;
  std::uint32_t address_, bits_;
  bool in_it_;
  unsigned sources_ = 0, targets_ = 0;
};

// ---- 16 bits: DDI 0403, A5.2 ----

void Builder::data_processing_16() {
  const unsigned dn = reg(bits_, 0, 3), m = reg(bits_, 3, 3);
  const bool flags = !in_it_;
  switch (bits_of(bits_, 9, 6)) {
    case 2:
    case 3:
    case 4:
    case 7:  // shifts by a register
      return simple(dn, dn, m, flags);
    case 5:
    case 6:  // ADC, SBC
      read(kFlags);
      return simple(dn, dn, m, flags, false);
    case 8:
    case 10:
    case 11:  // TST, CMP, CMN
      read(dn);
      read(m);
      return set_flags();
    case 9:
      return simple(dn, m, 15, flags, false);
    case 13:
      multiply(dn, dn, m);
      return set_flags(flags);
    case 15:
      return simple(dn, m, 15, flags, false);
    default:
      return simple(dn, dn, m, flags, false);
  }
}

void Builder::high_registers_16() {
  const unsigned m = reg(bits_, 3), dn = (bits_ >> 4 & 8) | (bits_ & 7);
  switch (bits_of(bits_, 9, 8)) {
    case 0:
      return simple(dn, dn, m, false);
    case 1:
      read(dn);
      read(m);
      return set_flags();
    case 2:
      return simple(dn, m, 15, false);
    default:
      read(m);
      if (bit_of(bits_, 7)) write(14, timing_.alu);
      return branch(Jump::indirect);
  }
}

void Builder::miscellaneous_16() {
  if ((bits_ & 0xF500) == 0xB100) {  // CBZ, CBNZ
    read(reg(bits_, 0, 3));
    branch(Jump::conditional, address_ + 4 + ((bits_ >> 3 & 0x1F) << 1 | (bits_ >> 9 & 1) << 6));
    info.flags &= static_cast<std::uint8_t>(~IssueInfo::kTestsFlags);
    return;
  }
  switch (bits_of(bits_, 11, 8)) {
    case 0x0:
      return simple(13, 13, 15, false);
    case 0x2:
    case 0xA:  // extensions; REV and kin, which run in EX1
      read(reg(bits_, 3, 3), bits_of(bits_, 11, 8) == 0xA ? kEarlier : 0);
      write(reg(bits_, 0, 3), timing_.alu);
      return simd();
    case 0x4:
    case 0x5:
      return multiple(false, 13, (bits_ & 0xFF) | (bit_of(bits_, 8) ? 1U << 14 : 0), true, true);
    case 0xC:
    case 0xD:
      return multiple(true, 13, (bits_ & 0xFF) | (bit_of(bits_, 8) ? 1U << 15 : 0), true, false);
    case 0x6:
      return alone(timing_.system);
    default:
      return;  // IT and hints take a place and nothing else
  }
}

void Builder::decode_16() {
  const unsigned low = reg(bits_, 0, 3), middle = reg(bits_, 3, 3), third = reg(bits_, 6, 3),
                 high = reg(bits_, 8, 3);
  const std::uint32_t imm5 = bits_of(bits_, 10, 6);
  const bool flags = !in_it_;
  switch (bits_ >> 11) {
    case 0:
    case 1:
    case 2:
      return simple(low, middle, 15, flags);
    case 3:
      return simple(low, middle, bit_of(bits_, 10) ? 15U : third, flags);
    case 4:
      return simple(high, 15, 15, flags);
    case 5:
      read(high);
      return set_flags();
    case 6:
    case 7:
      return simple(high, high, 15, flags);
    case 8:
      return bit_of(bits_, 10) ? high_registers_16() : data_processing_16();
    case 9:
      address_from(15, (bits_ & 0xFF) * 4);
      return load(high, 4);
    case 10:
    case 11: {
      static constexpr std::uint8_t kBytes[8] = {4, 2, 1, 1, 4, 2, 1, 2};
      const unsigned operation = bits_of(bits_, 11, 9);
      address_from(middle, 0);
      address_index(third, 0);
      return operation < 3 ? store(low, kBytes[operation]) : load(low, kBytes[operation]);
    }
    case 12:
    case 14:
    case 16: {
      const unsigned bytes = bits_ >> 12 == 6 ? 4 : bits_ >> 12 == 7 ? 1 : 2;
      address_from(middle, imm5 * bytes);
      return store(low, bytes);
    }
    case 13:
    case 15:
    case 17: {
      const unsigned bytes = bits_ >> 12 == 6 ? 4 : bits_ >> 12 == 7 ? 1 : 2;
      address_from(middle, imm5 * bytes);
      return load(low, bytes);
    }
    case 18:
      address_from(13, (bits_ & 0xFF) * 4);
      return store(high, 4);
    case 19:
      address_from(13, (bits_ & 0xFF) * 4);
      return load(high, 4);
    case 20:
      return simple(high, 15, 15, false);
    case 21:
      return simple(high, 13, 15, false);
    case 22:
    case 23:
      return miscellaneous_16();
    case 24:
      return multiple(false, high, bits_ & 0xFF, true, false);
    case 25:
      return multiple(true, high, bits_ & 0xFF, !bit_of(bits_, high), false);
    case 26:
    case 27:
      if (bits_of(bits_, 11, 8) >= 14) return alone(timing_.system);
      return branch(Jump::conditional,
                    address_ + 4 + static_cast<std::uint32_t>(static_cast<std::int8_t>(bits_ & 0xFF) * 2));
    default:
      return branch(Jump::direct,
                    address_ + 4 + static_cast<std::uint32_t>(static_cast<std::int32_t>(bits_ << 21) >> 20));
  }
}

// ---- 32 bits: A5.3 ----

void Builder::single_32() {
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
  if (is_load && rt == 15 && size != 2) return;  // PLD, PLI: an address, no access that is waited for
  if (is_load) return load(rt, 1U << size);
  store(rt, 1U << size);
}

void Builder::doubles_and_tables() {
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
      info.flags |= IssueInfo::kWordLoad;
    } else {
      read(rt, static_cast<int>(timing_.store_data_advance));
      read(rt2, static_cast<int>(timing_.store_data_advance));
    }
    return;
  }
  const unsigned which = bits_of(bits_, 7, 4);
  if (up && is_load && which < 2) {  // TBB, TBH: the table begins at the next instruction where Rn is the PC
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

void Builder::shifted_register() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), rm = reg(bits_, 0),
                 operation = bits_of(bits_, 24, 21);
  const unsigned amount = bits_of(bits_, 14, 12) << 2 | bits_of(bits_, 7, 6), type = bits_of(bits_, 5, 4);
  const bool flags = bit_of(bits_, 20), shifted = amount != 0 || type != 0;
  if (operation == 6) {  // PKHBT, PKHTB: the second operand passes the shifter
    read(rn);
    read(rm, kEarlier);
    write(rd, timing_.alu);
    shifter();
    return simd();
  }
  const bool moves = operation == 2 && rn == 15;
  if (moves) {  // MOV and plain shifts; RRX takes the carry in the shifter
    if (type == 3 && amount == 0) {
      read(kFlags, kEarlier);
      read(rm, kEarlier);
      shifter();
      write(rd, timing_.alu);
      return set_flags(flags);
    }
    return simple(rd, rm, 15, flags);
  }
  if (shifted) {
    read(rm, kEarlier);
    shifter();
  } else {
    read(rm);
  }
  if (operation == 10 || operation == 11) read(kFlags);
  const bool adds = operation == 8 || operation == 13;
  if (!(operation == 3 && rn == 15)) read(rn);
  if (rd != 15) write(rd, timing_.alu);
  set_flags(flags);
  if (adds && !shifted && rd != 15) early();
}

void Builder::modified_immediate() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), operation = bits_of(bits_, 24, 21);
  const bool flags = bit_of(bits_, 20), needs_shifter = bit_of(bits_, 26) || bit_of(bits_, 14);
  if (needs_shifter) shifter();
  if (operation == 10 || operation == 11) read(kFlags);
  const bool moves = (operation == 2 || operation == 3) && rn == 15;
  if (!moves) read(rn);
  if (rd != 15) write(rd, timing_.alu);
  set_flags(flags);
  const bool adds = operation == 8 || operation == 13;
  if ((adds || (moves && operation == 2)) && !needs_shifter && rd != 15) early();
}

void Builder::plain_immediate() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), operation = bits_of(bits_, 24, 20);
  switch (operation) {
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
      read(rn, kEarlier);
      write(rd, timing_.saturate);
      shifter();
      return simd();
    case 0x16:  // BFI, BFC
      read(rn, kEarlier);
      read(rd);
      break;
    default:  // SBFX, UBFX
      read(rn, kEarlier);
      break;
  }
  write(rd, timing_.alu);
  shifter();
  simd();
}

void Builder::branches_and_system() {
  const std::uint32_t s = bits_of(bits_, 26, 26), j1 = bits_of(bits_, 13, 13), j2 = bits_of(bits_, 11, 11);
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
  const unsigned operation = bits_of(bits_, 26, 20);
  if (operation == 0x3A && bits_of(bits_, 10, 0) == 0) return;  // NOP.W
  if ((operation & 0x7E) == 0x38) read(reg(bits_, 16));
  if ((operation & 0x7E) == 0x3E) write(reg(bits_, 8), timing_.alu);
  alone(timing_.system);
}

void Builder::register_data() {
  const unsigned rd = reg(bits_, 8), rn = reg(bits_, 16), rm = reg(bits_, 0);
  const unsigned op1 = bits_of(bits_, 23, 20), op2 = bits_of(bits_, 7, 4);
  if (op1 < 8 && op2 == 0) return simple(rd, rn, rm, bit_of(bits_, 20));  // shifts
  if (op1 < 8) {  // extensions, with or without an addend
    read(rm, rn == 15 ? 0 : kEarlier);
    if (rn != 15) {
      read(rn);
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
    read(rn, bit_of(op2, 0) ? kEarlier : 0);
    write(rd, timing_.saturate);
  } else if (which == 1) {  // REV and kin
    read(rm, kEarlier);
    write(rd, timing_.alu);
  } else {  // SEL, CLZ
    if (which == 2) read(rn);
    if (which == 2) read(kFlags);
    read(rm);
    write(rd, timing_.alu);
  }
  simd();
}

void Builder::multiplies() {
  const unsigned ra = reg(bits_, 12), operation = bits_of(bits_, 22, 20);
  if (operation == 7) {  // USAD8, USADA8
    read(reg(bits_, 16));
    read(reg(bits_, 0));
    accumulate(ra);
    write(reg(bits_, 8), timing_.saturate);
    return simd();
  }
  multiply(reg(bits_, 8), reg(bits_, 16), reg(bits_, 0));
  accumulate(ra);
}

void Builder::long_multiplies() {
  const unsigned low = reg(bits_, 12), high = reg(bits_, 8), rn = reg(bits_, 16), rm = reg(bits_, 0);
  const unsigned operation = bits_of(bits_, 22, 20);
  if (operation == 1 || operation == 3) {  // SDIV, UDIV
    read(rn);
    read(rm);
    write(high, timing_.alu);
    info.base = static_cast<std::uint8_t>(rn);
    info.index = static_cast<std::uint8_t>(rm);
    alone(2);  // stands for the quotient's length
    info.flags |= operation == 1 ? IssueInfo::kSignedDivide : IssueInfo::kUnsignedDivide;
    return;
  }
  multiply(low, rn, rm);
  write(high, timing_.multiply);
  if (operation < 4) return;
  accumulate(low);
  accumulate(high);
}

void Builder::decode_32() {
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

// ---- floating point: A5.3.18, A6 ----

void Builder::float_arithmetic() {
  const board::DualIssueTiming::Float& f = timing_.floating;
  const unsigned d = float_register(12, 22), n = float_register(16, 7), m = float_register(0, 5);
  const unsigned operation = bits_of(bits_, 23, 23) << 3 | bits_of(bits_, 21, 20);
  unit(kFloatUnit, kFloatUnit);
  if (is_double()) info.conflicts |= kYoungerPlace;
  const auto occupy = [&](std::uint32_t cycles) { info.issue_cycles = static_cast<std::uint8_t>(cycles); };
  float_read(m);
  if (bit_of(bits_, 28)) {  // VSEL, VMAXNM, VMINNM, VRINT, VCVTA and kin
    if (operation != 11) float_read(n);
    if (!bit_of(bits_, 23)) read(kFlags, kEarlier);
    return float_write(d, f.arithmetic);
  }
  if (operation != 11) float_read(n);
  if (operation < 2 || operation == 9 || operation == 10) {
    const bool fuses = operation >= 9;
    float_read(d, static_cast<int>(fuses ? f.accumulate_advance : f.chained_advance));
    if (is_double()) occupy(f.double_fused);
    return float_write(d, fuses ? f.fused : f.chained);
  }
  if (operation == 8) occupy(is_double() ? f.double_divide : f.divide);
  if (operation == 2 && is_double()) occupy(f.double_multiply);
  if (operation == 3 && is_double()) occupy(f.double_add);
  if (operation == 11 && bit_of(bits_, 6)) {
    const unsigned which = bits_of(bits_, 19, 16);
    if (which == 1 && bit_of(bits_, 7)) occupy(is_double() ? f.double_divide : f.square_root);
    if (which == 4 || which == 5) {
      float_read(d);
      return write(kFloatFlags, timing_.alu);
    }
  }
  float_write(d, f.arithmetic);
}

void Builder::float_transfer() {
  const board::DualIssueTiming::Float& f = timing_.floating;
  const bool to_core = bit_of(bits_, 20);
  unit(kFloatUnit, kFloatUnit);
  if (bits_of(bits_, 27, 24) != 14) {  // two core registers
    const unsigned first = float_register(0, 5);
    alone(1);
    if (to_core) {
      float_read(first);
      write(reg(bits_, 12), timing_.alu);
      write(reg(bits_, 16), timing_.alu);
    } else {
      read(reg(bits_, 12));
      read(reg(bits_, 16));
      write(kSingle0 + first, f.to_core);
      write(kSingle0 + ((first + 1) & 31), f.to_core);
    }
    return;
  }
  const unsigned rt = reg(bits_, 12);
  if (bits_of(bits_, 23, 21) == 7) {  // VMRS, VMSR
    alone(1);
    if (to_core) {
      read(kFloatFlags);
      return rt == 15 ? set_flags() : write(rt, timing_.alu);
    }
    read(rt);
    return write(kFloatFlags, timing_.alu);
  }
  const unsigned single =
      is_double() ? (reg(bits_, 16) << 1 | bits_of(bits_, 21, 21)) & 31 : float_register(16, 7);
  if (to_core) {
    read(kSingle0 + single);
    return write(rt, timing_.alu);
  }
  read(rt);
  write(kSingle0 + single, f.to_core);
}

void Builder::float_memory() {
  const bool before = bit_of(bits_, 24), up = bit_of(bits_, 23), back = bit_of(bits_, 21),
             is_load = bit_of(bits_, 20);
  const unsigned rn = reg(bits_, 16), first = float_register(12, 22);
  const std::uint32_t count = bits_ & 0xFF;
  if (before && !back) {
    address_from(rn, up ? count * 4 : 0 - count * 4);
    if (is_double()) {
      words(is_load, 2);
    } else {
      info.bytes = 4;
      info.access = is_load ? Access::load : Access::store;
      if (is_load) info.flags |= IssueInfo::kLoadsPlain;
      if (!is_load) unit(kStoreUnit, kStoreUnit | kMultiplier);
    }
    if (is_load) return float_write(first, timing_.floating.load);
    return float_read(first, static_cast<int>(timing_.store_data_advance));
  }
  address_from(rn, 0);
  if (before) info.mode |= IssueInfo::kBefore;
  if (back) info.base_target = static_cast<std::uint8_t>(rn);
  words(is_load, count);
  if (!is_load) return float_read(first, static_cast<int>(timing_.store_data_advance));
  write(kSingle0 + ((first + count - 1) & 31), info.issue_cycles - 1U + timing_.floating.load);
}

void Builder::floating() {
  if (bits_of(bits_, 27, 24) == 14) {
    return bit_of(bits_, 4) && !bit_of(bits_, 28) ? float_transfer() : float_arithmetic();
  }
  if (bits_of(bits_, 27, 21) == 0x62) return float_transfer();
  float_memory();
}

}  // namespace

IssueInfo issue_info(const board::DualIssueTiming& timing, std::uint32_t address, std::uint32_t bits,
                     bool wide, bool in_it) {
  Builder builder(timing, address, bits, in_it);
  if (wide) {
    builder.decode_32();
  } else {
    builder.decode_16();
  }
  builder.info.halfwords = wide ? 2 : 1;
  return builder.info;
}

}  // namespace opline::simulator
