// sampler/space/space.h - a search space: a backbone of blocks in order, with decision nodes (a
// width, an expansion, a skip).
//
// A Space is valid by construction: every mistake of the file is reported when it is loaded, so
// every architecture of a loaded space decodes. What its networks are is the graph of `places`
// (place.h); the blocks are for people and for the canonical text. The file format is documented in
// docs/formats/space.md.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sampler/space/item.h"
#include "sampler/space/place.h"
#include "src/network/network.h"

namespace opline::sampler {

/// What a block is made of; spelt in files as in to_string().
enum class BlockType : std::uint8_t {
  conv2d,
  depthwise_conv2d,
  /// A depthwise convolution, then a 1x1 convolution; the activation follows each.
  depthwise_separable,
  /// A 1x1 convolution to `expansion` channels (or none) and a depthwise convolution, each followed
  /// by the activation, then a linear 1x1 convolution to `width` channels (MobileNetV2).
  inverted_bottleneck,
  average_pool_2d,
  max_pool_2d,
  fully_connected,
  softmax,
  /// Two convolutions with the window, the second with stride 1, and their shortcut (He et al.
  /// 2015, figure 5 left).
  resnet_basic,
  /// A 1x1 convolution to `expansion` channels, a convolution with the window, a 1x1 convolution to
  /// `width`, and their shortcut (He et al. 2015, figure 5 right).
  resnet_bottleneck,
  /// Branches side by side from the block's input, added or concatenated.
  branches,
};
[[nodiscard]] std::string_view to_string(BlockType type);
/// Whether the file chooses the block's kernel and stride.
[[nodiscard]] bool has_window(BlockType type);

/// Whether and how a block's input is added to its output.
enum class Residual : std::uint8_t {
  none,
  identity,       ///< Always, as it is.
  projection,     ///< As it is where shapes are equal, else through a 1x1 convolution.
  if_same_shape,  ///< As it is where shapes are equal, else not.
};
[[nodiscard]] std::string_view to_string(Residual residual);

/// What follows a layer; the first three are those of network::Activation.
enum class BlockActivation : std::uint8_t { none, relu, relu6, hard_swish };
[[nodiscard]] std::string_view to_string(BlockActivation activation);

/// What makes the factors of a squeeze-and-excitation lie between 0 and 1.
enum class Gate : std::uint8_t { logistic, hard_sigmoid };
[[nodiscard]] std::string_view to_string(Gate gate);

/// Squeeze-and-excitation (Hu et al. 2018): each channel of a tensor is multiplied by a factor,
/// which two 1x1 convolutions and a gate make of the means of all channels.
struct SqueezeExcite {
  int percent = 0;      ///< Channels between the convolutions, of the tensor's; 0: no block.
  int multiple_of = 1;  ///< What they are rounded to (share_of()).
  BlockActivation activation = BlockActivation::relu;  ///< Of the first convolution.
  Gate gate = Gate::logistic;
};

/// How branches side by side become one tensor.
enum class Join : std::uint8_t { add, concatenate };

enum class DecisionKind : std::uint8_t {
  width,  ///< Options are output channels, ascending.
  skip,   ///< Options are kKeep and kSkip.
  // Of version 2. A height and a width h, w are the option h * kExtentBase + w.
  input,       ///< Positions in Space::inputs.
  multiplier,  ///< Percentages of widths, ascending.
  repeat,      ///< Numbers of repetitions, ascending.
  type,        ///< Values of BlockType.
  kernel,      ///< Heights and widths.
  stride,      ///< Heights and widths.
  activation,  ///< Values of BlockActivation.
  ratio,       ///< Percentages of the input's channels, ascending.
  dilation,    ///< Heights and widths.
  groups,
  depth_multiplier,
  squeeze_excite,  ///< SqueezeExcite::percent, ascending.
};
/// "width", "skip", "input", ... as they are spelt here.
[[nodiscard]] std::string_view to_string(DecisionKind kind);
inline constexpr int kKeep = 0;
inline constexpr int kSkip = 1;
inline constexpr int kExtentBase = 256;

/// A decision about a block other than skips and widths.
struct BlockChoice {
  /// type, kernel, stride, dilation, groups, depth_multiplier, activation or squeeze_excite.
  DecisionKind kind = DecisionKind::kernel;
  std::size_t decision = 0;
};

/// One block of the backbone, repetitions expanded.
struct Block {
  std::string name;
  BlockType type = BlockType::conv2d;
  network::Window window;  ///< Of blocks with one; "global" is resolved to `in`.
  BlockActivation activation = BlockActivation::none;
  int groups = 1;            ///< Of conv2d.
  int depth_multiplier = 1;  ///< Of depthwise_conv2d.
  /// Behind the depthwise convolution of separable convolutions and inverted bottlenecks, behind
  /// the last layer of other convolutions.
  SqueezeExcite squeeze_excite;
  std::optional<Width> expansion;  ///< Of bottlenecks that have one; not `same`.
  Width width;
  std::string tie;  ///< Group of blocks that share the width decision; empty without.
  /// Where the input is added, the activation follows the addition; after an inverted bottleneck
  /// there is none.
  Residual residual = Residual::none;
  /// The decision that can replace the block by its parallel skip branch.
  std::optional<std::size_t> skip;
  /// In the order of BlockChoice::kind. What they choose is set to the first option.
  std::vector<BlockChoice> choices;
  std::optional<Depth> depth;
  bool global = false;  ///< The window is the whole map, whichever reaches the block.
  Join join = Join::add;
  /// Of `branches`: the blocks of each branch, in order; an empty one passes the input.
  std::vector<std::vector<Block>> branches;
  Map in;             ///< Input map; the first where several can reach the block.
  Map out;            ///< Output map of it, with the first option of every choice.
  std::string where;  ///< "file:line" of the [[block]].

  /// Whether the skip branch is an average pooling (kernel = stride, SAME) and not the identity.
  [[nodiscard]] bool skip_pools() const { return window.stride_h > 1 || window.stride_w > 1; }
};

/// A decision node. Its options are numbered from 0 in the order given here.
struct Decision {
  /// "block1.skip", "block1.expansion", "block1.width"; of a tie "stage2.width".
  std::string name;
  DecisionKind kind = DecisionKind::width;
  std::vector<int> options;  ///< 2..kMaxOptions.
  /// How the options are written: "keep"; "5" or "10x4" for heights and widths; "relu6"; "50" for
  /// percentages; "4" or "4.5" for ratios; "96x96x3" for inputs. Empty for a width: its numbers.
  std::vector<std::string> labels;
  /// Positions in Space::blocks, ascending; several for a tied width, a multiplier and a number of
  /// repetitions, none for the input.
  std::vector<std::size_t> blocks;
  int multiple_of = 1;  ///< Of a multiplier and a ratio: what widths are rounded to.
};

struct Space {
  std::string name;         ///< Stem of the file.
  std::string title;        ///< One line.
  std::string description;  ///< May be empty.
  std::string text;         ///< The file as it was read: what a study keeps.
  std::string id;           ///< digest(canonical_text()).
  network::Shape input;     ///< The first of `inputs`.
  network::Bits bits;       ///< Of every network; network::with_bits() has the exceptions.
  std::vector<network::Shape> inputs;  ///< Several where the input is a decision.
  bool one_d = false;                  ///< The file has one extent: maps are N x 1.
  std::vector<Block> blocks;
  /// In the order in which they are drawn: the input, multipliers, then by block; of a block first
  /// how often it is repeated, then skip, its choices, expansion, width; of branches the same block
  /// after block. A tied width comes with the first of its blocks.
  std::vector<Decision> decisions;
  /// The graph of its networks: it starts at place 0 and ends at places.size().
  std::vector<Place> places;
  /// What an architecture's text consists of: one per block that has decisions; before them those
  /// of the input and of multipliers, and before the first block of a stage that of its number of
  /// repetitions.
  std::vector<Item> items;

  /// Everything that decides which architectures the space has, how they are written and what they
  /// decode to; no titles, comments or layout. One line per block; docs/formats/space.md.
  [[nodiscard]] std::string canonical_text() const;
  /// Whether its networks are those of a version 1 file: one map per block, which is kept or
  /// skipped.
  [[nodiscard]] bool is_version_1() const;
};

/// How an option is written, see Decision::labels.
[[nodiscard]] std::string option_text(const Decision& decision, std::size_t option);
/// All of them: "keep, skip", "28..276 step 4".
[[nodiscard]] std::string options_text(const Decision& decision);
/// "28..276 step 4" for an arithmetic sequence of three or more, else "3, 4, 6".
[[nodiscard]] std::string options_text(const std::vector<int>& options);

inline constexpr std::size_t kMaxBlocks = 512;
inline constexpr std::size_t kMaxOptions = 4096;  ///< Of one decision.

/// The space `name_or_path`: the file data/spaces/<name>.toml, or, where it ends in ".toml" or has
/// a '/', the file of that path. Throws Error{usage} for an unknown name (lists the known),
/// Error{io}, and Error{input} "file:line: key: what, and what to do" for the first mistake in the
/// file.
[[nodiscard]] Space load_space(const std::string& name_or_path);

/// Reads the text of a space file; `file` stands for its path in messages and gives the space its
/// name.
[[nodiscard]] Space parse_space(std::string text, const std::filesystem::path& file);

/// The spaces of data/spaces, sorted.
[[nodiscard]] std::vector<std::string> space_names();

}  // namespace opline::sampler
