#include "src/campaign/draw.h"

#include <unordered_map>

#include "sampler/space/decode.h"
#include "src/base/parallel.h"

namespace opline::campaign {
namespace {

Candidate candidate_of(const sampler::Space& space, const sampler::Architecture& architecture) {
  network::Network decoded = sampler::decode(space, architecture);
  network::Layout layout = network::lay_out(decoded);
  return {decoded.id(), sampler::to_text(space, architecture), decoded, network::total_ops(decoded),
          std::move(layout)};
}

}  // namespace

Drawn draw(const Query& query, unsigned threads, sampler::Shard shard) {
  const sampler::Sampler sampler(query.space, query.prior, threads);
  const std::vector<sampler::Sampler::Draw> samples =
      sampler.draw_many(query.seed, shard.share(query.count), shard, threads);
  std::vector<Candidate> candidates(samples.size());
  parallel_for(threads, samples.size(), [&](std::size_t i) {
    candidates[i] = candidate_of(query.space, samples[i].architecture);
  });
  Drawn drawn;
  for (const sampler::Sampler::Draw& sample : samples) drawn.tries += sample.tries;
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
