#include "src/campaign/forecast.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <ctime>
#include <unordered_set>

#include "analysis/numerics/student_t.h"
#include "src/base/parallel.h"
#include "src/campaign/worker.h"

namespace opline::campaign {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLeastTimed = 4;
constexpr std::size_t kMostTimed = 16;
constexpr std::chrono::seconds kEnoughTime{5};
constexpr double kConfidence = 0.95;
/// Below this the spread of a few networks says too little: what a run takes varies that much.
constexpr double kLeastRelativeError = 0.1;

/// A pending network, the targets that have no outcome for it, and what they took.
struct Work {
  std::string architecture;
  std::uint64_t all_macs = 0;
  std::vector<std::size_t> targets;
  double host = 0;                 ///< CPU seconds of the host's kernels,
  std::vector<double> simulation;  ///< and of the runner, by target of `targets`.

  [[nodiscard]] double macs() const {
    return static_cast<double>(std::max<std::uint64_t>(all_macs, 1));
  }
};

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Positions 0 to count - 1, so that the first few of them are spread over the whole: those of the
/// van der Corput sequence 1/2, 1/4, 3/4, 1/8, ...
std::vector<std::size_t> spread_positions(std::size_t count, std::size_t most) {
  std::vector<std::size_t> positions;
  for (std::uint64_t i = 1; positions.size() < std::min(count, most) && i < 64 * most; ++i) {
    double place = 0;
    double digit = 0.5;
    for (std::uint64_t bits = i; bits != 0; bits >>= 1, digit /= 2)
      place += static_cast<double>(bits & 1) * digit;
    const auto position = static_cast<std::size_t>(place * static_cast<double>(count));
    if (std::find(positions.begin(), positions.end(), position) == positions.end())
      positions.push_back(position);
  }
  return positions;
}

/// Splits the CPU time of one measurement by the worker's own clocks.
void execute_once(Worker& worker, const NetworkSource& source, Work& work) {
  work.simulation.clear();
  const Candidate candidate = source.candidate(work.architecture);
  worker.start(candidate);
  for (const std::size_t target : work.targets) {
    const StepSeconds before = worker.seconds();
    const double start = thread_seconds();
    (void)worker.measure(target);
    const double taken = thread_seconds() - start;
    const double host = worker.seconds().host - before.host;
    const double simulate = worker.seconds().simulate - before.simulate;
    const double share = host + simulate > 0 ? host / (host + simulate) : 0;
    work.host += taken * share;
    work.simulation.push_back(taken * (1 - share));
  }
}

/// Executes networks of `all` on the threads of the campaign; those that were.
std::vector<Work*> time_some(std::vector<Work>& all, const NetworkSource& source,
                             const std::vector<Target>& targets, const ExecuteOptions& options) {
  const std::vector<std::size_t> positions = spread_positions(all.size(), kMostTimed);
  const std::size_t least = std::max<std::size_t>(kLeastTimed, options.threads);
  const network::Pools pools = pools_for(targets);
  const Clock::time_point start = Clock::now();
  std::atomic<std::size_t> next{0};
  std::vector<char> done(positions.size(), 0);
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(options.threads, all.size()));
  parallel_for(threads, threads, [&](std::size_t) {
    Worker worker(targets, pools);
    Work boots = all.front();  // the smallest: starting the runners is not timed
    execute_once(worker, source, boots);
    for (std::size_t i = next++; i < positions.size(); i = next++) {
      if (i >= least && Clock::now() - start > kEnoughTime) return;
      execute_once(worker, source, all[positions[i]]);
      done[i] = 1;
    }
  });
  std::vector<Work*> timed;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (done[i] != 0) timed.push_back(&all[positions[i]]);
  }
  return timed;
}

/// CPU seconds per mac: of the host, and of the runner of each target.
struct Rates {
  double host = 0;
  std::vector<double> simulation;

  [[nodiscard]] double seconds_for(const Work& work) const {
    double rate = host;
    for (const std::size_t target : work.targets) rate += simulation[target];
    return rate * work.macs();
  }
};

Rates rates_of(const std::vector<Work*>& timed, std::size_t targets) {
  double host = 0;
  double host_macs = 0;
  std::vector<double> seconds(targets, 0.0);
  std::vector<double> macs(targets, 0.0);
  for (const Work* work : timed) {
    host += work->host;
    host_macs += work->macs();
    for (std::size_t i = 0; i < work->targets.size(); ++i) {
      seconds[work->targets[i]] += work->simulation[i];
      macs[work->targets[i]] += work->macs();
    }
  }
  Rates rates{host / host_macs, std::vector<double>(targets, 0.0)};
  double all_seconds = 0;
  double all_macs = 0;
  for (std::size_t i = 0; i < targets; ++i) all_seconds += seconds[i], all_macs += macs[i];
  // A target that none of the timed networks is pending for takes the average of the others.
  for (std::size_t i = 0; i < targets; ++i)
    rates.simulation[i] = macs[i] > 0 ? seconds[i] / macs[i] : all_seconds / all_macs;
  return rates;
}

ForecastTime estimate(const std::vector<Work>& all, const std::vector<Work*>& timed,
                      std::size_t targets, unsigned threads) {
  const Rates rates = rates_of(timed, targets);
  ForecastTime time;
  time.timed = timed.size();
  for (const Work& work : all) time.seconds += rates.seconds_for(work);
  double squares = 0;
  for (const Work* work : timed) {
    double taken = work->host;
    for (const double seconds : work->simulation) taken += seconds;
    const double residual = taken - rates.seconds_for(*work);
    squares += residual * residual;
  }
  const auto n = static_cast<double>(timed.size());
  double error = kLeastRelativeError * time.seconds;
  if (timed.size() > 1) {
    const double standard_error =
        static_cast<double>(all.size()) * std::sqrt(squares / (n * (n - 1)));
    error = std::max(error, standard_error * analysis::two_sided_t(kConfidence, timed.size() - 1));
  }
  time.seconds /= threads;
  time.low = std::max(0.0, time.seconds - error / threads);
  time.high = time.seconds + error / threads;
  return time;
}

/// Goes through the draws and counts the networks of the shard; keeps what is pending.
class Counting {
 public:
  Counting(store::Study* study, const std::vector<Target>& targets, const sampler::Shard& shard)
      : study_(study), targets_(targets), shard_(shard), counts_(targets.size()) {
    for (const Target& target : targets) setups_.push_back(target.setup.id());
  }

  void add(std::uint64_t first, const Drawn& block) {
    std::size_t known = 0;  // networks are numbered in the order of their first draws
    for (std::size_t i = 0; i < block.network_of.size(); ++i) {
      if (block.network_of[i] != known) continue;
      const Candidate& candidate = block.networks[known++];
      if (seen_.insert(candidate.id).second && shard_.has(first + i)) count(candidate);
    }
  }

  [[nodiscard]] const std::vector<ForecastCounts>& counts() const { return counts_; }
  [[nodiscard]] std::vector<Work>& pending() { return pending_; }

 private:
  void count(const Candidate& candidate) {
    Work work{candidate.architecture, candidate.ops.macs, {}, 0, {}};
    for (std::size_t target = 0; target < targets_.size(); ++target) {
      ForecastCounts& counts = counts_[target];
      ++counts.networks;
      if (network::reason_not_to_run(candidate.layout, targets_[target].limits)) continue;
      ++counts.fitting;
      if (study_ != nullptr && study_->outcome(candidate.id, setups_[target])) continue;
      ++counts.pending;
      work.targets.push_back(target);
    }
    if (!work.targets.empty()) pending_.push_back(std::move(work));
  }

  store::Study* study_;
  const std::vector<Target>& targets_;
  sampler::Shard shard_;
  std::vector<std::string> setups_;
  std::vector<ForecastCounts> counts_;
  std::unordered_set<std::string> seen_;  ///< Ids.
  std::vector<Work> pending_;
};

}  // namespace

Forecast forecast(store::Study* study, const NetworkSource& source,
                  const std::vector<Target>& targets, const ExecuteOptions& options) {
  Forecast result;
  Counting counting(study, targets, options.shard);
  source.each_block(0, [&](std::uint64_t first, const Drawn& block) {
    result.tries += block.tries;
    counting.add(first, block);
  });
  result.targets = counting.counts();
  std::vector<Work>& all = counting.pending();
  if (all.empty()) return result;
  std::stable_sort(all.begin(), all.end(),
                   [](const Work& a, const Work& b) { return a.macs() < b.macs(); });
  const std::vector<Work*> timed = time_some(all, source, targets, options);
  result.time = estimate(all, timed, targets.size(), options.threads);
  return result;
}

}  // namespace opline::campaign
