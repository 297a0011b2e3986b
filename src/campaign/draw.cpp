#include "src/campaign/draw.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "sampler/space/decode.h"
#include "src/base/parallel.h"

namespace opline::campaign {
namespace {

/// Draws of a block: about 40 MB of decoded networks.
constexpr std::uint64_t kBlock = 8192;

Candidate candidate_of(const sampler::Space& space, const sampler::Architecture& architecture) {
  Candidate candidate;
  candidate.network = sampler::decode(space, architecture);
  candidate.id = candidate.network.id();
  candidate.architecture = sampler::to_text(space, architecture);
  candidate.ops = network::total_ops(candidate.network);
  candidate.layout = network::lay_out(candidate.network);
  return candidate;
}

/// Tells equal networks apart from further draws of them.
Drawn collect(std::vector<Candidate> candidates, std::uint64_t tries) {
  Drawn drawn;
  drawn.tries = tries;
  std::unordered_map<std::string, std::size_t> position;
  for (Candidate& candidate : candidates) {
    drawn.architectures.push_back(candidate.architecture);
    const auto [found, added] = position.try_emplace(candidate.id, drawn.networks.size());
    drawn.network_of.push_back(found->second);
    if (added) drawn.networks.push_back(std::move(candidate));
  }
  return drawn;
}

}  // namespace

void NetworkSource::each_block(std::uint64_t first,
                               const std::function<void(std::uint64_t, const Drawn&)>& take) const {
  for (; first < count(); first += kBlock)
    take(first, draw(first, std::min(kBlock, count() - first)));
}

QuerySource::QuerySource(Query query, unsigned threads, sampler::Shard shard, DrawProgress progress)
    : query_(std::move(query)),
      threads_(threads),
      shard_(shard),
      progress_(std::move(progress)),
      sampler_(query_.space, query_.prior, threads),
      count_(shard.share(query_.count)) {
  sampler_.require_samples(count_, shard_);
  if (sampler_.scans()) {
    scanned_ = sampler_.draw_many(query_.seed, count_, shard_, threads_);
  } else if (count_ != 0) {
    (void)sampler_.draw(query_.seed, shard_.index(0));
  }
}

Drawn QuerySource::draw(std::uint64_t first, std::uint64_t size) const {
  std::vector<Candidate> candidates(size);
  std::mutex counting;
  std::uint64_t done = first;
  std::uint64_t tries = 0;
  const auto take = [&](std::size_t i, const sampler::Sampler::Draw& sample) {
    candidates[i] = candidate_of(query_.space, sample.architecture);
    const std::lock_guard<std::mutex> lock(counting);
    tries += sample.tries;
    if (progress_) progress_(++done, count_);
  };
  if (scanned_.empty()) {
    sampler_.draw_each(query_.seed, first, size, shard_, threads_, take);
  } else {
    parallel_for(threads_, size, [&](std::size_t i) { take(i, scanned_.at(first + i)); });
  }
  return collect(std::move(candidates), tries);
}

Candidate QuerySource::candidate(const std::string& architecture) const {
  return candidate_of(query_.space, sampler::parse_architecture(query_.space, architecture));
}

Drawn draw(const Query& query, unsigned threads, sampler::Shard shard,
           const DrawProgress& progress) {
  const QuerySource source(query, threads, shard, progress);
  return source.draw(0, source.count());
}

}  // namespace opline::campaign
