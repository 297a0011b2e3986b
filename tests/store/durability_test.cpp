// What is promised about kills, full disks and other processes - with real processes on real files.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>

#include "src/base/random.h"
#include "src/store/schema.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

constexpr std::size_t kLayers = 16;

/// A child process that runs `work` with the writing end of a pipe. It must not return from here.
class Child {
 public:
  template <typename Work>
  explicit Child(const Work& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    reader_ = ends[0];
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      int status = 1;
      try {
        work(ends[1]);
        status = 0;
      } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
      }
      ::_exit(status);
    }
    ::close(ends[1]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) kill();
    ::close(reader_);
  }

  void kill() {
    ::kill(pid_, SIGKILL);
    wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }
  /// The next number from the pipe; missing at its end.
  std::optional<int> receive() const {
    int number = 0;
    return ::read(reader_, &number, sizeof number) == sizeof number ? std::optional(number)
                                                                    : std::nullopt;
  }

 private:
  int reader_ = -1;
  pid_t pid_ = -1;
};

void send(int pipe, int number) {
  if (::write(pipe, &number, sizeof number) != sizeof number)
    throw std::runtime_error("the pipe is closed");
}

void sleep_for_microseconds(std::uint32_t microseconds) {
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
}

class Durability : public StoreTest {
 protected:
  static constexpr int kNetworks = 1000;

  /// A study with a campaign of `kNetworks` networks; draw i is network i.
  void prepare() {
    Study study = create();
    study.transact([&] {
      const std::string space = study.add_space("kws", "text");
      const CampaignKey campaign =
          study.add_campaign({space, "uniform-decisions", 1, kNetworks, ""}, kNow);
      std::vector<Draw> draws;
      for (int number = 0; number < kNetworks; ++number) {
        const NetworkRecord network = make_network(number, static_cast<int>(kLayers));
        study.add_network(network);
        draws.push_back({"a" + std::to_string(number), network.id});
      }
      study.add_draws(campaign, 0, draws);
      setup_ = study.add_setup(make_setup());
    });
  }

  /// Records pending networks, at most `most` of them, and then waits to be killed: however fast
  /// the disk, there is work left for the next child.
  void record_all(int pipe, int most = kNetworks / 20) const {
    Study study = Study::open(file(), Mode::read_write);
    for (const Pending& pending : study.pending(1, setup_)) {
      while (most == 0) ::pause();
      --most;
      const auto cycles = static_cast<std::uint64_t>(1'000'000 + pending.position);
      if (study.record_outcome(pending.network, setup_, make_outcome(cycles, kLayers), kNow)) {
        send(pipe, static_cast<int>(pending.position));
      }
    }
  }

  FaultVfs without_syncs_;  ///< These are for power cuts, which no test has.
  std::string setup_;
};

// "Killing the process at any moment loses at most the networks in flight."
TEST_F(Durability, TwentyKillsLoseNothingThatWasRecordedAndDoubleNothing) {
  prepare();
  std::set<int> recorded;
  RandomStream random(3, 0);
  for (int round = 0; round < 20; ++round) {
    Child child([&](int pipe) { record_all(pipe); });
    if (round % 4 != 0) {  // Every fourth kill may come while the file is opened.
      const auto number = child.receive();
      ASSERT_TRUE(number && recorded.insert(*number).second);
    }
    sleep_for_microseconds(random.below(20'000));
    child.kill();
    while (const auto number = child.receive())
      EXPECT_TRUE(recorded.insert(*number).second) << "doubled " << *number;

    Study study = Study::open(file(), Mode::read_write);
    EXPECT_TRUE(study.check().empty());
    const auto series = study.measurements({});
    const std::size_t rows = series.empty() ? 0 : series[0].rows.size();
    EXPECT_GE(rows, recorded.size());
    for (std::size_t i = 0; i < rows; ++i) {
      const int number = std::stoi(series[0].rows[i].architecture.substr(1));
      recorded.insert(number);  // Committed, but killed before it could say so.
      const auto cycles = static_cast<std::uint64_t>(1'000'000 + number);
      EXPECT_EQ(series[0].rows[i].cycles, cycles);
    }
    EXPECT_EQ(recorded.size(), rows) << "an outcome that was reported is not there";
    EXPECT_EQ(study.pending(1, setup_).size(), kNetworks - rows);
  }
  Study study = Study::open(file(), Mode::read_write);
  for (const int number : recorded) {
    const auto expected = make_outcome(static_cast<std::uint64_t>(1'000'000 + number), kLayers);
    const auto row = study.outcome(make_network(number, kLayers).id, setup_);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->outcome.measurement->layer_cycles, expected.measurement->layer_cycles);
    EXPECT_EQ(row->outcome.measurement->layer_digests, expected.measurement->layer_digests);
  }
  EXPECT_GT(recorded.size(), 15u) << "the children came to nothing: the test is blind";
  RecordProperty("recorded", static_cast<int>(recorded.size()));
}

TEST_F(Durability, AKillWhileTheFileIsMadeLeavesItMakeable) {
  RandomStream random(4, 0);
  for (int round = 0; round < 20; ++round) {
    const auto path = file("new" + std::to_string(round) + ".db");
    Child child([&](int) { Study::open(path, Mode::create, kNow).add_space("kws", "text"); });
    sleep_for_microseconds(random.below(8'000));
    child.kill();
    Study study = Study::open(path, Mode::create, kNow);
    study.add_space("kws", "text");
    EXPECT_TRUE(study.check().empty());
    EXPECT_EQ(study.spaces().size(), 1u);
  }
}

TEST_F(Durability, ProcessesThatMakeTheSameFileAtOnceGetOneStudy) {
  for (int round = 0; round < 5; ++round) {
    const auto path = file("same" + std::to_string(round) + ".db");
    std::vector<std::unique_ptr<Child>> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(std::make_unique<Child>([&path, i](int) {
        Study::open(path, Mode::create, kNow).add_space("s" + std::to_string(i), std::to_string(i));
      }));
    }
    for (const auto& child : children) EXPECT_EQ(child->wait(), 0);
    EXPECT_EQ(Study::open(path, Mode::read_only).spaces().size(), 4u);
  }
}

TEST_F(Durability, AReaderSeesWholeOutcomesWhileAnotherProcessWrites) {
  prepare();
  Child child([&](int pipe) { record_all(pipe, kNetworks); });
  ASSERT_TRUE(child.receive());
  Study reader = Study::open(file(), Mode::read_only);
  SQLite::Database plain(file().string(), SQLite::OPEN_READONLY, 10'000);
  std::int64_t last = 0;
  int grew = 0;
  for (int i = 0; i < 60; ++i) {
    const Summary summary = reader.summary(1, setup_);
    EXPECT_GE(summary.measured.networks, last);
    EXPECT_EQ(summary.measured.networks + summary.pending.networks, kNetworks);
    grew += summary.measured.networks > last ? 1 : 0;
    last = summary.measured.networks;
    EXPECT_EQ(plain
                  .execAndGet(
                      "SELECT count(*) FROM (SELECT 1 FROM outcomes o LEFT JOIN layer_results r ON "
                      "r.outcome = o.key GROUP BY o.key HAVING count(r.position) <> 16)")
                  .getInt(),
              0);
    sleep_for_microseconds(2'000);
  }
  EXPECT_GT(grew, 2) << "the reader never saw the writer";
}

// A reader opens, asks and closes while writers come, checkpoint and are killed.
TEST_F(Durability, ReadersBesideKilledWritersNeverFail) {
  prepare();
  std::vector<std::unique_ptr<Child>> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(std::make_unique<Child>([&](int pipe) {
      for (std::int64_t last = 0;;) {
        Study reader = Study::open(file(), Mode::read_only);
        const Summary summary = reader.summary(1, setup_);
        if (summary.measured.networks < last) throw std::runtime_error("an outcome went away");
        last = summary.measured.networks;
        send(pipe, static_cast<int>(last));
      }
    }));
  }
  RandomStream random(5, 0);
  for (int round = 0; round < 6; ++round) {
    Child writer([&](int pipe) { record_all(pipe); });
    ASSERT_TRUE(writer.receive());
    sleep_for_microseconds(random.below(20'000));
    writer.kill();
    for (const auto& reader : readers) ASSERT_TRUE(reader->receive()) << "a reader has failed";
  }
}

TEST_F(Durability, ASecondWriterWaitsAndThenSaysWhy) {
  Study first = create();
  Study second = Study::open(file(), Mode::read_write, {}, std::chrono::milliseconds(50));
  first.transact([&] {
    first.add_space("a", "a");
    EXPECT_ERROR(second.add_space("b", "b"), ErrorCode::io, "another process keeps writing");
    EXPECT_EQ(second.spaces().size(), 0u) << "and reads what is committed";
    const auto brief = std::chrono::milliseconds(50);
    EXPECT_EQ(Study::open(file(), Mode::read_write, {}, brief).spaces().size(), 0u)
        << "opening needs no lock";
    EXPECT_EQ(Study::open(file(), Mode::create, kNow, brief).spaces().size(), 0u);
  });
  second.add_space("b", "b");
  EXPECT_EQ(first.spaces().size(), 2u);
}

TEST_F(Durability, AReaderWhoComesAfterAKillSeesEverythingAndChangesNothing) {
  prepare();
  Child child([&](int pipe) { record_all(pipe); });
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(child.receive());
  child.kill();
  const std::string before = read_file(file());
  EXPECT_GE(Study::open(file(), Mode::read_only).summary(1, setup_).measured.networks, 10);
  EXPECT_TRUE(read_file(file()) == before);
}

/// Forbids this process to make any file longer than `bytes`: writing fails as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST_F(Durability, AWriteThatFailsIsAnErrorAndTheStudyStaysWhole) {
  Study study = create();
  study.add_space("kws", "text");
  const std::string setup = study.add_setup(make_setup());
  const int several = 50;
  int added = 0;
  {
    const FileSizeLimit limit(400'000);
    EXPECT_ERROR(
        [&] {
          for (; added < 1000 * several; added += several) {
            study.transact([&] {
              for (int i = 0; i < several; ++i) study.add_network(make_network(added + i));
            });
          }
        }(),
        ErrorCode::io, file().string());
    EXPECT_TRUE(study.network(id_of(0))) << "reading continues";
  }
  ASSERT_GT(added, 0);
  EXPECT_TRUE(study.check().empty());
  EXPECT_TRUE(study.network(id_of(added - 1)));
  EXPECT_FALSE(study.network(id_of(added))) << "all of a transaction or nothing";
  EXPECT_TRUE(study.add_network(make_network(added))) << "and goes on once there is space";
  EXPECT_TRUE(study.record_outcome(id_of(added), setup, make_outcome(1000), kNow));
  EXPECT_TRUE(Study::open(file(), Mode::read_only).check().empty());
}

TEST_F(Durability, MakingAFileOnAFullDiskIsAnErrorAndCanBeRepeated) {
  {
    const FileSizeLimit limit(20'000);
    EXPECT_ERROR(Study::open(file(), Mode::create, kNow), ErrorCode::io, file().string());
  }
  EXPECT_EQ(create().created_at(), kNow);
}

TEST_F(Durability, TenThousandDrawsAreAddedFast) {
  Study study = create();
  const auto begin = std::chrono::steady_clock::now();
  std::vector<int> networks(10'000);
  for (std::size_t i = 0; i < networks.size(); ++i) networks[i] = static_cast<int>(i);
  const CampaignKey campaign = add_campaign(study, networks);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(study.draws(campaign).size(), networks.size());
  RecordProperty("milliseconds", static_cast<int>(taken.count() * 1000));
  EXPECT_LT(taken.count(), 15.0);
}

}  // namespace
}  // namespace opline::store
