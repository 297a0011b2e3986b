// A study that something else than opline has changed: an Error{damaged} that names the file and
// the row, never a wrong answer and never a "bug in opline".
#include "tests/error_message.h"
#include "tests/store/fixture.h"
#include "tests/store/small_study.h"

namespace opline::store {
namespace {

class Damage : public StoreTest {
 protected:
  void make() {
    Study study = create();
    const CampaignKey campaign = add_campaign(study, {1, 2, 3});
    setup_ = study.add_setup(make_setup());
    study.ask(campaign, setup_);
    study.record_outcome(id_of(1), setup_, make_outcome(1000), kNow);
    study.record_outcome(id_of(2), setup_, make_failure(), kNow);
    study.set_modelled_power(setup_, {0.1, "datasheet"});
    study.save_fit({"{}", setup_, "opline-fit", 1, "{}"}, kNow);
  }
  /// Runs `sql` where no type and no constraint is checked.
  void change(const std::string& sql) const {
    const auto plain = [&] { return SQLite::Database(file().string(), SQLite::OPEN_READWRITE); };
    plain().exec(
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT, WITHOUT', ') WITHOUT'), "
        "') STRICT', ')') WHERE type = 'table';"
        "DELETE FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'outcomes_never%'");
    plain().exec("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; " + sql);
    plain().exec(
        "CREATE TRIGGER IF NOT EXISTS outcomes_never_change BEFORE UPDATE ON outcomes "
        "BEGIN SELECT raise(ABORT, 'an outcome is never changed'); END");
  }
  std::string setup_;
};

TEST_F(Damage, ValuesThatTheSchemaForbidsNameFileRowAndColumn) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"UPDATE spaces SET name = x'00'", "`name`: expected a text, found a BLOB"},
      {"UPDATE spaces SET name = CAST(x'ff' AS TEXT)", "`name`: expected a text in UTF-8"},
      {"UPDATE spaces SET name = CAST(x'610062' AS TEXT)", "`name`: expected a text, found a zero"},
      {"UPDATE outcomes SET cycles = 9e999 WHERE kind = 'measured'", "`cycles`: expected"},
      {"UPDATE outcomes SET cycles = -5 WHERE kind = 'measured'", "above 0, found -5"},
      {"UPDATE outcomes SET cycles = NULL, seconds = 9e999 WHERE kind = 'measured'", "found inf"},
      {"UPDATE outcomes SET seconds = 1.5 WHERE kind = 'measured'", "either cycles or seconds"},
      {"UPDATE outcomes SET kind = 'guessed' WHERE kind <> 'measured'", "outcome `guessed`"},
      {"UPDATE modelled_power SET watts = 9e999", "`watts`: expected a finite number"},
      {"UPDATE modelled_power SET watts = 'much'", "`watts`: expected a number, found the text"},
      {"DELETE FROM draws WHERE position = 1", "draw"},
      {"UPDATE draws SET network = 99 WHERE position = 1", "draw 1 or its network is missing"},
      {"DELETE FROM layers WHERE position = 0", "layer 0 is missing"},
      {"UPDATE layers SET out_c = 0", "`out_c`: expected 1 ... 65535, found 0"},
      {"UPDATE layers SET type = 'conv3d' WHERE position = 0", "`type`"},
      {"UPDATE layers SET padding = 'full' WHERE position = 0", "`padding`"},
      {"UPDATE layer_results SET cycles = 1000000", "counter has wrapped"},
      {"UPDATE networks SET canonical_text = 'x'", "the id is the digest of"},
      {"UPDATE networks SET layer_count = 7", "`layer_count`: there are 2 layers"},
      {"UPDATE setups SET json = replace(json, 'nucleo', 'other')", "`json`"},
      {"UPDATE campaigns SET count = 0", "`count`: expected a number above 0, found 0"},
      {"UPDATE fits SET text = 'x'", "`text`: is not JSON"}};
  for (const auto& [sql, text] : cases) {
    SCOPED_TRACE(sql);
    std::filesystem::remove(file());
    make();
    change(sql);
    const auto ask = [&] {
      Study study = Study::open(file(), Mode::read_only);
      ask_everything(study);
    };
    EXPECT_THAT(message_of(ask, ErrorCode::damaged),
                testing::AllOf(testing::HasSubstr(text), testing::HasSubstr(file().string())));
  }
}

TEST_F(Damage, AWholeStudyIsNot) {
  make();
  change("SELECT 1");
  Study study = Study::open(file(), Mode::read_only);
  EXPECT_NO_THROW(ask_everything(study));
}

TEST_F(Damage, FormatsThatDoNotExistAreRefusedByEveryMode) {
  make();
  for (const std::string format : {"0", "-1", "-2147483648", "1", "2"}) {
    SQLite::Database(file().string(), SQLite::OPEN_READWRITE)
        .exec("PRAGMA user_version = " + format);
    for (const Mode mode : {Mode::create, Mode::read_write, Mode::read_only})
      EXPECT_ERROR(Study::open(file(), mode, kNow), ErrorCode::damaged, file().string());
  }
}

TEST_F(Damage, AMissingColumnAndAForeignTriggerAreFoundWhenItIsOpened) {
  make();
  SQLite::Database plain(file().string(), SQLite::OPEN_READWRITE);
  plain.exec("ALTER TABLE fits RENAME COLUMN text TO body");
  EXPECT_ERROR(Study::open(file(), Mode::read_only), ErrorCode::damaged, "has no column `text`");
  plain.exec("ALTER TABLE fits RENAME COLUMN body TO text");
  EXPECT_NO_THROW(Study::open(file(), Mode::read_only));
  plain.exec("CREATE TRIGGER spy AFTER INSERT ON fits BEGIN DELETE FROM layer_types; END");
  EXPECT_ERROR(Study::open(file(), Mode::read_write), ErrorCode::damaged, "trigger `spy`");
}

TEST_F(Damage, ARowThatTheStudyRefusesNamesTheTable) {
  make();
  change("DELETE FROM layer_types WHERE type = 'conv2d'");
  EXPECT_THAT(message_of(
                  [&] {
                    Study study = Study::open(file(), Mode::read_write);
                    study.add_network(make_network(9));
                  },
                  ErrorCode::damaged),
              testing::AllOf(testing::HasSubstr(file().string()), testing::HasSubstr("`layers`")));
}

TEST_F(Damage, LayersOfADeletedOutcomeAreFoundWhenItIsMeasuredAgain) {
  make();
  change(
      "DROP TRIGGER measured_outcomes_stay; DELETE FROM outcomes; "
      "CREATE TRIGGER measured_outcomes_stay BEFORE DELETE ON outcomes WHEN OLD.kind = 'measured' "
      "BEGIN SELECT raise(ABORT, 'a measured outcome is never deleted'); END");
  EXPECT_THAT(
      message_of(
          [&] {
            Study study = Study::open(file(), Mode::read_write);
            study.record_outcome(id_of(1), setup_, make_outcome(1000), kNow);
          },
          ErrorCode::damaged),
      testing::AllOf(testing::HasSubstr(file().string()), testing::HasSubstr("layer_results")));
}

TEST_F(Damage, AGapInTheDrawsIsFoundWhenACampaignIsResumed) {
  make();
  change("DELETE FROM draws WHERE position = 1");
  Study study = Study::open(file(), Mode::read_write);
  EXPECT_ERROR(study.summary(study.campaigns().at(0).key, setup_), ErrorCode::damaged,
               "draw 1 of the campaign is missing");
}

}  // namespace
}  // namespace opline::store
