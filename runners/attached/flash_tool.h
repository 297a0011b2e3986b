// runners/attached/flash_tool.h - writes a firmware image to a board's flash, with OpenOCD.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "src/board/board.h"

namespace opline::runners {

/// The program and its arguments: writes `elf`, verifies it and resets the board. `serial`: of the
/// debug probe, where several are plugged in; empty: the only one. The configuration is the one
/// that OpenOCD 0.12 has for the board. Throws Error{usage} for a board that it has none for.
[[nodiscard]] std::vector<std::string> openocd_command(const board::Board& board,
                                                       const std::filesystem::path& elf,
                                                       const std::string& serial = {});

/// Runs it to its end, with its output on this process's. Throws Error{missing_tool} where it is
/// not in PATH, Error{device} where it fails.
void run_flash_tool(const std::vector<std::string>& command);

}  // namespace opline::runners
