// Fuzz target: a user's table is refused as input, naming the file, or its columns agree with each
// other, its rows are accounted for, and what is written from it is read as the same.
#include <cmath>
#include <string>

#include "src/base/csv.h"
#include "src/base/error.h"
#include "src/evaluation/table/measured_table.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {
namespace {

using evaluation::MeasuredTable;

const evaluation::TableColumns kColumns{
    .ops = "ops", .latency = "latency_s", .name = "name", .energy = "energy_j", .features = {"f"}};

void require_consistent(const MeasuredTable& table, bool skip_bad) {
  const std::size_t rows = table.rows();
  require(rows > 0, "a table has rows");
  require(table.ops.size() == rows && table.network.size() == rows && table.lines.size() == rows &&
              table.joules.size() == rows && table.features[0].size() == rows,
          "every column has an entry per row");
  require(table.rows_in_file == rows + table.without_latency.rows + table.bad.rows,
          "every row of the file is accounted for");
  require(skip_bad || (table.bad.rows == 0 && table.mistakes.empty()),
          "rows with mistakes are left out on request only");
  for (std::size_t i = 0; i < rows; ++i) {
    require(table.network[i] < table.names.size(), "every row has a network");
    require(!table.names[table.network[i]].empty(), "every network has a name");
    require(table.seconds[i] >= 1e-12 && table.seconds[i] <= 1e9, "a plausible latency");
    require(table.ops[i] >= 1 && std::isfinite(table.features[0][i]), "plausible figures");
    require(i == 0 || table.lines[i] > table.lines[i - 1], "lines ascend");
  }
}

void require_same_when_written(const MeasuredTable& table) {
  CsvWriter writer({"name", "ops", "latency_s", "energy_j", "f"});
  for (std::size_t i = 0; i < table.rows(); ++i) {
    writer.text(table.names[table.network[i]]).integer(table.ops[i]).number(table.seconds[i]);
    writer.number(table.joules[i]).number(table.features[0][i]).end_row();
  }
  const MeasuredTable again = evaluation::parse_measured_table(
      writer.str(), "again.csv", kColumns, {.csv = {.separator = ',', .decimal = '.'}});
  require(again.ops == table.ops && again.seconds == table.seconds &&
              again.joules == table.joules && again.features == table.features &&
              again.network == table.network,
          "what was written is read as the same");
  for (std::size_t i = 0; i < table.names.size(); ++i)
    require(again.names[i] == table.names[i], "names come back the same");
}

void use(const std::string& bytes, const evaluation::TableOptions& options) {
  try {
    const MeasuredTable table =
        evaluation::parse_measured_table(bytes, "input.csv", kColumns, options);
    require_consistent(table, options.skip_bad);
    require_same_when_written(table);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input && error.code() != ErrorCode::usage) throw;
    require(error.code() == ErrorCode::usage ||
                std::string_view(error.what()).starts_with("input.csv:"),
            "an error names its place");
  }
}

}  // namespace

Corpus corpus() {
  return {
      .seeds = {"name,ops,latency_s,energy_j,f\na,1000000,0.0132,1e-3,3\nb,2000000,0.02,,5\n",
                "# c\r\nsep=;\r\n;name;ops;latency_s;energy_j;f;\r\n0;\"a;\"\"b\"\"\";1.234.567"
                ";0,5;NA;-1,5;\r\n1;b;1 000;0,25;;+1e6;\r\n",
                "\xEF\xBB\xBFname\tops\tlatency_s\tenergy_j\tf\na\t1,234,567\t0.5\t#N/A\t1\n#x\n"
                "a\t1,234,567\t0.6\t-\t1\n"},
      .fragments = {",",        ";",        "\t",       "|",     "\"",   "\"\"",  "\n",
                    "\r\n",     "\r",       "#",        "NA",    "#N/A", "1,234", "1.234",
                    "0,5",      "0.5",      "1e999",    "inf",   "-",    "+",     " ",
                    "\xC3\xA9", "\xFF\xFE", "\xC2\xA0", "sep=;", "\x1A", "ops",   "1'000"}};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  fuzz::use(bytes, {});
  fuzz::use(bytes, {.skip_bad = true});
  fuzz::use(bytes, {.csv = {.encoding = CsvEncoding::windows_1252}, .skip_bad = true});
  return 0;
}
