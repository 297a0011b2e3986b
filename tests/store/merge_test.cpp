// Merging: shards in any order give the study of one machine, nothing is doubled, what conflicts is
// named and changes nothing, and neither does a kill.
#include "src/store/merge.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "src/store/schema.h"
#include "tests/store/dump.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

namespace fs = std::filesystem;
using measure::OutcomeKind;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kNetworks = 6;

measure::Outcome planted(std::int64_t position) {
  if (position == 1) return make_failure();
  return make_outcome(1'000'000 + static_cast<std::uint64_t>(position));
}

class Merge : public StoreTest {
 protected:
  /// The campaign with the outcomes of the draws `first`, `first` + `step`, ...
  fs::path measure(const std::string& name, std::int64_t first, std::int64_t step,
                   const char* now = kNow) const {
    Study study = Study::open(file(name), Mode::create, now);
    const CampaignKey campaign = add_campaign(study, {0, 1, 2, 3, 4, 5, 2, 0});
    const std::string setup = study.add_setup(make_setup());
    study.ask(campaign, setup);
    study.set_modelled_power(setup, {0.1, "datasheet"});
    for (const Pending& pending : study.pending(campaign, setup)) {
      if (pending.position % step == first)
        study.record_outcome(pending.network, setup, planted(pending.position), now);
    }
    return file(name);
  }
  std::vector<fs::path> shards() const {
    return {measure("a.db", 0, 3), measure("b.db", 1, 3, kLater), measure("c.db", 2, 3)};
  }
  static Content content_of(const fs::path& path) {
    return Study::open(path, Mode::read_only).content();
  }
  /// One outcome of the campaign, in a study of its own.
  fs::path single(const std::string& name, const measure::Outcome& outcome) const {
    Study study = Study::open(file(name), Mode::create, kNow);
    const CampaignKey campaign = add_campaign(study, {0, 1, 2, 3, 4, 5, 2, 0});
    const std::string setup = study.add_setup(make_setup());
    study.ask(campaign, setup);
    study.record_outcome(id_of(3), setup, outcome, kNow);
    return file(name);
  }
  std::string refusal(const std::vector<fs::path>& parts, ErrorCode code) const {
    return message_of([&] { (void)merge(file("out.db"), parts, kNow); }, code);
  }
};

TEST_F(Merge, ShardsInAnyOrderGiveTheStudyOfOneMachine) {
  const Content whole = content_of(measure("whole.db", 0, 1, kLater));
  EXPECT_EQ(whole.outcomes, kNetworks);
  EXPECT_EQ(whole.draws, 8);
  std::vector<fs::path> parts = shards();
  std::sort(parts.begin(), parts.end());
  do {
    fs::remove(file("out.db"));
    EXPECT_EQ(merge(file("out.db"), parts, kNow).content, whole);
    EXPECT_TRUE(Study::open(file("out.db"), Mode::read_only).check().empty());
  } while (std::next_permutation(parts.begin(), parts.end()));
  const Merged some = merge(file("some.db"), {parts[0], parts[1]}, kNow);
  EXPECT_NE(some.content.digest, whole.digest);
  EXPECT_EQ(merge(parts[2], {file("some.db")}, kNow).content, whole);
}

TEST_F(Merge, KeepsWhoMeasuredAndWhen) {
  {
    measure("a.db", 0, 1);
    SQLite::Database database(file("a.db").string(), SQLite::OPEN_READWRITE);
    database.exec(
        "DROP TRIGGER outcomes_never_change; UPDATE outcomes SET opline_version = '0.0.7';"
        "UPDATE campaigns SET opline_version = '0.0.7'; CREATE TRIGGER "
        "outcomes_never_change BEFORE UPDATE ON outcomes BEGIN SELECT raise(ABORT, ''); "
        "END");
  }
  (void)merge(file("out.db"), {file("a.db")}, kLater);
  Study study = Study::open(file("out.db"), Mode::read_only);
  const auto row = study.outcome(id_of(3), make_setup().id());
  EXPECT_EQ(row->opline_version, "0.0.7");
  EXPECT_EQ(row->finished_at, kNow);
  EXPECT_EQ(study.campaigns()[0].opline_version, "0.0.7");
  EXPECT_EQ(study.campaigns()[0].campaign.command, "opline study");
}

TEST_F(Merge, WhatIsThereIsNotDoubled) {
  const std::vector<fs::path> parts = shards();
  const Content once = merge(file("out.db"), parts, kNow).content;
  const std::string before = dump(file("out.db"));
  const Merged again = merge(file("out.db"), {parts[1], file("a.db"), parts[0]}, kLater);
  EXPECT_EQ(again.content, once);
  EXPECT_EQ(again.parts[0].row.outcomes, 2);
  EXPECT_EQ(again.parts[0].row.added, 0);
  EXPECT_EQ(dump(file("out.db")), before);
}

TEST_F(Merge, AStudyWithMoreDrawsExtendsTheCampaign) {
  const Content whole = content_of(measure("whole.db", 0, 1));
  {
    Study study = Study::open(file("short.db"), Mode::create, kNow);
    const CampaignKey campaign = add_campaign(study, {0, 1, 2});
    study.ask(campaign, study.add_setup(make_setup()));
  }
  EXPECT_EQ(merge(file("out.db"), {file("short.db"), file("whole.db")}, kNow).content, whole);
  EXPECT_EQ(merge(file("other.db"), {file("whole.db"), file("short.db")}, kNow).content, whole);
}

TEST_F(Merge, EveryPartIsNamedWithWhereItCameFrom) {
  const std::vector<fs::path> parts = shards();
  (void)merge(file("ab.db"), {parts[0], parts[1]}, kNow);
  (void)merge(file("out.db"), {file("ab.db"), parts[2]}, kLater);
  Study study = Study::open(file("out.db"), Mode::read_only);
  const std::vector<PartRow> rows = study.parts();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].file, parts[0]);
  EXPECT_EQ(rows[1].created_at, kLater);
  EXPECT_EQ(rows[2].file, file("ab.db"));
  EXPECT_EQ(rows[2].added, 4);
  EXPECT_EQ(rows[3].file, parts[2]);
  EXPECT_EQ(rows[3].content, content_of(parts[2]).digest);
  EXPECT_EQ(rows[3].merged_at, kLater);
  EXPECT_EQ(rows[3].outcomes, 2);
  EXPECT_EQ(rows[3].host, study.created_on());
  EXPECT_TRUE(rows[3].host.has_value());
}

TEST_F(Merge, EveryFigureIsInTheDigest) {
  const std::string whole = content_of(measure("whole.db", 0, 1)).digest;
  const std::string open = "DROP TRIGGER outcomes_never_change; PRAGMA foreign_keys = OFF;";
  for (const std::string change :
       {"UPDATE outcomes SET cycles = cycles + 1 WHERE network = 3",
        "UPDATE layer_results SET digest = 5 WHERE outcome = 3 AND position = 1",
        "UPDATE layer_results SET cycles = 5 WHERE outcome = 3 AND position = 1",
        "UPDATE outcomes SET kind = 'timed_out' WHERE kind = 'does_not_fit'",
        "UPDATE outcomes SET joules = 0.5 WHERE network = 3",
        "UPDATE draws SET architecture = 'b' WHERE position = 7",
        "UPDATE draws SET network = 2 WHERE position = 7", "UPDATE campaigns SET tries = 20",
        "UPDATE campaigns SET seed = 2",
        "UPDATE layers SET live_bytes = 5 WHERE network = 3 AND position = 0",
        "UPDATE networks SET arena_bytes = 5 WHERE key = 3", "UPDATE spaces SET networks = '7'",
        "UPDATE modelled_power SET watts = 0.2", "INSERT INTO repeats VALUES (3, 0, 5)",
        "DELETE FROM campaign_setups"}) {
    fs::copy_file(file("whole.db"), file("changed.db"), fs::copy_options::overwrite_existing);
    SQLite::Database database(file("changed.db").string(), SQLite::OPEN_READWRITE);
    database.exec(open + change);
    database.exec(
        "CREATE TRIGGER outcomes_never_change BEFORE UPDATE ON outcomes BEGIN SELECT 1; "
        "END");
    EXPECT_NE(content_of(file("changed.db")).digest, whole) << change;
  }
  for (const std::string change :
       {"UPDATE outcomes SET finished_at = '2027-01-31T12:00:00Z'",
        "UPDATE outcomes SET opline_version = '9'", "UPDATE campaigns SET command = 'x'"}) {
    fs::copy_file(file("whole.db"), file("changed.db"), fs::copy_options::overwrite_existing);
    SQLite::Database database(file("changed.db").string(), SQLite::OPEN_READWRITE);
    database.exec(open + change);
    database.exec(
        "CREATE TRIGGER outcomes_never_change BEFORE UPDATE ON outcomes BEGIN SELECT 1; "
        "END");
    EXPECT_EQ(content_of(file("changed.db")).digest, whole) << change;
  }
}

// ---- What is refused ----

TEST_F(Merge, EveryConflictIsNamedAndNothingIsChanged) {
  const std::vector<fs::path> parts = shards();
  measure::Outcome digest = planted(3);
  digest.measurement->layer_digests[1] ^= 1;
  const fs::path other = single("other.db", digest);
  const fs::path failed = single("failed.db", make_failure(OutcomeKind::crashed));
  (void)merge(file("out.db"), {parts[1]}, kNow);
  const std::string before = dump(file("out.db"));
  const Merged refused = merge(file("out.db"), {parts[0], other, parts[2], failed}, kNow);
  EXPECT_TRUE(refused.refused);
  EXPECT_TRUE(refused.parts[0].conflicts.empty());
  ASSERT_EQ(refused.parts[1].conflicts.size(), 1U);
  const Conflict& first = refused.parts[1].conflicts[0];
  EXPECT_EQ(first.network, id_of(3));
  EXPECT_EQ(first.setup, make_setup().id());
  EXPECT_EQ(first.there_file, parts[0]);
  EXPECT_THAT(first.there, HasSubstr("1000003 cycles, layer 1 has the digest"));
  EXPECT_NE(first.there, first.here);
  ASSERT_EQ(refused.parts[3].conflicts.size(), 1U);
  EXPECT_EQ(refused.parts[3].conflicts[0].here, "crashed");
  EXPECT_EQ(dump(file("out.db")), before);

  EXPECT_TRUE(merge(file("none.db"), {parts[0], other}, kNow).refused);
  EXPECT_FALSE(fs::exists(file("none.db")));
  EXPECT_EQ(merge(parts[0], {other}, kNow).parts[0].conflicts.at(0).there_file, parts[0]);
}

TEST_F(Merge, ALostBoardGivesWayToWhatWasFound) {
  const fs::path lost = single("lost.db", make_failure(OutcomeKind::board_lost));
  const fs::path found = single("found.db", planted(3));
  const Content first = merge(file("x.db"), {lost, found}, kNow).content;
  EXPECT_EQ(merge(file("y.db"), {found, lost}, kNow).content, first);
  Study study = Study::open(file("x.db"), Mode::read_only);
  EXPECT_EQ(study.outcome(id_of(3), make_setup().id())->outcome.kind, OutcomeKind::measured);
}

TEST_F(Merge, WhatCannotBeReadLeavesNothingBehind) {
  const fs::path good = measure("a.db", 0, 1);
  std::ofstream(file("text.db")) << "no study";
  SQLite::Database(file("foreign.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE t (a)");
  EXPECT_THAT(refusal({good, file("text.db")}, ErrorCode::input), HasSubstr("text.db: is not"));
  EXPECT_THAT(refusal({file("foreign.db")}, ErrorCode::input), HasSubstr("another program"));
  EXPECT_THAT(refusal({good, file("missing.db")}, ErrorCode::io), HasSubstr("no such file"));
  EXPECT_THAT(refusal({good, file("out.db")}, ErrorCode::usage), HasSubstr("out.db: would be"));
  {
    SQLite::Database database(file("a.db").string(), SQLite::OPEN_READWRITE);
    database.exec("DELETE FROM layers WHERE network = 3 AND position = 0");
  }
  EXPECT_THAT(refusal({good}, ErrorCode::damaged), HasSubstr("a.db: the study is damaged"));
  EXPECT_FALSE(fs::exists(file("out.db")));
}

TEST_F(Merge, WhatWasCountedOrDrawnOtherwiseIsRefused) {
  const fs::path good = measure("a.db", 0, 1);
  for (const auto& [change, what] : std::vector<std::pair<std::string, std::string>>{
           {"UPDATE networks SET arena_bytes = 5 WHERE key = 3", "with other figures"},
           {"UPDATE draws SET architecture = 'b' WHERE position = 7", "is `a0` (network"},
           {"UPDATE spaces SET networks = '7'", "7 networks here and 6 there"},
           {"UPDATE campaigns SET tries = 20", "20 tries here and 10 there"},
           {"UPDATE modelled_power SET watts = 0.2", "0.2 W (datasheet) here and 0.1 W"},
           {"UPDATE spaces SET name = 'other'", "under the name"}}) {
    fs::copy_file(good, file("b.db"), fs::copy_options::overwrite_existing);
    SQLite::Database(good.string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE spaces SET networks = '6'; UPDATE campaigns SET tries = 10");
    SQLite::Database(file("b.db").string(), SQLite::OPEN_READWRITE).exec(change);
    EXPECT_THAT(refusal({good, file("b.db")}, ErrorCode::input),
                AllOf(HasSubstr("b.db: cannot be merged into"), HasSubstr(what)));
    EXPECT_FALSE(fs::exists(file("out.db")));
  }
}

TEST_F(Merge, OlderFormatsAreTakenAsTheyAre) {
  for (int format = 1; format < current_format(); ++format) {
    SCOPED_TRACE(format);
    const fs::path old = file(fmt::format("old{}.db", format));
    SQLite::Database(old.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec(read_file(fmt::format("{}/tests/store/format{}.sql", OPLINE_SOURCE_DIR, format)));
    const std::string before = read_file(old);
    const Merged merged = merge(file(fmt::format("new{}.db", format)), {old}, kNow);
    EXPECT_EQ(merged.content, content_of(old));
    EXPECT_EQ(merged.content.outcomes, 4);
    EXPECT_EQ(merged.parts[0].fits, 1);
    EXPECT_EQ(merged.parts[0].row.host.has_value(), format >= 5);
    EXPECT_TRUE(read_file(old) == before);
  }
}

// ---- Interruption ----

constexpr std::array<const char*, 4> kSuffixes = {"", "-wal", "-shm", "-journal"};
using Files = std::map<std::string, std::string>;

class MergeCrash : public Merge, public testing::WithParamInterface<bool> {
 protected:
  Files files_of(const fs::path& path) const {
    Files files;
    for (const char* suffix : kSuffixes) {
      if (fs::exists(path.string() + suffix)) files[suffix] = read_file(path.string() + suffix);
    }
    return files;
  }
  void restore(const Files& files, const fs::path& path) const {
    for (const char* suffix : kSuffixes) fs::remove(path.string() + suffix);
    for (const auto& [suffix, bytes] : files)
      std::ofstream(path.string() + suffix, std::ios::binary) << bytes;
  }
};

INSTANTIATE_TEST_SUITE_P(Study, MergeCrash, testing::Bool(), [](const auto& instance) {
  return std::string(instance.param ? "Extended" : "New");
});

TEST_P(MergeCrash, AKillAtAnyWriteLeavesTheStudyAsItWasOrWhole) {
  const Content whole = content_of(measure("whole.db", 0, 1));
  const std::vector<fs::path> parts = shards();
  const fs::path out = GetParam() ? parts[0] : file("out.db");
  const std::vector<fs::path> others(parts.begin() + (GetParam() ? 1 : 0), parts.end());
  const Files before = files_of(out);
  const std::string old = GetParam() ? content_of(out).digest : "";
  FaultVfs vfs;
  vfs.arm(Fault::none, 0);
  std::vector<Files> states;
  vfs.observe([&] {
    Files now = files_of(out);
    if (states.empty() || states.back() != now) states.push_back(std::move(now));
  });
  ASSERT_EQ(merge(out, others, kNow).content, whole);
  vfs.arm(Fault::none, 0);
  EXPECT_GT(states.size(), 20U);
  std::size_t merged = 0;
  // crash_test.cpp has every state of a study that is being created.
  for (std::size_t i = 0; i < states.size(); i += GetParam() ? 1 : 4) {
    restore(states[i], out);
    if (GetParam()) {
      const std::string left = content_of(out).digest;
      EXPECT_TRUE(left == old || left == whole.digest);
      merged += left == whole.digest ? 1 : 0;
    }
    ASSERT_EQ(merge(out, others, kLater).content, whole);
    ASSERT_EQ(Study::open(out, Mode::read_only).parts().size(), others.size());
  }
  if (GetParam()) {
    EXPECT_GT(merged, 0U);
    EXPECT_LT(merged, states.size());
  }
}

TEST_P(MergeCrash, AFullDiskAtAnyWriteIsReportedAndChangesNothing) {
  const Content whole = content_of(measure("whole.db", 0, 1));
  const std::vector<fs::path> parts = shards();
  const fs::path out = GetParam() ? parts[0] : file("out.db");
  const std::vector<fs::path> others(parts.begin() + (GetParam() ? 1 : 0), parts.end());
  const Files before = files_of(out);
  FaultVfs vfs;
  vfs.arm(Fault::none, 0);
  (void)merge(out, others, kNow);
  const int calls = vfs.calls();
  for (int call = 1; call <= calls; call += 3) {
    restore(before, out);
    vfs.arm(Fault::full, call);
    try {
      (void)merge(out, others, kNow);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::io) << error.what();
    }
    vfs.arm(Fault::none, 0);
    ASSERT_EQ(merge(out, others, kNow).content, whole) << call;
  }
}

}  // namespace
}  // namespace opline::store
