// Fuzz target: a table is refused with its line, or all its fields can be read.
#include <string>

#include "src/base/csv.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {

Corpus corpus() {
  return {.seeds = {"# by hand\nops,latency_s,name\n1000,0.5,a\n2000,1e-3,\"b,\"\"c\"\"\"\n",
                    "name;ops;latency_s\r\nx;1;0,5\r\n\r\ny;2;0,25\r\n",
                    "\xEF\xBB\xBF"
                    "a,b\n1,2\n",
                    "a\tb\n\"two\nlines\"\t-3.5e-4\n"},
          .fragments = {",", ";", "\t", "\"", "\"\"", "\n", "\r\n", "\r", "#", "NA", "nan", "1e400",
                        "18446744073709551615", "18446744073709551616", "\xEF\xBB\xBF", "\xFF\xFE",
                        "\xE9", "sep=;\n", std::string(1, 0)},
          .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const CsvTable table = CsvTable::from_text(text, "input.csv");
    for (std::size_t row = 0; row < table.rows(); ++row) {
      for (std::size_t column = 0; column < table.columns().size(); ++column) {
        (void)table.text(row, column);
        try {
          (void)table.optional_number(row, column);
          (void)table.optional_integer(row, column);
        } catch (const Error& error) {
          fuzz::expect_refusal(error, table.where(row));
        }
      }
    }
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.csv");
  }
  return 0;
}
