// sampler/count/layer_sequence.h - a space as a graph of layers, and its networks as sequences of
// layers.
//
// Within a space the sequence of a network is equivalent to its canonical text: a symbol is a line
// of that text, with tensors written as distances. A symbol is a kind (everything but the channels;
// a space has few) and the number of channels. Internal to the module; NetworkSet is the interface.
#pragma once
#include <boost/container/small_vector.hpp>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sampler/count/big_count.h"
#include "sampler/space/architecture.h"
#include "sampler/space/space.h"

namespace opline::sampler {

struct LayerSymbol {
  std::uint32_t kind = 0;                                ///< Index into LayerGraph::kinds().
  std::uint32_t channels = 0;                            ///< Of the layer's output.
  auto operator<=>(const LayerSymbol&) const = default;  // NOLINT(modernize-use-nullptr)
};
using LayerSequence = boost::container::small_vector<LayerSymbol, 64>;

/// Everything in a line of a canonical text but the channels. Kinds are ordered field by field;
/// with the channels last this is the order of ranks.
struct LayerKind {
  network::LayerType type = network::LayerType::conv2d;
  /// 0 where the layer has no window.
  int kernel_h = 0, kernel_w = 0, stride_h = 0, stride_w = 0;
  network::Padding padding = network::Padding::same;
  network::Activation activation = network::Activation::none;
  /// Of a layer that joins two tensors: distance in layers to the one that made the first; else 0.
  int addend = 0;
  int h = 1, w = 1;  ///< Output map.
  /// Layers between it and the one that made its input (of two the second).
  int between = 0;
  int groups = 1, dilation_h = 1, dilation_w = 1;
  auto operator<=>(const LayerKind&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A layer of a branch.
struct LayerStep {
  BlockLayer layer;
  std::uint32_t kind = 0;
  std::uint32_t block = 0;
  std::uint32_t next = 0;   ///< Place where the branch ends.
  std::int32_t number = 0;  ///< Position in its branch.
  bool last = false;        ///< Last layer of its branch.
  /// Whether a later layer of the branch or a later block depends on the decision of its width too;
  /// likewise on its multiplier.
  bool binds = false, multiplier_binds = false;
  /// Its channels are an option, unscaled.
  bool is_option = false;
  /// Tensors of the branch that stay live while the layer runs, beside its input and output. Of an
  /// add and a concatenation the first operand is among them.
  std::vector<std::pair<int, Map>> waiting;

  /// The tensor that was made last before it.
  [[nodiscard]] int previous() const { return number - 1; }
};
static_assert(kBlockInput == -1);  // is the previous one of the first layer

/// A branch of a place, as a range of LayerGraph::steps().
struct StepRange {
  std::uint32_t begin = 0, end = 0;
  const Branch* branch = nullptr;
  bool allowed = true;  ///< Some allowed options select it.

  [[nodiscard]] bool empty() const { return begin == end; }
};

/// What a path has to remember, ascending: (decision, its option) for decisions that still bind
/// layers to come, and (decisions + step, its channels) within a block.
using Bindings = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Which options may be chosen; empty: all. See NetworkSet::Restrictions::allows.
using OptionFilter = std::function<bool(std::size_t decision, std::size_t option)>;

class LayerGraph {
 public:
  /// Keeps a copy of `space`.
  LayerGraph(Space space, OptionFilter allows);

  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] const std::vector<LayerKind>& kinds() const { return kinds_; }  ///< Ascending.
  [[nodiscard]] const std::vector<LayerStep>& steps() const { return steps_; }
  [[nodiscard]] const std::vector<StepRange>& branches(std::size_t place) const {
    return branches_[place];
  }
  [[nodiscard]] bool allows(std::size_t decision, std::size_t option) const {
    return !allows_ || allows_(decision, option);
  }
  /// Number of the place where all paths end.
  [[nodiscard]] std::size_t end() const { return branches_.size(); }
  /// Places with the same number can be exchanged when a layer is made there: they make the same
  /// layers with the same choices of channels. Nothing where a width is shared, and in a space
  /// whose places are not one chain.
  [[nodiscard]] std::optional<std::uint32_t> likeness(std::size_t place) const {
    return likenesses_[place];
  }
  /// Whether the place can be passed without making a layer.
  [[nodiscard]] bool may_vanish(std::size_t place) const;
  /// Those that bind the block of `place` or a later one.
  [[nodiscard]] Bindings still_binding(const Bindings& bindings, std::size_t place) const;

  /// The sequence of the network that decode() makes of `architecture`.
  [[nodiscard]] LayerSequence sequence_of(const Architecture& architecture) const;

 private:
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> choices_of(std::size_t place) const;
  void find_likenesses();
  void add_branch(std::size_t place, const Branch& branch, std::vector<LayerKind>& kinds);
  [[nodiscard]] bool allows_branch(const Branch& branch) const;
  [[nodiscard]] bool is_chain() const;

  Space space_;
  OptionFilter allows_;
  std::vector<LayerKind> kinds_;
  std::vector<LayerStep> steps_;
  std::vector<std::vector<StepRange>> branches_;          // by place
  std::vector<std::optional<std::uint32_t>> likenesses_;  // by place
};

}  // namespace opline::sampler
