// How fast architectures are drawn and counted, one thread.
//
//   build/release/benchmarks/sampler_benchmark [--benchmark_...]
//
// items_per_second are architectures a second and core. Drawing and counting from the table
// (sampler/count/ops_table.h) stands beside the reference: the same draws decoded to a network,
// whose layers are then counted. Every pair is compared once before anything is measured. The last
// lines give the ratio.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <string>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

constexpr std::size_t kBatch = 4096;
constexpr std::uint64_t kSeed = 1;

/// Macs of a batch by decoding.
std::uint64_t decode_and_count(const Space& space, const Sampler& sampler, std::uint64_t seed,
                               std::size_t count) {
  std::uint64_t macs = 0;
  for (const Sampler::Draw& draw : sampler.draw_many(seed, count)) {
    macs += network::total_ops(decode(space, draw.architecture)).macs;
  }
  return macs;
}

std::uint64_t count_by_table(const Sampler& sampler, std::uint64_t seed, std::size_t count) {
  std::uint64_t macs = 0;
  for (const Sampler::Counted& one : sampler.count_many(seed, count)) macs += one.ops.macs;
  return macs;
}

/// Runs `batch(seed)` over batches of `count` draws, each of a seed of its own.
template <typename Batch>
void measure(benchmark::State& state, std::size_t count, const Batch& batch) {
  std::uint64_t seed = kSeed;
  for (auto _ : state) benchmark::DoNotOptimize(batch(seed++));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(count));
}

void add(const std::string& name, Prior prior) {
  const Space space = load_space(name);
  const Sampler sampler(space, prior);
  OPLINE_ASSERT(
      count_by_table(sampler, kSeed, 1000) == decode_and_count(space, sampler, kSeed, 1000),
      "the table counts {} otherwise than the networks", name);
  const std::string where = fmt::format("{}/{}", name, to_string(prior));
  benchmark::RegisterBenchmark(("draw/" + where).c_str(), [=](benchmark::State& state) {
    measure(state, kBatch,
            [&](std::uint64_t seed) { return sampler.draw_many(seed, kBatch).size(); });
  });
  benchmark::RegisterBenchmark(("draw+count/" + where).c_str(), [=](benchmark::State& state) {
    measure(state, kBatch,
            [&](std::uint64_t seed) { return count_by_table(sampler, seed, kBatch); });
  });
  benchmark::RegisterBenchmark(
      ("draw+decode+count/" + where).c_str(), [=](benchmark::State& state) {
        measure(state, kBatch,
                [&](std::uint64_t seed) { return decode_and_count(space, sampler, seed, kBatch); });
      });
}

/// Prints as ever and remembers the rates.
class Ratios : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const auto rate = run.counters.find("items_per_second");
      if (rate != run.counters.end()) rates_[run.benchmark_name()] = rate->second;
    }
    ConsoleReporter::ReportRuns(runs);
  }
  void print() const {
    for (const auto& [name, rate] : rates_) {
      if (!name.starts_with("draw+count/")) continue;
      const std::string where = name.substr(std::string("draw+count/").size());
      const auto reference = rates_.find("draw+decode+count/" + where);
      if (reference == rates_.end()) continue;
      fmt::print("{}: {:.2f} M architectures/s drawn and counted, {:.1f} times the reference\n",
                 where, rate / 1e6, rate / reference->second);
    }
  }

 private:
  std::map<std::string, double> rates_;
};

}  // namespace
}  // namespace opline::sampler

int main(int count, char** words) {
  using namespace opline::sampler;
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 2;
  try {
    for (const std::string& name : space_names()) add(name, Prior::uniform_decisions);
    for (const char* name : {"kws", "vww50"}) add(name, Prior::uniform_networks);
    add("kws", Prior::uniform_log_ops);
  } catch (const opline::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
  Ratios reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print();
  return 0;
}
