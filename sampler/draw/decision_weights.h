// sampler/draw/decision_weights.h - weights of the options of each decision, read from a file, to
// study the distribution that a search has learnt.
//
//   format = "opline-weights"
//   version = 1
//   title = "kws, epoch 40"
//   [weights]
//   block1.skip = [0.8, 0.2]           # keep, skip
//   block2.width = [1, 0, 0, 3, ...]   # one weight per option
// Decisions that are not named stay uniform. docs/formats/prior.md.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sampler/space/space.h"

namespace opline::sampler {

struct DecisionWeights {
  std::string title;  ///< One line.
  /// 16 digits; digest of the space's id and of the weights of every decision, not of the title,
  /// comments or layout.
  std::string digest;
  /// By decision of the space: one weight per option, finite, >= 0, at least one above 0; empty:
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
