// "Nothing lost, ever": a kill, a full disk and a short write at every call that changes the disk,
// from the creation of a study to the checkpoint at its end.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/error_message.h"
#include "tests/store/dump.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

constexpr int kNetworks = 3;

measure::Outcome planted(std::int64_t position) {
  if (position == 1) return make_failure();
  return make_outcome(1'000'000 + static_cast<std::uint64_t>(position));
}

/// A campaign as the program runs it, resumed where it was left. `recorded` counts the outcomes
/// that the study has confirmed.
void run_campaign(const std::filesystem::path& path, volatile int* recorded) {
  Study study = Study::open(path, Mode::create, kNow);
  const CampaignKey campaign = add_campaign(study, {0, 1, 2, 0});
  const std::string setup = study.add_setup(make_setup());
  study.ask(campaign, setup);
  study.set_modelled_power(setup, {0.1, "datasheet"});
  for (const Pending& pending : study.pending(campaign, setup)) {
    study.record_outcome(pending.network, setup, planted(pending.position), kNow);
    *recorded = *recorded + 1;
  }
  study.save_fit({"{}", setup, "opline-fit", 1, "{}"}, kLater);
}

class Crash : public StoreTest {
 protected:
  Crash() {
    void* memory =
        ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
    recorded_ = static_cast<volatile int*>(memory);
    vfs_.arm(Fault::none, 0);
    run_campaign(file("whole.db"), recorded_);
    for (int call = 1; call <= vfs_.calls(); ++call) is_write_.push_back(vfs_.was_write(call));
    calls_ = vfs_.calls();
    whole_ = dump(file("whole.db"));
  }
  ~Crash() override { ::munmap(const_cast<int*>(recorded_), sizeof(int)); }

  /// A campaign in a process of its own, with the fault at `call`. Returns whether it was killed.
  bool run_and_kill(const std::filesystem::path& path, Fault fault, int call) {
    const pid_t child = ::fork();
    if (child == 0) {
      vfs_.arm(fault, call);
      try {
        run_campaign(path, recorded_);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        ::_exit(1);
      }
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "call " << call;
    return WIFSIGNALED(status);
  }

  /// What was confirmed can be read at once, and the same campaign goes on to the whole study.
  void expect_resumes(const std::filesystem::path& path, const std::string& after) {
    SCOPED_TRACE(after);
    const int confirmed = *recorded_;
    try {
      Study reader = Study::open(path, Mode::read_only);
      std::int64_t outcomes = 0;
      for (const SetupRow& setup : reader.setups()) {
        const Summary summary = reader.summary(1, setup.id);
        outcomes = summary.drawn.networks - summary.pending.networks;
      }
      EXPECT_GE(outcomes, confirmed);
    } catch (const Error& error) {
      EXPECT_EQ(confirmed, 0) << error.what();
      EXPECT_THAT(error.what(), testing::AnyOf(testing::HasSubstr("is empty"),
                                               testing::HasSubstr("there is no such file"),
                                               testing::HasSubstr("has no campaign")));
    }
    ASSERT_NO_THROW(run_campaign(path, recorded_));
    EXPECT_EQ(dump(path), whole_);
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      std::filesystem::remove(path.string() + suffix);
  }

  FaultVfs vfs_;
  volatile int* recorded_ = nullptr;
  int calls_ = 0;
  std::vector<bool> is_write_;  ///< Of each call; half of any other call is the whole of it.
  std::string whole_;
};

TEST_F(Crash, AKillAtEveryCallIsResumed) {
  ASSERT_GT(calls_, 100);
  RecordProperty("calls", calls_);
  for (const Fault fault : {Fault::kill, Fault::torn_write}) {
    for (int call = 1; call <= calls_; ++call) {
      if (fault == Fault::torn_write && !is_write_[static_cast<std::size_t>(call - 1)]) continue;
      *recorded_ = 0;
      ASSERT_TRUE(run_and_kill(file(), fault, call)) << call;
      vfs_.arm(Fault::none, 0);
      expect_resumes(file(), fmt::format("killed ({}) at call {} of {}", static_cast<int>(fault),
                                         call, calls_));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(Crash, ADiskThatIsFullAtEveryCallIsAnErrorAndResumed) {
  for (const Fault fault : {Fault::full, Fault::short_write}) {
    for (int call = 1; call <= calls_; ++call) {
      if (fault == Fault::short_write && !is_write_[static_cast<std::size_t>(call - 1)]) continue;
      *recorded_ = 0;
      vfs_.arm(fault, call);
      refusal_of([&] { run_campaign(file(), recorded_); }, ErrorCode::io);
      vfs_.arm(Fault::none, 0);
      expect_resumes(file(), fmt::format("full disk ({}) at call {} of {}", static_cast<int>(fault),
                                         call, calls_));
      if (HasFatalFailure()) return;
    }
  }
}

// The recovery is a writer like any other.
TEST_F(Crash, AKillWhileItRecoversIsResumed) {
  for (int call = 5; call <= calls_; call += 53) {
    for (int again = 1;; again += 5) {
      *recorded_ = 0;
      ASSERT_TRUE(run_and_kill(file(), Fault::torn_write, call));
      const bool killed = run_and_kill(file(), Fault::kill, again);
      vfs_.arm(Fault::none, 0);
      expect_resumes(file(), fmt::format("killed at call {} and then at {}", call, again));
      if (HasFatalFailure()) return;
      if (!killed || again > 40) break;
    }
  }
}

}  // namespace
}  // namespace opline::store
