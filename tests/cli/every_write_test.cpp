// A kill, a full disk, a short write and a failing disk at every single call by which the real
// program changes a study's files; and a reader beside it at each of them.
#include <gmock/gmock.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <fstream>
#include <thread>

#include "src/base/error.h"
#include "src/store/study.h"
#include "tests/cli/program.h"
#include "tests/store/dump.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::array<const char*, 4> kFiles = {"", "-wal", "-shm", "-journal"};

/// An environment variable of the programs started while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

/// What is there before the campaign.
enum class Before {
  nothing,
  shorter_campaign,  ///< The same one with fewer draws.
  older_format,      ///< Campaigns of a program that wrote format 1.
};

std::string to_string(Before before) {
  switch (before) {
    case Before::nothing:
      return "NewStudy";
    case Before::shorter_campaign:
      return "ExtendedStudy";
    default:
      return "OlderStudy";
  }
}

class EveryWrite : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "a library cannot be loaded before the sanitizer's; use a build without one";
#endif
  }

  /// A campaign in a study that holds `before`, once without a fault.
  void prepare(Before before) {
    if (before == Before::shorter_campaign) {
      ASSERT_EQ(opline(campaign("3")).exit_code, 0);
      fs::rename(study(), base());
    }
    if (before == Before::older_format) {
      SQLite::Database older(base().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      older.exec(read_file(fs::path(OPLINE_SOURCE_DIR) / "tests" / "store" / "format1.sql"));
      older.exec("PRAGMA journal_mode = WAL");
    }
    reset();
    const Result whole = run_with("none", 0);
    ASSERT_EQ(whole.exit_code, 0) << whole.err;
    std::ifstream log(folder_ / "calls.txt");
    for (std::string line; std::getline(log, line);) calls_.push_back(line);
    whole_ = store::dump(study(), false);
    expect_only_the_study();
  }

  [[nodiscard]] fs::path study() const { return folder_ / "s.db"; }
  [[nodiscard]] fs::path base() const { return folder_ / "base.db"; }
  [[nodiscard]] int calls() const { return static_cast<int>(calls_.size()); }
  [[nodiscard]] std::string where(const char* fault, int call) const {
    const std::string& what = calls_[static_cast<std::size_t>(call - 1)];
    return std::string(fault) + " at call " + std::to_string(call) + " (" + what + ")";
  }

  static std::vector<std::string> campaign(const std::string& count) {
    return {"run",           "--space", "tiny", "--count",   count, "--boards",
            "nucleo-f446re", "--db",    "s.db", "--threads", "1"};
  }

  /// The state before the campaign.
  void reset() const {
    for (const char* suffix : kFiles) fs::remove(study().string() + suffix);
    fs::remove(folder_ / "calls.txt");
    if (fs::exists(base())) fs::copy_file(base(), study());
  }

  pid_t start_with(const char* fault, int call) const {
    const Variable library("LD_PRELOAD", OPLINE_DISK_FAULT);
    const Variable file("OPLINE_FAULT_STUDY", study().string());
    const Variable log("OPLINE_FAULT_LOG", (folder_ / "calls.txt").string());
    const Variable kind("OPLINE_FAULT", fault);
    const Variable at("OPLINE_FAULT_AT", std::to_string(call));
    return start(folder_, campaign("6"));
  }
  Result run_with(const char* fault, int call) const {
    int status = 0;
    ::waitpid(start_with(fault, call), &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder_ / "out.txt"),
            read_file(folder_ / "err.txt")};
  }

  /// Outcomes that are committed, as a reader of a copy sees them: the files stay as they are.
  [[nodiscard]] std::size_t committed() const {
    for (const char* suffix : kFiles) {
      const fs::path copy = folder_ / ("copy.db" + std::string(suffix));
      fs::remove(copy);
      if (fs::exists(study().string() + suffix) && suffix != kFiles[2])
        fs::copy_file(study().string() + suffix, copy);
    }
    try {
      std::size_t count = 0;
      auto copy = store::Study::open(folder_ / "copy.db", store::Mode::read_only);
      store::Selection campaign;
      campaign.seed = 1;
      for (const store::Series& series : copy.measurements(campaign)) count += series.rows.size();
      return count;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), AnyOf(HasSubstr("is empty"), HasSubstr("there is no such file")));
      return 0;
    }
  }

  void expect_only_the_study() const {
    EXPECT_TRUE(fs::exists(study()));
    for (const char* suffix : {"-wal", "-shm", "-journal"})
      EXPECT_FALSE(fs::exists(study().string() + suffix)) << suffix;
  }

  /// The same command, without a fault, makes the whole study.
  void expect_resumes() {
    const Result resumed = run_with("none", 0);
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(store::dump(study(), false), whole_);
    expect_only_the_study();
  }

  /// What a program that only reads says of a study with `least` to `most` outcomes.
  static void expect_reads(const Result& reader, std::size_t least, std::size_t most) {
    constexpr std::size_t kEnough = 3;  // for a line and its errors
    const bool judged = reader.exit_code >= 8;
    if (least >= kEnough) {
      EXPECT_TRUE(judged);
    }
    if (most < kEnough) {
      EXPECT_FALSE(judged);
    }
    if (judged) {
      EXPECT_THAT(reader.exit_code, AnyOf(8, 9, 10)) << reader.err;
      return;
    }
    EXPECT_THAT(reader.exit_code, AnyOf(2, 4, 5));
    EXPECT_THAT(reader.err + reader.out,
                AnyOf(HasSubstr("s.db: is empty"), HasSubstr("s.db: there is no such file"),
                      HasSubstr("s.db: nothing matches the selection"),
                      HasSubstr("s.db: the study holds no campaign"),
                      HasSubstr("Why   - no network with a measured latency"),
                      HasSubstr("Why   - line fit: ")));
  }

  /// Reads beside a `writer` that was stopped, and goes on when the reader has ended or waits.
  void expect_reads_beside(pid_t writer, std::size_t outcomes) const {
    const fs::path folder = folder_ / "reader";
    fs::create_directories(folder);
    const pid_t reader = start(folder, {"validate", "--db", study().string(), "--seed", "1"});
    int status = 0;
    bool ended = false;
    for (int i = 0; i < 20 && !ended; ++i) {
      ended = ::waitpid(reader, &status, WNOHANG) == reader;
      if (!ended) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ::kill(writer, SIGCONT);
    if (!ended) ::waitpid(reader, &status, 0);
    const Result result = {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                           read_file(folder / "out.txt"), read_file(folder / "err.txt")};
    // An outcome in the log is seen once the log's index names it. A reader that had to wait may
    // also see what the writer has done since.
    expect_reads(result, outcomes > 0 ? outcomes - 1 : 0, ended ? outcomes : 6);
  }

  std::vector<std::string> calls_;  ///< That change the study's files; number 1 comes first.
  std::string whole_;               ///< The study of a campaign without a fault.
};

class EveryWriteTo : public EveryWrite, public testing::WithParamInterface<Before> {};

INSTANTIATE_TEST_SUITE_P(Studies, EveryWriteTo,
                         testing::Values(Before::nothing, Before::shorter_campaign,
                                         Before::older_format),
                         [](const auto& instance) { return to_string(instance.param); });

TEST_P(EveryWriteTo, IsSeenAndChangesNothing) {
  prepare(GetParam());
  reset();
  ASSERT_EQ(opline(campaign("6")).exit_code, 0);
  EXPECT_EQ(store::dump(study(), false), whole_);
  EXPECT_GT(calls(), 50);
  for (const char* call : {"write ", "write -wal", "sync ", "sync -wal", "create -wal",
                           "create -shm", "truncate -shm", "unlink -wal", "unlink -shm"})
    EXPECT_THAT(calls_, testing::Contains(call));
  if (GetParam() == Before::nothing) {  // Another one has a log from the beginning.
    for (const char* call :
         {"create -journal", "write -journal", "sync -journal", "unlink -journal"})
      EXPECT_THAT(calls_, testing::Contains(call));
  }
}

TEST_P(EveryWriteTo, ResumesAfterAKill) {
  prepare(GetParam());
  for (const char* fault : {"kill", "torn"}) {
    std::size_t before = 0;
    for (int call = 1; call <= calls(); ++call) {
      SCOPED_TRACE(where(fault, call));
      reset();
      ASSERT_EQ(run_with(fault, call).exit_code, -1);
      const std::size_t outcomes = committed();
      EXPECT_GE(outcomes, before) << "an outcome that was committed is lost";
      before = outcomes;
      if (fault == std::string("torn"))
        expect_reads(opline({"validate", "--db", "s.db", "--seed", "1"}), outcomes, outcomes);
      expect_resumes();
      if (HasFailure()) return;
    }
    EXPECT_EQ(before, 6U);
  }
}

TEST_P(EveryWriteTo, SaysThatItFailedAndResumes) {
  prepare(GetParam());
  for (const char* fault : {"full", "short", "io"}) {
    for (int call = 1; call <= calls(); ++call) {
      SCOPED_TRACE(where(fault, call));
      reset();
      const Result failed = run_with(fault, call);
      if (failed.exit_code == 0) {
        EXPECT_EQ(committed(), 6U) << "only what follows the last commit may fail unnoticed";
      } else {
        EXPECT_EQ(failed.exit_code, 5);
        EXPECT_THAT(failed.err, StartsWith("opline: s.db: "));
      }
      expect_resumes();
      if (HasFailure()) return;
    }
  }
}

// The recovery is a writer like any other.
TEST_P(EveryWriteTo, ResumesAfterAKillWhileItResumes) {
  prepare(GetParam());
  const int first = calls();
  for (int call = 3; call <= first; call += 37) {
    for (int again = 1;; ++again) {
      SCOPED_TRACE(where("torn", call) + ", then kill at call " + std::to_string(again));
      reset();
      ASSERT_EQ(run_with("torn", call).exit_code, -1);
      const bool killed = run_with("kill", again).exit_code == -1;
      expect_resumes();
      if (HasFailure()) return;
      if (!killed) break;
    }
  }
}

// A reader waits for a writer only where a lock excludes it: while the file is created, and while
// the log is taken in at the end. There the writer goes on.
TEST_P(EveryWriteTo, IsReadBesideTheWriter) {
  prepare(GetParam());
  std::size_t before = 0;
  for (int call = 1; call <= calls(); ++call) {
    SCOPED_TRACE(where("pause", call));
    reset();
    const pid_t writer = start_with("pause", call);
    int status = 0;
    ASSERT_EQ(::waitpid(writer, &status, WUNTRACED), writer);
    ASSERT_TRUE(WIFSTOPPED(status));
    const std::size_t outcomes = committed();
    EXPECT_GE(outcomes, before);
    before = outcomes;
    expect_reads_beside(writer, outcomes);
    ::waitpid(writer, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(store::dump(study(), false), whole_);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace opline::cli
