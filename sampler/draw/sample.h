// sampler/draw/sample.h - architectures drawn from a prior over a search space, under a constraint.
//
// Sample i of seed s is a function of (space, distribution, s, i) alone: it reads RandomStream(s,
// i) from its beginning, rejected draws included, so it is the same whatever is drawn before it,
// beside it, on another thread or machine. docs/formats/prior.md has each prior's definition.
#pragma once
#include <cstdint>
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
/// sample is in exactly one.
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

/// Draws from one distribution. Immutable: threads may share it. A copy is a second handle.
class Sampler {
 public:
  /// Prepares the draws: uniform-networks counts the space (network_set.h), uniform-log-ops draws
  /// 4096 samples to find its strata, on up to `threads` threads. Throws Error{usage} for what is
  /// not defined (without replacement from another prior than uniform-networks, weights of another
  /// space, an allowed set that leaves nothing) and when no network meets the constraint.
  explicit Sampler(const Space& space, Distribution distribution = {}, unsigned threads = 1);

  struct Draw {
    Architecture architecture;  ///< Canonical.
    /// Draws that the constraint judged for it, itself included; 1 without one. (Draws of
    /// uniform-log-ops beside the sample's stratum don't count.) tries - 1 were infeasible.
    std::uint64_t tries = 1;
  };
  /// Sample `index` of `seed`. Throws Error{usage} when the constraint is hopeless: nothing met it
  /// in about a million tries (tens of thousands where each has to be laid out); the message tells
  /// what they had. Without replacement: when there are no more networks; under a constraint that
  /// rejects, O(index / acceptance).
  [[nodiscard]] Draw draw(std::uint64_t seed, std::uint64_t index) const;

  /// Samples shard.index(0) ... shard.index(count - 1), in this order, drawn by up to `threads`
  /// threads (>= 1).
  [[nodiscard]] std::vector<Draw> draw_many(std::uint64_t seed, std::size_t count, Shard shard = {},
                                            unsigned threads = 1) const;

  /// What draw() costs, without naming the architecture.
  struct Counted {
    network::NetworkOps ops;
    std::uint64_t tries = 1;
  };
  /// The same as draw_many(), counted; nothing is decoded unless the constraint needs a layout. A
  /// million and more a second and core under uniform-decisions (benchmarks/sampler_benchmark.cpp).
  [[nodiscard]] std::vector<Counted> count_many(std::uint64_t seed, std::size_t count,
                                                Shard shard = {}, unsigned threads = 1) const;

  /// Of uniform-networks: how many networks its ranks number: those that the exactly conditioned
  /// part of the constraint leaves. Else nothing.
  [[nodiscard]] std::optional<BigCount> networks() const;
  /// Of uniform-log-ops: the lower ends of the strata in ops, and the end of the last; those left
  /// out because fewer than 4 of the 4096 samples lay in them are missing. Pairs (from, to), `to`
  /// excluded but in the last.
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
