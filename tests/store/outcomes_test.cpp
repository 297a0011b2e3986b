// Recording, resuming, retrying.
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

using measure::Outcome;
using measure::OutcomeKind;
using testing::ElementsAre;

class Outcomes : public StoreTest {
 protected:
  static std::vector<std::string> ids(const std::vector<Pending>& pending) {
    std::vector<std::string> result;
    for (const Pending& row : pending) result.push_back(row.network);
    return result;
  }
};

TEST_F(Outcomes, AreReadBackAsRecorded) {
  Study study = create();
  add_campaign(study, {1, 2, 3, 4});
  const std::string setup = study.add_setup(make_setup());
  Outcome measured = make_outcome(5'000'000'000);
  measured.measurement->joules = 0.0125;
  measured.measurement->layer_digests = {0, 0xFFFFFFFF};
  ASSERT_TRUE(study.record_outcome(id_of(1), setup, measured, kNow));
  const auto row = study.outcome(id_of(1), setup);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->finished_at, kNow);
  EXPECT_EQ(row->outcome.kind, OutcomeKind::measured);
  EXPECT_EQ(row->outcome.reason, "");
  EXPECT_EQ(row->outcome.measurement->cycles, 5'000'000'000u);
  EXPECT_EQ(row->outcome.measurement->layer_cycles, measured.measurement->layer_cycles);
  EXPECT_EQ(row->outcome.measurement->layer_digests, measured.measurement->layer_digests);
  EXPECT_EQ(row->outcome.measurement->joules, 0.0125);
  EXPECT_FALSE(row->outcome.measurement->seconds);

  ASSERT_TRUE(study.record_outcome(id_of(2), setup, make_failure(), kLater));
  const auto failed = study.outcome(id_of(2), setup);
  EXPECT_EQ(failed->outcome.kind, OutcomeKind::does_not_fit);
  EXPECT_EQ(failed->outcome.reason, make_failure().reason);
  EXPECT_FALSE(failed->outcome.measurement);

  measure::Measurement digests;
  digests.layer_digests = {1, 2};
  ASSERT_TRUE(study.record_outcome(
      id_of(3), setup, {OutcomeKind::executed_without_timing, "no counter", digests}, kNow));
  const auto untimed = study.outcome(id_of(3), setup);
  EXPECT_EQ(untimed->outcome.measurement->layer_digests, digests.layer_digests);
  EXPECT_TRUE(untimed->outcome.measurement->layer_cycles.empty());
  EXPECT_FALSE(study.outcome(id_of(4), setup));
  EXPECT_TRUE(study.check().empty());
}

TEST_F(Outcomes, EveryKindCanBeStored) {
  Study study = create();
  add_campaign(study, {2, 3, 4, 5, 6, 7});
  const std::string setup = study.add_setup(make_setup());
  for (int kind = 2; kind <= 7; ++kind) {
    ASSERT_TRUE(study.record_outcome(id_of(kind), setup,
                                     make_failure(static_cast<OutcomeKind>(kind)), kNow));
    EXPECT_EQ(static_cast<int>(study.outcome(id_of(kind), setup)->outcome.kind), kind);
  }
}

TEST_F(Outcomes, TheSecondOneOfANetworkAndSetupChangesNothing) {
  Study study = create();
  add_campaign(study, {1});
  const std::string setup = study.add_setup(make_setup());
  EXPECT_TRUE(study.record_outcome(id_of(1), setup, make_outcome(1000), kNow));
  EXPECT_FALSE(study.record_outcome(id_of(1), setup, make_outcome(2000), kLater));
  EXPECT_FALSE(study.record_outcome(id_of(1), setup, make_failure(), kLater));
  EXPECT_EQ(study.outcome(id_of(1), setup)->outcome.measurement->cycles, 1000u);
  EXPECT_EQ(study.outcome(id_of(1), setup)->outcome.measurement->layer_cycles.size(), 2u);
  const std::string other = study.add_setup(make_setup("other"));
  EXPECT_TRUE(study.record_outcome(id_of(1), other, make_outcome(2000), kNow))
      << "another setup is another key";
}

TEST_F(Outcomes, WhatCannotBeTrueIsRefused) {
  Study study = create();
  add_campaign(study, {1});
  const std::string setup = study.add_setup(make_setup());
  const auto refused = [&](const Outcome& outcome, const std::string& text) {
    EXPECT_ERROR(study.record_outcome(id_of(1), setup, outcome, kNow), ErrorCode::input, text);
  };
  refused(make_outcome(0, 0), "0 cycles");
  refused(make_outcome(1000, 3), "3 layers, but it has 2");
  refused(Outcome::failed(OutcomeKind::crashed, ""), "reason");
  refused(make_outcome(~std::uint64_t{0}, 0), "a counter has wrapped");
  EXPECT_ERROR(study.record_outcome(id_of(2), setup, make_outcome(1000), kNow), ErrorCode::input,
               "no network");
  EXPECT_ERROR(study.record_outcome(id_of(1), "none", make_outcome(1000), kNow), ErrorCode::input,
               "no setup");
  EXPECT_ERROR(study.record_outcome(id_of(1), setup, make_outcome(1000), "now"), ErrorCode::input,
               "not a time");
  EXPECT_FALSE(study.outcome(id_of(1), setup));
}

TEST_F(Outcomes, PendingIsDistinctAndInOrderOfFirstDraw) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {3, 1, 3, 2, 1, 4});
  add_campaign(study, {9}, 2);
  const std::string setup = study.add_setup(make_setup());
  const std::string other = study.add_setup(make_setup("other"));
  EXPECT_THAT(ids(study.pending(campaign, setup)),
              ElementsAre(id_of(3), id_of(1), id_of(2), id_of(4)));
  EXPECT_THAT(ids(study.pending(campaign, setup, 3)), ElementsAre(id_of(3), id_of(1)));
  study.record_outcome(id_of(3), setup, make_outcome(1000), kNow);
  study.record_outcome(id_of(2), setup, make_failure(), kNow);
  const auto pending = study.pending(campaign, setup);
  EXPECT_THAT(ids(pending), ElementsAre(id_of(1), id_of(4)));
  EXPECT_EQ(pending[0].position, 1);
  EXPECT_EQ(pending[0].architecture, "a1");
  EXPECT_EQ(study.pending(campaign, other).size(), 4u);
  EXPECT_ERROR(study.pending(99, setup), ErrorCode::input, "no campaign");
  EXPECT_EQ(study.pending(campaign, make_setup("new").id()).size(), 4u)
      << "a setup that was never used";
}

TEST_F(Outcomes, RetryMakesFailuresPendingAndNothingElse) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {1, 2, 3, 4});
  add_campaign(study, {2, 5}, 2);
  const std::string setup = study.add_setup(make_setup());
  const std::string other = study.add_setup(make_setup("other"));
  study.record_outcome(id_of(1), setup, make_outcome(1000), kNow);
  study.record_outcome(id_of(2), setup, make_failure(OutcomeKind::timed_out), kNow);
  study.record_outcome(id_of(3), setup, make_failure(OutcomeKind::board_lost), kNow);
  study.record_outcome(id_of(4), setup, make_failure(), kNow);
  study.record_outcome(id_of(5), setup, make_failure(OutcomeKind::timed_out), kNow);
  study.record_outcome(id_of(2), other, make_failure(OutcomeKind::timed_out), kNow);
  EXPECT_ERROR(study.retry(campaign, setup, {OutcomeKind::timed_out, OutcomeKind::measured}),
               ErrorCode::usage, "never thrown away");
  EXPECT_EQ(study.retry(campaign, setup, {OutcomeKind::timed_out, OutcomeKind::board_lost}), 2);
  EXPECT_THAT(ids(study.pending(campaign, setup)), ElementsAre(id_of(2), id_of(3)));
  EXPECT_TRUE(study.outcome(id_of(5), setup)) << "a network of another campaign";
  EXPECT_TRUE(study.outcome(id_of(2), other)) << "another setup";
  EXPECT_EQ(study.retry(campaign, setup, {}), 0);
}

TEST_F(Outcomes, EveryRunOfANetworkIsKept) {
  Study study = create();
  (void)add_campaign(study, {1});
  const std::string setup = study.add_setup(make_setup());
  measure::Outcome outcome = make_outcome(1000);
  outcome.measurement->repeat_cycles = {1001, 1000, 999, 1000};
  study.record_outcome(id_of(1), setup, outcome, kNow);
  EXPECT_EQ(study.outcome(id_of(1), setup)->outcome.measurement->repeat_cycles,
            outcome.measurement->repeat_cycles);
  EXPECT_TRUE(study.check().empty());
}

TEST_F(Outcomes, RetryTakesTheLayersAlong) {
  Study study = create();
  const CampaignKey campaign = add_campaign(study, {1});
  const std::string setup = study.add_setup(make_setup());
  measure::Measurement digests;
  digests.layer_digests = {1, 2};
  study.record_outcome(id_of(1), setup,
                       {OutcomeKind::executed_without_timing, "no counter", digests}, kNow);
  EXPECT_EQ(study.retry(campaign, setup, {OutcomeKind::executed_without_timing}), 1);
  EXPECT_EQ(
      SQLite::Database(file().string()).execAndGet("SELECT count(*) FROM layer_results").getInt(),
      0);
  EXPECT_TRUE(study.record_outcome(id_of(1), setup, make_outcome(1000), kNow));
}

}  // namespace
}  // namespace opline::store
