// Fuzz target: a core file is refused with its place, or is a core.
#include <string>

#include "src/board/core.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/toml_corpus.h"

namespace opline::fuzz {

Corpus corpus() { return toml_files("data/cores"); }

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const fuzz::MemoryFile file(text);
  try {
    (void)board::load_core_file(file.path());
  } catch (const Error& error) {
    fuzz::expect_refusal(error, file.path().string());
  }
  return 0;
}
