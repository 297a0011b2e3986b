// A campaign that is killed at random moments loses at most what was in flight.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <thread>

#include "src/base/error.h"
#include "src/base/random.h"
#include "src/store/study.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

/// Outcomes in the file as any other process sees them; 0 while it isn't a study yet.
std::size_t stored(const fs::path& path) {
  try {
    std::size_t count = 0;
    store::Study study = store::Study::open(path, store::Mode::read_only);
    for (const store::Series& series : study.measurements({})) count += series.rows.size();
    return count;
  } catch (const Error&) {
    return 0;
  }
}

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

/// Returns when the campaign has stored something new, or has ended.
void wait_for_progress(pid_t child, const fs::path& path, std::size_t before) {
  for (int i = 0; i < 3000; ++i) {
    siginfo_t ended{};
    waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT);
    if (ended.si_pid == child || stored(path) > before) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TEST(Kill, TwentySigkillsLoseNothingThatWasStored) {
  constexpr int kKills = 20;
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_kill_" + std::to_string(::getpid()));
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
    wait_for_progress(child, study, before.size());
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(40)));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) {  // it was done: start over
      for (const char* file : {"s.db", "s.db-wal", "s.db-shm"}) fs::remove(folder / file);
      before.clear();
      continue;
    }
    ++killed;
    const std::map<std::string, std::uint64_t> after = measured(study);
    ASSERT_GT(after.size(), before.size()) << "killed before anything new was stored";
    for (const auto& [network, cycles] : before) {
      ASSERT_TRUE(after.contains(network)) << "lost after kill " << killed;
      ASSERT_EQ(after.at(network), cycles);
    }
    before = after;
  }
  ASSERT_EQ(run(folder, command).exit_code, 0);
  const std::map<std::string, std::uint64_t> end = measured(study);
  for (const auto& [network, cycles] : before) ASSERT_EQ(end.at(network), cycles);

  const std::vector<std::string> fresh = {"run",  "--space", "tiny",    "--count",
                                          "4000", "--db",    "fresh.db"};
  ASSERT_EQ(run(folder, fresh).exit_code, 0);
  EXPECT_EQ(end, measured(folder / "fresh.db"));
  fs::remove_all(folder);
}

TEST(Kill, AStudyThatIsDeletedOrMovedWhileItIsMeasuredIsReported) {
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_gone_" + std::to_string(::getpid()));
  for (const bool deleted : {true, false}) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    const fs::path study = folder / "s.db";
    const pid_t child =
        start(folder, {"run", "--space", "tiny", "--count", "4000", "--db", "s.db"});
    wait_for_progress(child, study, 0);
    if (deleted) {
      for (const char* file : {"s.db", "s.db-wal", "s.db-shm"}) fs::remove(folder / file);
    } else {
      fs::rename(study, folder / "moved.db");
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 5) << status;
    EXPECT_THAT(read_file(folder / "err.txt"), testing::HasSubstr("deleted, moved or replaced"));
    EXPECT_EQ(read_file(folder / "out.txt"), "");
  }
  fs::remove_all(folder);
}

// A table went through a temporary study, which signals left behind; now it needs no folder.
TEST(Table, IsJudgedWithoutATemporaryFolder) {
  const fs::path folder = fs::path(testing::TempDir()) / "opline_table";
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::string table = "ops,latency_s\n";
  for (int i = 1; i <= 200; ++i)
    table += std::to_string(1000 + 7 * i) + "," + std::to_string(1 + i % 97) + "\n";
  write_file_atomically(folder / "mine.csv", table);
  setenv("TMPDIR", "/nowhere", 1);
  const Result result = run(folder, {"validate", "--csv", "mine.csv"});
  unsetenv("TMPDIR");
  EXPECT_EQ(result.exit_code, 9) << result.err;
  fs::remove_all(folder);
}

}  // namespace
}  // namespace opline::cli
