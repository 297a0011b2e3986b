// The promise that matters for the real space: cycles depend neither on the order nor on the
// threads. A minute long.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "runners/simulated_board.h"
#include "src/board/board.h"
#include "src/campaign/campaign.h"

namespace opline::campaign {
namespace {

namespace fs = std::filesystem;
constexpr const char* kNow = "2026-01-31T12:00:00Z";

using Cycles = std::map<std::string, std::uint64_t>;

Cycles measure(const fs::path& file, const Query& query, const Target& target, unsigned threads,
               std::optional<std::uint64_t> shuffle_seed) {
  store::Study study = store::Study::open(file, store::Mode::create, kNow);
  const QuerySource source(query, threads);
  ExecuteOptions options;
  options.threads = threads;
  options.shuffle_seed = shuffle_seed;
  options.now = [] { return std::string(kNow); };
  (void)execute(study, enter(study, identity_of(query), source, "test", kNow).campaign, source,
                {target}, options);
  Cycles found;
  for (const store::Series& series : study.measurements({})) {
    for (const store::MeasurementRow& row : series.rows) found[row.network] = *row.cycles;
  }
  return found;
}

/// In order, and in two other orders on several threads; `least`: how many networks there are.
void expect_the_same_cycles_in_any_order(const std::string& name, const std::string& space,
                                         std::uint64_t count, std::size_t least) {
  SCOPED_TRACE(name);
  const Query query{sampler::load_space(space), sampler::Prior::uniform_decisions, 5, count};
  const runners::SimulatedBoard board = runners::SimulatedBoard::load(name);
  const Target target{board.setup(), board.limits(), [&] { return board.make_runner(); }};
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_shuffle_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const Cycles in_order = measure(folder / "a.db", query, target, 1, std::nullopt);
  EXPECT_GT(in_order.size(), least);
  EXPECT_EQ(measure(folder / "b.db", query, target, 2, 11), in_order);
  EXPECT_EQ(measure(folder / "c.db", query, target, 5, 12), in_order);
  fs::remove_all(folder);
}

TEST(Shuffle, KwsHasTheSameCyclesInAnyOrderOnAnyThreads) {
  for (const char* const board : {"nucleo-f446re", "nucleo-f746zg"})
    expect_the_same_cycles_in_any_order(board, "kws", 40, 20);
}

// On the NUCLEO-F767ZI a few of these depended on those before them.
TEST(Shuffle, TinyHasTheSameCyclesInAnyOrderOnEveryBoard) {
  for (const std::string& board : board::board_names())
    expect_the_same_cycles_in_any_order(board, "tiny", 2000, 500);
}

}  // namespace
}  // namespace opline::campaign
