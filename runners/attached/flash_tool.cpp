#include "runners/attached/flash_tool.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "src/base/error.h"
#include "src/base/process.h"

namespace opline::runners {
namespace {

/// By the beginning of the MCU's name; the files of OpenOCD 0.12 (Debian 12).
constexpr std::array<std::pair<std::string_view, const char*>, 5> kConfigurations = {
    {{"STM32F4", "board/st_nucleo_f4.cfg"},
     {"STM32F7", "board/st_nucleo_f7.cfg"},
     {"STM32H743", "board/st_nucleo_h743zi.cfg"},
     {"STM32L4", "board/st_nucleo_l4.cfg"},
     {"nRF52", "board/nordic_nrf52_dk.cfg"}}};

const char* configuration_of(const board::Board& board) {
  for (const auto& [mcu, file] : kConfigurations) {
    if (board.mcu.starts_with(mcu)) return file;
  }
  throw Error(ErrorCode::usage,
              "{}: opline knows no OpenOCD configuration for the {}; write the image to its flash "
              "with the tool of its maker",
              board.name, board.mcu);
}

}  // namespace

std::vector<std::string> openocd_command(const board::Board& board,
                                         const std::filesystem::path& elf,
                                         const std::string& serial) {
  std::vector<std::string> words = {"openocd", "-f", configuration_of(board)};
  if (!serial.empty()) words.insert(words.end(), {"-c", "adapter serial " + serial});
  // In braces: a word of Tcl, whatever the path.
  words.insert(words.end(), {"-c", fmt::format("program {{{}}} verify reset exit", elf.string())});
  return words;
}

void run_flash_tool(const std::vector<std::string>& command) {
  int code = 0;
  try {
    code = run_program_visibly(command);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::missing_tool) throw;
    throw Error(ErrorCode::missing_tool,
                "{}; install it: sudo apt-get install --no-install-recommends openocd",
                error.what());
  }
  if (code != 0)
    throw Error(ErrorCode::device,
                "{} failed, its output says why; is the board plugged in, and may you use its "
                "debug probe? docs/boards.md",
                command[0]);
}

}  // namespace opline::runners
