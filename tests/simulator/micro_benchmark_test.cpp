// Sequences whose cycles were measured on silicon, or follow from a rule that a source states
// (data/micro_*.csv; programs/micro_benchmarks.py assembles them). A row's cycles are those that
// its last copies add: (cycles of `many` - cycles of `few`) / (many - few), so start and end cancel
// out. Everything comes from memory without wait states, or from caches. Where sources contradict
// each other, `expected` holds what the model gives instead and `argument` why.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include "src/base/csv.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;

struct Table {
  const char* file;
  const char* program;
  const char* board;
  std::size_t rows;         ///< So that a row which is not read is noticed.
  std::size_t argued_rows;  ///< With an `expected` of our own: a new one needs a decision here.
};

constexpr double kTolerance = 0.05;  // cycles

/// Registers as every sequence finds them. R8, R9 and R10 are three data areas; the first word at
/// R9 points at itself.
void prepare(Machine& machine, std::uint32_t address) {
  constexpr std::uint32_t kFirst = 0x20001000, kSecond = 0x20001100, kThird = 0x20001200;
  Registers all;
  all.r[8] = kFirst;
  all.r[9] = kSecond;
  all.r[10] = kThird;
  all.r[13] = 0x20018000;
  all.r[15] = address;
  all.s.fill(std::bit_cast<std::uint32_t>(1.0F));
  machine.set_registers(all);
  machine.write_memory(kFirst, std::string(0x300, '\0'));
  const std::string pointer = {0x00, 0x11, 0x00, 0x20};
  machine.write_memory(kSecond, pointer);
}

/// The second time, when code and branches are known.
std::uint64_t cycles_of(Machine& machine, const std::string& function) {
  const auto address = machine.image().symbol(function);
  EXPECT_TRUE(address.has_value()) << function;
  std::uint64_t cycles = 0;
  for (int i = 0; i < 2; ++i) {
    prepare(machine, address.value_or(0));
    const std::uint64_t before = machine.cycles();
    const Stop stop = machine.run({1'000'000});
    EXPECT_EQ(stop.reason, StopReason::breakpoint) << function << ": " << stop.text;
    cycles = machine.cycles() - before;
  }
  return cycles;
}

/// Cycles that one copy of the sequence, or one round of its loop, adds.
double cycles_per_copy(Machine& machine, const CsvTable& table, std::size_t row) {
  const std::string name(table.text(row, table.column("name")));
  const auto integer = [&](const char* column) {
    return static_cast<double>(table.integer(row, table.column(column)));
  };
  const double copies = (integer("many") - integer("few")) * std::max(1.0, integer("iterations"));
  const std::uint64_t few = cycles_of(machine, name + "_few"),
                      many = cycles_of(machine, name + "_many");
  return (static_cast<double>(many) - static_cast<double>(few)) / copies;
}

class MicroBenchmarks : public ::testing::TestWithParam<Table> {};

TEST_P(MicroBenchmarks, TakeTheCyclesOfSilicon) {
  const Table& of = GetParam();
  if (!std::filesystem::exists(testing::program_path(of.program)))
    GTEST_SKIP() << "apt install gcc-arm-none-eabi python3, configure and build again";
  const CsvTable table =
      CsvTable::from_file(std::string(OPLINE_SOURCE_DIR) + "/tests/simulator/data/" + of.file);
  Cases cases(of.program, of.board);
  std::size_t argued = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto own = table.optional_number(row, table.column("expected"));
    EXPECT_EQ(own.has_value(), !table.text(row, table.column("argument")).empty())
        << table.where(row) << ": a figure of our own needs an argument";
    if (own) ++argued;
    const double expected = own.value_or(table.number(row, table.column("cycles")));
    EXPECT_NEAR(cycles_per_copy(cases.machine, table, row), expected, kTolerance)
        << table.where(row) << ": " << table.text(row, table.column("name")) << ": "
        << table.text(row, table.column("sequence"));
  }
  EXPECT_EQ(table.rows(), of.rows);
  EXPECT_EQ(argued, of.argued_rows);
}

INSTANTIATE_TEST_SUITE_P(
    Cores, MicroBenchmarks,
    ::testing::Values(Table{"micro_m4.csv", "micro-m4", "nucleo-f446re", 72, 6}),
    [](const auto& test) { return std::string(test.index == 0 ? "CortexM4" : "CortexM7"); });

}  // namespace
}  // namespace opline::simulator
