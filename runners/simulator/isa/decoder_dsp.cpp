// Register data processing, the DSP extension and multiplies: ARM DDI 0403, A5.3.12 to A5.3.17.
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"

namespace opline::simulator {
namespace {

struct DspDecoder {
  std::uint32_t bits;
  Decoded& out;

  void fields(Handler run) {
    out.op.run = run;
    out.op.rd = reg(bits, 8);
    out.op.rn = reg(bits, 16);
    out.op.rm = reg(bits, 0);
    out.op.ra = reg(bits, 12);
    out.kind = Kind::data;
    out.writes = 1U << out.op.rd;
  }

  void miscellaneous() {
    const unsigned which = bits_of(bits, 5, 4);
    switch (bits_of(bits, 21, 20)) {
      case 0:
        return fields(saturating_handler((which & 1) != 0, (which & 2) != 0));
      case 1: {
        const Handler handlers[4] = {rev_handler(), rev16_handler(), rbit_handler(),
                                     revsh_handler()};
        return fields(handlers[which]);
      }
      case 2:
        if (which == 0) fields(sel_handler());
        return;
      default:
        if (which == 0) fields(clz_handler());
        return;
    }
  }

  void data_processing() {
    if (bits_of(bits, 15, 12) != 15) return;
    const unsigned operation = bits_of(bits, 23, 20), second = bits_of(bits, 7, 4);
    if ((operation & 8) == 0 && second == 0) {
      static constexpr Operand kShifts[4] = {Operand::lsl, Operand::lsr, Operand::asr,
                                             Operand::ror};
      return fields(shift_handler(kShifts[operation >> 1], (operation & 1) != 0));
    }
    if (operation < 6 && (second & 12) == 8) {
      fields(extend_handler(static_cast<Extend>(operation), reg(bits, 16) != 15));
      out.op.aux = static_cast<std::uint8_t>(8 * (second & 3));
      return;
    }
    if ((operation & 8) != 0 && (second & 8) == 0) {
      if (const Handler run = parallel_handler(operation & 7, second & 7)) fields(run);
      return;
    }
    if ((operation & 12) == 8 && (second & 12) == 8) miscellaneous();
  }

  void multiply() {
    if (bits_of(bits, 7, 6) != 0) return;
    const unsigned which = bits_of(bits, 5, 4);
    const bool low = (which & 1) != 0, accumulates = bits_of(bits, 15, 12) != 15;
    switch (bits_of(bits, 22, 20)) {
      case 0:
        if (which == 0) return fields(accumulates ? mla_handler() : mul_handler(false));
        if (which == 1 && accumulates) fields(mls_handler());
        return;
      case 1:
        return fields(smul_half_handler(which, accumulates));
      case 2:
        if (which < 2) fields(dual_multiply_handler(false, low, accumulates));
        return;
      case 3:
        if (which < 2) fields(smulw_handler(low, accumulates));
        return;
      case 4:
        if (which < 2) fields(dual_multiply_handler(true, low, accumulates));
        return;
      case 5:
        if (which < 2) fields(most_significant_handler(false, low, accumulates));
        return;
      case 6:
        if (which < 2 && accumulates) fields(most_significant_handler(true, low, true));
        return;
      default:
        if (which == 0) fields(usad8_handler(accumulates));
        return;
    }
  }

  /// RdLo in rd, RdHi in ra.
  void long_fields(Handler run) {
    fields(run);
    out.op.rd = reg(bits, 12);
    out.op.ra = reg(bits, 8);
    out.writes = 1U << out.op.rd | 1U << out.op.ra;
    if (out.op.rd == out.op.ra) out.op.run = nullptr;  // unpredictable
  }

  void long_multiply() {
    const unsigned second = bits_of(bits, 7, 4);
    switch (bits_of(bits, 22, 20)) {
      case 0:
        if (second == 0) long_fields(long_multiply_handler(LongMultiply::smull));
        return;
      case 1:
      case 3:
        if (second != 15) return;
        fields(divide_handler(!bit_of(bits, 21)));
        out.cycles = 0;  // known when it is executed
        return;
      case 2:
        if (second == 0) long_fields(long_multiply_handler(LongMultiply::umull));
        return;
      case 4:
        if (second == 0) return long_fields(long_multiply_handler(LongMultiply::smlal));
        if ((second & 12) == 8) return long_fields(smlal_half_handler(second & 3));
        if ((second & 14) == 12) long_fields(dual_multiply_long_handler(false, (second & 1) != 0));
        return;
      case 5:
        if ((second & 14) == 12) long_fields(dual_multiply_long_handler(true, (second & 1) != 0));
        return;
      case 6:
        if (second == 0) return long_fields(long_multiply_handler(LongMultiply::umlal));
        if (second == 6) long_fields(long_multiply_handler(LongMultiply::umaal));
        return;
      default:
        return;
    }
  }
};

}  // namespace

void decode_dsp_and_multiply(const DecodeContext& context, std::uint32_t bits, Decoded& out) {
  DspDecoder decoder{bits, out};
  if (!bit_of(bits, 24)) {
    decoder.data_processing();
  } else {
    out.cycles = context.core->integer.multiply;
    if (bit_of(bits, 23)) {
      decoder.long_multiply();
    } else {
      decoder.multiply();
    }
  }
  // SP and PC are unpredictable as results, PC as an operand; Rn 15 where there is no Rn is not
  // read.
  constexpr std::uint32_t kForbidden = 1U << 13 | 1U << 15;
  const bool extends = !bit_of(bits, 24) && !bit_of(bits, 23) && bit_of(bits, 7);
  const bool pc_operand = out.op.rm == 15 || (out.op.rn == 15 && !extends);
  if ((out.writes & kForbidden) != 0 || pc_operand) out.op.run = nullptr;
}

}  // namespace opline::simulator
