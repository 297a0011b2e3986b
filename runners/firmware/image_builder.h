// runners/firmware/image_builder.h - builds the firmware image of a board from its file, with the
// cross compiler.
//
// The sources are those of firmware/, compiled for the board's core, with a header and a linker
// script from the board's file (board_sources.h). Linked twice: the first link, without pools,
// shows how much flash the code leaves; the second one has pools that fill it. The image contains
// no path and no date: the same sources, board and compiler give the same bytes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/board/board.h"

namespace opline::firmware {

/// A network that an image has loaded when it boots, as MLPerf Tiny's runner expects
/// (opline_own_network of firmware/runtime/opline_runtime.h).
struct OwnNetwork {
  std::string model;                  ///< What `profile%` reports: "kws01".
  std::vector<std::uint8_t> plan;     ///< As network::CompiledNetwork has it.
  std::vector<std::uint8_t> tensors;  ///< In place of the pools; empty: the pools.
  bool input_is_unsigned = false;     ///< `db` receives 0..255, which stand for -128..127.
  double output_scale = 1;            ///< Results are (int8 - zero point) x scale.
  int output_zero_point = 0;
};

struct BuildOptions {
  /// The folder that holds firmware/.
  std::filesystem::path sources;
  std::string compiler_prefix = "arm-none-eabi-";  ///< May be a path.
  std::string optimisation = "-O2";                ///< Words, separated by spaces.
  bool portable_kernels = false;  ///< Without packed arithmetic: a cross-check of the digests.
  /// Timestamps are pulses on the board's trigger pin: MLPerf Tiny's energy mode.
  bool energy_mode = false;
  std::optional<OwnNetwork> network;
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
/// that it refuses (no room for the code, say) or the network's tensors exceed the flash,
/// Error{io}.
void build_image(const board::Board& board, const BuildOptions& options,
                 const std::filesystem::path& elf);
void build_image(const board::Board& board, const BuildOptions& options,
                 const std::filesystem::path& work, const std::filesystem::path& elf);

}  // namespace opline::firmware
