// Fuzz target: the file of a known network is refused with its place, or is a network.
#include <string>

#include "sampler/space/known_network.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/fuzz/toml_corpus.h"

namespace opline::fuzz {

Corpus corpus() { return toml_files("data/networks"); }

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    (void)sampler::parse_known_network(text, "input.toml");
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.toml");
  }
  return 0;
}
