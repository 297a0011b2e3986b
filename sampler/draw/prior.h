// sampler/draw/prior.h - the distributions that architectures are drawn from, by name.
#pragma once
#include <cstdint>
#include <string_view>

namespace opline::sampler {

/// A prior's name travels with every measurement; names and values are persisted and frozen. How
/// each uses its random stream is documented in docs/formats/prior.md.
enum class Prior : std::uint8_t {
  /// "uniform-decisions": every decision node independently uniform over its options, so a skip has
  /// probability 1/2; what a differentiable search starts from. Node by node in the order of
  /// Space::decisions it draws RandomStream::below(number of options), also where a skip makes the
  /// node irrelevant; then canonical().
  uniform_decisions = 1,
  /// "uniform-networks": every distinct network equally likely; drawn by its rank (network_set.h).
  /// The only one that can be drawn without replacement.
  uniform_networks = 2,
  /// "uniform-log-ops": ops spread evenly over their logarithm. 32 strata of equal ratio divide the
  /// ops under uniform-decisions between their 0.1 % and 99.9 % points; every run of as many
  /// consecutive samples as there are strata has one sample in each; within a stratum,
  /// uniform-decisions conditional on it.
  uniform_log_ops = 3,
  /// "decision-weights <16 digits>": every decision node independent, with weights from a file
  /// (decision_weights.h), whose digest is part of the name.
  decision_weights = 4,
};

/// The name; of decision_weights without the digest.
[[nodiscard]] std::string_view to_string(Prior prior);

/// Throws Error{usage} that lists the known names. decision_weights is not selected by a name but
/// by a file.
[[nodiscard]] Prior prior_from_string(std::string_view name);

}  // namespace opline::sampler
