// opline_translate BOARD IMAGE.elf SYMBOL [NAMES.txt] OUTPUT.cpp: the image's loops as C++
// (translator.h), for the build. NAMES: what `nm` prints of the objects whose functions are wanted.
#include <fmt/format.h>

#include <exception>
#include <set>
#include <sstream>
#include <string>

#include "runners/simulator/translate/translator.h"
#include "src/base/error.h"
#include "src/base/files.h"

namespace {

/// The third words of lines like "00000000 T name", for code (T, t).
std::set<std::string> functions_in(const char* path) {
  std::set<std::string> names;
  std::istringstream lines(opline::read_file(path));
  for (std::string value, kind, name, line; std::getline(lines, line);) {
    std::istringstream words(line);
    if (words >> value >> kind >> name && (kind == "T" || kind == "t")) names.insert(name);
  }
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace opline;
  if (argc != 5 && argc != 6) {
    fmt::print(stderr, "use: opline_translate BOARD IMAGE.elf SYMBOL [NAMES.txt] OUTPUT.cpp\n");
    return 2;
  }
  try {
    board::Board board = board::load_board(argv[1]);
    board::Core core = board::load_core(board.core);
    const simulator::Machine machine(std::move(board), std::move(core),
                                     simulator::ElfImage::from_file(argv[2]));
    const std::set<std::string> names = argc == 6 ? functions_in(argv[4]) : std::set<std::string>{};
    write_file_atomically(argv[argc - 1], "#include \"runners/simulator/translate/pace.h\"\n" +
                                              simulator::translate(machine, argv[3], names));
  } catch (const std::exception& error) {
    fmt::print(stderr, "opline_translate: {}\n", error.what());
    return 1;
  }
  return 0;
}
