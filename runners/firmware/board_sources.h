// runners/firmware/board_sources.h - what of a firmware image depends on the board: a header, the
// memories for the linker, the compiler's flags.
#pragma once
#include <string>
#include <vector>

#include "src/board/board.h"

namespace opline::firmware {

/// opline_board_file.h, which firmware/boards/from_file/board.c includes.
[[nodiscard]] std::string board_header(const board::Board& board);

/// The linker script: the board's memories, then INCLUDE image.ld.
[[nodiscard]] std::string memory_script(const board::Board& board);

/// -mcpu and what belongs to it.
[[nodiscard]] std::vector<std::string> core_flags(const board::Board& board);

/// Of header and linker script: an image of another start-up has another.
[[nodiscard]] std::string start_digest(const board::Board& board);

}  // namespace opline::firmware
