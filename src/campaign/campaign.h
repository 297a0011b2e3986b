// src/campaign/campaign.h - measure every network of a query under every setup, on all cores, and
// lose nothing.
//
// What a study lacks of a campaign's draws is drawn and entered, one transaction a block, so that
// an interrupted entry is a campaign of fewer draws. Of the draws that it has, only the first are
// drawn again, to see whether space and sampler are still the same; so a finished campaign of a
// million draws is resumed in a fraction of a second.
//
// Workers take networks one by one: decode the text of its architecture, check that it fits,
// compile it once (quantisation and expected digests, shared by all setups), measure it on each
// setup that has no outcome for it yet. The calling thread alone writes to the study, one
// transaction an outcome; so a killed campaign loses at most the networks in flight, and the same
// call continues.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runners/runner.h"
#include "src/campaign/draw.h"
#include "src/measure/outcome.h"
#include "src/measure/setup.h"
#include "src/store/study.h"

namespace opline::campaign {

/// A setup and how to get runners for it.
struct Target {
  measure::Setup setup;
  network::DeviceLimits limits;
  std::function<std::unique_ptr<runners::Runner>()>
      make_runner;  ///< Called once a worker, on the worker's thread.
  /// What the runner's firmware executes. A network that isn't refused by opline's own runtime is
  /// exported with the pools' numbers for `tflite`.
  measure::Payload payload = measure::Payload::plan;
  measure::OutputCheck output_check =
      measure::OutputCheck::final;  ///< Of `tflite`; the setup says it, too.
  /// For modelled energy. A published figure is stored where the study has none for the setup; a
  /// user's replaces it.
  std::optional<store::ModelledPower> power{};
  bool is_users_power = false;
  /// Of boards that may be lost: whether there is one left; asked on every thread. Then the
  /// networks without an outcome stay pending, and those that were `board_lost` in an earlier call
  /// are measured again. Without a function: always.
  std::function<bool()> is_available{};
};

struct ExecuteOptions {
  unsigned threads = 1;
  std::optional<std::uint64_t>
      shuffle_seed;  ///< Measure in another order than drawn; the cycles must be the same.
  /// Measure only the networks whose first draw is in the shard, so that every network is in one
  /// shard. The campaign with all its draws is entered into the study in any case, so that the
  /// studies of all shards hold the same campaign.
  sampler::Shard shard;
  const std::atomic<bool>* stop =
      nullptr;  ///< Set by a signal handler: finish what is in flight and return.
  std::function<std::string()> now;  ///< UTC, ISO 8601; stamps each outcome. Needed.
  std::function<void(std::uint64_t done, std::uint64_t total)>
      progress;  ///< In outcomes; called on the calling thread.
};

/// Seconds summed over threads, by step of the path.
struct StepSeconds {
  double host = 0;      ///< Quantisation and expected digests with the host's kernels.
  double simulate = 0;  ///< In the runner.
  double store = 0;     ///< Writing outcomes (the calling thread).
};

/// Outcomes of one kind without a latency.
struct Unmeasured {
  std::uint64_t count = 0;
  std::string network;  ///< The id of the first of them that was recorded,
  std::string reason;   ///< and why.
};

struct Report {
  std::vector<std::string> setups;  ///< Ids in the study, in the order of the targets.
  std::uint64_t outcomes = 0;       ///< Recorded by this call.
  std::uint64_t measured = 0;       ///< Of these, with a latency.
  std::uint64_t reused = 0;         ///< (network, setup) pairs that had an outcome already.
  std::uint64_t skipped = 0;        ///< Pairs left pending because the target was not available.
  std::uint64_t with_latency = 0;   ///< Pairs of the shard that are measured by now.
  /// Of the networks that were measured several times (Measurement::repeat_cycles), the largest
  /// (maximum - minimum) / median.
  std::optional<double> largest_spread{};
  std::map<measure::OutcomeKind, Unmeasured> unmeasured;  ///< Of the recorded ones.
  StepSeconds seconds;
  double wall_seconds = 0;
  bool interrupted = false;
};

/// Cycles after which one execution of `network` counts as stuck: many times what the slowest
/// kernels need.
[[nodiscard]] std::uint64_t budget_cycles(const network::Network& network);

/// What a campaign is called in a study; the same identity is the same campaign.
struct Identity {
  std::string space;    ///< Name.
  std::string text;     ///< Of the space, as it is kept.
  std::string meaning;  ///< What makes it this space; see Study::add_space.
  std::string prior;
  std::uint64_t seed = 0;
  std::optional<std::string> space_networks{};  ///< See store::SpaceRow::networks.
};
[[nodiscard]] Identity identity_of(const Query& query);

struct Entered {
  store::CampaignKey campaign = 0;
  /// See Drawn::tries, of all draws of the source.
  std::uint64_t tries = 0;
};
/// Enters space, networks and draws into the study; the same again, or with more draws, goes on
/// from there. Throws Error{input} where the first draws of the study are not those of the source.
Entered enter(store::Study& study, const Identity& identity, const NetworkSource& source,
              const std::string& command, const std::string& now);

/// Measures what is pending of the first source.count() draws. Rethrows the first Error of a worker
/// after every finished outcome was recorded.
Report execute(store::Study& study, store::CampaignKey campaign, const NetworkSource& source,
               const std::vector<Target>& targets, const ExecuteOptions& options);

}  // namespace opline::campaign
