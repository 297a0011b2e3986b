// runners/firmware/image_builder.h - builds the firmware image of a board from its file, with the
// cross compiler.
//
// The sources are those of firmware/, compiled for the board's core, with a header and a linker
// script from the board's file (board_sources.h). Linked twice: the first link, without pools,
// shows how much flash the code leaves; the second one has pools that fill it. The image contains
// no path and no date: the same sources, board and compiler give the same bytes.
#pragma once
#include <filesystem>
#include <string>

#include "src/board/board.h"

namespace opline::firmware {

struct BuildOptions {
  /// The folder that holds firmware/.
  std::filesystem::path sources;
  std::string compiler_prefix = "arm-none-eabi-";  ///< May be a path.
  std::string optimisation = "-O2";                ///< Words, separated by spaces.
  bool portable_kernels = false;  ///< Without packed arithmetic: a cross-check of the digests.
  unsigned threads = 1;
};

/// The folder of the sources that belong to this program.
[[nodiscard]] std::filesystem::path firmware_sources();

/// Writes to `folder` what of the sources depends on the board, for -I and -L of the compiler:
/// firmware/boards/from_file/opline_board_file.h and memory.ld. Throws Error{io}.
void write_board_sources(const board::Board& board, const std::filesystem::path& folder);

/// Writes the image to `elf`, whole or not at all. Objects lie in a temporary folder meanwhile; the
/// other form leaves them in the folder `work`, which it makes. Throws Error{missing_tool} without
/// the compiler, Error{input} with the compiler's messages where the board's file leads to sources
/// that it refuses (no room for the code, say), Error{io}.
void build_image(const board::Board& board, const BuildOptions& options,
                 const std::filesystem::path& elf);
void build_image(const board::Board& board, const BuildOptions& options,
                 const std::filesystem::path& work, const std::filesystem::path& elf);

}  // namespace opline::firmware
