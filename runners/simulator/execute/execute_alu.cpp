// Handlers of data processing; what they do is in semantics/data_processing.h.
#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"

namespace opline::simulator {
namespace {

template <bool kSubtract>
void change_sp(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t by = op->aux == 0xFF ? op->imm : cpu->r[op->rm] << op->aux;
  const std::uint32_t base = op->rn == 16 ? 0 : cpu->r[op->rn];  // 16: MOV
  const std::uint32_t before = cpu->r[13];
  cpu->r[13] = (kSubtract ? base - by : base + by) & ~3U;
  if (stack_below_limit(*cpu)) [[unlikely]] {
    cpu->r[13] = before;
    OPLINE_STOP();
  }
  OPLINE_CONTINUE();
}

}  // namespace

Handler alu_handler(Alu operation, Operand operand, bool set_flags) {
  return choose<kAluOperations>(static_cast<unsigned>(operation), [&](auto alu) {
    return choose<kOperandForms>(static_cast<unsigned>(operand), [&](auto form) {
      constexpr auto kAlu = static_cast<Alu>(alu());
      constexpr auto kOperand = static_cast<Operand>(form());
      return set_flags ? handler<DataProcessing<kAlu, kOperand, true>>()
                       : handler<DataProcessing<kAlu, kOperand, false>>();
    });
  });
}

Handler shift_handler(Operand kind, bool flags) {
  switch (kind) {
    case Operand::lsl:
      return flags ? handler<ShiftByRegister<Operand::lsl, true>>()
                   : handler<ShiftByRegister<Operand::lsl, false>>();
    case Operand::lsr:
      return flags ? handler<ShiftByRegister<Operand::lsr, true>>()
                   : handler<ShiftByRegister<Operand::lsr, false>>();
    case Operand::asr:
      return flags ? handler<ShiftByRegister<Operand::asr, true>>()
                   : handler<ShiftByRegister<Operand::asr, false>>();
    default:
      return flags ? handler<ShiftByRegister<Operand::ror, true>>()
                   : handler<ShiftByRegister<Operand::ror, false>>();
  }
}

Handler movt_handler() { return handler<MoveTop>(); }
Handler add_to_sp_handler() { return change_sp<false>; }
Handler sub_to_sp_handler() { return change_sp<true>; }
Handler bfi_handler() { return handler<InsertBits>(); }
Handler bfc_handler() { return handler<ClearBits>(); }
Handler ubfx_handler() { return handler<ExtractUnsigned>(); }
Handler sbfx_handler() { return handler<ExtractSigned>(); }
Handler clz_handler() { return handler<CountLeadingZeros>(); }
Handler rbit_handler() { return handler<ReverseBits>(); }
Handler rev_handler() { return handler<ReverseBytes>(); }
Handler rev16_handler() { return handler<ReverseBytesInHalves>(); }
Handler revsh_handler() { return handler<ReverseSignedHalf>(); }
Handler nop_handler() { return handler<NoOperation>(); }

Handler extend_handler(Extend kind, bool add) {
  return choose<kExtensions>(static_cast<unsigned>(kind), [&](auto index) {
    constexpr auto kKind = static_cast<Extend>(index());
    return add ? handler<ExtendBits<kKind, true>>() : handler<ExtendBits<kKind, false>>();
  });
}

}  // namespace opline::simulator
