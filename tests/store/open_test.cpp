// Opening: what is refused is left as it was.
#include <fstream>

#include "src/base/random.h"
#include "src/store/schema.h"
#include "tests/error_message.h"
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

using testing::HasSubstr;

class Opening : public StoreTest {
 protected:
  /// No mode may open `path`; its bytes and the names beside it stay.
  void expect_refused(const std::filesystem::path& path, const std::string& text) const {
    const std::string before = read_file(path);
    const std::size_t names = count_files();
    for (const Mode mode : {Mode::create, Mode::read_write, Mode::read_only}) {
      EXPECT_ERROR(Study::open(path, mode, kNow), ErrorCode::input, text);
    }
    EXPECT_TRUE(read_file(path) == before) << path;
    EXPECT_EQ(count_files(), names);
  }
  [[nodiscard]] std::size_t count_files() const {
    const auto folder = std::filesystem::directory_iterator(file().parent_path());
    return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
  }
};

TEST_F(Opening, MakesAFileOnlyWhenAsked) {
  EXPECT_ERROR(Study::open(file(), Mode::read_write), ErrorCode::io, "no such file");
  EXPECT_ERROR(Study::open(file(), Mode::read_only), ErrorCode::io, "no such file");
  EXPECT_ERROR(Study::open(file(), Mode::create), ErrorCode::input, "not a time");
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_ERROR(Study::open(file().parent_path(), Mode::create, kNow), ErrorCode::io, "not a file");
  create().add_space("kws", "text");
  EXPECT_EQ(Study::open(file(), Mode::read_write).spaces().size(), 1u);
  EXPECT_EQ(count_files(), 1u) << "a study that was closed is one file";
}

TEST_F(Opening, MakesMissingFoldersAndTakesOddNames) {
  for (const std::string name :
       {"new/er/study.db", "50% of #1? & more.db", ":memory:", "m\u00fc.db"}) {
    Study::open(file(name), Mode::create, kNow).add_space("kws", "text");
    EXPECT_EQ(Study::open(file(name), Mode::read_only).spaces().size(), 1u) << name;
    EXPECT_TRUE(std::filesystem::exists(file(name)));
  }
}

TEST_F(Opening, AnEmptyFileIsNoStudyButMayBecomeOne) {
  write_file_atomically(file(), "");
  EXPECT_ERROR(Study::open(file(), Mode::read_write), ErrorCode::input, "is empty");
  EXPECT_ERROR(Study::open(file(), Mode::read_only), ErrorCode::input, "is empty");
  EXPECT_EQ(create().created_at(), kNow);
}

TEST_F(Opening, GarbageIsRefusedAndUntouched) {
  RandomStream random(1, 0);
  for (const std::size_t bytes : {1u, 50u, 100u, 512u, 4096u, 100'000u}) {
    std::string garbage(bytes, '\0');
    for (char& byte : garbage) byte = static_cast<char>(random.next());
    write_file_atomically(file(), garbage);
    expect_refused(file(), "it was left as it is");
  }
  write_file_atomically(file(), std::string(8192, '\0'));
  expect_refused(file(), "it was left as it is");
}

TEST_F(Opening, AnotherProgramsDatabaseIsRefusedAndUntouched) {
  {
    SQLite::Database other(file("other.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("CREATE TABLE outcomes (a); INSERT INTO outcomes VALUES (1)");
  }
  expect_refused(file("other.db"), "SQLite file of another program");
  {
    SQLite::Database other(file("wal.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec(
        "PRAGMA journal_mode = WAL; PRAGMA application_id = 5; PRAGMA user_version = 1; CREATE "
        "TABLE t (a)");
  }
  expect_refused(file("wal.db"), "SQLite file of another program");
}

TEST_F(Opening, AStudyOfANewerOplineIsRefusedAndUntouched) {
  create();
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = " + std::to_string(current_format() + 1));
  const std::string before = read_file(file());
  for (const Mode mode : {Mode::create, Mode::read_write, Mode::read_only}) {
    EXPECT_ERROR(Study::open(file(), mode, kNow), ErrorCode::input, "update opline");
  }
  EXPECT_TRUE(read_file(file()) == before);
}

TEST_F(Opening, ReadOnlyNeverChangesAByte) {
  {
    Study study = create();
    const CampaignKey campaign = add_campaign(study, {1, 2, 3});
    const std::string setup = study.add_setup(make_setup());
    study.ask(campaign, setup);
    study.record_outcome(id_of(1), setup, make_outcome(1000), kNow);
  }
  const std::string before = read_file(file());
  {
    Study study = Study::open(file(), Mode::read_only);
    EXPECT_EQ(study.measurements({}).size(), 1u);
    EXPECT_EQ(study.campaigns().size(), 1u);
    EXPECT_TRUE(study.check().empty());
    EXPECT_ERROR(study.add_space("a", "b"), ErrorCode::usage, "for reading only");
    EXPECT_ERROR(study.transact([] {}), ErrorCode::usage, "for reading only");
  }
  EXPECT_TRUE(read_file(file()) == before);
}

TEST_F(Opening, DamageIsReportedAndNotRepaired) {
  {
    Study study = create();
    study.transact([&] {
      for (int number = 0; number < 1500; ++number) study.add_network(make_network(number));
    });
  }
  std::string bytes = read_file(file());
  ASSERT_GT(bytes.size(), 400'000u);
  RandomStream random(2, 0);
  for (std::size_t i = 250'000; i < bytes.size(); ++i) bytes[i] = static_cast<char>(random.next());
  write_file_atomically(file("damaged.db"), bytes);
  Study study = Study::open(file("damaged.db"), Mode::read_only);
  const auto check = [&] {
    if (!study.check().empty()) throw Error(ErrorCode::damaged, "the study is damaged (check)");
  };
  EXPECT_THAT(message_of(check, ErrorCode::damaged), HasSubstr("damaged"));
  EXPECT_ERROR(
      [&] {
        for (int number = 0; number < 1500; ++number) (void)study.network(id_of(number));
      }(),
      ErrorCode::damaged, "go back to a copy");

  write_file_atomically(file("cut.db"), read_file(file()).substr(0, 20'000));
  EXPECT_ERROR([&] { (void)Study::open(file("cut.db"), Mode::read_write).check(); }(),
               ErrorCode::damaged, "damaged");
  EXPECT_TRUE(Study::open(file(), Mode::read_only).check().empty())
      << "the check finds no fault where there is none";
}

TEST_F(Opening, AMissingTableIsDamage) {
  create();
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec("DROP TABLE fits");
  EXPECT_ERROR(Study::open(file(), Mode::read_write), ErrorCode::damaged, "no table `fits`");
}

TEST_F(Opening, ChecksFindWhatIsMissing) {
  {
    Study study = create();
    add_campaign(study, {1});
    study.record_outcome(id_of(1), study.add_setup(make_setup()), make_outcome(1000), kNow);
  }
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE)
      .exec("DELETE FROM layer_results WHERE position = 1; DELETE FROM setups");
  EXPECT_THAT(Study::open(file(), Mode::read_only).check(),
              testing::ElementsAre(HasSubstr("a row of outcomes refers to a row of setups"),
                                   HasSubstr("1 layers out of 2")));
}

TEST_F(Opening, AStudyThatWasDeletedMovedOrReplacedIsNoticed) {
  namespace fs = std::filesystem;
  Study study = create();
  EXPECT_NO_THROW(study.require_in_place());
  fs::rename(file(), file("moved.db"));
  EXPECT_ERROR(study.require_in_place(), ErrorCode::io, "deleted, moved or replaced");
  (void)Study::open(file("other.db"), Mode::create, kNow);
  fs::rename(file("other.db"), file());
  EXPECT_ERROR(study.require_in_place(), ErrorCode::io, file().string());
  fs::remove(file());
  fs::rename(file("moved.db"), file());
  EXPECT_NO_THROW(study.require_in_place());
}

}  // namespace
}  // namespace opline::store
