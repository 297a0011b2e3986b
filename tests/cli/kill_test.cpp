// A campaign that is killed at random moments loses at most what was in flight.
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <thread>

#include "src/base/random.h"
#include "src/store/study.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

/// Cycles by network; fails when one is there twice.
std::map<std::string, std::uint64_t> measured(const fs::path& path) {
  std::map<std::string, std::uint64_t> found;
  if (!fs::exists(path)) return found;
  store::Study study = store::Study::open(path, store::Mode::read_write);
  EXPECT_TRUE(study.check().empty());
  for (const store::Series& series : study.measurements({})) {
    for (const store::MeasurementRow& row : series.rows) {
      EXPECT_TRUE(found.emplace(row.network, *row.cycles).second) << row.network << " twice";
    }
  }
  return found;
}

TEST(Kill, TwentySigkillsLoseNothingThatWasStored) {
  constexpr int kKills = 20;
  const fs::path folder = fs::path(testing::TempDir()) / ("opline_kill_" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  const fs::path study = folder / "s.db";
  const std::vector<std::string> command = {"run",  "--space", "tiny",      "--count", "4000",
                                            "--db", "s.db",    "--threads", "2"};
  RandomStream random(2026, 0);
  std::map<std::string, std::uint64_t> before;
  int killed = 0;
  for (int attempt = 0; killed < kKills; ++attempt) {
    ASSERT_LT(attempt, 10 * kKills) << "the campaign ends before it can be killed";
    const pid_t child = start(folder, command);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random.below(120)));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) {  // it was done: start over
      for (const char* file : {"s.db", "s.db-wal", "s.db-shm"}) fs::remove(folder / file);
      before.clear();
      continue;
    }
    ++killed;
    if (fs::exists(study) && fs::file_size(study) == 0) continue;  // killed before the first page was written
    const std::map<std::string, std::uint64_t> after = measured(study);
    for (const auto& [network, cycles] : before) {
      ASSERT_TRUE(after.contains(network)) << "lost after kill " << killed;
      ASSERT_EQ(after.at(network), cycles);
    }
    before = after;
  }
  ASSERT_EQ(run(folder, command).exit_code, 0);
  const std::map<std::string, std::uint64_t> end = measured(study);
  for (const auto& [network, cycles] : before) ASSERT_EQ(end.at(network), cycles);

  const std::vector<std::string> fresh = {"run", "--space", "tiny", "--count", "4000", "--db", "fresh.db"};
  ASSERT_EQ(run(folder, fresh).exit_code, 0);
  EXPECT_EQ(end, measured(folder / "fresh.db"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace opline::cli
