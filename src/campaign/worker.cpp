#include "src/campaign/worker.h"

#include <algorithm>
#include <chrono>

#include "src/base/error.h"
#include "src/network/op_count.h"
#include "src/network/quantised_network.h"
#include "src/tflite/to_tflite.h"

namespace opline::campaign {
namespace {

using Clock = std::chrono::steady_clock;
using measure::Outcome;
using measure::OutcomeKind;

// A network that takes longer is stuck: the slowest kernel needs below 40 cycles a mac, layers
// without macs are small.
constexpr std::uint64_t kBudgetCyclesPerMac = 200;
constexpr std::uint64_t kBudgetCycles = 200'000'000;

constexpr std::uint32_t kInputSeed = 1;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

std::uint64_t budget_cycles(const network::Network& network) {
  return kBudgetCycles + kBudgetCyclesPerMac * network::total_ops(network).macs;
}

network::Pools pools_for(const std::vector<Target>& targets) {
  network::DeviceLimits most;
  most.channel_pool_bytes = OPLINE_CHANNEL_POOL_BYTES;  // where only .tflite files are made of them
  for (const Target& target : targets) {
    most.weight_pool_bytes = std::max(most.weight_pool_bytes, target.limits.weight_pool_bytes);
    most.channel_pool_bytes = std::max(most.channel_pool_bytes, target.limits.channel_pool_bytes);
  }
  network::Layout longest;
  longest.layers.resize(OPLINE_MAX_LAYERS);
  longest.footprint.weight_bytes = most.weight_pool_bytes;
  return network::Pools::generate(network::weight_bytes_at_most(longest), most.channel_pool_bytes);
}

Worker::Worker(const std::vector<Target>& targets, const network::Pools& pools)
    : targets_(targets), pools_(pools) {
  runners_.resize(targets.size());
}

Outcome Worker::measure(std::size_t target) {
  const Target& asked = targets_[target];
  if (auto reason = network::reason_not_to_run(candidate_->layout, asked.limits)) {
    return Outcome::failed(OutcomeKind::does_not_fit, *reason);
  }
  const bool is_plan = asked.payload == measure::Payload::plan;
  if (auto reason =
          is_plan ? network::reason_not_to_fit(compiled().footprint, asked.limits) : std::nullopt) {
    return Outcome::failed(OutcomeKind::does_not_fit, *reason);
  }
  if (!runners_[target]) runners_[target] = asked.make_runner();
  const measure::Request request = request_for(asked);
  const Clock::time_point begin = Clock::now();
  Outcome outcome = runners_[target]->measure(request);
  seconds_.simulate += seconds_since(begin);
  return outcome;
}

void Worker::start(const Candidate& candidate) {
  candidate_ = &candidate;
  compiled_.reset();
  model_.reset();
}

const network::CompiledNetwork& Worker::compiled() {
  if (!compiled_) {
    const Clock::time_point begin = Clock::now();
    try {
      compiled_ = network::compile(candidate_->network, pools_, kInputSeed);
    } catch (const Error& error) {
      throw Error(error.code(), "architecture {}: {}", candidate_->architecture, error.what());
    }
    seconds_.host += seconds_since(begin);
  }
  return *compiled_;
}

const measure::Request& Worker::model() {
  if (!model_) {
    (void)compiled();
    const Clock::time_point begin = Clock::now();
    model_.emplace();
    const network::QuantisedNetwork numbers =
        network::quantised(candidate_->network, pools_, kInputSeed);
    tflite::TfliteFile file = tflite::write_tflite(numbers);
    model_->tensors = std::move(file.bytes);
    model_->layer_of_operator = std::move(file.layer_of_operator);
    seconds_.host += seconds_since(begin);
  }
  return *model_;
}

measure::Request Worker::request_for(const Target& target) {
  measure::Request request;
  if (target.payload == measure::Payload::tflite) {
    request = model();
  } else {
    request.plan = compiled().plan;
  }
  request.network = candidate_->id;
  request.expected_digests = compiled().digests;
  request.budget_cycles = budget_cycles(candidate_->network);
  request.payload = target.payload;
  request.input_seed = kInputSeed;
  request.output_check = target.output_check;
  return request;
}

}  // namespace opline::campaign
