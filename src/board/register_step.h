// src/board/register_step.h - what a board's start-up does to registers, as a board file lists it.
//
// A clock tree, a UART's pins and a trigger are described by writes and bounded polls, in order.
// The firmware executes them (firmware/boards/from_file), and the simulator's registers of chips
// that it does not know otherwise are those that appear here.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "src/base/toml.h"

namespace opline::board {

struct RegisterStep {
  enum class Kind : std::uint8_t {
    write,   ///< register = value
    modify,  ///< register = (register & ~mask) | value
    poll,    ///< wait, bounded, until (register & mask) == value
  };
  Kind kind = Kind::write;
  std::uint32_t address = 0;  ///< Word-aligned, a peripheral's or the core's own.
  std::uint32_t mask = 0xFFFFFFFF;
  std::uint32_t value = 0;  ///< Within the mask.
  bool operator==(const RegisterStep&) const = default;
};

/// The list under `key`, absent: empty. Each entry is one of
///   { write = ADDRESS, value = V }             { set = ADDRESS, bits = B }
///   { modify = ADDRESS, mask = M, value = V }  { clear = ADDRESS, bits = B }
///   { poll = ADDRESS, mask = M, value = V }    { program = "wait_states" }
/// The last stands for `program_wait_states`. Throws Error{input} file:line: what is wrong with an
/// entry.
[[nodiscard]] std::vector<RegisterStep> read_steps(
    const TomlTable& table, std::string_view key,
    std::span<const RegisterStep> program_wait_states = {});

}  // namespace opline::board
