// Fuzz target: a board file is refused with its place, or is a board whose regions can be listed.
#include <string>

#include "src/board/board.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/toml_corpus.h"

namespace opline::fuzz {

Corpus corpus() { return toml_files("data/boards"); }

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const fuzz::MemoryFile file(text);
  try {
    const board::Board board = board::load_board_file(file.path());
    fuzz::require(!board.regions().empty(), "a board has memory");
    fuzz::require(board.sram.bytes > 0 && board.flash.bytes > 0, "a board has flash and SRAM");
  } catch (const Error& error) {
    fuzz::expect_refusal(error, file.path().string());
  }
  return 0;
}
