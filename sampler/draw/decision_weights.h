// sampler/draw/decision_weights.h - how likely each option of a decision is, read from a file: for
// studying the distribution that a search has learnt.
//
//   format = "opline-weights"
//   version = 1
//   title = "kws, epoch 40"
//   [weights]
//   block1.skip = [0.8, 0.2]           # keep, skip
//   block2.width = [1, 0, 0, 3, ...]   # one weight an option
// Decisions that are not named stay uniform. docs/formats/prior.md.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sampler/space/space.h"

namespace opline::sampler {

struct DecisionWeights {
  std::string title;  ///< One line.
  /// Digest of the space's id and of what every decision gets (not of the title, comments or
  /// layout): 16 digits.
  std::string digest;
  /// By decision of the space: a weight an option, finite, >= 0, at least one above 0; empty:
  /// uniform.
  std::vector<std::vector<double>> weights;
  bool operator==(const DecisionWeights&) const = default;
};

/// Throws Error{io}, or Error{input} "file:line: key: what, and what to do" for an unknown
/// decision, a wrong number of weights (the message has the options), a negative one, or zeros
/// only.
[[nodiscard]] DecisionWeights load_weights(const std::filesystem::path& path, const Space& space);

/// The same from the file's text; `file` stands for its path in messages.
[[nodiscard]] DecisionWeights parse_weights(const std::string& text, const std::string& file,
                                            const Space& space);

}  // namespace opline::sampler
