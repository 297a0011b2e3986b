// What the pipeline must know of 16-bit instructions: ARM DDI 0403, A5.2.
#include "runners/simulator/timing/issue_info_builder.h"

namespace opline::simulator {

void IssueInfoBuilder::data_processing_16() {
  const unsigned dn = reg(bits_, 0, 3), m = reg(bits_, 3, 3);
  const bool flags = !in_it_;
  switch (bits_of(bits_, 9, 6)) {
    case 2:
    case 3:
    case 4:
    case 7:  // shifts by a register
      return shift(dn, dn, m, flags);
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

void IssueInfoBuilder::high_registers_16() {
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

void IssueInfoBuilder::miscellaneous_16() {
  if ((bits_ & 0xF500) == 0xB100) {  // CBZ, CBNZ
    read(reg(bits_, 0, 3));
    branch(Jump::conditional, address_ + 4 + ((bits_ >> 3 & 0x1F) << 1 | (bits_ >> 9 & 1) << 6));
    info.flags &= static_cast<std::uint8_t>(~IssueInfo::kTestsFlags);
    return;
  }
  switch (bits_of(bits_, 11, 8)) {
    case 0x0:
      return simple(13, 13, 15, false);
    case 0x2:  // extensions
      read(reg(bits_, 3, 3));
      write(reg(bits_, 0, 3), timing_.alu);
      return simd();
    case 0xA:
      return reversal(reg(bits_, 0, 3), reg(bits_, 3, 3));
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

void IssueInfoBuilder::decode_16() {
  const unsigned low = reg(bits_, 0, 3), middle = reg(bits_, 3, 3), third = reg(bits_, 6, 3),
                 high = reg(bits_, 8, 3);
  const std::uint32_t imm5 = bits_of(bits_, 10, 6);
  const bool flags = !in_it_;
  switch (bits_ >> 11) {
    case 0:
      if (imm5 == 0) return simple(low, middle, 15, flags);  // MOV
      return shift(low, middle, 15, flags);
    case 1:
    case 2:
      return shift(low, middle, 15, flags);
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
      return branch(
          Jump::conditional,
          address_ + 4 + static_cast<std::uint32_t>(static_cast<std::int8_t>(bits_ & 0xFF) * 2));
    default:
      return branch(
          Jump::direct,
          address_ + 4 + static_cast<std::uint32_t>(static_cast<std::int32_t>(bits_ << 21) >> 20));
  }
}

}  // namespace opline::simulator
