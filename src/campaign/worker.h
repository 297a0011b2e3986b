// src/campaign/worker.h - one thread's part of a campaign. Internal to the module.
#pragma once
#include <memory>
#include <vector>

#include "src/campaign/campaign.h"
#include "src/measure/request.h"
#include "src/network/compile.h"
#include "src/network/pools.h"

namespace opline::campaign {

/// Pools long enough for anything that fits one of the targets, whatever compile() skips.
[[nodiscard]] network::Pools pools_for(const std::vector<Target>& targets);

/// A runner a target, and the network at hand, prepared for each payload when first needed.
class Worker {
 public:
  /// Both outlive the worker.
  Worker(const std::vector<Target>& targets, const network::Pools& pools);

  /// Takes the network that measure() is about; it must stay until the next one.
  void start(const Candidate& candidate);
  [[nodiscard]] measure::Outcome measure(std::size_t target);

  [[nodiscard]] const StepSeconds& seconds() const { return seconds_; }

 private:
  const network::CompiledNetwork& compiled();
  /// The network as a .tflite file, and which layer each of its operators is of.
  const measure::Request& model();
  measure::Request request_for(const Target& target);

  const std::vector<Target>& targets_;
  const network::Pools& pools_;
  std::vector<std::unique_ptr<runners::Runner>> runners_;
  const Candidate* candidate_ = nullptr;
  std::optional<network::CompiledNetwork> compiled_;  // of candidate_, as the next
  std::optional<measure::Request> model_;
  StepSeconds seconds_;
};

}  // namespace opline::campaign
