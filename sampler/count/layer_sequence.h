// sampler/count/layer_sequence.h - networks of one space as words, whose letters are layers.
//
// Within a space a network's canonical text and its word say the same: a letter is a line of that
// text, tensors written as distances. A letter is a kind (everything but the channels; few, known
// beforehand) and the number of channels. Internal to the module; NetworkSet is the interface.
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

struct Letter {
  std::uint32_t kind = 0;                           ///< Index of LayerWords::kinds().
  std::uint32_t channels = 0;                       ///< That the layer makes.
  auto operator<=>(const Letter&) const = default;  // NOLINT(modernize-use-nullptr)
};
using Word = std::vector<Letter>;

/// All that a line of a canonical text says but the channels. Kinds are ordered field after field;
/// with the channels last this is the order of ranks.
struct LayerKind {
  network::LayerType type = network::LayerType::conv2d;
  int kernel_h = 0, kernel_w = 0, stride_h = 0,
      stride_w = 0;  ///< 0 where the layer slides no window.
  network::Padding padding = network::Padding::same;
  network::Activation activation = network::Activation::none;
  int addend = 0;    ///< Of an add: its first operand is the tensor that so many layers before it
                     ///< made; else 0.
  int h = 1, w = 1;  ///< Map that goes out.
  auto operator<=>(const LayerKind&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A layer of a block with its place.
struct Step {
  BlockLayer layer;
  std::uint32_t kind = 0;
  std::uint32_t block = 0;
  bool last = false;  ///< Of its branch.
  bool waits =
      false;  ///< The block's input, which this layer doesn't read, waits for the addition.
};

/// Both ways through a block, as ranges of LayerWords::steps().
struct Branches {
  std::uint32_t kept_begin = 0, kept_end = 0;
  std::uint32_t skipped_begin = 0, skipped_end = 0;
};

/// Widths that were chosen and still bind blocks to come: (decision, channels), ascending.
using TiedWidths = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Which options may be chosen; empty: all. docs: NetworkSet::Options::allows.
using OptionFilter = std::function<bool(std::size_t decision, std::size_t option)>;

class LayerWords {
 public:
  /// Keeps a copy of `space`.
  LayerWords(Space space, OptionFilter allows);

  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] const std::vector<LayerKind>& kinds() const { return kinds_; }  ///< Ascending.
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] const Branches& branches(std::size_t block) const { return branches_[block]; }
  [[nodiscard]] bool allows(std::size_t decision, std::size_t option) const {
    return !allows_ || allows_(decision, option);
  }
  [[nodiscard]] bool may_keep(std::size_t block) const;
  [[nodiscard]] bool may_skip(std::size_t block) const;
  /// A number that blocks share which, kept, can be exchanged: the same layers with the same
  /// choices of channels, none of them tied. Nothing where a width is tied.
  [[nodiscard]] std::optional<std::uint32_t> likeness(std::size_t block) const {
    return likenesses_[block];
  }
  /// Whether the block can be left out without a trace.
  [[nodiscard]] bool may_vanish(std::size_t block) const {
    return may_skip(block) && branches_[block].skipped_begin == branches_[block].skipped_end;
  }
  /// Whether a width chosen by `block` binds a later one.
  [[nodiscard]] bool binds_after(std::size_t decision, std::size_t block) const {
    return space_.decisions[decision].blocks.back() > block;
  }
  /// Those that bind `block` or a later one.
  [[nodiscard]] TiedWidths still_binding(const TiedWidths& tied, std::size_t block) const;

  /// The network's word. `architecture` as decode() takes it.
  [[nodiscard]] Word word_of(const Architecture& architecture) const;

 private:
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> choices_of(std::size_t block) const;
  void find_likenesses();
  void add_branch(const std::vector<BlockLayer>& layers, std::size_t block,
                  std::vector<LayerKind>& kinds);

  Space space_;
  OptionFilter allows_;
  std::vector<LayerKind> kinds_;
  std::vector<Step> steps_;
  std::vector<Branches> branches_;
  std::vector<std::optional<std::uint32_t>> likenesses_;  // of each block
};

}  // namespace opline::sampler
