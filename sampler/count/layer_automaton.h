// sampler/count/layer_automaton.h - a deterministic automaton that accepts the layer sequences of a
// space, and counts them.
//
// A path through the backbone makes a sequence of layers, and many paths make the same sequence. A
// *front* is one of the places where paths that have made the same layers can be: before a certain
// layer, with everything this layer depends on (incoming channels, widths that bind). The fronts
// whose next layer is of the same kind form a *group*; a *state* of the automaton is the set of
// groups in which paths are, and whether one of them has reached the end. Two sequences lead to the
// same state when they can be continued by the same groups. States are built from the start, each
// once (subset construction), and counted on the way back, so a sequence is counted once however
// many architectures decode to it. Internal to the module; NetworkSet is the interface.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <variant>

#include "sampler/count/layer_filter.h"
#include "sampler/count/layer_sequence.h"
#include "sampler/count/rank_table.h"
#include "src/base/random.h"

namespace opline::sampler {

/// Accepts and counts the sequences of one space. Immutable: threads may share it.
class LayerAutomaton {
 public:
  struct Limits {
    std::size_t bytes = 0;    ///< Approximate memory of the tables and of building them.
    std::uint64_t steps = 0;  ///< Fronts visited while the tables are built.
  };
  /// `keeps` may be empty. Throws Error{input} where a limit is reached.
  LayerAutomaton(const LayerGraph& graph, const LayerFilter& keeps, const Limits& limits);

  [[nodiscard]] const BigCount& size() const { return size_; }
  struct Cost {
    std::size_t states = 0;
    std::size_t edges = 0;
    std::size_t bytes = 0;    ///< As Limits::bytes counts.
    std::uint64_t steps = 0;  ///< As Limits::steps counts.
  };
  [[nodiscard]] const Cost& cost() const { return cost_; }

  /// Sequence number `rank` (0..size()-1), in ascending order layer by layer, a sequence before its
  /// continuations.
  [[nodiscard]] LayerSequence sequence(const BigCount& rank) const;
  /// The sequence of a rank that is exactly uniform: words of the stream, most significant first,
  /// cut to the bits of size()-1; again where the number is too large. size() >= 1.
  [[nodiscard]] LayerSequence draw(RandomStream& stream) const;
  /// The inverse of sequence(); nothing where the sequence is not in the set.
  [[nodiscard]] std::optional<BigCount> rank(const LayerSequence& sequence) const;
  /// Every sequence in the order of ranks.
  void for_each(const std::function<void(const LayerSequence&)>& visit) const;

 private:
  explicit LayerAutomaton(const AutomatonTables& tables);

  BigCount size_;
  Cost cost_;
  std::variant<RankTable<WideCount>, RankTable<BigCount>> table_;
};

/// The subset construction.
[[nodiscard]] AutomatonTables build_tables(const LayerGraph& graph, const LayerFilter& keeps,
                                           const LayerAutomaton::Limits& limits);

}  // namespace opline::sampler
