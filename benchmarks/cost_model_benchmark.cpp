// How many predictions a second: of a line in ops, and of architectures by the coefficients of
// their layers, against predict() of the decoded network, the reference.
//
//   OPLINE_HOME=build/release build/release/benchmarks/cost_model_benchmark
#include <benchmark/benchmark.h>

#include <vector>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/costmodel/architecture_cost.h"
#include "src/costmodel/prediction.h"
#include "tests/costmodel/example_model.h"

namespace {

using namespace opline;

std::vector<sampler::Architecture> architectures_of(const sampler::Space& space) {
  std::vector<sampler::Architecture> all;
  const sampler::Sampler sampler(space);
  for (std::uint64_t i = 0; i < 1024; ++i) all.push_back(sampler.draw(1, i).architecture);
  return all;
}

const char* const kSpaces[] = {"kws", "cifar10", "vww50", "kws4", "mcunet", "inception"};

void from_ops(benchmark::State& state) {
  const costmodel::Model model = costmodel::example_line();
  std::vector<double> ops(4096), values(4096);
  for (std::size_t i = 0; i < ops.size(); ++i) ops[i] = 1e6 + 1000.0 * static_cast<double>(i);
  for (auto _ : state) {
    costmodel::values_at(model, ops, values);
    benchmark::DoNotOptimize(values.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(ops.size()));
}
BENCHMARK(from_ops);

void from_decisions(benchmark::State& state) {
  const sampler::Space space = sampler::load_space(kSpaces[state.range(0)]);
  const auto cost = *costmodel::ArchitectureCost::make(space, costmodel::every_kernel());
  const auto architectures = architectures_of(space);
  for (auto _ : state) {
    for (const sampler::Architecture& one : architectures)
      benchmark::DoNotOptimize(cost(one.options));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(architectures.size()));
  state.SetLabel(space.name);
}
BENCHMARK(from_decisions)->DenseRange(0, 5);

void from_decoded_network(benchmark::State& state) {
  const sampler::Space space = sampler::load_space(kSpaces[state.range(0)]);
  const costmodel::Model model = costmodel::every_kernel();
  const auto architectures = architectures_of(space);
  for (auto _ : state) {
    for (const sampler::Architecture& one : architectures)
      benchmark::DoNotOptimize(costmodel::predict(model, sampler::decode(space, one))->value);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(architectures.size()));
  state.SetLabel(space.name);
}
BENCHMARK(from_decoded_network)->DenseRange(0, 5);

}  // namespace

BENCHMARK_MAIN();
