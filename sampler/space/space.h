// sampler/space/space.h - a search space: a backbone of blocks in order, with decision nodes (a
// width, an expansion, a skip).
//
// A Space is valid by construction: every mistake of the file is reported when it is loaded, so
// every architecture of a loaded space decodes. The height and width of a map never depend on a
// decision (a skipped block that downsamples is replaced by a pooling of the same stride); only the
// channels do. The file format is documented in docs/formats/space.md.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
};
[[nodiscard]] std::string_view to_string(BlockType type);

/// Output channels of a block, or of a layer within a block.
struct Width {
  enum class Kind : std::uint8_t {
    /// As many as its own input has; also for types without a choice (pools, softmax, depthwise).
    same,
    block_input,  ///< Of a layer: as many as the input of its block has.
    fixed,        ///< `value`.
    decided,      ///< Option of `Space::decisions[decision]`.
  };
  Kind kind = Kind::same;
  int value = 0;
  std::size_t decision = 0;

  [[nodiscard]] bool is_decided() const { return kind == Kind::decided; }
  /// The number of channels, where its own input has `input`, the input of its block `of_block`,
  /// and `chosen(decision)` is the option that was chosen.
  template <class Number, class Chosen>
  [[nodiscard]] Number channels(Number input, Number of_block, const Chosen& chosen) const {
    switch (kind) {
      case Kind::same:
        return input;
      case Kind::block_input:
        return of_block;
      case Kind::fixed:
        return static_cast<Number>(value);
      case Kind::decided:
        return static_cast<Number>(chosen(decision));
    }
    return input;
  }
  /// The same for a width that is not decided.
  template <class Number>
  [[nodiscard]] Number channels(Number input, Number of_block) const {
    return channels(input, of_block, [](std::size_t) { return Number{}; });
  }
  bool operator==(const Width&) const = default;
};

/// Height and width of a feature map.
struct Map {
  int h = 1;
  int w = 1;
  bool operator==(const Map&) const = default;
};

/// One block of the backbone, repetitions expanded.
struct Block {
  std::string name;
  BlockType type = BlockType::conv2d;
  network::Window window;  ///< Of convolutions and pools; "global" is resolved to the input map.
  network::Activation activation = network::Activation::none;
  std::optional<Width> expansion;  ///< Of an inverted bottleneck that has one; fixed or decided.
  Width width;
  std::string tie;  ///< Group of blocks that share the width decision; empty without.
  /// The block's input is added to its output. The activation then follows the addition; after an
  /// inverted bottleneck there is none.
  bool residual = false;
  /// The decision that can replace the block by its parallel skip branch.
  std::optional<std::size_t> skip;
  Map in;             ///< Input map.
  Map out;            ///< Output map, skipped or not.
  std::string where;  ///< "file:line" of the [[block]].

  /// Whether the skip branch is an average pooling (kernel = stride, SAME) and not the identity.
  [[nodiscard]] bool skip_pools() const { return window.stride_h > 1 || window.stride_w > 1; }
};

enum class DecisionKind : std::uint8_t {
  width,  ///< Options are output channels, ascending.
  skip,   ///< Options are kKeep and kSkip.
};
inline constexpr int kKeep = 0;
inline constexpr int kSkip = 1;

/// A decision node. Its options are numbered from 0 in the order given here.
struct Decision {
  /// "block1.skip", "block1.expansion", "block1.width"; of a tie "stage2.width".
  std::string name;
  DecisionKind kind = DecisionKind::width;
  std::vector<int> options;  ///< 2..kMaxOptions.
  /// Positions in Space::blocks, ascending; several for a tied width.
  std::vector<std::size_t> blocks;
};

struct Space {
  std::string name;         ///< Stem of the file.
  std::string title;        ///< One line.
  std::string description;  ///< May be empty.
  std::string text;         ///< The file as it was read: what a study keeps.
  std::string id;           ///< digest(canonical_text()).
  network::Shape input;
  std::vector<Block> blocks;
  /// In the order in which they are drawn: by block, within a block skip, expansion, width; a tied
  /// width comes with the first of its blocks.
  std::vector<Decision> decisions;

  /// Everything that decides which architectures the space has, how they are written and what they
  /// decode to; no titles, comments or layout. One line per block; docs/formats/space.md.
  [[nodiscard]] std::string canonical_text() const;
};

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
