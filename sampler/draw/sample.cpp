#include "sampler/draw/sample.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "sampler/count/network_set.h"
#include "sampler/count/ops_strata.h"
#include "sampler/count/ops_table.h"
#include "sampler/draw/option_chooser.h"
#include "sampler/draw/permutation.h"
#include "src/base/error.h"
#include "src/base/parallel.h"
#include "src/base/random.h"

namespace opline::sampler {
namespace {

// Work after which a sample is hopeless, in draws of decisions; about two seconds.
constexpr std::uint64_t kMostWork = 2'000'000;
constexpr std::uint64_t kUnrankWork = 10;
constexpr std::uint64_t kLayoutWork = 50;
constexpr std::uint64_t kMostMisses = 100'000'000;  // of a stratum; 1024 a hit are expected at most
constexpr std::uint32_t kPilotLane = 3;
constexpr std::size_t kBlock = 256;  ///< Samples handed to a thread at a time.

/// The part of the constraint that a NetworkSet imposes exactly. Working memory is a lower bound of
/// the arena.
NetworkSet::Restrictions restrictions_of(const Space& space, const Constraint& constraint) {
  NetworkSet::Restrictions restrictions;
  std::uint64_t most_sram = constraint.sram_bytes.max;
  for (const BoardLimits& board : constraint.fits) {
    most_sram = std::min<std::uint64_t>(most_sram, board.limits.arena_bytes);
  }
  // The set's layers have int8 tensors: of narrower codes the bound is left to the layout.
  if (most_sram != Range::kOpen && space.bits == network::Bits{})
    restrictions.keeps = working_bytes_at_most(most_sram);
  if (constraint.where.empty()) return restrictions;
  std::vector<std::vector<bool>> allowed;
  for (const Decision& decision : space.decisions)
    allowed.emplace_back(decision.options.size(), true);
  for (const AllowedOptions& one : constraint.where) {
    allowed[one.decision].assign(allowed[one.decision].size(), false);
    for (const std::uint16_t option : one.options) allowed[one.decision][option] = true;
  }
  restrictions.allows = [allowed = std::move(allowed)](std::size_t decision, std::size_t option) {
    return bool{allowed[decision][option]};
  };
  return restrictions;
}

}  // namespace

class Sampler::Impl {
 public:
  Impl(const Space& space, Distribution distribution, unsigned threads)
      : space_(space),
        distribution_(std::move(distribution)),
        name_(distribution_.name(space_)),
        table_(space_),
        chooser_(space_, distribution_) {
    const Prior prior = distribution_.prior;
    if ((prior == Prior::decision_weights) != distribution_.weights.has_value()) {
      throw Error(ErrorCode::usage, "the prior {} {}", to_string(prior),
                  distribution_.weights ? "takes no weights" : "needs a file of weights");
    }
    if (distribution_.without_replacement && prior != Prior::uniform_networks) {
      throw Error(
          ErrorCode::usage,
          "drawing without replacement is defined for uniform-networks, whose draws have numbers, "
          "and not for {}",
          to_string(prior));
    }
    if (prior == Prior::uniform_networks) {
      networks_.emplace(space_, restrictions_of(space_, distribution_.constraint));
      if (networks_->size() == 0) throw nothing_left();
    }
    if (prior == Prior::uniform_log_ops) strata_.emplace(pilot(threads));
  }

  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::optional<NetworkSet>& networks() const { return networks_; }
  [[nodiscard]] const std::optional<OpsStrata>& strata() const { return strata_; }
  /// Whether a sample depends on how many others were rejected before it.
  [[nodiscard]] bool scans() const {
    return distribution_.without_replacement && distribution_.constraint.rejects();
  }

  /// Sample `index` into `architecture`, not canonical where it comes from decisions. Not for what
  /// scans().
  Counted draw(std::uint64_t seed, std::uint64_t index, Architecture& architecture) const {
    if (distribution_.without_replacement) {
      require_sample(index);
      architecture = networks_->unrank(KeyedPermutation(networks_->size(), seed).at(index));
      return {table_.count(architecture.options), 1};
    }
    RandomStream stream(seed, index);
    return draw(stream, architecture, strata_ ? &strata_->of_sample(seed, index) : nullptr);
  }

  /// Throws where there are too few networks, before anything is made for many samples.
  void require_sample(std::uint64_t index) const {
    if (distribution_.without_replacement) require_network(index);
  }

  /// The accepted networks in the order of the permutation, up to number `count` - 1.
  [[nodiscard]] std::vector<Draw> scan(std::uint64_t seed, std::size_t count,
                                       unsigned threads) const;

 private:
  struct Judged {
    Architecture architecture;
    bool accepted = false;
    bool laid_out = false;
    Seen seen;
  };

  void propose(RandomStream& stream, Architecture& architecture) const {
    if (networks_) {
      networks_->draw(stream, architecture);
      return;
    }
    architecture.options.resize(space_.decisions.size());
    chooser_.choose(stream, architecture.options);
  }

  Counted draw(RandomStream& stream, Architecture& architecture,
               const OpsStrata::Interval* stratum) const {
    const Constraint& constraint = distribution_.constraint;
    const bool rejects = constraint.rejects();
    Counted result{{}, 0};
    Seen seen;
    std::uint64_t work = 0;
    std::uint64_t misses = 0;
    for (;;) {
      propose(stream, architecture);
      result.ops = stratum == nullptr ? table_.count(architecture.options)
                                      : table_.count(architecture.options, stratum->second / 2);
      if (stratum != nullptr &&
          (result.ops.ops() < stratum->first || result.ops.ops() >= stratum->second)) {
        if (++misses > kMostMisses) throw hopeless(result.tries, seen);
        continue;
      }
      ++result.tries;
      if (!rejects) return result;
      bool laid_out = false;
      if (meets(constraint, space_, architecture, result.ops, seen, &laid_out)) return result;
      work += cost(laid_out);
      if (work > kMostWork) throw hopeless(result.tries, seen);
    }
  }

  [[nodiscard]] std::uint64_t cost(bool laid_out) const {
    return (networks_ ? kUnrankWork : 1) + (laid_out ? kLayoutWork : 0);
  }

  [[nodiscard]] std::vector<std::uint64_t> pilot(unsigned threads) const {
    std::vector<std::uint64_t> ops(kPilotSamples);
    parallel_for(threads, ops.size(), [&](std::size_t i) {
      RandomStream stream(0, i, kPilotLane);
      Architecture scratch;
      ops[i] = draw(stream, scratch, nullptr).ops.ops();
    });
    return ops;
  }

  void require_network(const BigCount& index) const {
    if (index < networks_->size()) return;
    throw Error(ErrorCode::usage,
                "{} has {} networks{}; without replacement sample {} does not exist; ask for fewer",
                space_.name, networks_->size().str(),
                distribution_.constraint.is_empty() ? "" : " that may be drawn", index.str());
  }

  [[nodiscard]] Error nothing_left() const {
    return {ErrorCode::usage, "no network of {} meets the constraint ({}); widen it", space_.name,
            distribution_.constraint.text(space_)};
  }

  [[nodiscard]] Error hopeless(std::uint64_t tries, const Seen& seen) const {
    return {
        ErrorCode::usage,
        "none of {} draws from {} ({}) meets the constraint: {}; widen it, or choose another prior",
        tries,
        to_string(distribution_.prior),
        name_,
        describe(seen, distribution_.constraint)};
  }

  Space space_;
  Distribution distribution_;
  std::string name_;
  OpsTable table_;
  OptionChooser chooser_;
  std::optional<NetworkSet> networks_;
  std::optional<OpsStrata> strata_;
};

std::vector<Sampler::Draw> Sampler::Impl::scan(std::uint64_t seed, std::size_t count,
                                               unsigned threads) const {
  const KeyedPermutation order(networks_->size(), seed);
  std::vector<Draw> accepted;
  std::uint64_t tries = 0;
  std::uint64_t work = 0;
  Seen seen;
  for (BigCount position = 0; accepted.size() < count;) {
    const BigCount left = networks_->size() - position;
    if (left == 0) {
      if (accepted.empty()) throw hopeless(tries, seen);
      throw Error(ErrorCode::usage,
                  "only {} networks of {} meet the constraint ({}); ask for fewer", accepted.size(),
                  space_.name, distribution_.constraint.text(space_));
    }
    std::vector<Judged> judged(left < kBlock * threads ? static_cast<std::size_t>(left)
                                                       : kBlock * threads);
    parallel_for(threads, judged.size(), [&](std::size_t i) {
      Judged& one = judged[i];
      one.architecture = networks_->unrank(order.at(position + i));
      one.accepted = meets(distribution_.constraint, space_, one.architecture,
                           table_.count(one.architecture.options), one.seen, &one.laid_out);
    });
    for (Judged& one : judged) {
      ++tries;
      work += cost(one.laid_out);
      seen.include(one.seen);
      if (!one.accepted) {
        if (work > kMostWork) throw hopeless(tries, seen);
        continue;
      }
      accepted.push_back({std::move(one.architecture), tries});
      tries = 0;
      work = 0;
      if (accepted.size() == count) break;
    }
    position += judged.size();
  }
  return accepted;
}

Sampler::Sampler(const Space& space, Distribution distribution, unsigned threads)
    : impl_(std::make_shared<const Impl>(space, std::move(distribution), threads)) {}

Sampler::Draw Sampler::draw(std::uint64_t seed, std::uint64_t index) const {
  if (impl_->scans()) return impl_->scan(seed, index + 1, 1).back();
  Draw draw;
  draw.tries = impl_->draw(seed, index, draw.architecture).tries;
  if (!impl_->networks())
    draw.architecture = canonical(impl_->space(), std::move(draw.architecture));
  return draw;
}

void Sampler::require_samples(std::size_t count, Shard shard) const {
  if (count != 0) impl_->require_sample(shard.index(count - 1));
}

bool Sampler::scans() const { return impl_->scans(); }

void Sampler::draw_each(std::uint64_t seed, std::uint64_t first, std::size_t count, Shard shard,
                        unsigned threads,
                        const std::function<void(std::size_t, Draw)>& take) const {
  if (count == 0) return;
  require_samples(first + count, shard);
  std::vector<Draw> all;
  if (impl_->scans()) all = impl_->scan(seed, shard.index(first + count - 1) + 1, threads);
  parallel_for(threads, (count + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t end = std::min(count, (block + 1) * kBlock);
    for (std::size_t i = block * kBlock; i < end; ++i) {
      const std::uint64_t index = shard.index(first + i);
      take(i, all.empty() ? draw(seed, index) : std::move(all[index]));
    }
  });
}

std::vector<Sampler::Draw> Sampler::draw_many(std::uint64_t seed, std::size_t count, Shard shard,
                                              unsigned threads) const {
  std::vector<Draw> draws(count);
  draw_each(seed, 0, count, shard, threads,
            [&](std::size_t i, Draw draw) { draws[i] = std::move(draw); });
  return draws;
}

std::vector<Sampler::Counted> Sampler::count_many(
    std::uint64_t seed, std::size_t count, Shard shard, unsigned threads,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress) const {
  require_samples(count, shard);
  std::vector<Counted> counted(count);
  if (impl_->scans()) {
    const OpsTable table(impl_->space());
    const std::vector<Draw> draws = draw_many(seed, count, shard, threads);
    for (std::size_t i = 0; i < count; ++i)
      counted[i] = {table.count(draws[i].architecture.options), draws[i].tries};
    return counted;
  }
  std::mutex reporting;
  std::uint64_t done = 0;
  parallel_for(threads, (count + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t end = std::min(count, (block + 1) * kBlock);
    Architecture scratch;
    for (std::size_t i = block * kBlock; i < end; ++i)
      counted[i] = impl_->draw(seed, shard.index(i), scratch);
    if (!progress) return;
    const std::lock_guard<std::mutex> lock(reporting);
    done += end - block * kBlock;
    progress(done, count);
  });
  return counted;
}

std::optional<BigCount> Sampler::networks() const {
  if (!impl_->networks()) return std::nullopt;
  return impl_->networks()->size();
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> Sampler::strata() const {
  if (!impl_->strata()) return {};
  return impl_->strata()->intervals();
}

const std::string& Sampler::name() const { return impl_->name(); }

Architecture sample(const Space& space, Prior prior, std::uint64_t seed, std::uint64_t index) {
  return Sampler(space, prior).draw(seed, index).architecture;
}

std::vector<Architecture> sample_many(const Space& space, Prior prior, std::uint64_t seed,
                                      std::uint64_t first, std::size_t count, unsigned threads) {
  OPLINE_ASSERT(threads >= 1, "samples need a thread");
  const Sampler sampler(space, prior, threads);
  std::vector<Architecture> samples(count);
  parallel_for(threads, (count + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t end = std::min(count, (block + 1) * kBlock);
    for (std::size_t i = block * kBlock; i < end; ++i)
      samples[i] = sampler.draw(seed, first + i).architecture;
  });
  return samples;
}

}  // namespace opline::sampler
