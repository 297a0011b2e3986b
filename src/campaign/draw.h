// src/campaign/draw.h - the networks a campaign asks for, drawn in blocks.
//
// Several draws can be one network (a skipped block's width does not matter), and a network is
// measured once; so the draws stay a list and the networks a set. A decoded network with its layout
// takes some kilobytes, so that those of a large campaign are never all in memory: they are drawn a
// block at a time, entered into the study, and decoded again from the text of their architecture
// when they are measured.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sampler/draw/sample.h"
#include "src/network/compile.h"
#include "src/network/op_count.h"

namespace opline::campaign {

/// Space x prior (and what it is conditional on) x seed x count: the networks asked for, whatever
/// the boards.
struct Query {
  sampler::Space space;
  sampler::Distribution prior;
  std::uint64_t seed = 1;
  std::uint64_t count = 0;  ///< Draws: samples 0 .. count - 1 of the seed.
};

/// One distinct network.
struct Candidate {
  std::string id;            ///< Network::id().
  std::string architecture;  ///< Text of the first draw that decodes to it.
  network::Network network;
  network::NetworkOps ops;
  network::Layout layout;
};

/// A block of draws.
struct Drawn {
  std::vector<std::string> architectures;  ///< Text of each draw, in order.
  std::vector<std::size_t> network_of;     ///< For each draw, its position in `networks`.
  std::vector<Candidate> networks;         ///< In the order in which they were first drawn.
  /// Draws that a constraint judged, those that did not meet it included; the number of draws
  /// without one.
  std::uint64_t tries = 0;
};

/// Told how many draws are done: on any thread, one call at a time.
using DrawProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Where the networks of a campaign come from: a search space, or a grid of layers (layer_grid.h).
class NetworkSource {
 public:
  NetworkSource() = default;
  NetworkSource(const NetworkSource&) = delete;
  NetworkSource& operator=(const NetworkSource&) = delete;
  virtual ~NetworkSource() = default;

  [[nodiscard]] virtual std::uint64_t count() const = 0;  ///< Draws.
  /// Whether Drawn::tries can be more than the draws.
  [[nodiscard]] virtual bool constrained() const = 0;
  /// Draws first .. first + size - 1, of count(). The same for any number of threads.
  [[nodiscard]] virtual Drawn draw(std::uint64_t first, std::uint64_t size) const = 0;
  /// The network of an architecture that draw() returned. Throws Error{input} for a text that is
  /// none. Threads may share the source.
  [[nodiscard]] virtual Candidate candidate(const std::string& architecture) const = 0;

  /// Calls `take(first, block)` for the draws from `first` on, in order, a bounded number at a
  /// time.
  void each_block(std::uint64_t first,
                  const std::function<void(std::uint64_t first, const Drawn&)>& take) const;
};

/// Draws from the query's space; with a shard only the samples of it, numbered within it.
class QuerySource : public NetworkSource {
 public:
  /// Draws the first sample. On up to `threads` threads (>= 1). Throws Error{usage} for a
  /// distribution that is not defined, one with fewer samples and a hopeless constraint
  /// (sampler/draw/sample.h), so that they are found before a file is made.
  QuerySource(Query query, unsigned threads, sampler::Shard shard = {}, DrawProgress progress = {});

  [[nodiscard]] std::uint64_t count() const override { return count_; }
  [[nodiscard]] bool constrained() const override { return !query_.prior.constraint.is_empty(); }
  [[nodiscard]] Drawn draw(std::uint64_t first, std::uint64_t size) const override;
  [[nodiscard]] Candidate candidate(const std::string& architecture) const override;

 private:
  Query query_;
  unsigned threads_;
  sampler::Shard shard_;
  DrawProgress progress_;
  sampler::Sampler sampler_;
  std::uint64_t count_;
  std::vector<sampler::Sampler::Draw> scanned_;  ///< All, where Sampler::scans().
};

/// All draws of the query, or of a shard of it, in memory: for small counts.
[[nodiscard]] Drawn draw(const Query& query, unsigned threads, sampler::Shard shard = {},
                         const DrawProgress& progress = {});

}  // namespace opline::campaign
