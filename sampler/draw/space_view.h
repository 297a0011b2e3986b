// sampler/draw/space_view.h - a search space as people and scripts want to see it; nothing is
// printed.
//
//   kws: keyword spotting, DS-CNN(L) enlarged (MicroNets, MLSys 2021)
//   id 5d0c...
//
//   block    what                                          map    width           skip
//   input                                                  49x10  1
//   conv1    conv2d 10x4 stride 1x1 same relu              49x10  28..276 step 4
//   block1   depthwise_separable 3x3 stride 2x2 same relu  25x5   28..276 step 4   average pooling
//   2x2
//   ...
//   19 decisions, 1016702236781203392 networks (1134907106097364992 architectures)
// Columns `expansion` and `tie` stand left and right of `width` where a block has one.
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
  Map map;                ///< That goes out.
  std::string expansion;  ///< As `width`; empty where the block has none.
  std::string width;      ///< "same", "12", "3, 4, 6" or "28..276 step 4".
  std::string tie;        ///< Name of the group that shares the width decision; empty without.
  std::string
      skip;  ///< "identity", "average pooling 2x2", or empty where the block is always there.
};

struct SpaceView {
  std::string name;
  std::string title;
  std::string description;
  std::string id;
  network::Shape input;
  std::vector<BlockView> blocks;
  std::vector<Decision> decisions;
  /// How many architectures there are, the ignored widths of skipped blocks not counted: exact,
  /// decimal digits.
  std::string architectures;
  /// How many different networks they decode to: exact, decimal digits; nothing where that can't be
  /// counted within NetworkSet's bounds.
  std::optional<std::string> networks;
};

[[nodiscard]] SpaceView view(const Space& space);

/// "28..276 step 4" for an arithmetic sequence of three or more, else "3, 4, 6".
[[nodiscard]] std::string options_text(const std::vector<int>& options);

/// As in the head of this file, then the description and the decisions, one a line with its number
/// of options.
[[nodiscard]] std::string to_text(const SpaceView& view);

/// Keys: name, title, description, id, input, blocks (name, what, map, width, expansion, tie, skip;
/// null for what it has not), decisions (name, kind, options), architectures and networks (digits;
/// networks can be null).
[[nodiscard]] Json to_json(const SpaceView& view);

/// to_text(view(space)).
[[nodiscard]] std::string describe(const Space& space);

}  // namespace opline::sampler
