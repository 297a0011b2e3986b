// runners/simulator/translate/code_walk.h - finds the instructions of a function and where control
// goes between them.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "runners/simulator/translate/meaning.h"

namespace opline::simulator::translation {

struct Instruction {
  std::uint32_t address = 0;
  std::uint8_t halfwords = 1;
  Op op;  ///< `run` is what is behind the wrappers.
  const Meaning* meaning = nullptr;
  bool in_it = false;  ///< Executed where `cond` passes, in an IT block.
  std::uint8_t cond = 14;
  bool is_it = false;

  [[nodiscard]] std::uint32_t following() const { return address + 2U * halfwords; }
  [[nodiscard]] std::uint32_t last_halfword() const { return following() - 2; }
};

struct Function {
  std::uint32_t begin = 0, end = 0;
  std::map<std::uint32_t, Instruction> instructions;
  std::set<std::uint32_t> labels;   ///< Targets of its own branches.
  std::set<std::uint32_t> entries;  ///< Where the interpreter may hand over.
  std::set<std::uint32_t> calls;    ///< Targets of its BL.
  bool has_loop = false;
};

/// Follows control from `begin`, and from behind each instruction that is not translated, as far
/// as [begin, end).
[[nodiscard]] Function walk(const Cpu& cpu, std::uint32_t begin, std::uint32_t end);

/// The functions of these ([begin, end) each) that are worth translating: with a loop, or called
/// from one that is.
[[nodiscard]] std::vector<Function> functions_with_loops(
    const Cpu& cpu, const std::map<std::uint32_t, std::uint32_t>& extents);

}  // namespace opline::simulator::translation
