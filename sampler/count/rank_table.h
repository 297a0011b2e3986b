// sampler/count/rank_table.h - the tables of a layer automaton as flat arrays, in which ranks are
// looked up.
//
// Internal to the module; layer_automaton.h has the order of ranks.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sampler/count/big_count.h"
#include "sampler/count/layer_sequence.h"

namespace opline::sampler {

/// What the subset construction makes of a graph (automaton_builder.cpp).
struct AutomatonTables {
  /// Groups are shared between states.
  struct Edge {
    std::uint32_t channels = 0;
    std::uint32_t state = 0;
    BigCount upto;  ///< Words through this edge and those before it.
  };
  struct Group {
    std::uint32_t kind = 0;
    std::vector<Edge> edges;  ///< Ascending in channels; each carries at least one sequence.
    [[nodiscard]] BigCount count() const { return edges.empty() ? BigCount(0) : edges.back().upto; }
  };
  struct State {
    bool ends = false;                  ///< A sequence may end here.
    std::vector<std::uint32_t> groups;  ///< Ascending in kind.
    BigCount count;                     ///< Of continuations.
  };
  std::vector<Group> groups;
  std::vector<State> states;
  std::uint32_t start = 0;
  std::size_t edges = 0;
  std::size_t bytes = 0;  ///< As LayerAutomaton::Limits::bytes counts.
  std::uint64_t steps = 0;
};

/// `Count`: BigCount, or WideCount where the number of sequences has at most kWideCountBits.
/// Immutable.
template <class Count>
class RankTable {
 public:
  explicit RankTable(const AutomatonTables& tables);

  [[nodiscard]] const Count& size() const { return size_; }
  /// Replaces `sequence` by number `rank` (0 .. size() - 1).
  void find(Count rank, LayerSequence& sequence) const;
  /// The inverse; nothing where the sequence is not in the set.
  [[nodiscard]] std::optional<Count> rank(const LayerSequence& sequence) const;
  /// Every sequence in the order of ranks.
  void for_each(const std::function<void(const LayerSequence&)>& visit) const;

 private:
  struct State {
    std::uint32_t begin = 0, end = 0;  ///< In `groups_`.
    bool ends = false;
  };
  /// Of one state: what states share lies in memory once for each, so that it is found faster.
  struct Group {
    std::uint32_t kind = 0;
    std::uint32_t begin = 0, end = 0;  ///< In `edges_`; never empty.
    double edges_per_count = 0;
  };
  struct Edge {
    Count upto;  ///< Sequences through the edge and those before it in its group.
    std::uint32_t channels = 0;
    std::uint32_t state = 0;
  };
  [[nodiscard]] std::uint32_t edge_of(const Group& group, const Count& rank) const;
  void walk(std::uint32_t state, LayerSequence& sequence,
            const std::function<void(const LayerSequence&)>& visit) const;

  Count size_;
  std::uint32_t start_;
  std::vector<State> states_;
  std::vector<Group> groups_;
  std::vector<Edge> edges_;
};

extern template class RankTable<WideCount>;
extern template class RankTable<BigCount>;

}  // namespace opline::sampler
