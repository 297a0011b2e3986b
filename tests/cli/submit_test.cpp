// opline submit, status and merge without a scheduler: the scripts are run as Slurm would.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <thread>

#include "src/base/json.h"
#include "src/base/process.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Submit : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    // No Slurm answers: the scripts are started by hand.
    path_ = std::getenv("PATH");
    fs::create_directories(folder_ / "bin");
    write("bin/squeue", "#!/bin/sh\nexit 0\n");
    fs::permissions(folder_ / "bin" / "squeue", fs::perms::owner_all);
    ::setenv("PATH", ((folder_ / "bin").string() + ":" + path_).c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    ProgramTest::TearDown();
  }
  Result submit(const std::string& count, const std::string& shards) {
    return opline({"submit", "--slurm", "--dir", "d", "--shards", shards, "--dry-run", "--",
                   "study", "--space", "tiny", "--count", count, "--boards", "nucleo-f446re"});
  }
  Ended script(const std::string& name, const std::string& argument = "") const {
    std::vector<std::string> words = {"bash", (folder_ / "d" / name).string()};
    if (!argument.empty()) words.push_back(argument);
    return run_program(words);
  }
  /// A member of the content that `opline merge FILE --json` prints.
  Json content(const std::string& file) {
    const Result result = opline({"merge", file, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return parse_json(result.out, "merge").at("content");
  }
  Json status(int exit_code) {
    const Result result = opline({"status", "d", "--json"});
    EXPECT_EQ(result.exit_code, exit_code) << result.out << result.err;
    return parse_json(result.out, "status");
  }

 private:
  std::string path_;
};

TEST_F(Submit, TheShardsMergeIntoTheStudyOfOneMachine) {
  const Result submitted = submit("20", "3");
  ASSERT_EQ(submitted.exit_code, 0) << submitted.err;
  EXPECT_THAT(submitted.out, HasSubstr("tiny on nucleo-f446re: 20 drawn"));
  EXPECT_THAT(submitted.out, HasSubstr("would execute: bash "));
  EXPECT_THAT(submitted.out, HasSubstr("submit.sh 1-3"));
  EXPECT_EQ(status(13).at("missing").size(), 3U);
  EXPECT_EQ(script("merge.sh").exit_code, 4);

  ASSERT_EQ(script("shard.sh", "2").exit_code, 0);
  EXPECT_EQ(status(13).at("done"), 1);
  ASSERT_EQ(script("shard.sh", "1").exit_code, 0);
  const Ended incomplete = script("merge.sh");
  EXPECT_EQ(incomplete.exit_code, 4);
  EXPECT_THAT(incomplete.output, HasSubstr("not done: 3; opline submit"));
  ASSERT_EQ(script("shard.sh", "3").exit_code, 0);
  EXPECT_EQ(script("shard.sh", "3").output, "");  // done is done
  EXPECT_EQ(status(13).at("outcomes"), status(13).at("expected_outcomes"));

  const Ended merged = script("merge.sh");
  ASSERT_EQ(merged.exit_code, 0) << merged.output;
  EXPECT_EQ(status(0).at("merged"), true);
  EXPECT_TRUE(fs::exists(folder_ / "d" / "results" / "report.html"));
  EXPECT_THAT(read_file(folder_ / "d" / "result.txt"), HasSubstr("tiny on nucleo-f446re"));
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "20", "--boards", "nucleo-f446re", "--db",
                    "one.db"})
                .exit_code,
            0);
  EXPECT_EQ(content("d/study.db"), content("one.db"));
}

TEST_F(Submit, AShardThatIsKilledGoesOn) {
  ASSERT_EQ(submit("3000", "1").exit_code, 0);
  const pid_t shell = fork();
  if (shell == 0) {
    const std::string path = (folder_ / "d" / "shard.sh").string();
    execlp("bash", "bash", path.c_str(), "1", nullptr);
    _exit(127);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  ::kill(shell, SIGHUP);
  int ended = 0;
  ASSERT_EQ(::waitpid(shell, &ended, 0), shell);
  if (WEXITSTATUS(ended) == 7) {
    EXPECT_EQ(status(13).at("stopped"), 1);
    ASSERT_EQ(script("shard.sh", "1").exit_code, 0);
    EXPECT_EQ(status(13).at("states").at(0).at("starts"), 2);
  } else {
    EXPECT_EQ(WEXITSTATUS(ended), 0);  // it was faster
  }
  EXPECT_EQ(status(13).at("outcomes"), status(13).at("expected_outcomes"));
}

TEST_F(Submit, AnotherCampaignInTheSameFolderIsRefused) {
  ASSERT_EQ(submit("20", "3").exit_code, 0);
  EXPECT_EQ(submit("20", "3").exit_code, 2);  // --shards was decided
  const Result other =
      opline({"submit", "--dir", "d", "--dry-run", "--", "study", "--space", "kws"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("holds another campaign"));
  EXPECT_EQ(opline({"submit", "--dir", "d", "--dry-run"}).exit_code, 0);
}

TEST_F(Submit, WhatCannotBeSubmittedIsRefused) {
  const auto refused = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"submit", "--dir", "d"});
    const Result result = opline(words);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_FALSE(fs::exists(folder_ / "d"));
    return result.err;
  };
  EXPECT_THAT(refused({}), HasSubstr("holds no submission"));
  EXPECT_THAT(refused({"--", "study"}), HasSubstr("one of --slurm and --hosts"));
  EXPECT_THAT(refused({"--slurm", "--", "plot"}), HasSubstr("expected study or run"));
  EXPECT_THAT(refused({"--slurm", "--", "run", "--db", "x"}), HasSubstr("--db is decided"));
  EXPECT_THAT(refused({"--slurm", "--retries", "2", "--", "run"}), HasSubstr("belongs to --hosts"));
  EXPECT_THAT(refused({"--slurm", "--", "run", "--boards", "nucleo-f446re@/dev/ttyACM0"}),
              HasSubstr("attached"));
}

TEST_F(Submit, WithoutSlurmThePackageIsNamed) {
  ASSERT_EQ(submit("20", "3").exit_code, 0);
  fs::create_symlink("/bin/bash", folder_ / "bin" / "bash");
  ::setenv("PATH", (folder_ / "bin").c_str(), 1);
  const Result result = opline({"submit", "--dir", "d"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("apt-get install slurm-client"));
}

TEST_F(Submit, MergeNamesConflictsAndChangesNothing) {
  const std::vector<std::string> run = {"run", "--space",  "tiny",          "--count",
                                        "3",   "--boards", "nucleo-f446re", "--db"};
  for (const char* file : {"a.db", "b.db"}) {
    std::vector<std::string> words = run;
    words.emplace_back(file);
    ASSERT_EQ(opline(words).exit_code, 0);
  }
  EXPECT_EQ(opline({"merge", "c.db", "a.db", "b.db"}).exit_code, 0);
  EXPECT_EQ(content("c.db"), content("a.db"));
  SQLite::Database((folder_ / "b.db").string(), SQLite::OPEN_READWRITE)
      .exec(
          "DROP TRIGGER outcomes_never_change; UPDATE outcomes SET cycles = cycles + 1; CREATE "
          "TRIGGER outcomes_never_change BEFORE UPDATE ON outcomes BEGIN SELECT 1; END");
  const Result refused = opline({"merge", "d.db", "a.db", "b.db"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 4) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("b.db: network "));
  EXPECT_THAT(refused.err, HasSubstr("in a.db"));
  EXPECT_FALSE(fs::exists(folder_ / "d.db"));
  EXPECT_EQ(opline({"merge", "a.db", "a.db"}).exit_code, 2);
  EXPECT_EQ(opline({"merge", "a.db", "none.db"}).exit_code, 5);
  EXPECT_EQ(opline({"merge"}).exit_code, 2);
}

}  // namespace
}  // namespace opline::cli
