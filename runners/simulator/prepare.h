// runners/simulator/prepare.h - from memory to an executable Op: decoding, IT conditions, timing of
// neighbours, flash lines.   Room: runners/simulator, private.
#pragma once
#include <cstdint>
#include <string>

#include "runners/simulator/cpu.h"
#include "runners/simulator/issue_info.h"

namespace opline::simulator {

/// The Op for the instruction at `address`, in flash or SRAM, with ITSTATE `it`. `is_it` tells an IT
/// instruction, whose ITSTATE for what follows is then in `imm`.
struct Prepared {
  Op op;
  IssueInfo
      issue;  ///< Only on cores with a pipeline: `op.run` is then a step of it, which goes on with `issue.run`.
  bool is_it = false;
};
Prepared prepare(const Cpu& cpu, std::uint32_t address, std::uint8_t it);

/// The instruction at `address` as text (disassembler.h), with the condition of its place in an IT block where `op`, its
/// decoded form, tells it; empty where there is no code.
std::string instruction_text(const Cpu& cpu, std::uint32_t address, const Op* op);

/// Decodes the instruction at a flash address, and the IT block behind it, into Cpu::ops.
void install(Cpu& cpu, std::uint32_t address);

/// Puts a decoded Op into Cpu::ops, behind its breakpoint where there is one.
void place(Cpu& cpu, std::uint32_t address, const Prepared& prepared);

}  // namespace opline::simulator
