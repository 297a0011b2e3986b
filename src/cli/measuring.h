// src/cli/measuring.h - from options to measured networks in a study: shared by run, study,
// inspect, profile.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "runners/attached/attached_board.h"
#include "runners/metered_runner.h"
#include "runners/simulated_board.h"
#include "src/campaign/campaign.h"
#include "src/cli/exit_code.h"
#include "src/cli/network_argument.h"
#include "src/cli/options.h"
#include "src/report/campaign_report.h"

namespace opline::cli {

inline constexpr const char* kStudyFile =
    "the study file; created if missing, extended if it exists";

/// The options of a campaign: those of campaign_options.h, --boards, --clock, --timing,
/// --active-watts,
/// --firmware, --payload, --output-check, --no-translate, --db, --dry-run, --shuffle, --shard,
/// --json. `database`: what --help says about --db.
void add_campaign_options(Options& options, const std::string& default_count,
                          const std::string& database = kStudyFile);

/// --timing, for verbs that simulate.
void add_timing_option(Options& options);
/// --clock and --timing, for those that simulate boards with opline's firmware.
void add_simulation_options(Options& options);
/// The board `name` at each clock of --clock, or at its usual one. Throws Error{usage} for a clock
/// that it does not have.
[[nodiscard]] std::vector<board::Board> boards_at_clocks(const Options& options,
                                                         const std::string& name);
/// The same for verbs that take one board and one clock.
[[nodiscard]] board::Board board_at_clock(const Options& options, const std::string& name);
/// The rules that it switches off; Error{usage} for what is not no-RULE.
[[nodiscard]] std::vector<std::string> rules_off(const Options& options);

/// A target that measures on `board` in the simulator.
[[nodiscard]] campaign::Target simulated_target(const runners::SimulatedBoard& board);

/// One network for a target. Throws Error{device} that says why it does not fit.
[[nodiscard]] measure::Request request_for(const NamedNetwork& named, const network::Layout& layout,
                                           const campaign::Target& target);
/// Throws Error{device} with the reason where the outcome is not a measurement.
[[nodiscard]] measure::Measurement measurement_of(const measure::Outcome& outcome);

/// What the options ask for, read and checked before any file is made.
struct Asked {
  campaign::Query query;
  std::vector<runners::SimulatedBoard> boards;
  std::vector<runners::AttachedBoards>
      attached;  ///< Connected; the targets behind those of `boards`.
  std::shared_ptr<runners::EnergyRecorder> recorder;  ///< Of --meter; then one board is attached.
  std::map<std::string, double> watts;                ///< --active-watts, by board.
  campaign::ExecuteOptions work;
  bool translate = false;  ///< A foreign firmware, by the host's compiler: not --no-translate.
};
[[nodiscard]] Asked read_campaign(const Options& options);

/// --boards, --clock, --timing, --active-watts, --threads, --db (unless `database` is empty),
/// --json: what is left where no space is sampled.
void add_board_options(Options& options, const std::string& database = kStudyFile);
[[nodiscard]] Asked read_boards(const Options& options,
                                const runners::FirmwareOptions& firmware = {});
/// Those of `asked.boards`, then those of `asked.attached`.
[[nodiscard]] std::vector<campaign::Target> targets_of(const Asked& asked);

/// A sentence on stderr for each attached board that was set aside: why, and what to do; and one
/// for networks that were measured without energy. Whether a board was set aside.
bool report_set_aside(const Asked& asked, Console& console);

/// What `run` and `study` did, and where it is in the study.
struct Measured : report::CampaignRun {
  store::CampaignKey campaign = 0;
};

/// The networks that are asked for, and how long drawing them took.
struct Sampled {
  campaign::Drawn drawn;
  double seconds = 0;
};
/// Before a study is opened: what can't be drawn must not leave an empty file.
[[nodiscard]] Sampled sample(const Asked& asked, Console& console);

/// Enters and measures, with progress; SIGINT, SIGTERM and SIGHUP end it in order (signals.h).
[[nodiscard]] Measured measure(const Asked& asked, const Sampled& sampled, store::Study& study,
                               Console& console);
/// The same for networks that were made otherwise; `asked.query` is not looked at.
[[nodiscard]] Measured measure(const Asked& asked, const campaign::Identity& identity,
                               const campaign::Drawn& drawn, store::Study& study, Console& console);

/// --dry-run: prints how many networks fit each board, how long the campaign will take and how many
/// draws met the constraint; stores nothing.
void print_forecast(const Asked& asked, const Options& options, Console& console);

}  // namespace opline::cli
