#include "sampler/count/layer_automaton.h"

#include <algorithm>

#include "src/base/error.h"

namespace opline::sampler {

LayerAutomaton::LayerAutomaton(const LayerGraph& graph, const LayerFilter& keeps,
                               const Limits& limits)
    : tables_(build_tables(graph, keeps, limits)) {}

LayerSequence LayerAutomaton::sequence(BigCount rank) const {
  OPLINE_ASSERT(rank >= 0 && rank < size(), "rank {} of {}", rank.str(), size().str());
  LayerSequence sequence;
  const State* state = &tables_.states[tables_.start];
  for (;;) {
    if (state->ends) {
      if (rank == 0) return sequence;
      --rank;
    }
    auto number = state->groups.begin();
    while (rank >= tables_.groups[*number].edges.back().upto) {
      rank -= tables_.groups[*number++].edges.back().upto;
    }
    const Group& group = tables_.groups[*number];
    const auto edge = std::upper_bound(group.edges.begin(), group.edges.end(), rank,
                                       [](const BigCount& r, const Edge& e) { return r < e.upto; });
    if (edge != group.edges.begin()) rank -= std::prev(edge)->upto;
    sequence.push_back({group.kind, edge->channels});
    state = &tables_.states[edge->state];
  }
}

std::optional<BigCount> LayerAutomaton::rank(const LayerSequence& sequence) const {
  BigCount rank = 0;
  const State* state = &tables_.states[tables_.start];
  for (const LayerSymbol& symbol : sequence) {
    if (state->ends) ++rank;
    auto number = state->groups.begin();
    for (; number != state->groups.end() && tables_.groups[*number].kind < symbol.kind; ++number) {
      rank += tables_.groups[*number].count();
    }
    if (number == state->groups.end() || tables_.groups[*number].kind != symbol.kind)
      return std::nullopt;
    const std::vector<Edge>& edges = tables_.groups[*number].edges;
    const auto edge =
        std::lower_bound(edges.begin(), edges.end(), symbol.channels,
                         [](const Edge& e, std::uint32_t c) { return e.channels < c; });
    if (edge == edges.end() || edge->channels != symbol.channels) return std::nullopt;
    if (edge != edges.begin()) rank += std::prev(edge)->upto;
    state = &tables_.states[edge->state];
  }
  if (!state->ends) return std::nullopt;
  return rank;
}

void LayerAutomaton::for_each(const std::function<void(const LayerSequence&)>& visit) const {
  LayerSequence sequence;
  walk(tables_.start, sequence, visit);
}

/// Recursion as deep as a sequence is long: at most OPLINE_MAX_LAYERS.
void LayerAutomaton::walk(std::uint32_t state, LayerSequence& sequence,
                          const std::function<void(const LayerSequence&)>& visit) const {
  if (tables_.states[state].ends) visit(sequence);
  for (const std::uint32_t number : tables_.states[state].groups) {
    const Group& group = tables_.groups[number];
    for (const Edge& edge : group.edges) {
      sequence.push_back({group.kind, edge.channels});
      walk(edge.state, sequence, visit);
      sequence.pop_back();
    }
  }
}

}  // namespace opline::sampler
