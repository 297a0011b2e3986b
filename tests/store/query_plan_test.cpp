// What is asked of a campaign is found by an index: no statement goes through a whole table that
// grows with the outcomes of the study.
#include <sqlite3.h>

#include <regex>
#include <set>

#include "tests/store/fixture.h"
#include "tests/store/small_study.h"

namespace opline::store {
namespace {

/// Connections that this process opens, while it lives.
class OpenedConnections {
 public:
  OpenedConnections() {
    opened().clear();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&remember));
  }
  ~OpenedConnections() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&remember)); }
  OpenedConnections(const OpenedConnections&) = delete;
  OpenedConnections& operator=(const OpenedConnections&) = delete;

  /// The last one is that of the study.
  [[nodiscard]] static sqlite3* last() { return opened().back(); }

 private:
  static std::vector<sqlite3*>& opened() {
    static std::vector<sqlite3*> all;
    return all;
  }
  static int remember(sqlite3* database, const char**, const void*) {
    opened().push_back(database);
    return SQLITE_OK;
  }
};

/// The statements that a study has prepared.
std::set<std::string> statements_of(sqlite3* database) {
  std::set<std::string> texts;
  for (sqlite3_stmt* one = sqlite3_next_stmt(database, nullptr); one != nullptr;
       one = sqlite3_next_stmt(database, one))
    texts.insert(sqlite3_sql(one));
  return texts;
}

/// The steps by which SQLite would answer, one per line.
std::string plan_of(sqlite3* database, const std::string& statement) {
  std::string steps;
  const auto collect = [](void* text, int, char** values, char**) {
    *static_cast<std::string*>(text) += std::string(values[3]) + "\n";
    return 0;
  };
  EXPECT_EQ(
      sqlite3_exec(database, ("EXPLAIN QUERY PLAN " + statement).c_str(), collect, &steps, nullptr),
      SQLITE_OK)
      << statement;
  return steps;
}

/// Everything that run, study, fit, report and export ask of one campaign, and what they write.
void use(Study& study) {
  const CampaignRow campaign = study.campaigns().at(0);
  const std::string setup = study.setups().at(0).id;
  const std::string network = study.draws(campaign.key).at(0).network;
  Selection selection;
  selection.campaigns = {campaign.key};
  selection.setups = {setup};
  (void)study.series(selection);
  (void)study.measurements(selection);
  (void)study.layer_measurements(selection);
  (void)study.network(network);
  (void)study.outcome(network, setup);
  (void)study.pending(campaign.key, setup, 3, {1, 2});
  (void)study.failures(campaign.key, setup);
  (void)study.summary(campaign.key, setup, 3, {1, 2});
  (void)study.modelled_power(setup);
  study.ask(campaign.key, setup);
  study.retry(campaign.key, setup, {measure::OutcomeKind::board_lost});
  study.add_network(small_network(7));
  study.add_campaign({campaign.campaign.space, "uniform-decisions", 1, 5, "", 5}, kStart);
  study.add_draws(campaign.key, 4, {{"a7", small_network(7).id}});
  study.add_draws(campaign.key, 0, {{"a0", small_network(0).id}});
  study.record_outcome(small_network(7).id, setup, make_outcome(1000), kStart);
}

TEST_F(StoreTest, WhatIsAskedOfACampaignIsFoundByAnIndex) {
  const OpenedConnections connections;
  fill_small_study(create());
  Study study = Study::open(file(), Mode::read_write);
  sqlite3* const database = connections.last();
  use(study);
  const std::set<std::string> statements = statements_of(database);
  EXPECT_GT(statements.size(), 15U);
  // The name of a table, or its short name in the statement.
  const std::regex scan(
      "SCAN (draws|d|networks|n|layers|l|outcomes|o|layer_results|r|repeats)( |\\n)");
  for (const std::string& statement : statements) {
    if (statement.starts_with("PRAGMA") || statement.starts_with("EXPLAIN")) continue;
    const std::string plan = plan_of(database, statement);
    EXPECT_FALSE(std::regex_search(plan, scan)) << statement << "\n" << plan;
  }
}

TEST_F(StoreTest, APlanThatReadsAWholeTableIsSeen) {
  const OpenedConnections connections;
  create();
  const Study study = Study::open(file(), Mode::read_write);
  EXPECT_EQ(plan_of(connections.last(), "SELECT * FROM outcomes WHERE kind = 'crashed'"),
            "SCAN outcomes\n");
}

}  // namespace
}  // namespace opline::store
