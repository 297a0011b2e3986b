// src/cli/measuring.h - from options to measured networks in a study: shared by run, study,
// inspect, profile.
#pragma once
#include <memory>
#include <string>

#include "src/campaign/campaign.h"
#include "src/cli/board_options.h"
#include "src/cli/exit_code.h"
#include "src/cli/network_argument.h"
#include "src/cli/options.h"
#include "src/report/campaign_report.h"

namespace opline::cli {

/// The options of a campaign: those of campaign_options.h and board_options.h, --firmware,
/// --payload,
/// --output-check, --no-translate, --dry-run, --shuffle, --shard. `database`: what --help says
/// about
/// --db.
void add_campaign_options(Options& options, const std::string& default_count,
                          const std::string& database = kStudyFile);

/// The options of the verbs `run` and `study`, before they are parsed.
[[nodiscard]] Options run_options();
[[nodiscard]] Options study_options();

/// One network for a target. Throws Error{device} that says why it does not fit.
[[nodiscard]] measure::Request request_for(const NamedNetwork& named, const network::Layout& layout,
                                           const campaign::Target& target);
/// Throws Error{device} with the reason where the outcome is not a measurement.
[[nodiscard]] measure::Measurement measurement_of(const measure::Outcome& outcome);

/// What the options ask for, read and checked before any file is made.
struct Asked : AskedBoards {
  campaign::Query query;
};
[[nodiscard]] Asked read_campaign(const Options& options);

/// What `run` and `study` did, and where it is in the study.
struct Measured : report::CampaignRun {
  store::CampaignKey campaign = 0;
};

/// The networks that are asked for, drawn with progress. Made before a study is opened: what can't
/// be drawn must not leave an empty file.
[[nodiscard]] std::unique_ptr<campaign::NetworkSource> networks_of(const Asked& asked,
                                                                   Console& console);

/// Enters and measures, with progress; SIGINT, SIGTERM and SIGHUP end it in order (signals.h).
[[nodiscard]] Measured measure(const AskedBoards& asked, const campaign::Identity& identity,
                               const campaign::NetworkSource& source, store::Study& study,
                               Console& console);

/// How many networks fit each board, how long the campaign will take and how many draws met the
/// constraint; stores nothing.
[[nodiscard]] report::ForecastView forecast(const Asked& asked, const Options& options,
                                            Console& console);
/// --dry-run: prints forecast().
void print_forecast(const Asked& asked, const Options& options, Console& console);

}  // namespace opline::cli
