// sampler/draw/space_view.h - a search space as text and JSON; nothing is printed.
//
//   kws: keyword spotting, DS-CNN(L) enlarged (MicroNets, MLSys 2021)
//   id 5d0c...
//
//   block   what                                          map    width           skip
//   input                                                 49x10  1
//   conv1   conv2d 10x4 stride 1x1 same relu              49x10  28..276 step 4
//   block2  depthwise_separable 3x3 stride 1x1 same relu  25x5   28..276 step 4  identity
//   ...
//   19 decisions, 1016702236781203392 networks (1134907106097364992 architectures)
// Columns `expansion` and `tie` are added left and right of `width` where a block has one.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/json.h"

namespace opline::sampler {

struct BlockView {
  std::string name;
  std::string what;       ///< Type, kernel, stride, padding, activation.
  Map map;                ///< Output map; the first where there are several.
  std::string maps;       ///< "25x5", "16x16 | 8x8".
  std::string expansion;  ///< As `width`; empty where the block has none.
  std::string width;      ///< "same", "12", "3, 4, 6" or "28..276 step 4".
  std::string tie;        ///< Name of the group that shares the width decision; empty without.
  std::string skip;       ///< "identity", "average pooling 2x2"; empty where it cannot be skipped.
};

// NOLINTNEXTLINE(bugprone-exception-escape): Json's move does not throw, but for what it asserts.
struct SpaceView {
  std::string name;
  std::string title;
  std::string description;
  std::string id;
  network::Shape input;
  network::Bits bits;
  std::vector<BlockView> blocks;  ///< Behind a block of branches those of its branches.
  std::vector<Decision> decisions;
  /// count_architectures() in decimal digits.
  std::optional<std::string> architectures;
  /// Number of distinct networks that they decode to: exact, in decimal digits; nothing where
  /// NetworkSet cannot count them within its bounds.
  std::optional<std::string> networks;
  Json structure;  ///< structure_json(): everything that decoding needs.
};

[[nodiscard]] SpaceView view(const Space& space);

/// As at the top of this file, then the description and the decisions, one per line with its number
/// of options.
[[nodiscard]] std::string to_text(const SpaceView& view);

/// Keys: name, title, description, id, input, weight_bits, activation_bits, blocks (name, what,
/// map, width, expansion, tie, skip; null for what a block does not have), decisions (name, kind,
/// options), architectures and networks (digits; can be null), structure (structure_json() of
/// space_json.h).
[[nodiscard]] Json to_json(const SpaceView& view);

/// to_text(view(space)).
[[nodiscard]] std::string describe(const Space& space);

}  // namespace opline::sampler
