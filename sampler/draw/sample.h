// sampler/draw/sample.h - architectures drawn from a prior over a search space, under a constraint.
//
// Sample i of seed s is a function of (space, distribution, s, i) alone: it reads RandomStream(s,
// i) from its beginning, rejected draws included, so it is the same whatever is drawn before it,
// beside it, on another thread or machine. docs/formats/prior.md has each prior's definition.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sampler/count/big_count.h"
#include "sampler/draw/distribution.h"
#include "sampler/space/architecture.h"
#include "sampler/space/space.h"
#include "src/network/op_count.h"

namespace opline::sampler {

/// One of `of` parts of a sequence of samples: those with index mod `of` == number - 1. Every
/// sample is in exactly one part.
struct Shard {
  std::uint64_t number = 1;  ///< 1 .. of.
  std::uint64_t of = 1;

  [[nodiscard]] bool has(std::uint64_t index) const { return index % of == number - 1; }
  /// Index of the shard's sample `position`.
  [[nodiscard]] std::uint64_t index(std::uint64_t position) const {
    return position * of + number - 1;
  }
  /// How many of `count` samples it has.
  [[nodiscard]] std::uint64_t share(std::uint64_t count) const {
    return (count + of - number) / of;
  }
  bool operator==(const Shard&) const = default;
};

/// Draws from one distribution. Immutable: threads may share it. Copies share their state.
class Sampler {
 public:
  /// Prepares the draws: uniform-networks counts the space (network_set.h), uniform-log-ops draws
  /// 4096 samples to find its strata, on up to `threads` threads. Throws Error{usage} for a
  /// distribution that is not defined (without replacement from another prior than
  /// uniform-networks, weights of another space, an empty set of allowed options) and when no
  /// network meets the constraint.
  explicit Sampler(const Space& space, Distribution distribution = {}, unsigned threads = 1);

  struct Draw {
    Architecture architecture;  ///< Canonical.
    /// Number of draws that were checked against the constraint, the accepted one included; 1
    /// without a constraint. tries - 1 were infeasible. (Draws of uniform-log-ops outside the
    /// sample's stratum are not counted.)
    std::uint64_t tries = 1;
  };
  /// Sample `index` of `seed`. Throws Error{usage} with the figures of the rejected draws when none
  /// met the constraint in about a million tries (tens of thousands where each has to be laid out),
  /// and, without replacement, when the networks are used up. Without replacement under a
  /// constraint that rejects, O(index / acceptance).
  [[nodiscard]] Draw draw(std::uint64_t seed, std::uint64_t index) const;

  /// Throws Error{usage} where the distribution has fewer samples (without replacement).
  void require_samples(std::size_t count, Shard shard) const;

  /// Calls `take(i, draw)` for samples shard.index(first + i), i in [0, count): on up to `threads`
  /// threads (>= 1), several at a time and in no particular order.
  void draw_each(std::uint64_t seed, std::uint64_t first, std::size_t count, Shard shard,
                 unsigned threads, const std::function<void(std::size_t, Draw)>& take) const;

  /// Whether samples can only be found by going through all before them: without replacement under
  /// a constraint that rejects.
  [[nodiscard]] bool scans() const;

  /// The same samples as a list, sample shard.index(i) at i.
  [[nodiscard]] std::vector<Draw> draw_many(std::uint64_t seed, std::size_t count, Shard shard = {},
                                            unsigned threads = 1) const;

  /// The op count of a draw, without its architecture.
  struct Counted {
    network::NetworkOps ops;
    std::uint64_t tries = 1;
  };
  /// Op counts of the same samples as draw_many(); nothing is decoded unless the constraint needs a
  /// layout. More than a million per second and core under uniform-decisions, about a million under
  /// uniform-networks of some thirty layers; under uniform-log-ops, which by its definition rejects
  /// a hundred draws for each that falls in its stratum, tens of thousands
  /// (benchmarks/sampler_benchmark.cpp).
  /// `progress` is told how many are counted, on any thread, one call at a time; where the samples
  /// have to be found by a scan it is not.
  [[nodiscard]] std::vector<Counted> count_many(
      std::uint64_t seed, std::size_t count, Shard shard = {}, unsigned threads = 1,
      const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {}) const;

  /// Of uniform-networks: how many networks it draws from, those that satisfy the exactly imposed
  /// part of the constraint. Else nothing.
  [[nodiscard]] std::optional<BigCount> networks() const;
  /// Of uniform-log-ops: the strata in ops, as pairs (from, to) with `to` excluded except in the
  /// last. Strata with fewer than 4 of the 4096 samples are left out.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> strata() const;

  /// Distribution::name().
  [[nodiscard]] const std::string& name() const;

 private:
  class Impl;
  std::shared_ptr<const Impl> impl_;
};

/// Sampler(space, prior).draw(seed, index): for a few samples of uniform-decisions.
[[nodiscard]] Architecture sample(const Space& space, Prior prior, std::uint64_t seed,
                                  std::uint64_t index);

/// Samples `first` ... `first + count - 1` in this order, drawn by up to `threads` threads (>= 1).
[[nodiscard]] std::vector<Architecture> sample_many(const Space& space, Prior prior,
                                                    std::uint64_t seed, std::uint64_t first,
                                                    std::size_t count, unsigned threads = 1);

}  // namespace opline::sampler
