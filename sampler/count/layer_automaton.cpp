#include "sampler/count/layer_automaton.h"

#include <algorithm>

#include "src/base/error.h"

namespace opline::sampler {

LayerAutomaton::LayerAutomaton(const LayerWords& words, const LayerFilter& keeps,
                               const Limits& limits)
    : tables_(build_tables(words, keeps, limits)) {}

Word LayerAutomaton::word(BigCount rank) const {
  OPLINE_ASSERT(rank >= 0 && rank < size(), "rank {} of {}", rank.str(), size().str());
  Word word;
  const State* state = &tables_.states[tables_.start];
  for (;;) {
    if (state->ends) {
      if (rank == 0) return word;
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
    word.push_back({group.kind, edge->channels});
    state = &tables_.states[edge->state];
  }
}

std::optional<BigCount> LayerAutomaton::rank(const Word& word) const {
  BigCount rank = 0;
  const State* state = &tables_.states[tables_.start];
  for (const Letter& letter : word) {
    if (state->ends) ++rank;
    auto number = state->groups.begin();
    for (; number != state->groups.end() && tables_.groups[*number].kind < letter.kind; ++number) {
      rank += tables_.groups[*number].count();
    }
    if (number == state->groups.end() || tables_.groups[*number].kind != letter.kind)
      return std::nullopt;
    const std::vector<Edge>& edges = tables_.groups[*number].edges;
    const auto edge =
        std::lower_bound(edges.begin(), edges.end(), letter.channels,
                         [](const Edge& e, std::uint32_t c) { return e.channels < c; });
    if (edge == edges.end() || edge->channels != letter.channels) return std::nullopt;
    if (edge != edges.begin()) rank += std::prev(edge)->upto;
    state = &tables_.states[edge->state];
  }
  if (!state->ends) return std::nullopt;
  return rank;
}

void LayerAutomaton::for_each(const std::function<void(const Word&)>& visit) const {
  Word word;
  walk(tables_.start, word, visit);
}

/// As deep as a word is long: OPLINE_MAX_LAYERS at most.
void LayerAutomaton::walk(std::uint32_t state, Word& word,
                          const std::function<void(const Word&)>& visit) const {
  if (tables_.states[state].ends) visit(word);
  for (const std::uint32_t number : tables_.states[state].groups) {
    const Group& group = tables_.groups[number];
    for (const Edge& edge : group.edges) {
      word.push_back({group.kind, edge.channels});
      walk(edge.state, word, visit);
      word.pop_back();
    }
  }
}

}  // namespace opline::sampler
