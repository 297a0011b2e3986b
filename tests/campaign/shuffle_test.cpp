// The promise that matters for the real space: cycles depend neither on the order nor on the
// threads. Some seconds long.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "runners/simulated_board.h"
#include "src/campaign/campaign.h"

namespace opline::campaign {
namespace {

namespace fs = std::filesystem;
constexpr const char* kNow = "2026-01-31T12:00:00Z";

using Cycles = std::map<std::string, std::uint64_t>;

Cycles measure(const fs::path& file, const Target& target, unsigned threads,
               std::optional<std::uint64_t> shuffle_seed) {
  const Query query{sampler::load_space("kws"), sampler::Prior::uniform_decisions, 5, 40};
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

class Shuffle : public testing::TestWithParam<const char*> {};

TEST_P(Shuffle, KwsHasTheSameCyclesInAnyOrderOnAnyThreads) {
  const runners::SimulatedBoard board = runners::SimulatedBoard::load(GetParam());
  const Target target{board.setup(), board.limits(), [&] { return board.make_runner(); }};
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_shuffle_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const Cycles in_order = measure(folder / "a.db", target, 1, std::nullopt);
  EXPECT_GT(in_order.size(), 20U);
  EXPECT_EQ(measure(folder / "b.db", target, 2, 11), in_order);
  EXPECT_EQ(measure(folder / "c.db", target, 5, 12), in_order);
  fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Boards, Shuffle, testing::Values("nucleo-f446re", "nucleo-f746zg"));

}  // namespace
}  // namespace opline::campaign
