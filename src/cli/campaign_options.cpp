#include "src/cli/campaign_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "src/cli/constraint_options.h"
#include "src/cli/progress.h"

namespace opline::cli {
namespace {

constexpr std::uint64_t kMostDraws = 100'000'000;
constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kMostShards = 1'000'000;

sampler::Distribution distribution_of(const Options& options, const sampler::Space& space) {
  const std::string prior = options.text("prior");
  sampler::Distribution distribution =
      prior.ends_with(".toml") ? sampler::Distribution(sampler::load_weights(prior, space))
                               : sampler::Distribution(sampler::prior_from_string(prior));
  distribution.without_replacement = options.has("without-replacement");
  if (distribution.without_replacement && distribution.prior != sampler::Prior::uniform_networks) {
    options.fail(
        "--without-replacement needs --prior uniform-networks: only its draws are numbered");
  }
  distribution.constraint = constraint_of(options, space);
  return distribution;
}

}  // namespace

void add_query_options(Options& options, const std::string& default_count) {
  options.value("space", "NAME", "search space: a name (opline spaces) or a .toml file", "kws");
  options.completes("space", Names::spaces);
  options.value(
      "prior", "NAME",
      "the distribution to draw from: uniform-decisions, uniform-networks, uniform-log-ops, or a "
      ".toml file of decision weights (docs/formats/prior.md)",
      "uniform-decisions");
  options.completes("prior", {"uniform-decisions", "uniform-networks", "uniform-log-ops"});
  options.completes_files("prior");
  options.flag("without-replacement", "draw no network twice (uniform-networks)");
  options.value("count", "N", "how many architectures to draw", default_count);
  options.value("seed", "S", "seed of the random draws", "1");
  add_constraint_options(options);
}

campaign::Query query_of(const Options& options) {
  const std::uint64_t seed = options.integer("seed");
  const std::uint64_t count = options.integer("count", 1, kMostDraws);
  sampler::Space space = sampler::load_space(options.text("space"));
  sampler::Distribution distribution = distribution_of(options, space);
  return {std::move(space), std::move(distribution), seed, count};
}

unsigned threads_of(const Options& options) {
  const auto threads = static_cast<unsigned>(options.integer("threads", 0, kMostThreads));
  return threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
}

void add_shard_option(Options& options, const std::string& help) {
  options.value("shard", "K/N", help);
}

sampler::Shard shard_of(const Options& options) {
  if (!options.has("shard")) return {};
  const std::string text = options.text("shard");
  sampler::Shard shard{0, 0};
  const char* const end = text.data() + text.size();
  const auto [slash, problem] = std::from_chars(text.data(), end, shard.number);
  const bool has_slash = problem == std::errc{} && slash != end && *slash == '/';
  const auto last = has_slash ? std::from_chars(slash + 1, end, shard.of)
                              : std::from_chars_result{end, std::errc{}};
  if (!has_slash || last.ec != std::errc{} || last.ptr != end || shard.number < 1 ||
      shard.number > shard.of || shard.of > kMostShards) {
    options.fail(
        fmt::format("--shard is '{}'; write it as K/N, part K of N, with K from 1 to N", text));
  }
  return shard;
}

std::unique_ptr<campaign::NetworkSource> source_with_progress(const campaign::Query& query,
                                                              unsigned threads,
                                                              sampler::Shard shard,
                                                              Console& console) {
  const auto progress = std::make_shared<Progress>(console, "drawing");
  return std::make_unique<campaign::QuerySource>(
      query, threads, shard,
      [progress](std::uint64_t done, std::uint64_t total) { progress->update(done, total); });
}

}  // namespace opline::cli
