// tests/simulator/micro_benchmarks.h - sequences whose cycles were measured on silicon, or follow
// from a rule that a source states (data/micro_*.csv; programs/micro_benchmarks.py assembles them).
//
// A row's cycles are those that its last copies add: (cycles of `many` - cycles of `few`) / (many -
// few), so start and end cancel out. Everything comes from memory without wait states, or from
// caches. Where sources contradict each other, `expected` holds what the model gives instead and
// `argument` why.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <string>

#include "src/base/csv.h"
#include "tests/simulator/programs.h"

namespace opline::simulator::testing {

struct MicroTable {
  const char* file;
  const char* program;
  const char* board;
  std::size_t rows;         ///< So that a row which is not read is noticed.
  std::size_t argued_rows;  ///< With an `expected` of our own: a new one needs a decision here.
};

inline constexpr MicroTable kMicroM4 = {"micro_m4.csv", "micro-m4", "nucleo-f446re", 72, 6};
inline constexpr MicroTable kMicroM7 = {"micro_m7.csv", "micro-m7", "nucleo-f767zi", 213, 1};

#define OPLINE_NEEDS_MICRO_BENCHMARKS()                                                     \
  do {                                                                                      \
    if (!std::filesystem::exists(::opline::simulator::testing::program_path("micro-m7"))) { \
      GTEST_SKIP() << "apt install gcc-arm-none-eabi python3, configure and build again";   \
    }                                                                                       \
  } while (false)

inline CsvTable rows_of(const MicroTable& table) {
  return CsvTable::from_file(std::string(OPLINE_SOURCE_DIR) + "/tests/simulator/data/" +
                             table.file);
}

/// Registers as every sequence finds them. R8, R9 and R10 are three data areas; the first word at
/// R9 points at itself.
inline void prepare(Machine& machine, std::uint32_t address) {
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
inline std::uint64_t cycles_of(Machine& machine, const std::string& function) {
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
inline double cycles_per_copy(Machine& machine, const CsvTable& table, std::size_t row) {
  const std::string name(table.text(row, table.column("name")));
  const auto integer = [&](const char* column) {
    return static_cast<double>(table.integer(row, table.column(column)));
  };
  const double copies = (integer("many") - integer("few")) * std::max(1.0, integer("iterations"));
  const std::uint64_t few = cycles_of(machine, name + "_few"),
                      many = cycles_of(machine, name + "_many");
  return (static_cast<double>(many) - static_cast<double>(few)) / copies;
}

}  // namespace opline::simulator::testing
