// Fuzz target: a cost model is refused with its name, or is written and read again as it was.
#include <string>

#include "src/base/files.h"
#include "src/costmodel/cost_model.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {

Corpus corpus() {
  return {.seeds = {read_file(OPLINE_SOURCE_DIR "/tests/costmodel/data/cost_model.golden.json"),
                    read_file(OPLINE_SOURCE_DIR "/tests/costmodel/data/cost_model_2.json")},
          .fragments = {"null", "0", "-1", "1e308", "1e999", "18446744073709551616", "[]", "{}",
                        "\"\"", "\"\\u0000\"", "\"\xff\"", "[[[[", "true", ","},
          .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const costmodel::CostModel model =
        costmodel::cost_model_from_json(parse_json(text, "input.json"), "input.json");
    (void)model;
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.json:");
  }
  return 0;
}
