// "Nothing lost, ever": a kill, a full disk and a short write at every call that changes the disk,
// from the creation of a study to the checkpoint at its end.
//
// A killed process leaves its files as they were at that moment, so one campaign that is watched
// gives the files of all kills. tests/cli/every_write_test.cpp kills the program itself.
#include <array>
#include <fstream>
#include <map>
#include <set>

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
void run_campaign(const std::filesystem::path& path, int& recorded) {
  Study study = Study::open(path, Mode::create, kNow);
  const CampaignKey campaign = add_campaign(study, {0, 1, 2, 0});
  const std::string setup = study.add_setup(make_setup());
  study.ask(campaign, setup);
  study.set_modelled_power(setup, {0.1, "datasheet"});
  for (const Pending& pending : study.pending(campaign, setup)) {
    study.record_outcome(pending.network, setup, planted(pending.position), kNow);
    ++recorded;
  }
  study.save_fit({"{}", setup, "opline-fit", 1, "{}"}, kLater);
}

constexpr std::array<const char*, 4> kSuffixes = {"", "-wal", "-shm", "-journal"};

/// The study's files at one moment, and how many outcomes it had confirmed.
struct Remains {
  std::map<std::string, std::string> bytes;  ///< By suffix.
  int recorded = 0;
  auto operator<=>(const Remains&) const = default;
};

Remains remains_of(const std::filesystem::path& path, int recorded) {
  Remains remains{{}, recorded};
  for (const char* suffix : kSuffixes) {
    const std::filesystem::path file = path.string() + suffix;
    if (std::filesystem::exists(file)) remains.bytes[suffix] = read_file(file);
  }
  return remains;
}

void remove_study(const std::filesystem::path& path) {
  for (const char* suffix : kSuffixes) std::filesystem::remove(path.string() + suffix);
}

void restore(const Remains& remains, const std::filesystem::path& path) {
  remove_study(path);
  for (const auto& [suffix, bytes] : remains.bytes)
    std::ofstream(path.string() + suffix, std::ios::binary) << bytes;
}

class Crash : public StoreTest {
 protected:
  Crash() {
    vfs_.arm(Fault::none, 0);
    int recorded = 0;
    run_campaign(file("whole.db"), recorded);
    for (int call = 1; call <= vfs_.calls(); ++call) is_write_.push_back(vfs_.was_write(call));
    calls_ = vfs_.calls();
    whole_ = dump(file("whole.db"));
  }

  /// What a kill leaves of the campaign at any of its first `most` calls, from where `path` was
  /// left: each different state once, with the number of the call.
  std::map<Remains, int> kills(const std::filesystem::path& path, int recorded, int most) {
    std::map<Remains, int> all;
    vfs_.arm(Fault::none, 0);
    vfs_.observe([&] {
      if (vfs_.calls() < most) all.emplace(remains_of(path, recorded), vfs_.calls());
    });
    run_campaign(path, recorded);
    vfs_.arm(Fault::none, 0);
    remove_study(path);
    return all;
  }

  /// What was confirmed can be read at once, and the same campaign goes on to the whole study.
  void expect_resumes(const std::filesystem::path& path, int confirmed, const std::string& after) {
    SCOPED_TRACE(after);
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
    int recorded = 0;
    ASSERT_NO_THROW(run_campaign(path, recorded));
    EXPECT_LE(confirmed + recorded, kNetworks) << "something was measured twice";
    EXPECT_EQ(dump(path), whole_);
    remove_study(path);
  }

  FaultVfs vfs_;
  int calls_ = 0;
  std::vector<bool> is_write_;  ///< Of each call; half of any other call is the whole of it.
  std::string whole_;
};

TEST_F(Crash, AKillAtEveryCallIsResumed) {
  ASSERT_GT(calls_, 100);
  const std::map<Remains, int> all = kills(file(), 0, calls_);
  RecordProperty("calls", calls_);
  RecordProperty("states", static_cast<int>(all.size()));
  for (const auto& [remains, call] : all) {
    restore(remains, file());
    expect_resumes(file(), remains.recorded, fmt::format("killed at call {}", call));
    if (HasFailure()) return;
  }
}

TEST_F(Crash, ADiskThatIsFullAtEveryCallIsAnErrorAndResumed) {
  std::set<Remains> seen;
  for (const Fault fault : {Fault::full, Fault::short_write}) {
    for (int call = 1; call <= calls_; ++call) {
      if (fault == Fault::short_write && !is_write_[static_cast<std::size_t>(call - 1)]) continue;
      int recorded = 0;
      vfs_.arm(fault, call);
      refusal_of([&] { run_campaign(file(), recorded); }, ErrorCode::io);
      vfs_.arm(Fault::none, 0);
      if (seen.insert(remains_of(file(), recorded)).second) {
        expect_resumes(
            file(), recorded,
            fmt::format("full disk ({}) at call {} of {}", static_cast<int>(fault), call, calls_));
      }
      remove_study(file());
      if (HasFailure()) return;
    }
  }
  RecordProperty("states", static_cast<int>(seen.size()));
}

// The recovery is a writer like any other; here of a study that was being created, filled and
// closed.
TEST_F(Crash, AKillWhileItRecoversIsResumed) {
  std::map<int, Remains> first;
  for (const auto& [remains, call] : kills(file(), 0, calls_)) first[call] = remains;
  for (const int at : {calls_ / 5, calls_ / 2, calls_ - 5}) {
    const auto& [call, remains] = *first.lower_bound(at);
    restore(remains, file());
    for (const auto& [again, second] : kills(file(), remains.recorded, 40)) {
      restore(again, file());
      expect_resumes(file(), again.recorded,
                     fmt::format("killed at call {} and then at {}", call, second));
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace opline::store
