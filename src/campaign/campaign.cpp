#include "src/campaign/campaign.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "sampler/count/network_set.h"
#include "src/base/error.h"
#include "src/base/random.h"
#include "src/campaign/worker.h"

namespace opline::campaign {
namespace {

using Clock = std::chrono::steady_clock;
using measure::Outcome;
using measure::OutcomeKind;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One network and the targets that have no outcome for it.
struct Job {
  const Candidate* candidate = nullptr;
  std::vector<std::size_t> targets;
};

struct Finished {
  const Candidate* candidate = nullptr;
  std::size_t target = 0;
  Outcome outcome;
};

/// Hands jobs to workers and their outcomes to the one thread that writes.
class Pipeline {
 public:
  Pipeline(const std::vector<Job>& jobs, const std::vector<Target>& targets,
           const ExecuteOptions& options)
      : jobs_(jobs), targets_(targets), options_(options), pools_(pools_for(targets)) {}

  /// Runs all jobs; `record` is called on this thread for every outcome.
  void run(const std::function<void(const Finished&)>& record) {
    const auto count = std::min<std::size_t>(options_.threads, jobs_.size());
    std::vector<std::jthread> threads;
    try {
      start(threads, count);
      while (std::optional<Finished> finished = next_finished()) record(*finished);
    } catch (...) {
      abandoned_ = true;
      throw;
    }
    threads.clear();
    if (error_) std::rethrow_exception(error_);
  }

  [[nodiscard]] bool stopped() const {
    return abandoned_ || (options_.stop != nullptr && *options_.stop);
  }
  [[nodiscard]] const StepSeconds& seconds() const { return seconds_; }
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  /// As many threads as the system gives, at least one.
  void start(std::vector<std::jthread>& threads, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      {
        const std::lock_guard lock(mutex_);
        ++working_;
      }
      try {
        threads.emplace_back([this] { work(); });
      } catch (const std::system_error& problem) {
        const std::lock_guard lock(mutex_);
        --working_;
        if (threads.empty())
          throw Error(ErrorCode::io, "no thread can be started ({})", problem.what());
        return;
      }
    }
  }

  void work() {
    StepSeconds spent;
    try {
      Worker worker(targets_, pools_);
      for (std::size_t i = next_++; i < jobs_.size() && !stopped(); i = next_++) {
        for (const std::size_t target : jobs_[i].targets) {
          auto outcome = measure(worker, *jobs_[i].candidate, target);
          if (!outcome) continue;
          const std::lock_guard lock(mutex_);
          finished_.push_back({jobs_[i].candidate, target, std::move(*outcome)});
          changed_.notify_one();
        }
        spent = worker.seconds();
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
      abandoned_ = true;
    }
    const std::lock_guard lock(mutex_);
    seconds_.host += spent.host;
    seconds_.simulate += spent.simulate;
    --working_;
    changed_.notify_one();
  }

  /// Nothing where the target is not available, or no longer when its turn comes.
  std::optional<Outcome> measure(Worker& worker, const Candidate& candidate, std::size_t target) {
    const std::function<bool()>& is_available = targets_[target].is_available;
    try {
      if (!is_available || is_available()) return worker.measure(candidate, target);
    } catch (const Error&) {
      if (!is_available || is_available()) throw;
    }
    ++skipped_;
    return std::nullopt;
  }

  std::optional<Finished> next_finished() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !finished_.empty() || working_ == 0; });
    if (finished_.empty()) return std::nullopt;
    Finished first = std::move(finished_.front());
    finished_.pop_front();
    return first;
  }

  const std::vector<Job>& jobs_;
  const std::vector<Target>& targets_;
  const ExecuteOptions& options_;
  const network::Pools pools_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> abandoned_{false};
  std::atomic<std::uint64_t> skipped_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Finished> finished_;  // guarded by mutex_, as are the rest
  std::size_t working_ = 0;
  std::exception_ptr error_;
  StepSeconds seconds_;
};

void shuffle(std::vector<Job>& jobs, std::uint64_t seed) {
  RandomStream random(seed, 0);
  for (std::size_t i = jobs.size(); i > 1; --i) {
    std::swap(jobs[i - 1], jobs[random.below(static_cast<std::uint32_t>(i))]);
  }
}

/// Pending networks in the order drawn, each with the targets that miss it.
std::vector<Job> pending_jobs(store::Study& study, store::CampaignKey campaign, const Drawn& drawn,
                              const std::vector<std::string>& setups,
                              const std::vector<bool>& mine) {
  std::vector<Job> jobs(drawn.networks.size());
  std::unordered_map<std::string_view, std::size_t> position;
  for (std::size_t i = 0; i < drawn.networks.size(); ++i) {
    jobs[i].candidate = &drawn.networks[i];
    position.emplace(drawn.networks[i].id, i);
  }
  const auto draws = static_cast<std::int64_t>(drawn.architectures.size());
  for (std::size_t target = 0; target < setups.size(); ++target) {
    for (const store::Pending& pending : study.pending(campaign, setups[target], draws)) {
      const std::size_t network = position.at(pending.network);
      if (mine[network]) jobs[network].targets.push_back(target);
    }
  }
  std::erase_if(jobs, [](const Job& job) { return job.targets.empty(); });
  return jobs;
}

store::NetworkRecord record_of(const Candidate& candidate) {
  store::NetworkRecord record;
  record.id = candidate.id;
  record.canonical_text = candidate.network.canonical_text();
  record.ops = candidate.ops.ops();
  record.macs = candidate.ops.macs;
  record.parameters = candidate.ops.parameters;
  const network::Footprint& footprint = candidate.layout.footprint;
  record.weight_bytes = footprint.weight_bytes;
  record.channel_bytes = footprint.channel_bytes;
  record.activation_bytes = footprint.activation_bytes;
  record.arena_bytes = footprint.arena_bytes;
  const std::vector<network::LayerOps> counts = network::count_ops(candidate.network);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    record.layers.push_back({candidate.network.layers()[i], counts[i].macs, counts[i].parameters,
                             candidate.layout.live_bytes[i]});
  }
  return record;
}

/// How many distinct networks the space has; missing where counting them takes too much.
std::optional<std::string> networks_of(const sampler::Space& space) {
  try {
    return sampler::NetworkSet(space).size().str();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    return std::nullopt;
  }
}

}  // namespace

std::vector<bool> networks_in(const sampler::Shard& shard, const Drawn& drawn) {
  std::vector<bool> mine(drawn.networks.size(), false);
  std::size_t known = 0;  // networks are numbered in the order of their first draws
  for (std::size_t i = 0; i < drawn.network_of.size(); ++i) {
    if (drawn.network_of[i] == known) mine[known++] = shard.has(i);
  }
  return mine;
}

Identity identity_of(const Query& query) {
  return {query.space.name,
          query.space.text,
          query.space.name + "\n" + query.space.canonical_text(),
          query.prior.name(query.space),
          query.seed,
          networks_of(query.space)};
}

store::CampaignKey enter(store::Study& study, const Identity& identity, const Drawn& drawn,
                         const std::string& command, const std::string& now) {
  store::CampaignKey key = 0;
  study.transact([&] {
    const std::string space =
        study.add_space(identity.space, identity.text, identity.meaning, identity.space_networks);
    for (const Candidate& candidate : drawn.networks) study.add_network(record_of(candidate));
    const auto count = static_cast<std::int64_t>(drawn.architectures.size());
    key = study.add_campaign({space, identity.prior, identity.seed, count, command, drawn.tries},
                             now);
    std::vector<store::Draw> draws;
    for (std::size_t i = 0; i < drawn.architectures.size(); ++i) {
      draws.push_back({drawn.architectures[i], drawn.networks[drawn.network_of[i]].id});
    }
    study.add_draws(key, 0, draws);
  });
  return key;
}

namespace {

/// The setups' ids, each asked for in the campaign and with its power.
std::vector<std::string> enter_setups(store::Study& study, store::CampaignKey campaign,
                                      const std::vector<Target>& targets) {
  std::vector<std::string> setups;
  for (const Target& target : targets) {
    const std::string& setup = setups.emplace_back(study.add_setup(target.setup));
    study.ask(campaign, setup);
    if (target.is_available) study.retry(campaign, setup, {OutcomeKind::board_lost});
    if (target.power && (target.is_users_power || !study.modelled_power(setup)))
      study.set_modelled_power(setup, *target.power);
  }
  OPLINE_ASSERT(std::set<std::string>(setups.begin(), setups.end()).size() == setups.size(),
                "a setup twice in one campaign");
  return setups;
}

/// (maximum - minimum) / median of the runs; nothing for a single one.
std::optional<double> spread_of(const measure::Measurement& measurement) {
  const std::vector<std::uint64_t>& runs = measurement.repeat_cycles;
  if (runs.empty()) return std::nullopt;
  const auto [least, most] = std::minmax_element(runs.begin(), runs.end());
  return static_cast<double>(*most - *least) / static_cast<double>(*measurement.cycles);
}

void count(Report& report, const std::string& network, const measure::Outcome& outcome) {
  ++report.outcomes;
  if (outcome.kind == OutcomeKind::measured) {
    ++report.measured;
    if (const auto spread = spread_of(*outcome.measurement))
      report.largest_spread = std::max(report.largest_spread.value_or(0), *spread);
    return;
  }
  Unmeasured& same = report.unmeasured[outcome.kind];
  if (same.count++ == 0) {
    same.network = network;
    same.reason = outcome.reason;
  }
}

}  // namespace

Report execute(store::Study& study, store::CampaignKey campaign, const Drawn& drawn,
               const std::vector<Target>& targets, const ExecuteOptions& options) {
  OPLINE_ASSERT(options.threads >= 1 && options.now, "a campaign needs threads and a clock");
  const Clock::time_point start = Clock::now();
  Report report;
  report.setups = enter_setups(study, campaign, targets);
  const std::vector<bool> mine = networks_in(options.shard, drawn);
  std::vector<Job> jobs = pending_jobs(study, campaign, drawn, report.setups, mine);
  if (options.shuffle_seed) shuffle(jobs, *options.shuffle_seed);
  std::uint64_t total = 0;
  for (const Job& job : jobs) total += job.targets.size();

  const auto networks = static_cast<std::uint64_t>(std::count(mine.begin(), mine.end(), true));
  report.reused = networks * targets.size() - total;
  std::uint64_t done = 0;
  Pipeline pipeline(jobs, targets, options);
  pipeline.run([&](const Finished& finished) {
    const Clock::time_point writing = Clock::now();
    const Candidate& candidate = *finished.candidate;
    const Outcome outcome = measure::storable(finished.outcome, candidate.network.layers().size());
    const bool added =
        study.record_outcome(candidate.id, report.setups[finished.target], outcome, options.now());
    report.seconds.store += seconds_since(writing);
    if (added) {
      count(report, candidate.id, outcome);
    } else {
      ++report.reused;  // another process was faster
    }
    ++done;
    if (options.progress) options.progress(done, total);
  });
  report.seconds.host = pipeline.seconds().host;
  report.seconds.simulate = pipeline.seconds().simulate;
  report.skipped = pipeline.skipped();
  report.interrupted = pipeline.stopped() && done + report.skipped < total;
  report.wall_seconds = seconds_since(start);
  return report;
}

}  // namespace opline::campaign
