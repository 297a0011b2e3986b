// Campaigns on real parts: the space `tiny`, the simulated F446RE with its firmware image, a real
// study file.
#include "src/campaign/campaign.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "runners/simulated_board.h"
#include "sampler/count/network_set.h"
#include "src/base/error.h"
#include "src/campaign/forecast.h"

namespace opline::campaign {
namespace {

namespace fs = std::filesystem;
using measure::Outcome;
using measure::OutcomeKind;

constexpr const char* kNow = "2026-01-31T12:00:00Z";

const runners::SimulatedBoard& board() {
  static const runners::SimulatedBoard kBoard = runners::SimulatedBoard::load("nucleo-f446re");
  return kBoard;
}

Target real_target() {
  return {board().setup(), board().limits(), [] { return board().make_runner(); }};
}

/// Another setup with the same runner: as if it were a second board.
Target second_target() {
  Target target = real_target();
  target.setup.board = "another-board";
  return target;
}

Query tiny_query(std::uint64_t count) {
  return {sampler::load_space("tiny"), sampler::Prior::uniform_decisions, 1, count};
}

ExecuteOptions options(unsigned threads) {
  ExecuteOptions options;
  options.threads = threads;
  options.now = [] { return std::string(kNow); };
  return options;
}

class CampaignTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  store::Study study(const std::string& name = "a.db") {
    return store::Study::open(folder_ / name, store::Mode::create, kNow);
  }
  static Report run(store::Study& study, const Query& query, const std::vector<Target>& targets,
                    const ExecuteOptions& options) {
    const QuerySource source(query, options.threads);
    return execute(study, enter(study, identity_of(query), source, "test", kNow).campaign, source,
                   targets, options);
  }
  /// Cycles of every measured network, and of each of its layers' digests.
  static std::map<std::string, std::uint64_t> cycles(store::Study& study, const Target& target) {
    store::Selection selection;
    selection.setups = {target.setup.id()};
    std::map<std::string, std::uint64_t> found;
    for (const store::Series& series : study.measurements(selection)) {
      for (const store::MeasurementRow& row : series.rows) found[row.network] = *row.cycles;
    }
    return found;
  }
  fs::path folder_ =
      fs::path(testing::TempDir()) / ("opline_campaign_" + std::to_string(::getpid()));
};

TEST(Draw, TheSameForAnyNumberOfThreads) {
  const Drawn one = draw(tiny_query(300), 1);
  const Drawn four = draw(tiny_query(300), 4);
  EXPECT_EQ(one.architectures, four.architectures);
  EXPECT_EQ(one.network_of, four.network_of);
  ASSERT_EQ(one.networks.size(), four.networks.size());
  EXPECT_LT(one.networks.size(), 300U);  // tiny repeats itself: draws are a list, networks a set
  for (std::size_t i = 0; i < one.networks.size(); ++i)
    EXPECT_EQ(one.networks[i].id, four.networks[i].id);
}

TEST_F(CampaignTest, MeasuresEveryNetworkOnce) {
  store::Study file = study();
  const Report report = run(file, tiny_query(40), {real_target()}, options(2));
  const std::size_t networks = draw(tiny_query(40), 1).networks.size();
  EXPECT_EQ(report.outcomes, networks);
  EXPECT_EQ(report.measured, networks);
  EXPECT_FALSE(report.interrupted);
  EXPECT_EQ(cycles(file, real_target()).size(), networks);
  EXPECT_TRUE(file.check().empty());
}

TEST_F(CampaignTest, OrderAndThreadsDoNotChangeACycle) {
  store::Study in_order = study("a.db");
  store::Study shuffled = study("b.db");
  (void)run(in_order, tiny_query(60), {real_target()}, options(1));
  ExecuteOptions other = options(3);
  other.shuffle_seed = 99;
  (void)run(shuffled, tiny_query(60), {real_target()}, other);
  EXPECT_EQ(cycles(in_order, real_target()), cycles(shuffled, real_target()));
}

TEST_F(CampaignTest, GoesOnWhereItStoppedAndExtends) {
  store::Study file = study();
  std::atomic<bool> stop{false};
  ExecuteOptions interrupted = options(1);
  interrupted.stop = &stop;
  interrupted.progress = [&](std::uint64_t done, std::uint64_t) { stop = done >= 5; };
  const Report first = run(file, tiny_query(200), {real_target()}, interrupted);
  EXPECT_TRUE(first.interrupted);
  EXPECT_GE(first.outcomes, 5U);
  const Report second = run(file, tiny_query(200), {real_target()}, options(2));
  EXPECT_EQ(second.reused, first.outcomes);
  EXPECT_EQ(first.outcomes + second.outcomes, draw(tiny_query(200), 1).networks.size());
  const Report extended = run(file, tiny_query(240), {real_target()}, options(2));
  EXPECT_EQ(extended.reused, first.outcomes + second.outcomes);
  EXPECT_EQ(cycles(file, real_target()).size(), draw(tiny_query(240), 1).networks.size());
  EXPECT_EQ(file.campaigns().size(), 1U);
}

/// Firmware of another runtime: tests/runners/own_runtime.
Target other_runtime(measure::OutputCheck check) {
  const fs::path elf = fs::path(OPLINE_BINARY_DIR) / "tests/runners/own_runtime.elf";
  const auto other =
      runners::SimulatedBoard::load("nucleo-f446re", {elf, measure::Payload::tflite, check});
  return {other.setup(), other.limits(), [other] { return other.make_runner(); },
          other.firmware().payload, check};
}

// It takes each network's .tflite from its region; its cycles are its own.
TEST_F(CampaignTest, ExportsEveryNetworkToAnotherRuntime) {
  store::Study file = study();
  const Target other = other_runtime(measure::OutputCheck::none);
  const Report report = run(file, tiny_query(12), {other, real_target()}, options(2));
  const std::size_t networks = draw(tiny_query(12), 1).networks.size();
  EXPECT_EQ(report.outcomes, 2 * networks);
  const auto theirs = cycles(file, other), ours = cycles(file, real_target());
  EXPECT_EQ(ours.size(), networks);
  ASSERT_EQ(theirs.size(), networks);
  for (const auto& [network, value] : theirs) EXPECT_NE(value, ours.at(network));
  std::set<std::uint64_t> different;
  for (const auto& [network, value] : theirs) different.insert(value);
  EXPECT_GT(different.size(), networks / 2) << "as if every network were one file";
  EXPECT_TRUE(file.check().empty());
}

// The toy computes something else, and that is never a measurement unless it was asked for.
TEST_F(CampaignTest, AnotherRuntimesWrongOutputIsNoMeasurement) {
  store::Study file = study();
  const Report report =
      run(file, tiny_query(3), {other_runtime(measure::OutputCheck::final)}, options(1));
  EXPECT_EQ(report.measured, 0U);
  EXPECT_GT(report.outcomes, 0U);
}

TEST_F(CampaignTest, SetupsAreKeptApart) {
  store::Study file = study();
  (void)run(file, tiny_query(10), {real_target()}, options(1));
  const Report report = run(file, tiny_query(10), {real_target(), second_target()}, options(2));
  EXPECT_EQ(report.reused, report.outcomes);
  EXPECT_EQ(cycles(file, real_target()), cycles(file, second_target()));
  EXPECT_EQ(file.measurements({}).size(), 2U);
}

TEST_F(CampaignTest, WhatDoesNotFitIsAnOutcomeWithItsBytes) {
  store::Study file = study();
  Target small = real_target();
  small.limits.arena_bytes = 2300;
  const Query query = tiny_query(40);
  const Drawn drawn = draw(query, 1);
  const QuerySource source(query, 1);
  const store::CampaignKey key = enter(file, identity_of(query), source, "test", kNow).campaign;
  (void)execute(file, key, source, {small}, options(2));
  const store::Summary summary = file.summary(key, small.setup.id());
  const auto misfits = summary.outcomes.at(OutcomeKind::does_not_fit).networks;
  EXPECT_GT(misfits, 0);
  EXPECT_GT(summary.measured.networks, 0);
  EXPECT_EQ(misfits + summary.measured.networks, summary.drawn.networks);
  for (const Candidate& candidate : drawn.networks) {
    const std::optional<store::OutcomeRow> row = file.outcome(candidate.id, small.setup.id());
    ASSERT_TRUE(row);
    const bool fits = candidate.layout.footprint.arena_bytes <= small.limits.arena_bytes;
    EXPECT_EQ(row->outcome.kind == OutcomeKind::measured, fits);
    if (!fits) {
      EXPECT_THAT(row->outcome.reason,
                  testing::HasSubstr(std::to_string(candidate.layout.footprint.arena_bytes)));
    }
  }
}

TEST_F(CampaignTest, ShardsMeasureEveryNetworkOnceInOneAndTheSameCampaign) {
  const Query query = tiny_query(60);
  const Drawn drawn = draw(query, 1);
  store::Study together = study("together.db");
  std::map<std::string, int> measured_in;  // network -> shards
  std::uint64_t outcomes = 0;
  for (const std::uint64_t number : {1ULL, 2ULL, 3ULL}) {
    ExecuteOptions part = options(2);
    part.shard = {number, 3};
    outcomes += run(together, query, {real_target()}, part).outcomes;
    store::Study alone = study("shard" + std::to_string(number) + ".db");
    const QuerySource source(query, 1);
    const store::CampaignKey key = enter(alone, identity_of(query), source, "test", kNow).campaign;
    (void)execute(alone, key, source, {real_target()}, part);
    const std::vector<store::Draw> draws = alone.draws(key);
    ASSERT_EQ(draws.size(), drawn.architectures.size()) << "every shard enters the whole campaign";
    for (std::size_t i = 0; i < draws.size(); ++i)
      EXPECT_EQ(draws[i].architecture, drawn.architectures[i]);
    for (const Candidate& candidate : drawn.networks) {
      measured_in[candidate.id] +=
          alone.outcome(candidate.id, real_target().setup.id()).has_value() ? 1 : 0;
    }
  }
  EXPECT_EQ(outcomes, drawn.networks.size()) << "together they measure every network, none twice";
  EXPECT_EQ(run(together, query, {real_target()}, options(2)).outcomes, 0U)
      << "nothing is left to do";
  for (const auto& [network, shards] : measured_in) EXPECT_EQ(shards, 1) << network;
}

/// Counts what is drawn.
class CountingSource : public QuerySource {
 public:
  explicit CountingSource(const Query& query) : QuerySource(query, 2) {}
  [[nodiscard]] Drawn draw(std::uint64_t first, std::uint64_t size) const override {
    drawn += size;
    return QuerySource::draw(first, size);
  }
  mutable std::uint64_t drawn = 0;
};

TEST_F(CampaignTest, ManyDrawsAreEnteredInBlocksAndAsOneList) {
  store::Study file = study();
  const Query query = tiny_query(9'000);
  const Entered entered = enter(file, identity_of(query), CountingSource(query), "test", kNow);
  EXPECT_EQ(entered.tries, 9'000U);
  const Drawn all = draw(query, 2);
  const std::vector<store::Draw> draws = file.draws(entered.campaign);
  ASSERT_EQ(draws.size(), all.architectures.size());
  for (std::size_t i = 0; i < draws.size(); ++i) {
    ASSERT_EQ(draws[i].architecture, all.architectures[i]);
    ASSERT_EQ(draws[i].network, all.networks[all.network_of[i]].id);
  }
  EXPECT_EQ(file.summary(entered.campaign, "none").drawn.networks,
            static_cast<std::int64_t>(all.networks.size()));
}

TEST_F(CampaignTest, WhatTheStudyHasIsNotDrawnAgain) {
  store::Study file = study();
  (void)enter(file, identity_of(tiny_query(1000)), QuerySource(tiny_query(1000), 2), "test", kNow);
  const CountingSource same(tiny_query(1000));
  EXPECT_EQ(enter(file, identity_of(tiny_query(1000)), same, "test", kNow).tries, 1000U);
  EXPECT_EQ(same.drawn, 256U) << "only the first, to compare them";
  const CountingSource more(tiny_query(1100));
  const Entered entered = enter(file, identity_of(tiny_query(1100)), more, "test", kNow);
  EXPECT_EQ(more.drawn, 256U + 100U);
  EXPECT_EQ(entered.tries, 1100U);
  EXPECT_EQ(file.draws(entered.campaign).back().architecture,
            draw(tiny_query(1100), 1).architectures.back());
  const CountingSource fewer(tiny_query(100));
  EXPECT_EQ(enter(file, identity_of(tiny_query(100)), fewer, "test", kNow).tries, 100U);
  EXPECT_EQ(fewer.drawn, 100U);
}

// Acceptance of the first draws is known only from drawing them.
TEST_F(CampaignTest, TriesUnderAConstraintAreThoseOfTheDrawsAskedFor) {
  store::Study file = study();
  const auto query = [](std::uint64_t count) {
    Query constrained = tiny_query(count);
    constrained.prior.constraint.parameters.max = 2000;
    return constrained;
  };
  for (const std::uint64_t count : {300, 500, 100}) {
    EXPECT_EQ(
        enter(file, identity_of(query(count)), QuerySource(query(count), 2), "test", kNow).tries,
        draw(query(count), 1).tries)
        << count;
  }
  EXPECT_EQ(file.campaigns().at(0).campaign.tries, draw(query(500), 1).tries);
}

/// Reads every architecture as the network of the first.
class ForgetfulSource : public QuerySource {
 public:
  using QuerySource::QuerySource;
  [[nodiscard]] Candidate candidate(const std::string&) const override {
    return draw(0, 1).networks.at(0);
  }
};

TEST_F(CampaignTest, AnArchitectureThatMeansAnotherNetworkNowIsNotMeasured) {
  store::Study file = study();
  const Query query = tiny_query(10);
  const ForgetfulSource source(query, 1);
  const store::CampaignKey key = enter(file, identity_of(query), source, "test", kNow).campaign;
  EXPECT_THROW((void)execute(file, key, source, {real_target()}, options(1)), Error);
  EXPECT_EQ(cycles(file, real_target()).size(), 1U) << "the first means what it meant";
}

TEST_F(CampaignTest, AStudyWithOtherDrawsIsNotGoneOnWith) {
  store::Study file = study();
  const Query query = tiny_query(10);
  Identity other = identity_of(query);
  (void)enter(file, other, QuerySource({query.space, query.prior, 2, 10}, 1), "test", kNow);
  EXPECT_THROW((void)enter(file, other, QuerySource(query, 1), "test", kNow), Error);
}

TEST_F(CampaignTest, DrawingTellsHowFarItIs) {
  for (const unsigned threads : {1U, 2U}) {
    std::vector<std::uint64_t> told;
    (void)draw(tiny_query(50), threads, {2, 3}, [&](std::uint64_t done, std::uint64_t total) {
      EXPECT_EQ(total, 17U);
      told.push_back(done);
    });
    ASSERT_EQ(told.size(), 17U);
    for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], i + 1);
  }
}

TEST_F(CampaignTest, AUsersPowerReplacesThePublishedOneAndNotTheReverse) {
  store::Study kept = study();
  const auto stored_after = [&](double watts, bool is_users) {
    Target target = real_target();
    target.power = {watts, "a test"};
    target.is_users_power = is_users;
    const Report report = run(kept, tiny_query(1), {target}, options(1));
    return kept.modelled_power(report.setups.at(0)).value().watts;
  };
  EXPECT_EQ(stored_after(0.1, false), 0.1);
  EXPECT_EQ(stored_after(0.2, false), 0.1);
  EXPECT_EQ(stored_after(0.3, true), 0.3);
  EXPECT_EQ(stored_after(0.1, false), 0.3);
}

TEST_F(CampaignTest, ThePriorAndItsConstraintNameTheCampaign) {
  Query query = tiny_query(10);
  EXPECT_EQ(identity_of(query).prior, "uniform-decisions");
  query.prior = sampler::Prior::uniform_networks;
  query.prior.without_replacement = true;
  query.prior.constraint.parameters.max = 2000;
  EXPECT_EQ(identity_of(query).prior,
            "uniform-networks without replacement given parameters ..2000");
  const Drawn drawn = draw(query, 2);
  EXPECT_EQ(drawn.networks.size(), 10U) << "no network twice";
  EXPECT_GE(drawn.tries, 10U);
  for (const Candidate& candidate : drawn.networks) EXPECT_LE(candidate.ops.parameters, 2000U);
}

/// Fails on one network, as a lost board does; measures the others.
class FlakyRunner : public runners::Runner {
 public:
  FlakyRunner(std::string victim, bool throws) : victim_(std::move(victim)), throws_(throws) {}
  Outcome measure(const measure::Request& request) override {
    if (request.network != victim_) return inner_->measure(request);
    if (throws_) throw Error(ErrorCode::device, "unplugged");
    return Outcome::failed(OutcomeKind::board_lost, "unplugged");
  }

 private:
  std::string victim_;
  bool throws_;
  std::unique_ptr<runners::Runner> inner_ = board().make_runner();
};

TEST_F(CampaignTest, ALostBoardCostsOneNetwork) {
  store::Study file = study();
  const Drawn drawn = draw(tiny_query(20), 1);
  Target flaky = real_target();
  flaky.make_runner = [&] { return std::make_unique<FlakyRunner>(drawn.networks[3].id, false); };
  const Report report = run(file, tiny_query(20), {flaky}, options(2));
  EXPECT_EQ(report.outcomes, drawn.networks.size());
  EXPECT_EQ(report.measured, drawn.networks.size() - 1);
  ASSERT_EQ(report.unmeasured.size(), 1U);
  const Unmeasured& lost = report.unmeasured.at(OutcomeKind::board_lost);
  EXPECT_EQ(lost.count, 1U);
  EXPECT_EQ(lost.network, drawn.networks[3].id);
  EXPECT_EQ(lost.reason, "unplugged");
}

/// Reports what no device can have measured, of every second network.
class LyingRunner : public runners::Runner {
 public:
  explicit LyingRunner(measure::Measurement lie) : lie_(std::move(lie)) {}
  Outcome measure(const measure::Request& request) override {
    measure::Measurement measurement;
    measurement.cycles = 1000;
    measurement.layer_digests = request.expected_digests;
    if (count_++ % 2 == 0) return Outcome::measured(measurement);
    return Outcome::measured(lie_);
  }

 private:
  measure::Measurement lie_;
  int count_ = 0;
};

TEST_F(CampaignTest, AReportThatCannotBeIsAnOutcomeAndTheCampaignGoesOn) {
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 63;
  const std::vector<std::pair<measure::Measurement, OutcomeKind>> lies = {
      {{kHuge, {}, {}, {}, {}}, OutcomeKind::executed_without_timing},
      {{0, {}, {}, {}, {}}, OutcomeKind::executed_without_timing},
      {{1000, {~0ULL}, {}, {}, {}}, OutcomeKind::wrong_output},
      {{1000, std::vector<std::uint64_t>(99, 1), {}, {}, {}}, OutcomeKind::wrong_output}};
  for (std::size_t i = 0; i < lies.size(); ++i) {
    store::Study file = study(std::to_string(i) + ".db");
    Target target = real_target();
    target.make_runner = [&] { return std::make_unique<LyingRunner>(lies[i].first); };
    const Report report = run(file, tiny_query(8), {target}, options(1));
    EXPECT_EQ(report.outcomes, draw(tiny_query(8), 1).networks.size());
    EXPECT_EQ(report.measured, (report.outcomes + 1) / 2);
    ASSERT_EQ(report.unmeasured.size(), 1u);
    EXPECT_EQ(report.unmeasured.begin()->first, lies[i].second);
    EXPECT_EQ(report.unmeasured.begin()->second.count, report.outcomes / 2);
    EXPECT_EQ(run(file, tiny_query(8), {target}, options(1)).outcomes, 0u) << "and is kept";
  }
}

TEST_F(CampaignTest, TheSizeOfTheSpaceAndTheTriesAreStored) {
  store::Study file = study();
  Query query = tiny_query(20);
  const Drawn drawn = draw(query, 1);
  EXPECT_EQ(enter(file, identity_of(query), QuerySource(query, 1), "test", kNow).tries,
            drawn.tries);
  const store::CampaignRow row = file.campaigns().at(0);
  EXPECT_EQ(row.space_networks, sampler::NetworkSet(query.space).size().str());
  EXPECT_EQ(row.campaign.tries, drawn.tries);
}

TEST_F(CampaignTest, AnErrorEndsTheCampaignButKeepsWhatWasMeasured) {
  store::Study file = study();
  const Drawn drawn = draw(tiny_query(30), 1);
  Target broken = real_target();
  broken.make_runner = [&] { return std::make_unique<FlakyRunner>(drawn.networks[10].id, true); };
  EXPECT_THROW((void)run(file, tiny_query(30), {broken}, options(1)), Error);
  EXPECT_EQ(cycles(file, broken).size(), 10U);
  (void)run(file, tiny_query(30), {real_target()}, options(1));
  EXPECT_EQ(cycles(file, real_target()).size(), drawn.networks.size());
}

TEST_F(CampaignTest, TheForecastCountsAndTimesWithoutStoring) {
  const Query query = tiny_query(40);
  const Drawn drawn = draw(query, 1);
  const QuerySource source(query, 1);
  const Forecast all = forecast(nullptr, source, {real_target()}, options(2));
  ASSERT_EQ(all.targets.size(), 1U);
  EXPECT_EQ(all.targets[0].networks, drawn.networks.size());
  EXPECT_EQ(all.targets[0].fitting, drawn.networks.size());
  EXPECT_EQ(all.targets[0].pending, drawn.networks.size());
  ASSERT_TRUE(all.time);
  EXPECT_GT(all.time->seconds, 0);
  EXPECT_GE(all.time->timed, 4U);
  EXPECT_LT(all.time->low, all.time->seconds);
  EXPECT_LT(all.time->seconds, all.time->high);
  store::Study file = study();
  const store::CampaignKey key = enter(file, identity_of(query), source, "test", kNow).campaign;
  (void)execute(file, key, source, {real_target()}, options(2));
  const Forecast none = forecast(&file, source, {real_target()}, options(2));
  EXPECT_EQ(none.targets[0].pending, 0U);
  EXPECT_FALSE(none.time);
}

}  // namespace
}  // namespace opline::campaign
