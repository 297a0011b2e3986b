// Floating-point encodings: ARM DDI 0403, A5.3.18 and A6.
#include <optional>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/execute/soft_float.h"
#include "runners/simulator/isa/decoder.h"

namespace opline::simulator {
namespace {

using soft_float::Round;

struct FpuDecoder {
  const DecodeContext& context;
  std::uint32_t address;
  std::uint32_t bits;
  Decoded& out;

  const board::FloatTiming& timing() const { return context.core->floating; }
  bool is_double() const { return bit_of(bits, 8); }
  std::uint8_t sd() const {
    return static_cast<std::uint8_t>(reg(bits, 12) << 1 | (bits >> 22 & 1));
  }
  std::uint8_t sn() const {
    return static_cast<std::uint8_t>(reg(bits, 16) << 1 | (bits >> 7 & 1));
  }
  std::uint8_t sm() const { return static_cast<std::uint8_t>(reg(bits, 0) << 1 | (bits >> 5 & 1)); }

  bool has_double() const { return context.fpu == board::Fpu::fpv5_double; }
  bool has_v5() const { return context.fpu != board::Fpu::fpv4_single; }
  /// The lower half of the double in a register field, whose extra bit must be clear: there are
  /// sixteen.
  std::uint8_t lower_half(unsigned field) const {
    return static_cast<std::uint8_t>(reg(bits, field) << 1);
  }
  /// Registers of the operation's precision. False: a double beyond D15.
  bool registers_of(bool reads_n) {
    if (!is_double()) {
      registers();
      return true;
    }
    if (bit_of(bits, 22) || bit_of(bits, 5) || (reads_n && bit_of(bits, 7))) return false;
    out.op.rd = lower_half(12);
    out.op.rn = lower_half(16);
    out.op.rm = lower_half(0);
    return true;
  }

  void arithmetic(Vfp operation, std::uint32_t cycles, bool reads_n, bool reads_d) {
    if (!registers_of(reads_n)) return;
    out.op.run = vfp_handler(operation, is_double());
    out.cycles = cycles;
    out.float_reads = 1U << sm() | (reads_n ? 1U << sn() : 0) | (reads_d ? 1U << sd() : 0);
    out.float_writes = 1U << sd();
  }
  void registers() {
    out.op.rd = sd();
    out.op.rn = sn();
    out.op.rm = sm();
  }
  /// Conversions may have a double on one side only.
  void convert(Handler run, bool in_place, bool from_double, bool to_double) {
    registers();
    if ((to_double && bit_of(bits, 22)) || (from_double && !in_place && bit_of(bits, 5))) return;
    if (to_double) out.op.rd = lower_half(12);
    if (from_double) out.op.rm = lower_half(0);
    out.op.run = run;
    out.cycles = timing().arithmetic;
    out.float_reads = 1U << (in_place ? sd() : sm());
    out.float_writes = 1U << sd();
  }

  void three_operands(unsigned operation, bool second) {
    const std::uint32_t one = timing().arithmetic, mac = timing().multiply_accumulate;
    switch (operation) {
      case 0:
        return arithmetic(second ? Vfp::vmls : Vfp::vmla, mac, true, true);
      case 1:
        return arithmetic(second ? Vfp::vnmla : Vfp::vnmls, mac, true, true);
      case 2:
        return arithmetic(second ? Vfp::vnmul : Vfp::vmul, one, true, false);
      case 3:
        return arithmetic(second ? Vfp::vsub : Vfp::vadd, one, true, false);
      case 8:
        if (!second) arithmetic(Vfp::vdiv, timing().divide, true, false);
        return;
      case 9:
        return arithmetic(second ? Vfp::vfnma : Vfp::vfnms, mac, true, true);
      case 10:
        return arithmetic(second ? Vfp::vfms : Vfp::vfma, mac, true, true);
      default:
        return;
    }
  }

  void fixed_point(bool to_fixed) {
    const unsigned size = bit_of(bits, 7) ? 32 : 16, imm = (bits & 0xF) << 1 | (bits >> 5 & 1);
    if (imm > size) return;
    const bool wide = is_double();
    convert(to_fixed ? vcvt_to_fixed_handler(wide) : vcvt_from_fixed_handler(wide), true, wide,
            wide);
    out.op.imm = size - imm;
    out.op.aux = static_cast<std::uint8_t>((bits >> 16 & 1) | (size == 16 ? 2 : 0));
  }

  void two_operands() {
    const bool high = bit_of(bits, 7);
    const unsigned operation = bits_of(bits, 19, 16);
    switch (operation) {
      case 0:
        return arithmetic(high ? Vfp::vabs : Vfp::vmov, high ? timing().arithmetic : timing().move,
                          false, false);
      case 1:
        if (high) return arithmetic(Vfp::vsqrt, timing().square_root, false, false);
        return arithmetic(Vfp::vneg, timing().arithmetic, false, false);
      case 2:
        return convert(vcvt_from_half_handler(high, is_double()), false, false, is_double());
      case 3:
        return convert(vcvt_to_half_handler(high, is_double()), false, is_double(), false);
      case 4:
      case 5:
        arithmetic(
            operation == 4 ? (high ? Vfp::vcmpe : Vfp::vcmp) : (high ? Vfp::vcmpez : Vfp::vcmpz),
            timing().arithmetic, false, true);
        out.float_writes = 0;
        if (operation == 5) out.float_reads = 1U << sd();
        return;
      case 6:
        if (has_v5()) round(high ? Round::zero : Round::fpscr);
        return;
      case 7:
        if (!high) {
          if (has_v5()) round(Round::fpscr);  // VRINTX differs in the inexact flag only
        } else if (has_double()) {
          convert(is_double() ? vcvt_to_single_handler() : vcvt_to_double_handler(), false,
                  is_double(), !is_double());
        }
        return;
      case 8:
        convert(vcvt_from_integer_handler(is_double()), false, false, is_double());
        out.op.aux = high ? 1 : 0;
        return;
      case 10:
      case 11:
        return fixed_point(false);
      case 12:
      case 13:
        convert(vcvt_to_integer_handler(is_double()), false, is_double(), false);
        out.op.aux = static_cast<std::uint8_t>((operation & 1) |
                                               (high ? 2 : 0));  // Round::zero or Round::fpscr
        return;
      case 14:
      case 15:
        return fixed_point(true);
      default:
        return;
    }
  }

  void round(Round mode) {
    if (!registers_of(false)) return;
    out.op.run = vrint_handler(is_double());
    out.op.aux = static_cast<std::uint8_t>(mode);
    out.op.imm = bits_of(bits, 19, 16) == 7 ? 1 : 0;  // VRINTX
    out.cycles = timing().arithmetic;
  }

  /// FPv5's instructions without a condition: VSEL, VMAXNM, VMINNM, VCVTA and the like, VRINTA and
  /// the like.
  void unconditional() {
    if (!has_v5() || (is_double() && !has_double()) || bit_of(bits, 4)) return;
    static constexpr Round kModes[4] = {Round::ties_away, Round::ties_even, Round::up, Round::down};
    out.cycles = timing().arithmetic;
    if (!bit_of(bits, 23)) {
      static constexpr std::uint8_t kConditions[4] = {0, 6, 10, 12};  // EQ, VS, GE, GT
      if (bit_of(bits, 6) || !registers_of(true)) return;
      out.op.run = vsel_handler(is_double());
      out.op.imm = kConditions[bits_of(bits, 21, 20)];
    } else if (bits_of(bits, 21, 20) == 0) {
      arithmetic(bit_of(bits, 6) ? Vfp::vminnm : Vfp::vmaxnm, timing().arithmetic, true, false);
    } else if (bits_of(bits, 21, 18) == 14 && bits_of(bits, 7, 6) == 1) {
      round(kModes[bits_of(bits, 17, 16)]);
    } else if (bits_of(bits, 21, 18) == 15 && bit_of(bits, 6)) {
      convert(vcvt_to_integer_handler(is_double()), false, is_double(), false);
      out.op.aux = static_cast<std::uint8_t>(
          bits_of(bits, 7, 7) | static_cast<unsigned>(kModes[bits_of(bits, 17, 16)]) << 1);
    }
  }

  void data_processing() {
    if (is_double() && !has_double()) return;
    const unsigned operation = bits_of(bits, 23, 23) << 3 | bits_of(bits, 21, 20);
    if (operation != 11) return three_operands(operation, bit_of(bits, 6));
    if (bit_of(bits, 6)) return two_operands();
    if (bit_of(bits, 7) || bit_of(bits, 5)) return;
    // VMOV immediate: VFPExpandImm, A6.4.1
    const std::uint32_t imm8 = bits_of(bits, 19, 16) << 4 | (bits & 0xF);
    out.cycles = timing().move;
    if (is_double()) {
      if (bit_of(bits, 22)) return;
      out.op.run = vmov_double_immediate_handler();
      out.op.rd = lower_half(12);
      out.op.imm = (imm8 & 0x80) << 24 | ((imm8 & 0x40) != 0 ? 0x3FC00000U : 0x40000000U) |
                   (imm8 & 0x3F) << 16;
      return;
    }
    out.op.run = vmov_immediate_handler();
    out.op.rd = sd();
    out.op.imm = (imm8 & 0x80) << 24 | ((imm8 & 0x40) != 0 ? 0x3E000000U : 0x40000000U) |
                 (imm8 & 0x3F) << 19;
  }

  void one_register() {
    const bool to_core = bit_of(bits, 20);
    out.op.ra = reg(bits, 12);
    out.cycles = timing().move;
    const unsigned operation = bits_of(bits, 23, 21);
    if (operation == 7 && !is_double()) {
      if (bits_of(bits, 19, 16) != 1 || out.op.ra == 13 || (!to_core && out.op.ra == 15)) return;
      out.op.run = to_core ? vmrs_handler() : vmsr_handler();
      return;
    }
    if (out.op.ra == 13 || out.op.ra == 15) return;
    if (!is_double() && operation != 0) return;
    if (is_double() && (operation > 1 || bits_of(bits, 6, 5) != 0 || bit_of(bits, 7))) return;
    out.op.rd = is_double() ? static_cast<std::uint8_t>(reg(bits, 16) << 1 | operation) : sn();
    out.op.run = to_core ? vmov_from_single_handler() : vmov_to_single_handler();
    if (to_core) {
      out.kind = Kind::vmov;
      out.float_reads = 1U << out.op.rd;
      out.writes = 1U << out.op.ra;
    }
  }

  void two_registers() {
    if ((bits & 0xD0) != 0x10) return;
    out.op.ra = reg(bits, 12);
    out.op.rn = reg(bits, 16);
    out.op.rd = is_double() ? static_cast<std::uint8_t>(reg(bits, 0) << 1) : sm();
    const bool to_core = bit_of(bits, 20);
    if ((is_double() && bit_of(bits, 5)) || out.op.rd == 31) return;
    if (out.op.ra == 13 || out.op.ra == 15 || out.op.rn == 13 || out.op.rn == 15 ||
        (to_core && out.op.ra == out.op.rn))
      return;
    out.op.run = to_core ? vmov_two_from_singles_handler() : vmov_two_to_singles_handler();
    out.cycles = timing().move_two;
    if (!to_core) return;
    out.kind = Kind::vmov;
    out.float_reads = 3U << out.op.rd;
    out.writes = 1U << out.op.ra | 1U << out.op.rn;
  }

  /// The first single of the register list, absent where it is not there (D16 and up).
  std::optional<std::uint8_t> first_single() const {
    if (!is_double()) return sd();
    return bit_of(bits, 22) ? std::nullopt
                            : std::optional(static_cast<std::uint8_t>(reg(bits, 12) << 1));
  }

  void load_store() {
    const bool before = bit_of(bits, 24), up = bit_of(bits, 23), back = bit_of(bits, 21),
               is_load = bit_of(bits, 20);
    const auto first = first_single();
    if (!first) return;
    out.op.rd = *first;
    out.op.rn = reg(bits, 16);
    const std::uint32_t words = bits & 0xFF;
    if (before && !back) return one_or_two(is_load, up ? words * 4 : 0 - words * 4);
    const std::uint32_t count = is_double() ? words & ~1U : words;
    if (before == up || count == 0 || *first + count > 32 || out.op.rn == 15) return;
    out.op.run = is_load ? vload_multiple_handler() : vstore_multiple_handler();
    out.op.imm = count;
    out.op.imm2 = words;
    out.op.aux = static_cast<std::uint8_t>((back ? 1 : 0) | (before ? 2 : 0));
    out.loads = is_load;
    out.cycles = timing().multiple_base + count;
    if (!is_load)
      out.float_reads = static_cast<std::uint32_t>(((std::uint64_t{1} << count) - 1) << *first);
  }

  void one_or_two(bool is_load, std::uint32_t offset) {
    out.op.run = is_load ? vload_handler(is_double()) : vstore_handler(is_double());
    out.op.imm = offset;
    out.loads = is_load;
    if (out.op.rn == 15) {
      if (!is_load) out.op.run = nullptr;
      out.op.imm = ((address + 4) & ~3U) + offset;
    }
    out.cycles = (is_load ? timing().load : timing().store) + (is_double() ? 1 : 0);
    if (!is_load) out.float_reads = (is_double() ? 3U : 1U) << out.op.rd;
  }

  void choose_group() {
    // Coprocessors 10 and 11 only; most T2 forms (bit 28) belong to Armv8-M and Advanced SIMD.
    if (bits_of(bits, 11, 9) != 5) return;
    if (bit_of(bits, 28)) {
      if (bits_of(bits, 27, 24) == 14) unconditional();
      return;
    }
    if (bits_of(bits, 27, 24) == 14) return bit_of(bits, 4) ? one_register() : data_processing();
    if (bits_of(bits, 27, 21) == 0x62) return two_registers();
    if (bits_of(bits, 27, 25) == 6) load_store();
  }
};

}  // namespace

void decode_fpu(const DecodeContext& context, std::uint32_t address, std::uint32_t bits,
                Decoded& out) {
  FpuDecoder{context, address, bits, out}.choose_group();
}

}  // namespace opline::simulator
