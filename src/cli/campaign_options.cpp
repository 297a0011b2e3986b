#include "src/cli/campaign_options.h"

#include <algorithm>
#include <thread>

namespace opline::cli {
namespace {
constexpr std::uint64_t kMostDraws = 100'000'000;
constexpr std::uint64_t kMostThreads = 1024;
}  // namespace

void add_query_options(Options& options, const std::string& default_count) {
  options.value("space", "NAME", "search space: a name (opline spaces) or a .toml file", "kws");
  options.value("prior", "NAME", "distribution the architectures are drawn from", "uniform-decisions");
  options.value("count", "N", "architectures to draw", default_count);
  options.value("seed", "S", "which sequence of samples", "1");
}

campaign::Query query_of(const Options& options) {
  return {sampler::load_space(options.text("space")), sampler::prior_from_string(options.text("prior")),
          options.integer("seed"), options.integer("count", 1, kMostDraws)};
}

unsigned threads_of(const Options& options) {
  const auto threads = static_cast<unsigned>(options.integer("threads", 0, kMostThreads));
  return threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace opline::cli
