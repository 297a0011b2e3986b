// The schema itself: what it refuses whoever writes, migrations, and that the documentation tells
// the truth.
#include "src/store/schema.h"

#include <map>
#include <sstream>

#include "tests/store/fixture.h"

namespace opline::store {
namespace {

class Schema : public StoreTest {
 protected:
  /// A study with network 1, a setup and an empty place for an outcome; opened with plain SQL.
  SQLite::Database prepare() const {
    Study study = create();
    add_campaign(study, {1});
    study.add_setup(make_setup());
    SQLite::Database database(file().string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA foreign_keys = ON");
    return database;
  }
};

void expect_refused(SQLite::Database& database, const std::string& sql) {
  EXPECT_THROW(database.exec(sql), SQLite::Exception) << sql;
}

std::string outcome(const std::string& columns) {
  return "INSERT INTO outcomes (network, setup, kind, reason, cycles, seconds, joules, "
         "finished_at, "
         "opline_version) "
         "VALUES (1, 1, " +
         columns + ")";
}

constexpr const char* kEnd = ", '2026-01-31T12:00:00Z', '0.1.0'";

TEST_F(Schema, RefusesOutcomesThatCannotBe) {
  SQLite::Database database = prepare();
  for (const std::string values : {"'measured', NULL, 0, NULL, NULL",
                                   "'measured', NULL, -5, NULL, NULL",
                                   "'measured', NULL, NULL, 0.0, NULL",
                                   "'measured', NULL, NULL, 9e999, NULL",
                                   "'measured', NULL, NULL, NULL, NULL",
                                   "'measured', NULL, 5, 0.5, NULL",
                                   "'measured', 'slow', 5, NULL, NULL",
                                   "'measured', '', 5, NULL, NULL",
                                   "'measured', NULL, 5, NULL, 0.0",
                                   "'measured', NULL, 5, NULL, -1.0",
                                   "'measured', NULL, 5.5, NULL, NULL",
                                   "'measured', NULL, 'many', NULL, NULL",
                                   "'timed_out', NULL, NULL, NULL, NULL",
                                   "'timed_out', '', NULL, NULL, NULL",
                                   "'timed_out', 'x', 5, NULL, NULL",
                                   "'timed_out', 'x', NULL, 0.5, NULL",
                                   "'timed_out', 'x', NULL, NULL, 0.5",
                                   "'ok', NULL, 5, NULL, NULL",
                                   "'executed_without_timing', 'x', 5, NULL, NULL",
                                   "NULL, NULL, 5, NULL, NULL"}) {
    expect_refused(database, outcome(values + kEnd));
  }
  expect_refused(database, outcome("'measured', NULL, 5, NULL, NULL, 'now', '0.1.0'"));
  expect_refused(database, outcome("'measured', NULL, 5, NULL, NULL, '2026-01-31T12:00:00Z', ''"));
  database.exec(outcome(std::string("'measured', NULL, 5, NULL, 0.5") + kEnd));
  expect_refused(database, outcome(std::string("'measured', NULL, 6, NULL, NULL") + kEnd));
  expect_refused(database, "UPDATE outcomes SET cycles = 6");
  expect_refused(database, "DELETE FROM outcomes");
  EXPECT_EQ(database.execAndGet("SELECT cycles FROM outcomes").getInt(), 5);
}

TEST_F(Schema, RefusesLayerResultsThatCannotBe) {
  SQLite::Database database = prepare();
  database.exec(outcome(std::string("'measured', NULL, 5, NULL, 0.5") + kEnd));
  for (const std::string values :
       {"1, 0, 0, 7", "1, 0, NULL, NULL", "1, -1, 5, 7", "1, 0, 5, -1", "1, 0, 5, 4294967296",
        "2, 0, 5, 7", "1, NULL, 5, 7", "1, 0, 1.5, 7"}) {
    expect_refused(database, "INSERT INTO layer_results VALUES (" + values + ")");
  }
  database.exec("INSERT INTO layer_results VALUES (1, 0, 5, 0)");
  expect_refused(database, "INSERT INTO layer_results VALUES (1, 0, 6, 1)");
}

TEST_F(Schema, RefusesRepeatsThatCannotBe) {
  SQLite::Database database = prepare();
  database.exec(outcome(std::string("'measured', NULL, 5, NULL, 0.5") + kEnd));
  for (const std::string values : {"1, 0, 0", "1, 0, NULL", "1, -1, 5", "2, 0, 5", "1, 0, 1.5"})
    expect_refused(database, "INSERT INTO repeats VALUES (" + values + ")");
  database.exec("INSERT INTO repeats VALUES (1, 0, 5)");
  expect_refused(database, "INSERT INTO repeats VALUES (1, 0, 6)");
}

TEST_F(Schema, RefusesNetworksAndLayersThatCannotBe) {
  SQLite::Database database = prepare();
  const std::string id = "'" + std::string(32, 'a') + "'";
  for (const std::string& values : std::vector<std::string>{
           "'abc', NULL, 2, 1, 1", "'" + std::string(32, 'A') + "', NULL, 2, 1, 1",
           id + ", '', 2, 1, 1", id + ", NULL, 0, NULL, 1", id + ", NULL, NULL, 1, 1",
           id + ", NULL, 2, 0, 1", id + ", NULL, 3, 1, 1", id + ", NULL, 2, 1, 0",
           "'" + id_of(1) + "', NULL, 2, 1, 1"}) {
    expect_refused(
        database,
        "INSERT INTO networks (id, canonical_text, ops, macs, parameters) VALUES (" + values + ")");
  }
  for (const std::string figure :
       {"weight_bytes", "channel_bytes", "activation_bytes", "arena_bytes", "layer_count"}) {
    expect_refused(database,
                   "INSERT INTO networks (id, ops, " + figure + ") VALUES (" + id + ", 2, 0)");
  }
  database.exec("INSERT INTO networks (id, ops) VALUES (" + id + ", 2)");
  for (const std::string change :
       {"type = 'conv3d'", "macs = -1", "macs = NULL", "in_h = 0", "out_c = 0", "kernel_h = NULL",
        "kernel_w = 0", "padding = 'full'", "padding = NULL", "activation = 'tanh'",
        "live_bytes = 0", "network = 99", "position = -1"}) {
    expect_refused(database, "UPDATE layers SET " + change + " WHERE position = 0");
  }
}

TEST_F(Schema, RefusesSetupsCampaignsAndDrawsThatCannotBe) {
  SQLite::Database database = prepare();
  const std::string id = "'" + std::string(32, 'b') + "'";
  for (const std::string json :
       {"{board", R"({"runner":"simulated"})", R"({"board":"","runner":"simulated"})",
        R"({"board":"a"})", R"({"board":"a","runner":"guessed"})",
        R"({"board":"a","runner":"simulated","clock_hz":0})",
        R"({"board":"a","runner":"simulated","supply_volts":-1.0})",
        R"({"board":"a","runner":"simulated","core":""})"}) {
    expect_refused(database, "INSERT INTO setups (id, json) VALUES (" + id + ", '" + json + "')");
  }
  const std::string end = ", NULL, '2026-01-31T12:00:00Z', '0.1.0')";
  for (const std::string values :
       {"1, 'p', NULL, 5", "1, 'imported', 1, 5", "1, 'p', -1, 5", "1, 'p', 1, 0", "9, 'p', 1, 5",
        "1, '', 1, 5", "1, 'uniform-decisions', 1, 5"}) {
    expect_refused(database,
                   "INSERT INTO campaigns (space, prior, seed, count, command, created_at, "
                   "opline_version) VALUES (" +
                       values + end);
  }
  for (const std::string values :
       {"1, 0, 'a', 1", "1, -1, 'a', 1", "1, 1, '', 1", "1, 1, 'a', 99", "9, 0, 'a', 1"}) {
    expect_refused(database, "INSERT INTO draws VALUES (" + values + ")");
  }
  expect_refused(database, "DELETE FROM spaces");
  expect_refused(database, "INSERT INTO study VALUES ('created_at', 'x')");
}

// ---- Migrations; older_formats_test.cpp has those of real files ----

TEST_F(Schema, AFileThatIsMarkedButEmptyIsFilled) {
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  EXPECT_ERROR(Study::open(file(), Mode::read_only), ErrorCode::input, "is empty");
  EXPECT_ERROR(Study::open(file(), Mode::read_write), ErrorCode::input, "is empty");
  EXPECT_EQ(create().created_at(), kNow);
}

TEST_F(Schema, MigrationsAreTakenOneByOneAndAFailureKeepsTheLastGoodFormat) {
  const char* const first = migrations()[0];
  const char* const second = "ALTER TABLE fits ADD COLUMN note TEXT";
  const char* const broken = "CREATE TABLE extra (a); INSERT INTO nowhere VALUES (1)";
  SQLite::Database database(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const std::vector<const char*> one{first};
  migrate(database, one, kNow);
  const std::vector<const char*> two{first, second};
  migrate(database, two, kLater);
  migrate(database, two, kLater);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 2);
  EXPECT_EQ(database.execAndGet("SELECT value FROM study WHERE key = 'created_at'").getString(),
            kNow);
  const std::vector<const char*> bad{first, second, broken};
  EXPECT_THROW(migrate(database, bad, kLater), SQLite::Exception);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 2);
  EXPECT_FALSE(database.tableExists("extra"));
  const std::vector<const char*> orphaning{first, second,
                                           "INSERT INTO campaign_setups VALUES (8, 9)"};
  EXPECT_THROW(migrate(database, orphaning, kLater), SQLite::Exception);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 2);
}

// ---- Documentation ----

using Columns = std::map<std::string, std::string>;

/// Tables and views of docs/formats/study.md: "### `name`" followed by rows "| `column` | type |
/// ...".
std::map<std::string, Columns> documented() {
  std::map<std::string, Columns> result;
  std::istringstream lines(read_file(std::string(OPLINE_SOURCE_DIR) + "/docs/formats/study.md"));
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("#", 0) == 0) table.clear();
    if (line.rfind("### `", 0) == 0) table = line.substr(5, line.find('`', 5) - 5);
    if (table.empty() || line.rfind("| `", 0) != 0) continue;
    const std::size_t end = line.find('`', 3);
    const std::size_t type = line.find("| ", end) + 2;
    result[table][line.substr(3, end - 3)] = line.substr(type, line.find(' ', type) - type);
  }
  return result;
}

TEST_F(Schema, IsTheDocumentedOne) {
  create();
  SQLite::Database database(file().string());
  const std::map<std::string, Columns> described = documented();
  std::map<std::string, Columns> real;
  SQLite::Statement rows(
      database,
      "SELECT s.name, c.name, c.type FROM sqlite_schema s, pragma_table_xinfo(s.name) c "
      "WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite%'");
  while (rows.executeStep()) {
    const std::string table = rows.getColumn(0).getString();
    const std::string column = rows.getColumn(1).getString();
    std::string type = rows.getColumn(2).getString();
    ASSERT_TRUE(described.count(table) != 0 && described.at(table).count(column) != 0)
        << table << "." << column;
    if (type.empty())
      type = described.at(table).at(column);  // A view's expression has no declared type.
    real[table][column] = type;
  }
  EXPECT_EQ(described, real);
}

TEST_F(Schema, TheDocumentNamesTheMarksOfTheFile) {
  const std::string text = read_file(std::string(OPLINE_SOURCE_DIR) + "/docs/formats/study.md");
  EXPECT_THAT(text,
              testing::HasSubstr(fmt::format("`PRAGMA application_id` | 0x{:X} ", kApplicationId)));
  EXPECT_THAT(text,
              testing::HasSubstr(fmt::format("`PRAGMA user_version` | {} |", current_format())));
}

}  // namespace
}  // namespace opline::store
