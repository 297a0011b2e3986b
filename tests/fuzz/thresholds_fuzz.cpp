// Fuzz target: the thresholds of a verdict are refused with their place, or read.
#include <string>

#include "analysis/verdict/verdict.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/fuzz/toml_corpus.h"

namespace opline::fuzz {

Corpus corpus() {
  return {.seeds = {without_comments(read_file(resource("data/verdict.toml")))},
          .fragments = kTomlFragments};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    (void)analysis::parse_thresholds(text, "input.toml");
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.toml");
  }
  return 0;
}
