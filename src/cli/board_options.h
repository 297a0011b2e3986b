// src/cli/board_options.h - which boards to measure on: simulated ones, attached ones, and a power
// meter. Shared by the verbs that execute networks.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runners/attached/attached_board.h"
#include "runners/metered_runner.h"
#include "runners/simulated_board.h"
#include "src/campaign/campaign.h"
#include "src/cli/options.h"

namespace opline::cli {

inline constexpr const char* kStudyFile =
    "the study file; created if missing, extended if it exists";

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

/// What the options ask for, read and checked before any file is made.
struct AskedBoards {
  std::vector<runners::SimulatedBoard> boards;
  std::vector<runners::AttachedBoards>
      attached;  ///< Connected; the targets behind those of `boards`.
  std::shared_ptr<runners::EnergyRecorder> recorder;  ///< Of --meter; then one board is attached.
  std::map<std::string, double> watts;                ///< --active-watts, by board.
  campaign::ExecuteOptions work;
  bool translate = false;  ///< A foreign firmware, by the host's compiler: not --no-translate.
};

/// --boards, --repeats, --meter and its supply, --record, --clock, --timing, --active-watts,
/// --threads,
/// --db (unless `database` is empty), --json.
void add_board_options(Options& options, const std::string& database = kStudyFile);
[[nodiscard]] AskedBoards read_boards(const Options& options,
                                      const runners::FirmwareOptions& firmware = {});
/// Those of `asked.boards`, then those of `asked.attached`.
[[nodiscard]] std::vector<campaign::Target> targets_of(const AskedBoards& asked);

/// A sentence on stderr for each attached board that was set aside: why, and what to do; and one
/// for networks that were measured without energy. Whether a board was set aside.
bool report_set_aside(const AskedBoards& asked, Console& console);

}  // namespace opline::cli
