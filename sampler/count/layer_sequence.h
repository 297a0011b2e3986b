// sampler/count/layer_sequence.h - a space as a graph of layers, and its networks as sequences of
// layers.
//
// Within a space the sequence of a network is equivalent to its canonical text: a symbol is a line
// of that text, with tensors written as distances. A symbol is a kind (everything but the channels;
// a space has few) and the number of channels. Internal to the module; NetworkSet is the interface.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sampler/count/big_count.h"
#include "sampler/space/architecture.h"
#include "sampler/space/block_layers.h"

namespace opline::sampler {

struct LayerSymbol {
  std::uint32_t kind = 0;                                ///< Index into LayerGraph::kinds().
  std::uint32_t channels = 0;                            ///< Of the layer's output.
  auto operator<=>(const LayerSymbol&) const = default;  // NOLINT(modernize-use-nullptr)
};
using LayerSequence = std::vector<LayerSymbol>;

/// Everything in a line of a canonical text but the channels. Kinds are ordered field by field;
/// with the channels last this is the order of ranks.
struct LayerKind {
  network::LayerType type = network::LayerType::conv2d;
  /// 0 where the layer has no window.
  int kernel_h = 0, kernel_w = 0, stride_h = 0, stride_w = 0;
  network::Padding padding = network::Padding::same;
  network::Activation activation = network::Activation::none;
  /// Of an add: distance in layers to the one that made its first operand; else 0.
  int addend = 0;
  int h = 1, w = 1;                                    ///< Output map.
  auto operator<=>(const LayerKind&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A layer of the backbone.
struct LayerStep {
  BlockLayer layer;
  std::uint32_t kind = 0;
  std::uint32_t block = 0;
  bool last = false;  ///< Last layer of its branch.
  /// The block's input, which this layer does not read, stays live for the block's addition.
  bool waits = false;
};

/// The two branches of a block, as ranges of LayerGraph::steps().
struct Branches {
  std::uint32_t kept_begin = 0, kept_end = 0;
  std::uint32_t skipped_begin = 0, skipped_end = 0;
};

/// Widths that were chosen and still bind blocks to come: (decision, channels), ascending.
using TiedWidths = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Which options may be chosen; empty: all. See NetworkSet::Restrictions::allows.
using OptionFilter = std::function<bool(std::size_t decision, std::size_t option)>;

class LayerGraph {
 public:
  /// Keeps a copy of `space`.
  LayerGraph(Space space, OptionFilter allows);

  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] const std::vector<LayerKind>& kinds() const { return kinds_; }  ///< Ascending.
  [[nodiscard]] const std::vector<LayerStep>& steps() const { return steps_; }
  [[nodiscard]] const Branches& branches(std::size_t block) const { return branches_[block]; }
  [[nodiscard]] bool allows(std::size_t decision, std::size_t option) const {
    return !allows_ || allows_(decision, option);
  }
  [[nodiscard]] bool may_keep(std::size_t block) const;
  [[nodiscard]] bool may_skip(std::size_t block) const;
  /// Blocks with the same number can be exchanged when they are kept: they make the same layers
  /// with the same choices of channels. Nothing where a width is tied.
  [[nodiscard]] std::optional<std::uint32_t> likeness(std::size_t block) const {
    return likenesses_[block];
  }
  /// Whether the block can be skipped without leaving a layer.
  [[nodiscard]] bool may_vanish(std::size_t block) const {
    return may_skip(block) && branches_[block].skipped_begin == branches_[block].skipped_end;
  }
  /// Whether a width chosen by `block` binds a later one.
  [[nodiscard]] bool binds_after(std::size_t decision, std::size_t block) const {
    return space_.decisions[decision].blocks.back() > block;
  }
  /// Those of `tied` that bind `block` or a later one.
  [[nodiscard]] TiedWidths still_binding(const TiedWidths& tied, std::size_t block) const;

  /// The sequence of the network that decode() makes of `architecture`.
  [[nodiscard]] LayerSequence sequence_of(const Architecture& architecture) const;

 private:
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> choices_of(std::size_t block) const;
  void find_likenesses();
  void add_branch(const std::vector<BlockLayer>& layers, std::size_t block,
                  std::vector<LayerKind>& kinds);

  Space space_;
  OptionFilter allows_;
  std::vector<LayerKind> kinds_;
  std::vector<LayerStep> steps_;
  std::vector<Branches> branches_;
  std::vector<std::optional<std::uint32_t>> likenesses_;  // of each block
};

}  // namespace opline::sampler
