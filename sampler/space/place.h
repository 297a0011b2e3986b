// sampler/space/place.h - the backbone as a graph: where a network can be between two blocks, and
// which layers it can make from there.
//
// A *place* is a block together with the map that reaches it; a *branch* is one way on from there:
// the options of decisions that select it, the layers that it makes and the place where it ends.
// Types, windows, activations and maps of a branch are fixed; only the number of channels of its
// layers depends on further decisions. Decoding, counting of networks and counting of ops all read
// this graph. docs/decisions/0016-space-language-2.md.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "src/network/network.h"

namespace opline::sampler {

/// Height and width of a feature map.
struct Map {
  int h = 1;
  int w = 1;
  bool operator==(const Map&) const = default;
};

/// `percent` % of `base`, rounded to the nearest multiple of `multiple_of`, halves up, at least one
/// multiple. All arguments are at least 1.
[[nodiscard]] constexpr std::int64_t share_of(std::int64_t base, std::int64_t percent,
                                              std::int64_t multiple_of) {
  const std::int64_t multiples = (2 * base * percent + 100 * multiple_of) / (200 * multiple_of);
  return std::max<std::int64_t>(multiples, 1) * multiple_of;
}

/// Output channels of a block, or of a layer within a block.
struct Width {
  enum class Kind : std::uint8_t {
    /// As many as its own input has; also for types without a choice (pools, softmax, depthwise).
    same,
    block_input,    ///< Of a layer: as many as the input of its block has.
    fixed,          ///< `value`.
    decided,        ///< Option of `Space::decisions[decision]`.
    ratio,          ///< `value` % of the block's input.
    decided_ratio,  ///< Option of `Space::decisions[decision]` % of the block's input.
    like,           ///< Of a layer: as many as layer `value` of its branch has.
    sum,            ///< Of a concatenation: those of both its inputs.
  };
  Kind kind = Kind::same;
  int value = 0;
  std::size_t decision = 0;
  /// Of `fixed` and `decided`: option of this decision, a percentage, scales the number.
  std::optional<std::size_t> multiplier = {};
  int percent = 100;    ///< Share of the number that comes out of all this; not of `like`, `sum`.
  int multiple_of = 1;  ///< What shares are rounded to (share_of()).

  [[nodiscard]] bool is_decided() const {
    return kind == Kind::decided || kind == Kind::decided_ratio;
  }
  [[nodiscard]] bool is_ratio() const { return kind == Kind::ratio || kind == Kind::decided_ratio; }
  /// Whether number() is its channels.
  [[nodiscard]] bool has_number() const {
    return kind == Kind::fixed || is_decided() || is_ratio();
  }
  /// Calls `visit` with each decision that it depends on.
  template <class Visit>
  void for_each_decision(const Visit& visit) const {
    if (is_decided()) visit(decision);
    if (multiplier) visit(*multiplier);
  }
  /// The number of channels of `fixed`, `decided` and ratios, in a block whose input has `of_block`
  /// channels.
  template <class Chosen>
  [[nodiscard]] std::int64_t number(std::int64_t of_block, const Chosen& chosen) const {
    const auto option = static_cast<std::int64_t>(is_decided() ? chosen(decision) : value);
    std::int64_t channels = is_ratio() ? share_of(of_block, option, multiple_of) : option;
    if (multiplier)
      channels = share_of(channels, static_cast<std::int64_t>(chosen(*multiplier)), multiple_of);
    return share(channels);
  }
  [[nodiscard]] std::int64_t share(std::int64_t channels) const {
    return percent == 100 ? channels : share_of(channels, percent, multiple_of);
  }
  bool operator==(const Width&) const = default;
};

/// A tensor of a branch: the output of its layer of this number, or the block's input.
inline constexpr int kBlockInput = -1;

/// Whether a branch is taken can depend on channels: `same` as many of this layer as of the block's
/// input, or `different`.
enum class Guard : std::uint8_t { none, same, different };

/// One layer of a branch.
struct BlockLayer {
  /// kInputLayer stands for the network's input where that is decided; it makes no layer.
  network::LayerType type = network::LayerType::conv2d;
  network::Window window;  ///< Of convolutions and pools.
  network::Activation activation = network::Activation::none;
  Width width;
  Map in;
  Map out;
  /// The tensor that it reads; of one that joins() the second operand.
  int from = kBlockInput;
  int other = kBlockInput;  ///< Of a layer that joins(): the first operand.
  Guard guard = Guard::none;
  int groups = 1;         ///< Of conv2d.
  bool constant = false;  ///< Of add and mul: the second operand is a number, the first `from`.

  /// Whether it has two tensors for operands: of an addition or a product with equal channels.
  [[nodiscard]] bool joins() const {
    return type == network::LayerType::concatenation || has_equal_operands();
  }
  [[nodiscard]] bool has_equal_operands() const {
    return !constant && (type == network::LayerType::add || type == network::LayerType::mul);
  }
};
inline constexpr network::LayerType kInputLayer{};

/// Channels of the layer's output, where `of(tensor)` is the number of channels of a tensor of the
/// branch and `chosen(decision)` the option chosen. `Layer` has `width`, `from` and `other` as
/// BlockLayer.
template <class Layer, class Of, class Chosen>
[[nodiscard]] std::int64_t channels_of(const Layer& layer, const Of& of, const Chosen& chosen) {
  switch (layer.width.kind) {
    case Width::Kind::same:
      return layer.width.share(of(layer.from));
    case Width::Kind::block_input:
      return of(kBlockInput);
    case Width::Kind::like:
      return of(layer.width.value);
    case Width::Kind::sum:
      return of(layer.from) + of(layer.other);
    default:
      return layer.width.number(of(kBlockInput), chosen);
  }
}

/// Options [first, last) of a decision.
struct Selection {
  std::size_t decision = 0;
  std::uint16_t first = 0;
  std::uint16_t last = 0;

  [[nodiscard]] bool has(std::uint16_t option) const { return option >= first && option < last; }
  /// Whether it leaves one option.
  [[nodiscard]] bool decides() const { return last == first + 1; }
};

/// One way on from a place.
struct Branch {
  std::vector<Selection> when;  ///< All of them must hold; each decision at most once.
  std::vector<BlockLayer> layers;
  std::size_t next = 0;                ///< Place where it ends; > its own.
  std::vector<std::size_t> decisions;  ///< That matter when it is taken, ascending.

  [[nodiscard]] bool selected_by(std::span<const std::uint16_t> options) const {
    return std::all_of(when.begin(), when.end(),
                       [&](const Selection& one) { return one.has(options[one.decision]); });
  }
};

struct Place {
  std::size_t block = 0;  ///< Position in Space::blocks; of the place where the input is decided 0.
  Map in;
  /// Their selections cover every option and exclude each other, but for neighbours of which one
  /// has a layer with Guard::same and the other one with Guard::different.
  std::vector<Branch> branches;
};

}  // namespace opline::sampler
