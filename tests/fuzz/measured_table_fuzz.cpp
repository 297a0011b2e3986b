// Fuzz target: a table of measurements is refused with its mistakes, or read; --skip-bad keeps what
// the strict reader accepts.
#include <string>

#include "src/evaluation/table/measured_table.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {

Corpus corpus() {
  return {.seeds = {"name,ops,latency_s,energy\na,1000,0.5,1e-3\nb,2000,1.5,2e-3\n",
                    "ops;latency_s\r\n1000;0,5\r\n2.000;0,75\r\n3000;NA\r\n",
                    "ops\tlatency_s\n1e3\t.5\n\n2e3\t0.25\n"},
          .fragments = {",",       ";",    "\t",           "\"",       "\n",   "\r\n",   "#",
                        "NA",      "nan",  "-1",           "1e400",    "0",    "9e18",   "1,5",
                        "1.000,5", "+1e6", "\xEF\xBB\xBF", "\xFF\xFE", "\xE9", "sep=;\n"},
          .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::optional<std::size_t> strict;
  try {
    strict = evaluation::parse_measured_table(text, "input.csv", {}).rows();
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.csv");
  }
  try {
    const auto lenient =
        evaluation::parse_measured_table(text, "input.csv", {}, {.skip_bad = true});
    if (strict) fuzz::require(lenient.rows() == *strict, "without mistakes nothing is skipped");
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.csv");
  }
  return 0;
}
