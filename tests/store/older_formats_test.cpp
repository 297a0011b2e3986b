// Studies that programs of older formats wrote (formatN.sql, where their commands are): they open,
// they are read where they are, and they become what the present program would have stored.
#include <map>

#include "src/base/version.h"
#include "src/store/schema.h"
#include "tests/store/dump.h"
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

class OlderFormat : public StoreTest, public testing::WithParamInterface<int> {
 protected:
  /// The study as it was, in the journal mode that its program left it in.
  OlderFormat() {
    SQLite::Database database(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(
        read_file(fmt::format("{}/tests/store/format{}.sql", OPLINE_SOURCE_DIR, format())));
    database.exec("PRAGMA journal_mode = WAL");
  }
  static int format() { return GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Study, OlderFormat, testing::Range(1, int(current_format())),
                         [](const auto& instance) { return fmt::format("{}", instance.param); });

/// What the programs measured, by format.
const std::map<int, std::vector<std::uint64_t>> kCycles = {
    {1, {81'693, 117'836, 106'243}},  {2, {87'678, 131'909, 114'192}},
    {3, {101'017, 142'360, 127'506}}, {4, {185'877, 168'520, 99'112}},
    {5, {184'604, 167'251, 97'762}},
};

/// The campaigns of the fixtures: four draws of three networks of `tiny`, and a network of `kws`
/// that does not fit.
void expect_the_campaigns(Study& study, const std::vector<std::uint64_t>& cycles) {
  EXPECT_TRUE(study.check().empty());
  EXPECT_EQ(study.created_by(), "opline 0.1.0");
  const auto series = study.measurements({});
  ASSERT_EQ(series.size(), 1U);
  ASSERT_EQ(series[0].rows.size(), 3U);
  std::int64_t draws = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(series[0].rows[i].cycles, cycles[i]);
    draws += series[0].rows[i].draws;
  }
  EXPECT_EQ(draws, 4);
  const SetupRow& setup = series[0].setup;
  EXPECT_EQ(setup.setup.clock_hz, 180'000'000U);
  EXPECT_EQ(setup.setup.id(), setup.id);
  const std::string& first = series[0].rows[0].network;
  const std::size_t layers = study.network(first)->layers.size();
  EXPECT_EQ(study.outcome(first, setup.id)->outcome.measurement->layer_cycles.size(), layers);
  EXPECT_EQ(study.outcome(first, setup.id)->outcome.measurement->layer_digests.size(), layers);
  ASSERT_EQ(study.campaigns().size(), 2U);
  EXPECT_EQ(study.failures(2, setup.id).at(0).kind, measure::OutcomeKind::does_not_fit);
  EXPECT_EQ(study.fits().size(), 1U);
}

TEST_P(OlderFormat, OpensWithEverythingInIt) {
  Study study = Study::open(file(), Mode::read_write);
  expect_the_campaigns(study, kCycles.at(format()));
}

TEST_P(OlderFormat, IsReadWhereItIsAndLeftAsItIs) {
  const std::string before = read_file(file());
  {
    Study study = Study::open(file(), Mode::read_only);
    expect_the_campaigns(study, kCycles.at(format()));
    EXPECT_EQ(study.campaigns().at(0).space_networks.has_value(), format() >= 3);
    EXPECT_EQ(study.campaigns().at(0).campaign.tries.has_value(), format() >= 3);
  }
  EXPECT_TRUE(read_file(file()) == before);
  EXPECT_EQ(Study::open(file(), Mode::read_write).campaigns().size(), 2U);
}

std::string schema_of(const std::filesystem::path& path) {
  SQLite::Database database(path.string());
  SQLite::Statement rows(database,
                         "SELECT type || ' ' || name || ' ' || sql FROM sqlite_schema "
                         "WHERE sql IS NOT NULL ORDER BY type, name");
  std::string text;
  while (rows.executeStep()) text += rows.getColumn(0).getString() + "\n";
  return text;
}

TEST_P(OlderFormat, HasTheSchemaOfANewStudyOnceItIsMigrated) {
  Study::open(file(), Mode::read_write);
  Study::open(file("new.db"), Mode::create, kNow);
  EXPECT_EQ(schema_of(file()), schema_of(file("new.db")));
}

/// Stores the facts of `older` again, in the order in which a program comes to them.
void store_again(Study& older, Study& fresh) {
  for (const CampaignRow& campaign : older.campaigns()) {
    const std::vector<Draw> draws = older.draws(campaign.key);
    for (const Draw& draw : draws) fresh.add_network(*older.network(draw.network));
    const CampaignKey key = fresh.add_campaign(campaign.campaign, campaign.created_at);
    fresh.add_draws(key, 0, draws);
    for (const SetupRow& setup : older.setups()) {
      fresh.ask(key, fresh.add_setup(setup.setup));
      if (const auto power = older.modelled_power(setup.id))
        fresh.set_modelled_power(setup.id, *power);
      for (const Pending& pending : fresh.pending(key, setup.id)) {
        const auto row = older.outcome(pending.network, setup.id);
        fresh.record_outcome(pending.network, setup.id, row->outcome, row->finished_at);
      }
    }
  }
  for (const FitRow& fit : older.fits()) fresh.save_fit(fit.fit, fit.created_at);
}

/// `text` with the version of the older program as that of this one.
std::string of_this_version(std::string text) {
  for (const char* form : {"'{}'", "'opline {}'"}) {
    const std::string older = fmt::format(fmt::runtime(form), "0.1.0");
    const std::string present = fmt::format(fmt::runtime(form), version());
    for (std::size_t at = text.find(older); at != text.npos;
         at = text.find(older, at + present.size()))
      text.replace(at, older.size(), present);
  }
  return text;
}

TEST_P(OlderFormat, BecomesWhatThePresentProgramStores) {
  const auto path = file("fresh.db");
  {
    Study older = Study::open(file(), Mode::read_write);
    Study fresh = Study::open(path, Mode::create, older.created_at());
    // What a space's id is the digest of cannot be told from its row alone.
    SQLite::Database plain(path.string(), SQLite::OPEN_READWRITE);
    plain.exec("ATTACH '" + file().string() + "' AS older;" +
               "INSERT INTO spaces SELECT * FROM older.spaces;" +
               "DELETE FROM study WHERE key = 'created_on';" +  // of this host
               "DELETE FROM older.study WHERE key = 'created_on'");
    store_again(older, fresh);
  }
  EXPECT_EQ(of_this_version(dump(file())), dump(path));
}

}  // namespace
}  // namespace opline::store
