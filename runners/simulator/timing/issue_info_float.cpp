// What the pipeline must know of floating-point instructions: ARM DDI 0403, A5.3.18 and A6.
#include "runners/simulator/timing/issue_info_builder.h"

namespace opline::simulator {

namespace {

/// Bits 23, 21 and 20 of floating-point data processing (DDI 0403, A6.4), and of their group
/// `other` bits 19 to 16.
enum Operation : unsigned {
  kVmla = 0,
  kVnmla = 1,
  kVmul = 2,
  kVadd = 3,
  kVdiv = 8,
  kVfnma = 9,
  kVfma = 10,
  kOther = 11,
};
enum OtherOperation : unsigned { kSqrtOrNegate = 1, kVcmp = 4, kVcmpZero = 5 };

bool is_chained(unsigned operation) { return operation == kVmla || operation == kVnmla; }
bool is_fused(unsigned operation) { return operation == kVfnma || operation == kVfma; }

}  // namespace

/// VADD, VLDM and the like wait for some cycles after a multiply-accumulate.
void IssueInfoBuilder::float_after_fused() {
  if (timing_.rules.fused_pairing != 0) read(kAfterFused);
}

/// VLDR, VSTR and VMOV of a register do not issue beside a multiply-accumulate, nor as the younger
/// for some cycles after it.
void IssueInfoBuilder::float_move() {
  if (timing_.rules.fused_pairing == 0) return;
  unit(kFloatMoveUnit, kFusedUnit);
  info.mode |= IssueInfo::kOlderAfterFused;
}

void IssueInfoBuilder::float_arithmetic() {
  const board::DualIssueTiming::Float& f = timing_.floating;
  const unsigned d = float_register(12, 22), n = float_register(16, 7), m = float_register(0, 5);
  const unsigned operation = bits_of(bits_, 23, 23) << 3 | bits_of(bits_, 21, 20);
  unit(kFloatUnit, kFloatUnit);
  if (is_double()) info.conflicts |= kYoungerPlace;
  const auto occupy = [&](std::uint32_t cycles) {
    info.issue_cycles = static_cast<std::uint8_t>(cycles);
  };
  float_read(m);
  if (bit_of(bits_, 28)) {  // VSEL, VMAXNM, VMINNM, VRINT, VCVTA and the like
    if (operation != kOther) float_read(n);
    if (!bit_of(bits_, 23)) read(kFlags, Use::early);
    return float_write(d, f.arithmetic);
  }
  if (operation != kOther) float_read(n);
  if (is_chained(operation) || is_fused(operation)) {
    const bool fuses = is_fused(operation);
    float_read(d, static_cast<int>(fuses ? f.accumulate_advance : f.chained_advance));
    float_write(d, fuses ? f.fused : f.chained);
    if (is_double()) return occupy(f.double_fused);
    if (timing_.rules.fused_pairing == 0) return;
    unit(kFusedUnit, kFloatMoveUnit);
    return write(kAfterFused, 1 + timing_.rules.fused_pairing);
  }
  const bool is_immediate = operation == kOther && !bit_of(bits_, 6);
  if (operation == kVadd || is_immediate) float_after_fused();
  if (operation == kVdiv) occupy(is_double() ? f.double_divide : f.divide);
  if (operation == kVmul && is_double()) occupy(f.double_multiply);
  if (operation == kVadd && is_double()) occupy(f.double_add);
  if (operation == kOther && bit_of(bits_, 6)) {
    const unsigned which = bits_of(bits_, 19, 16);
    if (which == kSqrtOrNegate && bit_of(bits_, 7))
      occupy(is_double() ? f.double_divide : f.square_root);
    if (which == kVcmp || which == kVcmpZero) {
      float_read(d);
      return write(kFloatFlags, timing_.alu);
    }
  }
  float_write(d, f.arithmetic);
}

void IssueInfoBuilder::float_transfer() {
  const board::DualIssueTiming::Float& f = timing_.floating;
  const bool to_core = bit_of(bits_, 20);
  unit(kFloatUnit, kFloatUnit);
  float_move();
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
      write(kSingle0 + first, f.from_core);
      write(kSingle0 + ((first + 1) & 31), f.from_core);
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
  write(kSingle0 + single, f.from_core);
}

void IssueInfoBuilder::float_memory() {
  const bool before = bit_of(bits_, 24), up = bit_of(bits_, 23), back = bit_of(bits_, 21),
             is_load = bit_of(bits_, 20);
  const unsigned rn = reg(bits_, 16), first = float_register(12, 22);
  const std::uint32_t count = bits_ & 0xFF;
  if (before && !back) {
    address_from(rn, up ? count * 4 : 0 - count * 4);
    if (is_double()) {
      words(is_load, 2);
      float_after_fused();
    } else {
      float_move();
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
  float_after_fused();
  if (!is_load) return float_read(first, static_cast<int>(timing_.store_data_advance));
  write(kSingle0 + ((first + count - 1) & 31), info.issue_cycles - 1U + timing_.floating.load);
}

void IssueInfoBuilder::floating() {
  if (bits_of(bits_, 27, 24) == 14) {
    return bit_of(bits_, 4) && !bit_of(bits_, 28) ? float_transfer() : float_arithmetic();
  }
  if (bits_of(bits_, 27, 21) == 0x62) return float_transfer();
  float_memory();
}

}  // namespace opline::simulator
