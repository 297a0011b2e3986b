// tests/campaign/attached_campaign.h - campaigns on attached boards, and what the in-process
// simulator measures for the same networks.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runners/attached/attached_board.h"
#include "runners/simulated_board.h"
#include "src/campaign/campaign.h"
#include "tests/runners/attached/attached_fixture.h"

namespace opline::campaign {

namespace fs = std::filesystem;
using runners::AttachedBoards;

inline constexpr const char* kBoard = "nucleo-f446re";
inline constexpr const char* kNow = "2026-01-31T12:00:00Z";

using Cycles = std::map<std::string, std::vector<std::uint64_t>>;

inline Target target_of(const AttachedBoards& boards) {
  Target target{boards.setup(), boards.limits(), [boards] { return boards.make_runner(); }};
  target.is_available = [boards] { return boards.is_available(); };
  return target;
}

class AttachedCampaign : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    study_.emplace(store::Study::open(folder_ / "a.db", store::Mode::create, kNow));
  }
  void TearDown() override { fs::remove_all(folder_); }

  Report run(const std::vector<Target>& targets, std::uint64_t count, unsigned threads = 1) {
    const Query query{sampler::load_space("tiny"), sampler::Prior::uniform_decisions, 1, count};
    const QuerySource source(query, 1);
    networks_ = source.draw(0, count).networks.size();
    ExecuteOptions options;
    options.threads = threads;
    options.now = [] { return std::string(kNow); };
    return execute(*study_, enter(*study_, identity_of(query), source, "test", kNow).campaign,
                   source, targets, options);
  }

  /// What went wrong, for messages.
  static std::string troubles(const Report& report, const AttachedBoards& attached) {
    std::string text;
    for (const auto& [kind, one] : report.unmeasured) text += one.reason + "\n";
    for (const std::string& sentence : attached.set_aside()) text += sentence + "\n";
    return text;
  }

  /// Of the network and of each layer, by network.
  Cycles cycles(const measure::Setup& setup) {
    store::Selection selection;
    selection.setups = {setup.id()};
    Cycles found;
    for (const store::Series& series : study_->measurements(selection)) {
      for (const store::MeasurementRow& row : series.rows) {
        const auto outcome = study_->outcome(row.network, setup.id());
        std::vector<std::uint64_t>& all = found[row.network];
        all = outcome->outcome.measurement->layer_cycles;
        all.push_back(*outcome->outcome.measurement->cycles);
      }
    }
    return found;
  }

  /// What the in-process simulator measures for the same networks.
  Cycles simulated(std::uint64_t count, const char* board = kBoard) {
    const auto simulator = runners::SimulatedBoard::load(board);
    (void)run({{simulator.setup(), simulator.limits(), [&] { return simulator.make_runner(); }}},
              count);
    return cycles(simulator.setup());
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "attached_campaign";
  std::optional<store::Study> study_;
  std::size_t networks_ = 0;
};

/// With little patience: a simulated board answers at once.
inline runners::AttachedOptions quick() {
  runners::AttachedOptions options;
  options.command_seconds = 0.5;
  options.reconnect_seconds = 10;
  return options;
}

inline AttachedBoards connect(const std::string& port, runners::AttachedOptions options = quick(),
                              const char* board = kBoard) {
  return AttachedBoards::connect({{board, port}}, options).front();
}

}  // namespace opline::campaign
