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
#include "src/base/printable.h"
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
  store::Pending network;
  std::vector<std::size_t> targets;
};

struct Finished {
  const Job* job = nullptr;
  std::size_t layers = 0;  ///< Of its network.
  std::size_t target = 0;
  Outcome outcome;
};

/// The network of a job, decoded again. Throws Error{input} where its text means another one now.
Candidate candidate_of(const NetworkSource& source, const store::Pending& pending) {
  Candidate candidate = source.candidate(pending.architecture);
  if (candidate.id == pending.network) return candidate;
  throw Error(ErrorCode::input,
              "draw {} of the campaign is network {} in the study, and `{}` is network {} now: the "
              "space or the sampler has changed; start a new study",
              pending.position, pending.network, printable(pending.architecture), candidate.id);
}

/// Hands jobs to workers and their outcomes to the one thread that writes.
class Pipeline {
 public:
  Pipeline(const std::vector<Job>& jobs, const NetworkSource& source,
           const std::vector<Target>& targets, const ExecuteOptions& options)
      : jobs_(jobs),
        source_(source),
        targets_(targets),
        options_(options),
        pools_(pools_for(targets)) {}

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
        const Candidate candidate = candidate_of(source_, jobs_[i].network);
        worker.start(candidate);
        for (const std::size_t target : jobs_[i].targets) {
          auto outcome = measure(worker, target);
          if (!outcome) continue;
          const std::lock_guard lock(mutex_);
          finished_.push_back(
              {&jobs_[i], candidate.network.layers().size(), target, std::move(*outcome)});
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
  std::optional<Outcome> measure(Worker& worker, std::size_t target) {
    const std::function<bool()>& is_available = targets_[target].is_available;
    try {
      if (!is_available || is_available()) return worker.measure(target);
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
  const NetworkSource& source_;
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

/// Pending networks of the shard in the order drawn, each with the targets that miss it; counts
/// what has an outcome in the report.
std::vector<Job> pending_jobs(store::Study& study, store::CampaignKey campaign,
                              const NetworkSource& source, const sampler::Shard& shard,
                              Report& report) {
  const auto draws = static_cast<std::int64_t>(source.count());
  const store::Part part{static_cast<std::int64_t>(shard.number),
                         static_cast<std::int64_t>(shard.of)};
  std::vector<Job> jobs;
  std::unordered_map<std::int64_t, std::size_t> job_of;  // by the network's first draw
  for (std::size_t target = 0; target < report.setups.size(); ++target) {
    const std::string& setup = report.setups[target];
    const store::Summary counts = study.summary(campaign, setup, draws, part);
    report.with_latency += static_cast<std::uint64_t>(counts.measured.networks);
    report.reused += static_cast<std::uint64_t>(counts.drawn.networks - counts.pending.networks);
    if (counts.pending.networks == 0) continue;
    for (store::Pending& one : study.pending(campaign, setup, draws, part)) {
      const auto [known, is_new] = job_of.try_emplace(one.position, jobs.size());
      if (is_new) jobs.push_back({std::move(one), {}});
      jobs[known->second].targets.push_back(target);
    }
  }
  std::ranges::sort(jobs, {}, [](const Job& job) { return job.network.position; });
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

Identity identity_of(const Query& query) {
  return {query.space.name,
          query.space.text,
          query.space.name + "\n" + query.space.canonical_text(),
          query.prior.name(query.space),
          query.seed,
          networks_of(query.space)};
}

namespace {

/// Draws that are drawn again to see whether space and sampler are still the same.
constexpr std::int64_t kDrawsChecked = 256;

std::vector<store::Draw> draws_of(const Drawn& block) {
  std::vector<store::Draw> draws;
  draws.reserve(block.architectures.size());
  for (std::size_t i = 0; i < block.architectures.size(); ++i)
    draws.push_back({block.architectures[i], block.networks[block.network_of[i]].id});
  return draws;
}

/// The campaign as it is in the study, if it is.
std::optional<store::CampaignRow> find_campaign(store::Study& study, const std::string& space,
                                                const Identity& identity) {
  for (store::CampaignRow& row : study.campaigns()) {
    if (row.campaign.space == space && row.campaign.prior == identity.prior &&
        row.campaign.seed == identity.seed)
      return std::move(row);
  }
  return std::nullopt;
}

}  // namespace

Entered enter(store::Study& study, const Identity& identity, const NetworkSource& source,
              const std::string& command, const std::string& now) {
  Entered entered;
  const std::string space =
      study.add_space(identity.space, identity.text, identity.meaning, identity.space_networks);
  std::uint64_t first = 0;
  if (const auto known = find_campaign(study, space, identity)) {
    entered.campaign = known->key;
    const auto head = static_cast<std::uint64_t>(std::min(known->draws, kDrawsChecked));
    study.add_draws(known->key, 0, draws_of(source.draw(0, std::min(head, source.count()))));
    const auto draws = static_cast<std::uint64_t>(known->draws);
    // Without the tries of the draws that are there, or with a constraint and more draws than are
    // asked for, the tries are found by drawing again.
    if (!source.constrained() || (known->campaign.tries && draws <= source.count())) {
      first = std::min(draws, source.count());
      entered.tries = source.constrained() ? *known->campaign.tries : first;
    }
  }
  source.each_block(first, [&](std::uint64_t from, const Drawn& block) {
    const std::uint64_t count = from + block.architectures.size();
    entered.tries += block.tries;
    study.transact([&] {
      for (const Candidate& candidate : block.networks) study.add_network(record_of(candidate));
      entered.campaign =
          study.add_campaign({space, identity.prior, identity.seed,
                              static_cast<std::int64_t>(count), command, entered.tries},
                             now);
      study.add_draws(entered.campaign, static_cast<std::int64_t>(from), draws_of(block));
    });
  });
  return entered;
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
    ++report.with_latency;
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

Report execute(store::Study& study, store::CampaignKey campaign, const NetworkSource& source,
               const std::vector<Target>& targets, const ExecuteOptions& options) {
  OPLINE_ASSERT(options.threads >= 1 && options.now, "a campaign needs threads and a clock");
  const Clock::time_point start = Clock::now();
  Report report;
  report.setups = enter_setups(study, campaign, targets);
  std::vector<Job> jobs = pending_jobs(study, campaign, source, options.shard, report);
  if (options.shuffle_seed) shuffle(jobs, *options.shuffle_seed);
  std::uint64_t total = 0;
  for (const Job& job : jobs) total += job.targets.size();
  std::uint64_t done = 0;
  Pipeline pipeline(jobs, source, targets, options);
  pipeline.run([&](const Finished& finished) {
    const Clock::time_point writing = Clock::now();
    const std::string& network = finished.job->network.network;
    const Outcome outcome = measure::storable(finished.outcome, finished.layers);
    const bool added =
        study.record_outcome(network, report.setups[finished.target], outcome, options.now());
    report.seconds.store += seconds_since(writing);
    if (added) {
      count(report, network, outcome);
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
