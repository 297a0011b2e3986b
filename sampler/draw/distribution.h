// sampler/draw/distribution.h - a prior conditional on a constraint, and its name.
#pragma once
#include <optional>
#include <string>

#include "sampler/draw/constraint.h"
#include "sampler/draw/decision_weights.h"
#include "sampler/draw/prior.h"

namespace opline::sampler {

struct Distribution {
  Distribution() = default;
  Distribution(Prior kind) : prior(kind) {}  // NOLINT: a prior alone is a distribution
  explicit Distribution(DecisionWeights own)
      : prior(Prior::decision_weights), weights(std::move(own)) {}

  Prior prior = Prior::uniform_decisions;
  std::optional<DecisionWeights> weights;  ///< Of decision_weights.
  /// No network twice; of uniform_networks only.
  bool without_replacement = false;
  Constraint constraint;

  /// What travels with every measurement, and with the seed names the sequence of samples:
  /// "uniform-decisions", "uniform-networks without replacement", "decision-weights
  /// 0123456789abcdef", "uniform-log-ops given ops 5000000..30000000, fits nucleo-f446re@1a2b3c4d".
  [[nodiscard]] std::string name(const Space& space) const;
};

}  // namespace opline::sampler
