// runners/firmware/firmware_tool.cpp - the firmware images of opline's build.
//
//   opline_firmware_tool image BOARD.toml SOURCES PREFIX OPTIMISATION dsp|portable WORK IMAGE.elf
//   opline_firmware_tool board BOARD.toml FOLDER         opline_board_file.h and memory.ld
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "runners/firmware/image_builder.h"
#include "src/board/board.h"

namespace {

int run(const std::vector<std::string>& words) {
  using namespace opline;
  const auto is = [&](const char* action, std::size_t count) {
    return words.size() == count && words[0] == action;
  };
  if (is("image", 8)) {
    firmware::BuildOptions options;
    options.sources = words[2];
    options.compiler_prefix = words[3];
    options.optimisation = words[4];
    options.portable_kernels = words[5] == "portable";
    options.threads = 2;
    firmware::build_image(board::load_board_file(words[1]), options, words[6], words[7]);
    return 0;
  }
  if (is("board", 3)) {
    firmware::write_board_sources(board::load_board_file(words[1]), words[2]);
    return 0;
  }
  std::fputs("usage: see runners/firmware/firmware_tool.cpp\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "opline_firmware_tool: %s\n", error.what());
    return 1;
  }
}
