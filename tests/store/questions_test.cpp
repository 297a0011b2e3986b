// Measurements and summaries: what a fit is given and what is counted beside it.
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

using measure::OutcomeKind;
using testing::ElementsAre;

class Questions : public StoreTest {
 protected:
  static std::vector<std::string> networks(const Series& series) {
    std::vector<std::string> result;
    for (const MeasurementRow& row : series.rows) result.push_back(row.network);
    return result;
  }
  static Selection of_campaign(CampaignKey campaign) {
    Selection selection;
    selection.campaigns = {campaign};
    return selection;
  }
};

TEST_F(Questions, SummaryCountsDrawsAndNetworks) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {1, 2, 1, 3, 4, 1, 5, 3});
  const std::string setup = study.add_setup(make_setup());
  EXPECT_EQ(study.summary(campaign, setup).pending, (Count{8, 5}));
  study.record_outcome(id_of(1), setup, make_outcome(1000), kNow);
  study.record_outcome(id_of(2), setup, make_outcome(1000), kNow);
  study.record_outcome(id_of(3), setup, make_failure(OutcomeKind::does_not_fit), kNow);
  study.record_outcome(id_of(4), setup, make_failure(OutcomeKind::timed_out), kNow);
  const Summary summary = study.summary(campaign, setup);
  EXPECT_EQ(summary.drawn, (Count{8, 5}));
  EXPECT_EQ(summary.pending, (Count{1, 1}));
  EXPECT_EQ(summary.measured, (Count{4, 2}));
  EXPECT_EQ(summary.fitting, (Count{5, 3}));
  EXPECT_EQ(summary.outcomes.size(), 3u);
  EXPECT_EQ(summary.outcomes.at(OutcomeKind::does_not_fit), (Count{2, 1}));
  EXPECT_EQ(summary.outcomes.at(OutcomeKind::timed_out), (Count{1, 1}));
  EXPECT_EQ(study.summary(campaign, setup, 2).drawn, (Count{2, 2}));
  EXPECT_EQ(study.summary(campaign, study.add_setup(make_setup("b"))).measured, (Count{0, 0}));
  EXPECT_EQ(study.summary(campaign, make_setup("never used").id()).pending, (Count{8, 5}));
}

TEST_F(Questions, MeasurementsOfDifferentSetupsNeverMix) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {1, 2});
  const std::string a = study.add_setup(make_setup("a"));
  const std::string b = study.add_setup(make_setup("b"));
  study.add_setup(make_setup("unused"));
  study.record_outcome(id_of(1), a, make_outcome(1000), kNow);
  study.record_outcome(id_of(2), a, make_outcome(1001), kNow);
  study.record_outcome(id_of(1), b, make_outcome(2000), kNow);
  study.record_outcome(id_of(2), b, make_failure(), kNow);
  const auto series = study.measurements(of_campaign(campaign));
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0].setup.id, a);
  EXPECT_EQ(series[0].setup.setup.board, "a");
  EXPECT_THAT(networks(series[0]), ElementsAre(id_of(1), id_of(2)));
  EXPECT_EQ(series[0].rows[1].cycles, 1001u);
  EXPECT_THAT(networks(series[1]), ElementsAre(id_of(1)));
  EXPECT_EQ(series[1].rows[0].cycles, 2000u);
}

TEST_F(Questions, ARowHasRawValuesMultiplicityAndFirstArchitecture) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {2, 1, 2, 2});
  const std::string setup = study.add_setup(make_setup());
  measure::Outcome outcome = make_outcome(1000);
  outcome.measurement->joules = 0.5;
  study.record_outcome(id_of(2), setup, outcome, kNow);
  const auto series = study.measurements(of_campaign(campaign));
  ASSERT_EQ(series.size(), 1u);
  ASSERT_EQ(series[0].rows.size(), 1u);
  const MeasurementRow& row = series[0].rows[0];
  EXPECT_EQ(row.ops, 2004u);
  EXPECT_EQ(row.macs, 1002u);
  EXPECT_EQ(row.parameters, 7u);
  EXPECT_EQ(row.layer_count, 2u);
  EXPECT_EQ(row.cycles, 1000u);
  EXPECT_FALSE(row.seconds);
  EXPECT_EQ(row.joules, 0.5);
  EXPECT_EQ(row.draws, 3);
  EXPECT_EQ(row.architecture, "a2");
}

TEST_F(Questions, ASelectionTakesWhatMatchesAllOfIt) {
  Study study = create();
  const CampaignKey kws = add_campaign(study, {1, 2, 3});
  const CampaignKey kws2 = add_campaign(study, {3, 4}, 2);
  add_campaign(study, {4, 5}, 1, "vww");
  const std::string setup = study.add_setup(make_setup());
  measure::Setup attached = make_setup("b");
  attached.runner = measure::Runner::attached;
  const std::string other = study.add_setup(attached);
  for (int number = 1; number <= 5; ++number) {
    study.record_outcome(id_of(number), setup, make_outcome(1000), kNow);
  }
  study.record_outcome(id_of(1), other, make_outcome(1000), kNow);
  const auto pick = [&](const Selection& selection) {
    std::string text;
    for (const Series& series : study.measurements(selection)) {
      for (const MeasurementRow& row : series.rows) {
        text += series.setup.setup.board.substr(0, 1) + row.architecture.substr(1) + "x" +
                std::to_string(row.draws) + " ";
      }
    }
    return text;
  };
  EXPECT_EQ(pick({}), "n1x1 n2x1 n3x2 n4x2 n5x1 b1x1 ");
  Selection selection;
  selection.space = "vww";
  EXPECT_EQ(pick(selection), "n4x1 n5x1 ");
  selection.space = study.spaces()[0].id;
  EXPECT_EQ(pick(selection), "n1x1 n2x1 n3x2 n4x1 b1x1 ");
  selection.campaigns = {kws2};
  EXPECT_EQ(pick(selection), "n3x1 n4x1 ");
  selection.campaigns = {kws2, kws};
  selection.first_draws = 1;
  EXPECT_EQ(pick(selection), "n1x1 n3x1 b1x1 ");
  selection.boards = {"b"};
  EXPECT_EQ(pick(selection), "b1x1 ");
  selection.runner = measure::Runner::simulated;
  EXPECT_EQ(pick(selection), "");
  selection = {};
  selection.prior = "another";
  EXPECT_EQ(pick(selection), "");
  selection = {};
  selection.setups = {other};
  EXPECT_EQ(pick(selection), "b1x1 ");
  selection.campaigns = {77};
  EXPECT_ERROR(study.measurements(selection), ErrorCode::input, "no campaign 77");
}

TEST_F(Questions, ImportedSecondsOfANetworkWithoutCampaign) {
  Study study = create();
  NetworkRecord network;
  network.id = digest("row 1");
  network.ops = 1001;
  study.add_network(network);
  measure::Setup setup;
  setup.board = "my board";
  setup.runner = measure::Runner::imported;
  const std::string id = study.add_setup(setup);
  measure::Measurement measurement;
  measurement.seconds = 0.25;
  study.record_outcome(network.id, id, measure::Outcome::measured(measurement), kNow);
  const auto series = study.measurements({});
  ASSERT_EQ(series.size(), 1u);
  const MeasurementRow& row = series[0].rows.at(0);
  EXPECT_EQ(row.seconds, 0.25);
  EXPECT_FALSE(row.cycles);
  EXPECT_FALSE(row.macs);
  EXPECT_FALSE(row.layer_count);
  EXPECT_EQ(row.draws, 0);
  EXPECT_EQ(row.architecture, "");
}

TEST_F(Questions, LayersComeInTheOrderOfTheMeasurements) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {3, 1, 2, 3});
  const std::string a = study.add_setup(make_setup("a"));
  const std::string b = study.add_setup(make_setup("b"));
  study.record_outcome(id_of(1), a, make_outcome(1000), kNow);
  study.record_outcome(id_of(2), a, make_failure(), kNow);
  study.record_outcome(id_of(3), a, make_outcome(3000), kNow);
  study.record_outcome(id_of(2), b, make_outcome(2000), kNow);
  for (const Selection& selection : {Selection{}, of_campaign(campaign)}) {
    const auto measured = study.measurements(selection);
    const auto layers = study.layer_measurements(selection);
    ASSERT_EQ(layers.size(), measured.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
      EXPECT_EQ(layers[i].setup.id, measured[i].setup.id);
      ASSERT_EQ(layers[i].networks.size(), measured[i].rows.size());
      for (std::size_t j = 0; j < layers[i].networks.size(); ++j) {
        const NetworkLayers& network = layers[i].networks[j];
        EXPECT_EQ(network.network, measured[i].rows[j].network);
        ASSERT_EQ(network.layers.size(), 2u);
        EXPECT_EQ(*network.layers[0].cycles + *network.layers[1].cycles + 1,
                  *measured[i].rows[j].cycles);
      }
    }
  }
  const NetworkLayers network = study.layer_measurements(of_campaign(campaign))[0].networks[0];
  EXPECT_EQ(network.network, id_of(3));
  EXPECT_EQ(study.measurements(of_campaign(campaign))[0].rows[0].activation_bytes, 4096u);
  EXPECT_EQ(network.layers[0].record, make_network(3).layers[0]);
  EXPECT_EQ(network.layers[1].record.layer.type, network::LayerType::softmax);
  EXPECT_EQ(network.layers[0].cycles, 1500u);
}

TEST_F(Questions, ANetworkOfUnknownStructureHasNoLayers) {
  Study study = create();
  NetworkRecord network;
  network.id = digest("a stranger");
  network.ops = 10;
  study.add_network(network);
  measure::Measurement measurement;
  measurement.cycles = 7;
  const std::string setup = study.add_setup(make_setup());
  study.record_outcome(network.id, setup, measure::Outcome::measured(measurement), kNow);
  const auto layers = study.layer_measurements({});
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_TRUE(layers[0].networks[0].layers.empty());
  EXPECT_FALSE(study.measurements({})[0].rows[0].activation_bytes);
}

TEST_F(Questions, ViewsGiveSecondsByTheClock) {
  Study study = create();
  add_campaign(study, {1});
  const std::string setup = study.add_setup(make_setup());
  study.record_outcome(id_of(1), setup, make_outcome(180'000'000), kNow);
  SQLite::Database database(file().string());
  EXPECT_EQ(database.execAndGet("SELECT seconds FROM measurements").getDouble(), 1.0);
  SQLite::Statement layers(
      database,
      "SELECT position, type, ops, cycles, seconds, kernel_h FROM layer_measurements ORDER BY 1");
  ASSERT_TRUE(layers.executeStep());
  EXPECT_EQ(layers.getColumn(1).getString(), "conv2d");
  EXPECT_EQ(layers.getColumn(2).getInt(), 2002);
  EXPECT_EQ(layers.getColumn(3).getInt(), 90'000'000);
  EXPECT_EQ(layers.getColumn(4).getDouble(), 0.5);
  EXPECT_EQ(layers.getColumn(5).getInt(), 10);
  ASSERT_TRUE(layers.executeStep());
  EXPECT_EQ(layers.getColumn(1).getString(), "softmax");
  EXPECT_TRUE(layers.getColumn(5).isNull());
  EXPECT_FALSE(layers.executeStep());
}

TEST_F(Questions, SeriesAreCampaignsWithTheSetupsTheyWereAskedForUnder) {
  Study study = create();
  const CampaignKey first = add_campaign(study, {1}, 1);
  const CampaignKey second = add_campaign(study, {1}, 2, "cifar10");
  const std::string a = study.add_setup(make_setup("a"));
  const std::string b = study.add_setup(make_setup("b"));
  study.ask(first, a);
  study.ask(second, a);
  study.ask(second, b);
  const auto series = [&](const Selection& selection) {
    std::vector<std::pair<CampaignKey, std::string>> found;
    for (const CampaignSetup& one : study.series(selection))
      found.emplace_back(one.campaign.key, one.setup.setup.board);
    return found;
  };
  using Found = std::vector<std::pair<CampaignKey, std::string>>;
  EXPECT_EQ(series({}), (Found{{first, "a"}, {second, "a"}, {second, "b"}}));
  Selection selection;
  selection.seed = 2;
  EXPECT_EQ(series(selection), (Found{{second, "a"}, {second, "b"}}));
  selection.boards = {"b", "c"};
  EXPECT_EQ(series(selection), (Found{{second, "b"}}));
  selection = {};
  selection.space = "kws";
  selection.setups = {a.substr(0, 8)};
  EXPECT_EQ(series(selection), (Found{{first, "a"}}));
  selection.prior = "uniform";
  EXPECT_TRUE(series(selection).empty()) << "a prior is selected by its whole name";
}

TEST_F(Questions, ACampaignKnowsTheSizeOfItsSpaceAndItsTries) {
  Study study = create();
  const std::string space = study.add_space("kws", "text");
  const CampaignKey key = study.add_campaign({space, "p", 1, 5, ""}, kNow);
  EXPECT_FALSE(study.campaigns().at(0).space_networks);
  EXPECT_FALSE(study.campaigns().at(0).campaign.tries);
  study.add_space("kws", "text", {}, "1016702236781203392000");
  EXPECT_EQ(study.add_campaign({space, "p", 1, 5, "", 9}, kNow), key);
  EXPECT_EQ(study.campaigns().at(0).space_networks, "1016702236781203392000");
  EXPECT_EQ(study.campaigns().at(0).campaign.tries, 9u);
  study.add_campaign({space, "p", 1, 2, "", 3}, kNow);
  EXPECT_EQ(study.campaigns().at(0).campaign.tries, 9u) << "a smaller count changes nothing";
  study.add_campaign({space, "p", 1, 8, "", 20}, kNow);
  EXPECT_EQ(study.campaigns().at(0).campaign.tries, 20u);
  EXPECT_ERROR(study.add_space("kws", "text", {}, "many"), ErrorCode::input, "decimal number");
}

TEST_F(Questions, AFitThatCannotBeStoredIsAnAnswer) {
  const NewFit fit{"{}", {}, "opline-fit", 1, "{}"};
  {
    Study study = create();
    EXPECT_EQ(study.try_save_fit(fit, kNow).not_stored, "");
    EXPECT_EQ(study.fits().size(), 1u);
    SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
    SQLite::Transaction lock(other, SQLite::TransactionBehavior::IMMEDIATE);
    const NewFit another{"{}", {}, "opline-fit", 2, "{}"};
    EXPECT_THAT(study.try_save_fit(another, kNow).not_stored,
                testing::HasSubstr("another process keeps writing"));
  }
  Study reader = Study::open(file(), Mode::read_only);
  EXPECT_THAT(reader.try_save_fit(fit, kNow).not_stored, testing::HasSubstr("read-only"));
  EXPECT_EQ(Study::open(file(), Mode::write_if_possible).try_save_fit(fit, kNow).not_stored, "");
}

}  // namespace
}  // namespace opline::store
