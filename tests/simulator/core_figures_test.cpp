// Every number of data/cores/*.toml matters: where one of them is changed, the cycles of a case
// change that were counted by hand, or of a sequence that was measured (micro_benchmarks.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "src/base/files.h"
#include "tests/numeric_keys.h"
#include "tests/simulator/known_cycles.h"
#include "tests/simulator/micro_benchmarks.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

namespace fs = std::filesystem;
using testing::Cases;
using testing::KnownCycles;

struct CasesOfCore {
  const char* program;
  const char* board;
  std::span<const KnownCycles> known;
  testing::MicroTable measured;
};

const std::map<std::string, CasesOfCore> kCases = {
    {"cortex-m4", {"cases", "nucleo-f446re", testing::kCortexM4Cycles, testing::kMicroM4}},
    {"cortex-m7", {"cases-m7", "nucleo-f767zi", testing::kCortexM7Cycles, testing::kMicroM7}},
};

/// Cycles of every case, executed twice: the first time its branches may be unknown. Those of
/// sequences are of one copy.
std::vector<double> cycles_on(const board::Core& core, const CasesOfCore& of) {
  Cases cases({board::load_board(of.board), core, testing::load_program(of.program)});
  std::vector<double> cycles;
  for (const KnownCycles& known : of.known) {
    for (int i = 0; i < 2; ++i) {
      const Stop stop = cases.run(known.name, known.r0, Cases::kData, known.r2, known.r3);
      EXPECT_EQ(stop.reason, StopReason::breakpoint) << known.name << ": " << stop.text;
      cycles.push_back(static_cast<double>(cases.cycles));
    }
  }
  Cases measured(
      {board::load_board(of.measured.board), core, testing::load_program(of.measured.program)});
  const CsvTable table = testing::rows_of(of.measured);
  for (std::size_t row = 0; row < table.rows(); ++row)
    cycles.push_back(testing::cycles_per_copy(measured.machine, table, row));
  return cycles;
}

class CoreFigures : public ::testing::TestWithParam<std::string> {};

TEST_P(CoreFigures, EachChangesTheCyclesOfAKnownCaseWhenItChanges) {
  OPLINE_NEEDS_MICRO_BENCHMARKS();
  const std::string& name = GetParam();
  ASSERT_TRUE(kCases.contains(name)) << "count cases for it by hand";
  const CasesOfCore& of = kCases.at(name);
  const std::vector<double> before = cycles_on(board::load_core(name), of);
  const std::string shipped = read_file(resource("data/cores/" + name + ".toml"));
  const fs::path changed = fs::path(::testing::TempDir()) / (name + ".toml");
  const std::vector<NumericKey> keys = numeric_keys(shipped);
  EXPECT_GT(keys.size(), 20U);
  for (const NumericKey& key : keys) {
    const Effect effect = effect_of(shipped, key, [&](const std::string& text) {
      write_file_atomically(changed, text);
      return cycles_on(board::load_core_file(changed), of) != before;
    });
    EXPECT_EQ(effect, Effect::changed) << key.name << " = " << key.value;
  }
}

INSTANTIATE_TEST_SUITE_P(Cores, CoreFigures, ::testing::ValuesIn(board::core_names()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace opline::simulator
