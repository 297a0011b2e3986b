// sampler/draw/prior.h - the distributions that architectures are drawn from, by name.
#pragma once
#include <cstdint>
#include <string_view>

namespace opline::sampler {

/// A prior's name travels with every measurement; names and values are persisted and frozen. What
/// each draws, word by word of its random stream, is documented in docs/formats/prior.md.
enum class Prior : std::uint8_t {
  /// "uniform-decisions": every decision node independently uniform over its options (so a skip has
  /// probability 1/2): what a
  /// differentiable search starts from. Node after node in the order of Space::decisions draws
  /// RandomStream::below(number of options), also where a skip makes the node irrelevant; then
  /// canonical().
  uniform_decisions = 1,
  /// "uniform-networks": every distinct network equally likely; drawn by its rank (network_set.h).
  /// The only one that can be
  /// drawn without replacement.
  uniform_networks = 2,
  /// "uniform-log-ops": ops spread evenly over their logarithm. Between the 0.1 % and the 99.9 %
  /// point of the ops under
  /// uniform-decisions lie 32 strata of equal ratio; every run of as many consecutive samples as
  /// there are strata has one sample in
  /// each; in a stratum, uniform-decisions conditional on it.
  uniform_log_ops = 3,
  /// "decision-weights <16 digits>": every decision node independent, with weights from a file
  /// (decision_weights.h), whose digest
  /// is part of the name.
  decision_weights = 4,
};

/// The name; of decision_weights without the digest.
[[nodiscard]] std::string_view to_string(Prior prior);

/// Throws Error{usage} that lists the known names; `decision-weights` has no name of its own, but a
/// file.
[[nodiscard]] Prior prior_from_string(std::string_view name);

}  // namespace opline::sampler
