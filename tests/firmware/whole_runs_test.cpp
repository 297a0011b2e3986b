// Whole runs of the boards' images - boot, a network over the UART, its report - against Unicorn
// and Capstone: every executed address, the final registers, all of the SRAM, the count of
// instructions, the text of every instruction.
#include "tests/firmware/whole_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#ifdef OPLINE_HAVE_UNICORN
#include "tests/firmware/unicorn_board.h"
#endif
#ifdef OPLINE_HAVE_CAPSTONE
#include "tests/simulator/capstone_oracle.h"
#endif

namespace opline::firmware_test {
namespace {

class WholeRuns : public testing::TestWithParam<const char*> {
 protected:
  /// One run per board, for all cross-checks.
  static const WholeRun& run() {
    static std::map<std::string, WholeRun> runs;
    const std::string board = GetParam();
    const auto found = runs.find(board);
    return found != runs.end()
               ? found->second
               : runs.emplace(board, run_whole(board, tiny_network_commands())).first->second;
  }
};

TEST_P(WholeRuns, ExecuteANetwork) {
  const WholeRun& run = WholeRuns::run();
  EXPECT_THAT(run.output, testing::HasSubstr("m-run-done"));
  EXPECT_THAT(run.output, testing::HasSubstr("m-layer-[0,"));
  EXPECT_GT(run.instructions, 100'000u);
  EXPECT_LT(run.addresses.size(), run.instructions) << "some conditions fail";
  EXPECT_GT(run.counts.size(), 10u);
  std::printf("%-16s %8llu instructions, %zu distinct, %zu readings of the cycle counter\n",
              GetParam(), static_cast<unsigned long long>(run.instructions), run.distinct.size(),
              run.counts.size());
}

#ifdef OPLINE_HAVE_UNICORN

TEST_P(WholeRuns, EndAsOnUnicornByTheSameAddresses) {
  const WholeRun& run = WholeRuns::run();
  const simulator::Machine start = make_machine(GetParam());
  const std::uint32_t poll = run.machine.registers().r[15];
  UnicornBoard unicorn(start, run.addresses, run.counts);
  unicorn.run(tiny_network_commands(), poll);
  EXPECT_EQ(unicorn.executed(), run.addresses.size());
  EXPECT_EQ(unicorn.instructions(), run.instructions);
  EXPECT_EQ(run.machine.instructions(), run.instructions);
  EXPECT_EQ(unicorn.counts_read(), run.counts.size());
  EXPECT_EQ(unicorn.output(), run.output);
  const simulator::Registers mine = run.machine.registers(), theirs = unicorn.registers();
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(mine.r[i], theirs.r[i]) << "r" << i;
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(mine.s[i], theirs.s[i]) << "s" << i;
  EXPECT_EQ(mine.apsr, theirs.apsr);
  EXPECT_EQ(mine.fpscr, theirs.fpscr);
  const board::Sram& sram = run.machine.board().sram;
  EXPECT_TRUE(run.machine.read_memory(sram.base, sram.bytes) == unicorn.sram());
}

#else

TEST_P(WholeRuns, EndAsOnUnicornByTheSameAddresses) {
  GTEST_SKIP() << "Unicorn is missing; install it with: apt-get install --no-install-recommends "
                  "libunicorn-dev";
}

#endif

#ifdef OPLINE_HAVE_CAPSTONE

TEST_P(WholeRuns, HaveCapstonesText) {
  const WholeRun& run = WholeRuns::run();
  simulator::testing::Capstone capstone;
  for (const auto& [key, one] : run.distinct) {
    EXPECT_EQ(one.text(), capstone.text(one.address, one.bits, one.wide, one.in_it, one.condition))
        << simulator::trace_line(one, run.machine.image());
  }
  EXPECT_GT(run.distinct.size(), 1000u);
}

#else

TEST_P(WholeRuns, HaveCapstonesText) {
  GTEST_SKIP() << "Capstone is missing; install it with: apt-get install --no-install-recommends "
                  "libcapstone-dev";
}

#endif

INSTANTIATE_TEST_SUITE_P(Images, WholeRuns,
                         testing::Values("nucleo-f446re", "nucleo-f746zg", "nucleo-f767zi"),
                         [](const auto& board) {
                           std::string name = board.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace opline::firmware_test
