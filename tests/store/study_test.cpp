// Spaces, networks, setups, campaigns, draws and fits: the same identity gives the same row.
#include "src/store/study.h"

#include "tests/store/fixture.h"

namespace opline::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class StudyRows : public StoreTest {};

TEST_F(StudyRows, TellsWhoMadeItAndWhen) {
  Study study = create();
  EXPECT_THAT(study.created_by(), HasSubstr("opline 0."));
  EXPECT_EQ(study.created_at(), kNow);
  EXPECT_EQ(Study::open(file(), Mode::create, kLater).created_at(), kNow);
}

TEST_F(StudyRows, SpacesAndSetupsAreThereOnce) {
  Study study = create();
  const std::string space = study.add_space("kws", "text");
  EXPECT_EQ(study.add_space("kws", "text"), space);
  EXPECT_EQ(space, digest("text"));
  EXPECT_NE(study.add_space("kws", "another text"), space);
  EXPECT_ERROR(study.add_space("vww", "text"), ErrorCode::input, "under the name `kws`");
  EXPECT_ERROR(study.add_space("", "text"), ErrorCode::input, "needs a name");
  ASSERT_EQ(study.spaces().size(), 2u);
  EXPECT_EQ(study.spaces()[0].text, "text");

  const measure::Setup setup = make_setup();
  EXPECT_EQ(study.add_setup(setup), setup.id());
  EXPECT_EQ(study.add_setup(setup), setup.id());
  const auto setups = study.setups();
  ASSERT_EQ(setups.size(), 1u);
  EXPECT_EQ(setups[0].id, setup.id());
  EXPECT_EQ(setups[0].setup.canonical_text(), setup.canonical_text());
}

TEST_F(StudyRows, ASetupsColumnsAreThoseOfItsText) {
  measure::Setup setup = make_setup();
  setup.supply_volts = 3.3;
  create().add_setup(setup);
  SQLite::Database database(file().string());
  SQLite::Statement row(
      database, "SELECT board, clock_hz, supply_volts, compiler, runner, timing_model FROM setups");
  ASSERT_TRUE(row.executeStep());
  EXPECT_EQ(row.getColumn(0).getString(), "nucleo-f446re");
  EXPECT_EQ(row.getColumn(1).getInt64(), 180'000'000);
  EXPECT_EQ(row.getColumn(2).getDouble(), 3.3);
  EXPECT_TRUE(row.getColumn(3).isNull());
  EXPECT_EQ(row.getColumn(4).getString(), "simulated");
  EXPECT_EQ(row.getColumn(5).getString(), "cortex-m4/1");
}

TEST_F(StudyRows, ANetworkComesBackAsItWas) {
  Study study = create();
  const NetworkRecord network = make_network(1, 6);
  EXPECT_TRUE(study.add_network(network));
  EXPECT_FALSE(study.add_network(network));
  EXPECT_EQ(study.network(network.id), network);
  NetworkRecord imported;
  imported.id = digest("imported: row 1");
  imported.ops = 12'345;
  EXPECT_TRUE(study.add_network(imported));
  EXPECT_EQ(study.network(imported.id), imported);
  EXPECT_FALSE(study.network(digest("none")));
}

TEST_F(StudyRows, ANetworkThatWasCountedDifferentlyIsRefused) {
  Study study = create();
  NetworkRecord network = make_network(1);
  study.add_network(network);
  network.arena_bytes = *network.arena_bytes + 16;
  EXPECT_ERROR(study.add_network(network), ErrorCode::input, "counted differently");
  network = make_network(1);
  network.layers[0].layer.output.c = 1;
  EXPECT_ERROR(study.add_network(network), ErrorCode::input, "counted differently");
  EXPECT_EQ(study.network(network.id), make_network(1));
}

// A table names a network of a study by its id and knows nothing but the ops.
TEST_F(StudyRows, ANetworkThatATableNamesGetsItsLayersLater) {
  Study study = create();
  const NetworkRecord network = make_network(1);
  NetworkRecord named;
  named.id = network.id;
  named.ops = network.ops;
  EXPECT_TRUE(study.add_network(named));
  EXPECT_FALSE(study.add_network(named));
  EXPECT_FALSE(study.add_network(network));
  EXPECT_EQ(*study.network(network.id), network);
  EXPECT_FALSE(study.add_network(named)) << "and keeps them";
  EXPECT_EQ(*study.network(network.id), network);
  named.ops += 2;
  EXPECT_ERROR(study.add_network(named), ErrorCode::input, "counted differently");
}

TEST_F(StudyRows, ANetworkThatCannotBeIsRefused) {
  Study study = create();
  const auto refused = [&](const std::function<void(NetworkRecord&)>& change,
                           const std::string& text) {
    NetworkRecord network = make_network(1);
    change(network);
    EXPECT_ERROR(study.add_network(network), ErrorCode::input, text);
  };
  refused([](NetworkRecord& n) { n.id = "x"; }, "32 lower-case");
  refused([](NetworkRecord& n) { n.id = digest("y"); }, "not the digest");
  refused([](NetworkRecord& n) { n.ops = 0; }, "0 ops");
  refused([](NetworkRecord& n) { n.ops += 1; }, "2 x macs");
  refused([](NetworkRecord& n) { n.weight_bytes = 0; }, "figure that is 0");
  refused([](NetworkRecord& n) { n.layers[0].layer.input.h = 0; }, "extent");
  refused([](NetworkRecord& n) { n.layers[0].layer.window.stride_w = 0; }, "window");
  refused([](NetworkRecord& n) { n.layers[0].live_bytes = 0; }, "live bytes");
  refused(
      [](NetworkRecord& n) {
        n.macs.reset();
        n.ops = std::uint64_t{1} << 63;
      },
      "2^63 - 1");
  EXPECT_FALSE(study.network(id_of(1)));
}

TEST_F(StudyRows, ALargerCountExtendsACampaign) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {1, 2, 1});
  EXPECT_EQ(add_campaign(study, {1, 2, 1, 3, 2}), campaign);
  EXPECT_EQ(add_campaign(study, {1, 2}), campaign);
  EXPECT_NE(add_campaign(study, {1, 2}, 2), campaign);
  const auto campaigns = study.campaigns();
  ASSERT_EQ(campaigns.size(), 2u);
  EXPECT_EQ(campaigns[0].campaign.count, 5);
  EXPECT_EQ(campaigns[0].draws, 5);
  EXPECT_EQ(campaigns[0].space_name, "kws");
  EXPECT_EQ(campaigns[0].campaign.seed, 1u);
  EXPECT_EQ(campaigns[0].campaign.prior, "uniform-decisions");
  EXPECT_EQ(campaigns[0].campaign.command, "opline study");
  EXPECT_EQ(campaigns[0].created_at, kNow);
  const auto draws = study.draws(campaign);
  ASSERT_EQ(draws.size(), 5u);
  EXPECT_EQ(draws[3].architecture, "a3");
  EXPECT_EQ(draws[2].network, draws[0].network);
}

TEST_F(StudyRows, DrawsThatDifferLeaveAGapOrGoBeyondAreRefused) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {1, 2, 3});
  EXPECT_ERROR(study.add_draws(campaign, 1, {{"a2", id_of(2)}, {"a3", id_of(2)}}), ErrorCode::input,
               "draw 2 of");
  EXPECT_ERROR(study.add_draws(campaign, 1, {{"other", id_of(2)}}), ErrorCode::input,
               "the sampler has changed");
  EXPECT_ERROR(study.add_draws(campaign, 3, {{"a1", id_of(1)}}), ErrorCode::input, "it has 3 of 3");
  EXPECT_ERROR(study.add_draws(campaign, -1, {}), ErrorCode::input, "the next one is 3");
  EXPECT_EQ(study.add_campaign({study.spaces()[0].id, "uniform-decisions", 1, 9, ""}, kNow),
            campaign);
  EXPECT_ERROR(study.add_draws(campaign, 4, {{"a1", id_of(1)}}), ErrorCode::input,
               "the next one is 3");
  EXPECT_ERROR(study.add_draws(campaign, 3, {{"a1", id_of(1)}, {"a77", id_of(77)}}),
               ErrorCode::input, "add it first");
  EXPECT_ERROR(study.add_draws(campaign, 3, {{"", id_of(1)}}), ErrorCode::input, "no architecture");
  EXPECT_EQ(study.draws(campaign).size(), 3u) << "a call that throws changes nothing";
  EXPECT_EQ(study.add_draws(campaign, 2, {{"a3", id_of(3)}, {"a1", id_of(1)}}), 1);
  EXPECT_ERROR(study.add_draws(99, 0, {}), ErrorCode::input, "no campaign 99");
}

TEST_F(StudyRows, TimesAreIso8601InUtc) {
  Study study = create();
  const std::string space = study.add_space("kws", "text");
  std::uint64_t seed = 0;
  const auto add = [&](std::string_view time) {
    study.add_campaign({space, "p", ++seed, 1, ""}, time);
  };
  for (const char* good :
       {"2026-01-31T12:00:00Z", "2026-12-31T23:59:60Z", "0000-01-01T00:00:00.5Z", kLater}) {
    EXPECT_NO_THROW(add(good)) << good;
  }
  for (const char* bad :
       {"", "Z", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-1-31T12:00:00Z",
        "2026-13-31T12:00:00Z", "2026-00-31T12:00:00Z", "2026-01-32T12:00:00Z",
        "2026-01-00T12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z",
        "2026-01-31T12:00:61Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00.xZ",
        "2026-01-31T12:00:00+00:00Z", "2026-01-31T12:00:00ZZ"}) {
    EXPECT_THROW(add(bad), Error) << bad;
  }
}

TEST_F(StudyRows, ACampaignHasASeedUnlessItIsImported) {
  Study study = create();
  const std::string space = study.add_space("mine", "columns");
  EXPECT_ERROR(study.add_campaign({space, "p", std::nullopt, 1, ""}, kNow), ErrorCode::input,
               "seed");
  EXPECT_ERROR(study.add_campaign({space, "imported", 1, 1, ""}, kNow), ErrorCode::input, "seed");
  EXPECT_ERROR(study.add_campaign({space, "", 1, 1, ""}, kNow), ErrorCode::input, "prior");
  EXPECT_ERROR(study.add_campaign({space, "p", 1, 0, ""}, kNow), ErrorCode::input, "0 draws");
  EXPECT_ERROR(study.add_campaign({space, "p", std::uint64_t{1} << 63, 1, ""}, kNow),
               ErrorCode::input, "too large");
  EXPECT_ERROR(study.add_campaign({"none", "p", 1, 1, ""}, kNow), ErrorCode::input, "no space");
  EXPECT_ERROR(study.add_campaign({space, "p", 1, 1, ""}, "yesterday"), ErrorCode::input,
               "not a time");
  EXPECT_ERROR(study.add_campaign({space, "p", 1, 1, ""}, "2026-13-01T00:00:00Z"), ErrorCode::input,
               "not a time");
  EXPECT_ERROR(study.add_campaign({space, "p", 1, 1, ""}, "2026-12-01T00:00:00"), ErrorCode::input,
               "not a time");
  const CampaignKey imported = study.add_campaign({space, "imported", std::nullopt, 2, ""}, kNow);
  EXPECT_EQ(study.add_campaign({space, "imported", std::nullopt, 3, ""}, kNow), imported);
  EXPECT_EQ(study.campaigns().size(), 1u);
}

TEST_F(StudyRows, ACampaignKnowsTheSetupsItWasAskedFor) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {1});
  const std::string b = study.add_setup(make_setup("b"));
  const std::string a = study.add_setup(make_setup("a"));
  study.ask(campaign, a);
  study.ask(campaign, b);
  study.ask(campaign, a);
  EXPECT_THAT(study.campaigns()[0].setups, ElementsAre(b, a));
  EXPECT_ERROR(study.ask(campaign, "none"), ErrorCode::input, "no setup");
  EXPECT_ERROR(study.ask(7, a), ErrorCode::input, "no campaign");
}

TEST_F(StudyRows, FitsAreKeptAsTextAndOnce) {
  Study study = create();
  const std::string setup = study.add_setup(make_setup());
  const NewFit fit{"{\"campaigns\":[1]}", setup, "opline-fit", 1, "{\"slope\":1.5}"};
  const std::string id = study.save_fit(fit, kNow);
  EXPECT_EQ(study.save_fit(fit, kLater), id);
  NewFit mixed = fit;
  mixed.setup.reset();
  EXPECT_NE(study.save_fit(mixed, kLater), id);
  ASSERT_EQ(study.fits().size(), 2u);
  ASSERT_EQ(study.fits(setup).size(), 1u);
  const FitRow row = study.fits(setup)[0];
  EXPECT_EQ(row.id, id);
  EXPECT_EQ(row.created_at, kNow);
  EXPECT_EQ(row.fit.text, fit.text);
  EXPECT_EQ(row.fit.selection, fit.selection);
  EXPECT_EQ(row.fit.format_version, 1);
  EXPECT_FALSE(study.fits()[1].fit.setup);
  EXPECT_EQ(study.fit(id)->fit.setup, setup);
  EXPECT_FALSE(study.fit("none"));
  EXPECT_ERROR(study.save_fit({"{}", setup, "opline-fit", 1, "{slope"}, kNow), ErrorCode::input,
               "JSON");
  EXPECT_ERROR(study.save_fit({"{}", "none", "opline-fit", 1, "{}"}, kNow), ErrorCode::input,
               "no setup");
}

TEST_F(StudyRows, ATransactionThatThrowsLeavesNothing) {
  Study study = create();
  study.add_space("before", "before");
  EXPECT_THROW(study.transact([&] {
    study.add_space("a", "a");
    throw std::runtime_error("stop");
  }),
               std::runtime_error);
  EXPECT_EQ(study.spaces().size(), 1u);
  study.transact([&] {
    study.add_space("b", "b");
    EXPECT_THROW(study.transact([&] {
      study.add_space("c", "c");
      throw std::runtime_error("stop");
    }),
                 std::runtime_error);
    study.add_space("d", "d");
  });
  ASSERT_EQ(study.spaces().size(), 3u) << "an inner failure undoes the inner part only";
  EXPECT_EQ(study.spaces()[2].name, "d");
}

}  // namespace
}  // namespace opline::store
