// 32-bit loads and stores: ARM DDI 0403, A5.3.5 to A5.3.10.
#include <bit>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"

namespace opline::simulator {
namespace {

struct MemoryDecoder {
  const DecodeContext& context;
  std::uint32_t address;
  std::uint32_t bits;
  Decoded& out;

  const board::MemoryTiming& memory() const { return context.core->memory; }
  const board::SingleIssueRules& rules() const { return context.core->single_issue_rules; }
  std::uint32_t refill() const { return context.core->integer.refill; }
  std::uint32_t pc() const { return (address + 4) & ~3U; }
  unsigned rn() const { return reg(bits, 16); }
  unsigned rt() const { return reg(bits, 12); }

  /// Signed immediate by the U bit.
  static std::uint32_t offset_of(bool up, std::uint32_t imm) { return up ? imm : 0 - imm; }

  struct Where {
    bool valid = false;
    Address address = Address::offset;
    std::uint32_t imm = 0;
  };

  Where where(bool is_load) const {
    if (is_load && rn() == 15) {
      const std::uint32_t imm12 = bits & 0xFFF;
      return {true, Address::literal, pc() + offset_of(bit_of(bits, 23), imm12)};
    }
    if (rn() == 15) return {};
    if (bit_of(bits, 23)) return {true, Address::offset, bits & 0xFFF};
    if (bit_of(bits, 11)) {
      const bool before = bit_of(bits, 10), up = bit_of(bits, 9), back = bit_of(bits, 8);
      const std::uint32_t imm = offset_of(up, bits & 0xFF);
      if (!before && !back) return {};
      if (back && rn() == rt()) return {};  // unpredictable
      return {true, !back ? Address::offset : before ? Address::pre : Address::post, imm};
    }
    if (bits_of(bits, 11, 6) != 0 || reg(bits, 0) == 15 || reg(bits, 0) == 13)
      return {};  // Rm 13, 15: unpredictable
    return {true, Address::reg, 0};
  }

  void single() {
    const bool is_load = bit_of(bits, 20), is_signed = bit_of(bits, 24);
    const unsigned size = bits_of(bits, 22, 21);
    if (size == 3 || (is_signed && (!is_load || size == 2))) return;
    const Where at = where(is_load);
    if (!at.valid) return;
    static constexpr Width kWidths[2][3] = {{Width::u8, Width::u16, Width::u32},
                                            {Width::s8, Width::s16, Width::u32}};
    const Width width = kWidths[is_signed ? 1 : 0][size];
    if (rt() == 15) return load_pc_or_hint(is_load, size, at);
    if (rt() == 13 && size != 2) return;
    out.op.run = is_load ? load_handler(width, at.address) : store_handler(width, at.address);
    if (is_load && rt() == 13) out.op.run = load_sp_handler(at.address);
    set_single(is_load, at);
  }

  void set_single(bool is_load, const Where& at) {
    out.op.rd = static_cast<std::uint8_t>(rt());
    out.op.rn = static_cast<std::uint8_t>(rn());
    out.op.imm = at.imm;
    out.address_registers = at.address == Address::literal ? 0 : 1U << rn();
    if (at.address == Address::reg) {
      out.op.rm = reg(bits, 0);
      out.op.aux = static_cast<std::uint8_t>(bits_of(bits, 5, 4));
      out.address_registers |= 1U << out.op.rm;
    }
    out.loads = is_load;
    if (is_load) out.writes = 1U << rt();
    if (at.address == Address::pre || at.address == Address::post) out.written_base = 1U << rn();
    const bool by_register = !is_load && at.address == Address::reg;
    out.cycles = is_load       ? memory().load
                 : by_register ? memory().store_register_offset
                               : memory().store;
    out.kind = is_load ? Kind::load : by_register ? Kind::store_register : Kind::store;
  }

  void load_pc_or_hint(bool is_load, unsigned size, const Where& at) {
    if (!is_load) return;
    if (size != 2) {  // PLD, PLI, unallocated hints: no effect
      if (at.address != Address::pre && at.address != Address::post) out.op.run = nop_handler();
      return;
    }
    set_single(true, at);
    out.op.run = load_pc_handler(at.address);
    out.kind = Kind::indirect_branch;
    out.writes = 0;
    out.cycles = memory().load + refill() + rules().loaded_pc;
  }

  void multiple() {
    const unsigned mode = bits_of(bits, 24, 23);
    const bool is_load = bit_of(bits, 20), back = bit_of(bits, 21);
    std::uint32_t list = bits & 0xFFFF;
    const bool with_pc = bit_of(list, 15);
    if ((mode != 1 && mode != 2) || rn() == 15 || bit_of(list, 13) || list == 0) return;
    if ((with_pc && !is_load) || (back && bit_of(list, rn()))) return;
    list &= 0x7FFF;
    out.op.run = !is_load  ? store_multiple_handler()
                 : with_pc ? load_multiple_pc_handler()
                           : load_multiple_handler();
    out.op.rn = static_cast<std::uint8_t>(rn());
    out.op.imm = list;
    out.op.aux = static_cast<std::uint8_t>((back ? 1 : 0) | (mode == 2 ? 2 : 0));
    out.cycles = memory().multiple_base + static_cast<unsigned>(std::popcount(list)) +
                 (with_pc ? 1 + refill() : 0);
    out.loads = is_load;
    if (with_pc) out.kind = Kind::indirect_branch;
  }

  void doubles(bool before, bool up, bool back) {
    const bool is_load = bit_of(bits, 20);
    const std::uint32_t imm = offset_of(up, (bits & 0xFF) * 4);
    Address form = !back ? Address::offset : before ? Address::pre : Address::post;
    out.op.imm = imm;
    if (rn() == 15) {
      if (!is_load || back) return;
      form = Address::literal;
      out.op.imm = pc() + imm;
    }
    const unsigned rt2 = reg(bits, 8);
    if (rt() == 13 || rt() == 15 || rt2 == 13 || rt2 == 15 || (is_load && rt() == rt2)) return;
    if (back && (rn() == rt() || rn() == rt2)) return;
    out.op.run = is_load ? load_double_handler(form) : store_double_handler(form);
    out.op.rd = static_cast<std::uint8_t>(rt());
    out.op.ra = static_cast<std::uint8_t>(rt2);
    out.op.rn = static_cast<std::uint8_t>(rn());
    out.loads = is_load;
    out.cycles = memory().multiple_base + 2;
  }

  void exclusive(Width width, bool is_load, unsigned status, std::uint32_t imm) {
    out.op.run = is_load ? load_exclusive_handler(width) : store_exclusive_handler(width);
    out.op.rd = static_cast<std::uint8_t>(is_load ? rt() : status);
    out.op.rm = static_cast<std::uint8_t>(rt());
    out.op.rn = static_cast<std::uint8_t>(rn());
    out.op.imm = imm;
    out.loads = is_load;
    out.cycles = memory().load;
  }

  void table_branch(bool halfwords) {
    out.op.run = table_branch_handler(halfwords);
    out.op.rn = static_cast<std::uint8_t>(rn());
    out.op.rm = reg(bits, 0);
    out.op.imm = address + 4;
    out.op.aux = rn() == 15 ? 1 : 0;
    out.loads = true;
    out.kind = Kind::indirect_branch;
    out.cycles = context.core->integer.table_branch + refill() + rules().loaded_table;
  }

  void doubles_exclusives_tables() {
    const bool before = bit_of(bits, 24), up = bit_of(bits, 23), back = bit_of(bits, 21),
               is_load = bit_of(bits, 20);
    if (before || back) return doubles(before, up, back);
    if (!up) return exclusive(Width::u32, is_load, reg(bits, 8), (bits & 0xFF) * 4);
    const unsigned which = bits_of(bits, 7, 4);
    if (which == 4 || which == 5)
      return exclusive(which == 4 ? Width::u8 : Width::u16, is_load, reg(bits, 0), 0);
    if (is_load && which < 2) table_branch(which == 1);
  }

  void choose_group() {
    if (bits_of(bits, 28, 27) == 3) return single();
    return bit_of(bits, 22) ? doubles_exclusives_tables() : multiple();
  }
};

}  // namespace

void decode_memory_32(const DecodeContext& context, std::uint32_t address, std::uint32_t bits,
                      Decoded& out) {
  MemoryDecoder{context, address, bits, out}.choose_group();
}

}  // namespace opline::simulator
