// src/campaign/draw.h - the networks a campaign asks for.
//
// Several draws can be one network (a skipped block's width does not matter), and a network is
// measured once; so the draws stay a list and the networks a set.
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

struct Drawn {
  std::vector<std::string> architectures;  ///< Text of each draw, in order.
  std::vector<std::size_t> network_of;     ///< For each draw, its position in `networks`.
  std::vector<Candidate> networks;         ///< In the order in which they were first drawn.
  /// Draws that a constraint judged, those that did not meet it included; the number of draws
  /// without one.
  std::uint64_t tries = 0;
};

/// Samples, decodes, counts and lays out; only the samples of `shard`. The same for any number of
/// threads (>= 1). Throws Error{usage} for a distribution that is not defined and for a hopeless
/// constraint (sampler/draw/sample.h). `progress` is told how many draws are done: on any thread,
/// one call at a time.
[[nodiscard]] Drawn draw(
    const Query& query, unsigned threads, sampler::Shard shard = {},
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

}  // namespace opline::campaign
