// Sequences take the cycles that silicon takes (micro_benchmarks.h).
#include "tests/simulator/micro_benchmarks.h"

namespace opline::simulator {
namespace {

using testing::Cases;
using testing::MicroTable;

constexpr double kTolerance = 0.05;  // cycles

class MicroBenchmarks : public ::testing::TestWithParam<MicroTable> {};

TEST_P(MicroBenchmarks, TakeTheCyclesOfSilicon) {
  OPLINE_NEEDS_MICRO_BENCHMARKS();
  const MicroTable& of = GetParam();
  const CsvTable table = testing::rows_of(of);
  Cases cases(of.program, of.board);
  std::size_t argued = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto own = table.optional_number(row, table.column("expected"));
    EXPECT_EQ(own.has_value(), !table.text(row, table.column("argument")).empty())
        << table.where(row) << ": a figure of our own needs an argument";
    if (own) ++argued;
    const double expected = own.value_or(table.number(row, table.column("cycles")));
    EXPECT_NEAR(testing::cycles_per_copy(cases.machine, table, row), expected, kTolerance)
        << table.where(row) << ": " << table.text(row, table.column("name")) << ": "
        << table.text(row, table.column("sequence"));
  }
  EXPECT_EQ(table.rows(), of.rows);
  EXPECT_EQ(argued, of.argued_rows);
}

INSTANTIATE_TEST_SUITE_P(Cores, MicroBenchmarks,
                         ::testing::Values(testing::kMicroM4, testing::kMicroM7),
                         [](const auto& test) { return std::string(test.param.program + 6); });

}  // namespace
}  // namespace opline::simulator
