#include "runners/attached/flash_tool.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "src/base/error.h"

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
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int failed =
      posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ);
  if (failed != 0)
    throw Error(ErrorCode::missing_tool,
                "{}: cannot be started ({}); install it: sudo apt-get install "
                "--no-install-recommends openocd",
                command[0], std::strerror(failed));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw Error(ErrorCode::device,
                "{} failed, its output says why; is the board plugged in, and may you use its "
                "debug probe? docs/boards.md",
                command[0]);
}

}  // namespace opline::runners
