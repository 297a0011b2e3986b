#include "runners/simulator/isa/prepare.h"

#include <cstring>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/disassembler.h"
#include "runners/simulator/isa/neighbours.h"
#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {
namespace {

/// The halfword of code at `address`; 0xDE00 (permanently undefined) beyond the memories.
std::uint16_t code_at(const Cpu& cpu, std::uint32_t address) {
  const std::uint8_t* from = nullptr;
  if (cpu.in_flash(address)) {
    from = cpu.flash_data + (address - cpu.flash_base);
  } else if (address - cpu.sram_base < cpu.sram_bytes) {
    from = cpu.sram + (address - cpu.sram_base);
  } else if (address - cpu.itcm_base < cpu.itcm_bytes) {
    from = cpu.itcm + (address - cpu.itcm_base);
  } else {
    return 0xDE00;
  }
  std::uint16_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

Decoded decode_at(const Cpu& cpu, std::uint32_t address, bool in_it) {
  const DecodeContext context{cpu.core, cpu.flash_base, cpu.flash_bytes, cpu.fpu};
  return decode(context, address, code_at(cpu, address), code_at(cpu, address + 2), in_it);
}

/// Whether three 32-bit instructions that are not word-aligned follow in memory; of stores alone,
/// four (data/cores/cortex-m4.toml, fetch-bubble). A branch ends them.
bool straddling_run_at(const Cpu& cpu, std::uint32_t address) {
  if ((address & 2) == 0) return false;
  unsigned stores = 0;
  for (unsigned length = 1; is_wide(code_at(cpu, address)); ++length, address += 4) {
    const Decoded one = decode_at(cpu, address, false);
    if (one.kind == Kind::store || one.kind == Kind::store_register) ++stores;
    if (length >= (stores == length ? 4U : 3U)) return true;
    if (one.kind == Kind::branch || one.kind == Kind::indirect_branch) return false;
  }
  return false;
}

/// What the single-issue core takes for the instruction outside an IT block, from the instructions
/// around it.
void count_neighbours(const Cpu& cpu, std::uint32_t address, const Decoded& now, Op& op) {
  const std::uint32_t behind = address + 2U * now.halfwords;
  const Decoded next = decode_at(cpu, behind, false);
  std::uint32_t cycles = cycles_before(*cpu.core, now, next);
  if (cycles > 1 && straddling_run_at(cpu, behind))
    cycles += cpu.core->single_issue_rules.fetch_bubble;
  op.cost = kOneInstruction + cycles;
}

/// The refill of a branch whose target is known. A 16-bit target may lead to the instructions that
/// fetch cannot keep up with.
void count_refill(const Cpu& cpu, const Decoded& now, Op& op) {
  const std::uint32_t target = op.imm;
  const std::uint16_t first = code_at(cpu, target);
  std::uint32_t refill = direct_refill(*cpu.core, target, first);
  if (!is_wide(first) && straddling_run_at(cpu, target + 2))
    refill += cpu.core->single_issue_rules.fetch_bubble;
  if (now.refills_by_aux) {
    op.aux = static_cast<std::uint8_t>(refill);
  } else {
    op.cost = kOneInstruction + cpu.core->integer.branch + refill;
  }
}

/// Whether the instruction holds the first halfword of a flash line.
bool enters_line(const Cpu& cpu, std::uint32_t address, unsigned halfwords) {
  const std::uint32_t line_bytes = 1U << cpu.flash.line_shift, last = address + 2 * (halfwords - 1);
  return address % line_bytes == 0 || last % line_bytes == 0;
}

void wrap(Op& op, Handler wrapper) {
  op.inner = op.run;
  op.run = wrapper;
}

}  // namespace

namespace {

/// On a core with a pipeline: conditions as ever, no costs of neighbours or flash lines, and a step
/// before all.
void prepare_issue(const Cpu& cpu, std::uint32_t address, const Decoded& now, std::uint8_t it,
                   Prepared& prepared) {
  const bool in_it = (it & 0xF) != 0;
  const std::uint32_t first = code_at(cpu, address),
                      bits = now.halfwords == 2 ? first << 16 | code_at(cpu, address + 2) : first;
  prepared.op.cost = kOneInstruction;
  if (in_it && (it >> 4) < 14) {
    prepared.op.cond = it >> 4;
    if (now.op.inner == nullptr) wrap(prepared.op, conditional_handler());
  }
  prepared.issue = now.op.run == undefined_handler() ? IssueInfo{}
                                                     : issue_info(*cpu.core->dual_issue, address,
                                                                  bits, now.halfwords == 2, in_it);
  if (in_it) prepared.issue.cond = prepared.op.cond;
  const std::uint32_t in_line = (1U << cpu.pipeline->line_shift()) - 1,
                      last = address + 2U * now.halfwords - 2;
  if ((address & in_line) == 0 || (last & in_line) == 0)
    prepared.issue.flags |= IssueInfo::kEntersLine;
  prepared.issue.run = prepared.op.run;
  prepared.op.run = cpu.in_flash(address) ? issue_from_flash_handler(prepared.issue)
                                          : issue_from_scratch_handler();
}

}  // namespace

Prepared prepare(const Cpu& cpu, std::uint32_t address, std::uint8_t it) {
  const bool in_it = (it & 0xF) != 0;
  Decoded now = decode_at(cpu, address, in_it);
  Prepared prepared{now.op, {}, now.kind == Kind::it};
  if (cpu.pipeline != nullptr) {
    prepare_issue(cpu, address, now, it, prepared);
    return prepared;
  }
  if (now.kind == Kind::branch) {
    count_refill(cpu, now, prepared.op);
  } else if (!in_it && now.kind != Kind::indirect_branch) {
    count_neighbours(cpu, address, now, prepared.op);
  }
  const bool entry = cpu.in_flash(address) && enters_line(cpu, address, now.halfwords);
  const bool has_condition = in_it && (it >> 4) < 14;
  if (has_condition) prepared.op.cond = it >> 4;
  if (now.op.inner != nullptr)
    return prepared;  // a conditional branch out of the flash is its own wrapper
  if (has_condition) {
    wrap(prepared.op, entry ? line_entry_conditional_handler() : conditional_handler());
  } else if (entry) {
    wrap(prepared.op, line_entry_handler());
  }
  return prepared;
}

CodeAt code_of(const Cpu& cpu, std::uint32_t address, const Op* op) {
  CodeAt code;
  const std::uint32_t first = code_at(cpu, address);
  code.wide = is_wide(static_cast<std::uint16_t>(first));
  code.bits = code.wide ? first << 16 | code_at(cpu, address + 2) : first;
  if (op == nullptr) return code;
  // A conditional branch has its condition in its own encoding, and is not allowed in IT blocks.
  const bool branches =
      code.wide ? (code.bits & 0xF800D000) == 0xF0008000 : (first & 0xF000) == 0xD000;
  const bool in_flash = cpu.is_flash_op(op);
  code.in_it = in_flash ? op->cond < 14 && !branches : (cpu.it & 0xF) != 0;
  if (code.in_it) code.condition = in_flash ? op->cond : cpu.it >> 4;
  return code;
}

std::string instruction_text(const Cpu& cpu, std::uint32_t address, const Op* op) {
  if (!cpu.in_flash(address) && !cpu.in_ram(address)) return {};
  const CodeAt code = code_of(cpu, address, op);
  return disassemble(address, code.bits, code.wide, code.in_it, code.condition);
}

void place(Cpu& cpu, std::uint32_t address, const Prepared& prepared) {
  const Op& decoded = prepared.op;
  const std::uint32_t index = (address - cpu.flash_base) / 2;
  Op& op = cpu.ops[index];
  op = decoded;
  if (cpu.issue != nullptr) cpu.issue[index] = prepared.issue;
  if (const auto found = cpu.breakpoints.find(address); found != cpu.breakpoints.end()) {
    found->second = decoded.run;
    op.run = breakpoint_handler();
  }
}

void install(Cpu& cpu, std::uint32_t address, std::uint8_t it) {
  do {
    const Prepared prepared = prepare(cpu, address, it);
    place(cpu, address, prepared);
    address += prepared.op.next / sizeof(Op) * 2;
    const bool block_begins = it == 0 && prepared.is_it;
    it = block_begins      ? static_cast<std::uint8_t>(prepared.op.imm)
         : (it & 0xF) != 0 ? advance_it(it)
                           : std::uint8_t{0};
  } while ((it & 0xF) != 0 && cpu.in_flash(address));
}

}  // namespace opline::simulator
