// runners/simulator/isa/prepare.h - from memory to an executable Op: decoding, IT conditions,
// timing of neighbours, flash lines.
#pragma once
#include <cstdint>
#include <string>

#include "runners/simulator/machine/cpu.h"
#include "runners/simulator/timing/issue_info.h"

namespace opline::simulator {

/// The Op for the instruction at `address`, in flash or SRAM, with ITSTATE `it`. `is_it`: it is an
/// IT instruction, and `op.imm` the ITSTATE for the next one.
struct Prepared {
  Op op;
  IssueInfo issue;  ///< Only on cores with a pipeline: `op.run` is then a step of it, which
                    ///< continues with `issue.run`.
  bool is_it = false;
};
Prepared prepare(const Cpu& cpu, std::uint32_t address, std::uint8_t it);

/// An instruction as it lies in memory, and its place in an IT block.
struct CodeAt {
  std::uint32_t bits = 0;  ///< The first halfword high where it is `wide`.
  bool wide = false, in_it = false;
  std::uint8_t condition = 14;  ///< Of its place in an IT block.
};
/// The instruction at `address` in flash or RAM. Its place in an IT block is taken from `op`, its
/// decoded form, or from Cpu::it for code outside the flash.
CodeAt code_of(const Cpu& cpu, std::uint32_t address, const Op* op);

/// The same as text (disassembler.h); empty where there is no code.
std::string instruction_text(const Cpu& cpu, std::uint32_t address, const Op* op);

/// Decodes the instruction at a flash address, and the IT block behind it, into Cpu::ops. `it`: its
/// own ITSTATE, where it is in the middle of one.
void install(Cpu& cpu, std::uint32_t address, std::uint8_t it = 0);

/// Puts a decoded Op into Cpu::ops, behind its breakpoint where there is one.
void place(Cpu& cpu, std::uint32_t address, const Prepared& prepared);

}  // namespace opline::simulator
