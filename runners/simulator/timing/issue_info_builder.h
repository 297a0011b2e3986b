// runners/simulator/timing/issue_info_builder.h - fills an IssueInfo from an encoding. Private to
// issue_info*.cpp. Parameters are named like the encoding's fields in DDI 0403.
#pragma once
#include <algorithm>
#include <bit>

#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/timing/issue_info.h"

namespace opline::simulator {

/// Bits 24:21 of 32-bit data processing (DDI 0403, A5.3.1 and A5.3.11).
namespace operation_32 {
enum : unsigned {
  kOrr = 2,   ///< MOV where Rn is 15.
  kOrn = 3,   ///< MVN where Rn is 15.
  kPkh = 6,   ///< PKHBT, PKHTB.
  kAdd = 8,   ///< CMN where Rd is 15.
  kAdc = 10,  ///< With carry, as kSbc.
  kSbc = 11,
  kSub = 13,  ///< CMP where Rd is 15.
};
inline bool adds(unsigned operation) { return operation == kAdd || operation == kSub; }
inline bool takes_carry(unsigned operation) { return operation == kAdc || operation == kSbc; }
}  // namespace operation_32

class IssueInfoBuilder {
 public:
  IssueInfoBuilder(const board::DualIssueTiming& timing, std::uint32_t address, std::uint32_t bits,
                   bool in_it)
      : timing_(timing), address_(address), bits_(bits), in_it_(in_it) {}

  IssueInfo info;

  void decode_16();
  void decode_32();

 private:
  // ---- parts ----
  void read(unsigned resource, int advance = 0, Use use = Use::alu) {
    if (resource == 15) return;
    for (unsigned i = sources_++; i < 4; i = 4) {
      info.source[i] = static_cast<std::uint8_t>(kUses * resource + static_cast<unsigned>(use));
      info.advance[i] = static_cast<std::int8_t>(advance);
    }
  }
  void read(unsigned resource, Use use) { read(resource, 0, use); }
  /// An operand of the ALU beside one that is needed early.
  void read_late(unsigned resource) {
    read(resource, timing_.rules.load_late_operand != 0 ? Use::multiplier : Use::alu);
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
    info.uses |= static_cast<std::uint16_t>(which);
    info.conflicts |= static_cast<std::uint16_t>(conflicts);
  }
  void early() { info.flags |= IssueInfo::kEarly; }
  /// A shift may run early in the younger place, too.
  void early_shift() {
    early();
    if (timing_.rules.younger_shift != 0) info.flags |= IssueInfo::kEarlyYounger;
  }
  void alone(std::uint32_t cycles) {
    info.uses |= kEverything;
    info.conflicts |= kYoungerPlace;
    info.issue_cycles = static_cast<std::uint8_t>(std::max(cycles, 1U));
  }
  void simd() {
    unit(kSimd, kSimd);
    info.conflicts |= kYoungerPlace;
  }
  void shifter() { unit(kShifter, kShifter); }
  /// REV, REV16, REVSH and RBIT, in EX1. Run early, the result comes in the same cycle to the ALU,
  /// but not sooner than others to what is needed early.
  void reversal(unsigned rd, unsigned rm) {
    read(rm, Use::early);
    write(rd, timing_.alu);
    simd();
    if (timing_.rules.early_reversal == 0) return;
    early();
    shifter();
    info.set_result(Result::reversed);
  }
  void branch(Jump jump, std::uint32_t target = 0) {
    unit(kBranchUnit, kBranchUnit);
    info.jump = jump == Jump::direct && in_it_ ? Jump::conditional : jump;
    info.imm = target;
    if (jump == Jump::conditional || in_it_) info.flags |= IssueInfo::kTestsFlags;
  }

  // ---- groups ----
  void multiply(unsigned rd, unsigned rn, unsigned rm) {
    unit(kMultiplier, kMultiplier | kStoreUnit);
    read(rn, Use::multiplier);
    read(rm, Use::multiplier);
    write(rd, timing_.multiply);
    info.set_result(Result::product);
  }
  void accumulate(unsigned ra) { read(ra, static_cast<int>(timing_.accumulate_advance)); }
  void shift(unsigned rd, unsigned rn, unsigned rm, bool flags) {
    simple(rd, rn, rm, flags);
    early_shift();
  }
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
    read(rn, Use::address);
  }
  void address_index(unsigned rm, unsigned shift) {
    info.index = static_cast<std::uint8_t>(rm);
    info.shift = static_cast<std::uint8_t>(shift);
    read(rm, Use::address);
  }
  void load(unsigned rt, unsigned bytes) {
    info.access = Access::load;
    info.bytes = static_cast<std::uint8_t>(bytes);
    info.flags |= IssueInfo::kLoadsPlain;
    if (rt == 15) return branch_by_load();
    write(rt, bytes == 4 ? timing_.load_word : timing_.load_narrow);
    if (bytes == 4) info.set_result(Result::loaded_word);
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
  /// LDM, STM, PUSH, POP. The last loaded registers are ready last; the others have come by the
  /// next issue.
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
      info.set_result(Result::loaded_word);
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
  void float_after_fused();
  void float_move();
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

}  // namespace opline::simulator
