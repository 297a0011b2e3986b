// A submission as files: what is asked for, how the shards stand.
#include "src/campaign/submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/files.h"
#include "src/base/process.h"
#include "tests/error_message.h"

namespace opline::campaign {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class SubmissionTest : public testing::Test {
 protected:
  SubmissionTest() {
    fs::remove_all(folder_);
    submission_.command = {"study", "--space", "tiny", "--details", "--where", "it's=a b"};
    submission_.shards = 4;
    submission_.expected = 100;
    submission_.seconds = 1000;
    submission_.program = "/opt/op line/opline";
    submission_.sbatch = {"--partition=p"};
    submission_.jobs = "100%";
    submission_.created_at = "2026-01-31T12:00:00Z";
    submission_.created_by = "opline 0.1.0";
  }
  ~SubmissionTest() override { fs::remove_all(folder_); }

  void shard(int number, const std::string& state, int seconds, int outcomes) const {
    const fs::path stem = folder_ / "shards" / std::to_string(number);
    write_file_atomically(stem.string() + ".state",
                          "state=" + state +
                              "\nhost=n1\nattempts=2\nseconds=" + std::to_string(seconds) +
                              "\nexit=" + (state == "failed" ? "5" : "") + "\n");
    if (outcomes > 0) {
      write_file_atomically(stem.string() + ".json",
                            "{\"content\": {\"outcomes\": " + std::to_string(outcomes) + "}}");
    }
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "opline submission";
  Submission submission_;
};

TEST(Shards, AreSizedByTheForecast) {
  EXPECT_EQ(shards_for(7200, 1, 1000), 2U);
  EXPECT_EQ(shards_for(7201, 1, 1000), 3U);
  EXPECT_EQ(shards_for(7200, 0.5, 3), 3U);  // no more than networks
  EXPECT_EQ(shards_for(0, 1, 1000), 1U);
  EXPECT_EQ(shards_for(1e9, 0.01, 1'000'000), 1000U);
}

TEST(Shards, AreWrittenAsRanges) {
  EXPECT_EQ(ranges({}), "");
  EXPECT_EQ(ranges({3}), "3");
  EXPECT_EQ(ranges({1, 2, 3, 5, 7, 8}), "1-3,5,7-8");
}

TEST_F(SubmissionTest, IsReadAsItWasWritten) {
  write_submission(folder_, submission_);
  const Submission read = read_submission(folder_);
  EXPECT_EQ(to_text(read), to_text(submission_));
  EXPECT_EQ(read.command, submission_.command);
}

TEST_F(SubmissionTest, TheScriptsAreBashWhateverTheWords) {
  for (const Scheduler scheduler : {Scheduler::slurm, Scheduler::hosts}) {
    submission_.scheduler = scheduler;
    submission_.hosts = {"a", "user@b"};
    write_submission(folder_, submission_);
    for (const char* script : {"shard.sh", "merge.sh", "submit.sh"}) {
      const std::string text = read_file(folder_ / script);
      EXPECT_EQ(text.find('@' + std::string("shards@")), text.npos);
      const Ended checked = run_program({"bash", "-n", (folder_ / script).string()});
      EXPECT_EQ(checked.exit_code, 0) << checked.output;
    }
    const std::string shard = read_file(folder_ / "shard.sh");
    EXPECT_THAT(shard, HasSubstr("opline='/opt/op line/opline'"));
    EXPECT_THAT(shard, HasSubstr("run --space tiny --where 'it'\\''s=a b' --shard"));
    EXPECT_THAT(read_file(folder_ / "merge.sh"), HasSubstr("study --space tiny --details"));
  }
}

TEST_F(SubmissionTest, TheStatusFollowsFromFilesAndTheScheduler) {
  write_submission(folder_, submission_);
  shard(1, "done", 300, 30);
  shard(2, "running", 100, 10);
  shard(3, "failed", 10, 0);
  Queue queue;
  queue.shards = {{2, true}};
  Status status = read_status(folder_, submission_, queue);
  EXPECT_EQ(status.outcomes, 40U);
  EXPECT_EQ(status.shards[1].state, ShardState::running);
  EXPECT_EQ(status.shards[1].host, "n1");
  EXPECT_EQ(status.shards[2].exit_code, 5);
  EXPECT_EQ(status.shards[3].state, ShardState::waiting);
  EXPECT_THAT(status.missing(), ElementsAre(3, 4));
  EXPECT_NEAR(status.seconds_left.value(), 60 * (400.0 / 40), 1e-9);

  // A task that its node took with it, and one that is requeued.
  queue.shards = {{4, false}};
  status = read_status(folder_, submission_, queue);
  EXPECT_EQ(status.shards[1].state, ShardState::stopped);
  EXPECT_EQ(status.seconds_left, std::nullopt);
  EXPECT_THAT(status.missing(), ElementsAre(2, 3));
  queue.shards = {{2, false}, {3, true}};
  status = read_status(folder_, submission_, queue);
  EXPECT_EQ(status.shards[1].state, ShardState::waiting);
  EXPECT_EQ(status.shards[2].state, ShardState::running);
  EXPECT_THAT(status.missing(), ElementsAre(4));
}

TEST_F(SubmissionTest, BeforeAnythingCameBackTheForecastTells) {
  write_submission(folder_, submission_);
  shard(1, "running", 5, 0);
  shard(2, "running", 5, 0);
  Queue queue;
  queue.shards = {{1, true}, {2, true}, {3, false}, {4, false}};
  EXPECT_NEAR(read_status(folder_, submission_, queue).seconds_left.value(), 500, 1e-9);
}

TEST_F(SubmissionTest, WhatNoScriptWroteIsRefused) {
  write_submission(folder_, submission_);
  for (const char* text : {"state=gone\nattempts=1\nseconds=1\n", "nonsense\n",
                           "state=done\nattempts=many\nseconds=1\n", "state=done\n"}) {
    write_file_atomically(folder_ / "shards" / "1.state", text);
    EXPECT_THAT(message_of([&] { (void)read_status(folder_, submission_, {}); }, ErrorCode::input),
                HasSubstr("1.state: "));
  }
  write_file_atomically(folder_ / "submission.json", "{\"format\": \"opline-fit\"}");
  EXPECT_THAT(message_of([&] { (void)read_submission(folder_); }, ErrorCode::input),
              HasSubstr("submission.json: format"));
}

}  // namespace
}  // namespace opline::campaign
