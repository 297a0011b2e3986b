// tests/notebooks_export/drawn_study.h - a study of a small space with planted outcomes, in a
// folder of its own.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/digest.h"
#include "src/campaign/campaign.h"
#include "src/evaluation/study_series.h"
#include "src/store/study.h"

namespace opline::notebooks_export {

inline constexpr const char* kNow = "2026-01-31T12:00:00Z";

/// A width, and a block with a skip and a width: 3 + 3 x 2 architectures of different networks.
inline constexpr const char* kSmallSpace = R"(
format = "opline-space"
version = 1
title = "small"
input = [8, 8, 1]

[[block]]
name = "conv"
type = "conv2d"
kernel = 3
width = [4, 8, 12]

[[block]]
name = "block"
type = "depthwise_separable"
kernel = 3
width = [4, 6]
skip = "identity"

[[block]]
name = "classes"
type = "fully_connected"
width = 10
)";

inline measure::Setup board_setup(const std::string& board = "a board, with a comma") {
  measure::Setup setup;
  setup.board = board;
  setup.clock_hz = 100'000'000;
  setup.runtime.name = "opline";
  return setup;
}

/// Cycles of each layer of a measured network: 10 per mac and 50 more; of the network their sum.
inline std::uint64_t planted_cycles(const store::LayerRecord& layer) {
  return 10 * layer.macs + 50;
}

class DrawnStudy : public testing::Test {
 protected:
  DrawnStudy()
      : folder_(std::filesystem::path(testing::TempDir()) / "opline_drawn_study"),
        study_((std::filesystem::remove_all(folder_), std::filesystem::create_directories(folder_),
                store::Study::open(folder_ / "study.db", store::Mode::create, kNow))) {}
  ~DrawnStudy() override { std::filesystem::remove_all(folder_); }

  /// Enters a campaign of 40 draws; of its networks the first does not fit the board, the last
  /// stays pending and the others are measured.
  void draw(const std::string& text = kSmallSpace, const std::string& name = "small") {
    const campaign::Query query{sampler::parse_space(text, name + ".toml"),
                                sampler::Prior::uniform_decisions, 7, 40};
    const campaign::Drawn drawn = campaign::draw(query, 1);
    const store::CampaignKey key =
        campaign::enter(study_, campaign::identity_of(query), campaign::QuerySource(query, 1),
                        "opline run", kNow)
            .campaign;
    const std::string setup = study_.add_setup(board_setup());
    study_.ask(key, setup);
    ASSERT_GE(drawn.networks.size(), 5U);
    for (std::size_t i = 0; i + 1 < drawn.networks.size(); ++i)
      study_.record_outcome(drawn.networks[i].id, setup,
                            i == 0 ? measure::Outcome::failed(measure::OutcomeKind::does_not_fit,
                                                              "needs \"more\", a lot")
                                   : measured(drawn.networks[i].id),
                            kNow);
  }

  /// A table of three networks with measured latency and energy, and names of somebody else.
  void import(const std::string& board = "mine") {
    const std::string space = study_.add_space("table", "imported table: table\n");
    const store::CampaignKey key =
        study_.add_campaign({space, "imported", std::nullopt, 3, "", std::nullopt}, kNow);
    measure::Setup setup = board_setup(board);
    setup.runner = measure::Runner::imported;
    setup.clock_hz.reset();
    const std::string id = study_.add_setup(setup);
    study_.ask(key, id);
    for (int i = 0; i < 3; ++i) {
      store::NetworkRecord network;
      network.id = digest("net" + std::to_string(i));
      network.ops = 1000 + 1001 * static_cast<std::uint64_t>(i);
      study_.add_network(network);
      study_.add_draws(key, i, {{"net #" + std::to_string(i) + "\n", network.id}});
      measure::Measurement measurement;
      measurement.seconds = 0.5 + i * i;
      measurement.joules = 0.25 + i;
      study_.record_outcome(network.id, id, measure::Outcome::measured(measurement), kNow);
    }
  }

  std::vector<evaluation::Series> series() { return evaluation::read_series(study_, {}); }

  std::filesystem::path folder_;
  store::Study study_;

 private:
  measure::Outcome measured(const std::string& network) {
    measure::Measurement measurement;
    measurement.cycles = 0;
    const store::NetworkRecord record = *study_.network(network);
    for (const store::LayerRecord& layer : record.layers) {
      measurement.layer_cycles.push_back(planted_cycles(layer));
      *measurement.cycles += measurement.layer_cycles.back();
    }
    return measure::Outcome::measured(measurement);
  }
};

}  // namespace opline::notebooks_export
