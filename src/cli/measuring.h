// src/cli/measuring.h - from options to measured networks in a study: shared by run, study,
// inspect.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "runners/simulated_board.h"
#include "src/base/json.h"
#include "src/campaign/campaign.h"
#include "src/cli/options.h"

namespace opline::cli {

/// Exit code of a campaign that was interrupted; the same command resumes it.
inline constexpr int kInterrupted = 7;

/// The options of a campaign: those of campaign_options.h, --boards, --active-watts, --firmware,
/// --payload,
/// --output-check, --db, --dry-run, --shuffle, --shard, --json.
void add_campaign_options(Options& options, const std::string& default_count);

/// A target that measures on `board` in the simulator.
[[nodiscard]] campaign::Target simulated_target(const runners::SimulatedBoard& board);

/// What the options ask for, read and checked before any file is made.
struct Asked {
  campaign::Query query;
  std::vector<runners::SimulatedBoard> boards;
  std::map<std::string, double> watts;  ///< --active-watts, by board.
  campaign::Options work;
};
[[nodiscard]] Asked read_campaign(const Options& options);

/// --boards, --active-watts, --threads, --db, --json: what is left where no space is sampled.
void add_board_options(Options& options);
[[nodiscard]] Asked read_boards(const Options& options);

/// What `run` and `study` did.
struct Measured {
  store::CampaignKey campaign = 0;
  std::int64_t draws = 0;
  std::uint64_t tries = 0;  ///< Draws that a constraint judged.
  std::vector<std::string> setups;
  campaign::Report report;
  double draw_seconds = 0;
};

/// The networks that are asked for, and how long drawing them took.
struct Sampled {
  campaign::Drawn drawn;
  double seconds = 0;
};
/// Before a study is opened: what can't be drawn must not leave an empty file.
[[nodiscard]] Sampled sample(const Asked& asked);

/// Enters and measures, with progress and with SIGINT and SIGTERM ending it in order.
[[nodiscard]] Measured measure(const Asked& asked, const Sampled& sampled, store::Study& study,
                               Console& console);
/// The same for networks that were made otherwise; `asked.query` is not looked at.
[[nodiscard]] Measured measure(const Asked& asked, const campaign::Identity& identity,
                               const campaign::Drawn& drawn, store::Study& study, Console& console);

/// --dry-run: prints how many networks fit each board, how long the campaign will take and how many
/// draws met the constraint; stores nothing.
void print_forecast(const Asked& asked, const Options& options, Console& console);

/// Wall time and the share of each step, in words.
[[nodiscard]] std::string in_words(const Measured& measured);
[[nodiscard]] Json to_json(const Measured& measured);

}  // namespace opline::cli
