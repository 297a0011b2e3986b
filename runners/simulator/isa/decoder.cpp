#include "runners/simulator/isa/decoder.h"

#include "runners/simulator/execute/handlers.h"

namespace opline::simulator {

void set_branch(const DecodeContext& context, std::uint32_t target, Decoded& out) {
  out.op.imm = target;
  out.op.imm2 = target - context.flash_base;
  out.op.run = context.in_flash(target) ? branch_handler() : branch_far_handler();
  out.kind = Kind::branch;
}

void set_conditional_branch(const DecodeContext& context, std::uint32_t target, unsigned condition,
                            Decoded& out) {
  const board::IntegerTiming& timing = context.core->integer;
  set_branch(context, target, out);
  out.cycles = timing.branch;
  if (context.in_flash(target)) {
    out.op.aux = static_cast<std::uint8_t>(timing.refill);
    out.refills_by_aux = true;
    out.op.run = branch_cond_handler(condition);
    return;
  }
  out.cycles += timing.refill;
  out.op.inner = out.op.run;
  out.op.run = conditional_handler();
  out.op.cond = static_cast<std::uint8_t>(condition);
}

Decoded decode(const DecodeContext& context, std::uint32_t address, std::uint16_t first,
               std::uint16_t second, bool in_it) {
  Decoded out;
  out.cycles = context.core->integer.data_processing;
  const bool wide = is_wide(first);
  const std::uint32_t bits = wide ? std::uint32_t{first} << 16 | second : first;
  out.halfwords = wide ? 2 : 1;
  if (wide) {
    decode_32(context, address, bits, out);
  } else {
    decode_16(context, address, bits, in_it, out);
  }
  if (out.op.run == nullptr) {
    out.op = Op{};
    out.op.run = undefined_handler();
    out.op.imm2 = bits;
    out.op.aux = wide ? 4 : 2;
    out.kind = Kind::other;
    out.writes = out.address_registers = 0;
    out.loads = false;
  }
  out.op.next = static_cast<std::uint16_t>(out.halfwords * sizeof(Op));
  out.op.cost = kOneInstruction + out.cycles;
  return out;
}

Handler hint_handler(unsigned hint) {
  if (hint == 2) return wfe_handler();
  if (hint == 3) return wfi_handler();
  return hint == 4 ? sev_handler() : nop_handler();
}

}  // namespace opline::simulator
