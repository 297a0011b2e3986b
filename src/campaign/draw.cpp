#include "src/campaign/draw.h"

#include <mutex>
#include <unordered_map>

#include "sampler/space/decode.h"

namespace opline::campaign {
namespace {

Candidate candidate_of(const sampler::Space& space, const sampler::Architecture& architecture) {
  network::Network decoded = sampler::decode(space, architecture);
  network::Layout layout = network::lay_out(decoded);
  return {decoded.id(), sampler::to_text(space, architecture), decoded, network::total_ops(decoded),
          std::move(layout)};
}

}  // namespace

Drawn draw(const Query& query, unsigned threads, sampler::Shard shard,
           const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  const sampler::Sampler sampler(query.space, query.prior, threads);
  const std::uint64_t count = shard.share(query.count);
  sampler.require_samples(count, shard);  // before memory is reserved for them
  std::vector<Candidate> candidates(count);
  Drawn drawn;
  std::mutex counting;
  std::uint64_t done = 0;
  sampler.draw_each(query.seed, count, shard, threads,
                    [&](std::size_t i, const sampler::Sampler::Draw& sample) {
                      candidates[i] = candidate_of(query.space, sample.architecture);
                      const std::lock_guard<std::mutex> lock(counting);
                      drawn.tries += sample.tries;
                      if (progress) progress(++done, count);
                    });
  std::unordered_map<std::string, std::size_t> position;
  for (Candidate& candidate : candidates) {
    drawn.architectures.push_back(candidate.architecture);
    const auto [found, added] = position.try_emplace(candidate.id, drawn.networks.size());
    drawn.network_of.push_back(found->second);
    if (added) drawn.networks.push_back(std::move(candidate));
  }
  return drawn;
}

}  // namespace opline::campaign
