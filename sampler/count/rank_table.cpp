#include "sampler/count/rank_table.h"

namespace opline::sampler {
namespace {

double approximate(const WideCount& count) {
  constexpr double kWord = 18446744073709551616.0;  // 2^64
  return static_cast<double>(static_cast<std::uint64_t>(count >> 64)) * kWord +
         static_cast<double>(static_cast<std::uint64_t>(count));
}

/// The first edge in [begin, end) whose `upto` is larger than `rank`; the last one is. `guess` is
/// near it.
template <class At, class Count>
At above(At begin, At end, const Count& rank, At guess) {
  const auto less = [](const Count& r, const auto& edge) { return r < edge.upto; };
  if (guess->upto <= rank) {
    ++guess;
    return guess->upto > rank ? guess : std::upper_bound(guess, end, rank, less);
  }
  if (guess == begin || (guess - 1)->upto <= rank) return guess;
  return std::upper_bound(begin, guess, rank, less);
}

}  // namespace

template <class Count>
RankTable<Count>::RankTable(const AutomatonTables& tables)
    : size_(static_cast<Count>(tables.states[tables.start].count)), start_(tables.start) {
  edges_.reserve(tables.edges);
  std::vector<Group> groups;
  for (const AutomatonTables::Group& group : tables.groups) {
    const auto begin = static_cast<std::uint32_t>(edges_.size());
    for (const AutomatonTables::Edge& edge : group.edges)
      edges_.push_back({static_cast<Count>(edge.upto), edge.channels, edge.state});
    const auto end = static_cast<std::uint32_t>(edges_.size());
    groups.push_back({group.kind, begin, end, 0});
    if constexpr (std::is_same_v<Count, WideCount>) {
      if (begin != end)
        groups.back().edges_per_count = (end - begin) / approximate(edges_.back().upto);
    }
  }
  for (const AutomatonTables::State& state : tables.states) {
    const auto begin = static_cast<std::uint32_t>(groups_.size());
    for (const std::uint32_t group : state.groups) groups_.push_back(groups[group]);
    states_.push_back({begin, static_cast<std::uint32_t>(groups_.size()), state.ends});
  }
}

/// The edge through which sequence `rank` of the group goes. Edges often lead to equally many
/// sequences: then the first guess is right.
template <class Count>
std::uint32_t RankTable<Count>::edge_of(const Group& group, const Count& rank) const {
  if (group.end - group.begin == 1) return group.begin;
  const auto begin = edges_.begin() + group.begin;
  const auto end = edges_.begin() + group.end;
  auto guess = begin + (group.end - group.begin) / 2;
  if constexpr (std::is_same_v<Count, WideCount>) {
    const auto near = static_cast<std::uint32_t>(approximate(rank) * group.edges_per_count);
    guess = begin + std::min(near, group.end - group.begin - 1);
  }
  return static_cast<std::uint32_t>(above(begin, end, rank, guess) - edges_.begin());
}

template <class Count>
void RankTable<Count>::find(Count rank, LayerSequence& sequence) const {
  sequence.clear();
  for (std::uint32_t number = start_;;) {
    const State& state = states_[number];
    if (state.ends) {
      if (rank == 0) return;
      --rank;
    }
    const Group* group = &groups_[state.begin];
    for (; rank >= edges_[group->end - 1].upto; ++group) rank -= edges_[group->end - 1].upto;
    const std::uint32_t edge = edge_of(*group, rank);
    if (edge != group->begin) rank -= edges_[edge - 1].upto;
    sequence.push_back({group->kind, edges_[edge].channels});
    number = edges_[edge].state;
  }
}

template <class Count>
std::optional<Count> RankTable<Count>::rank(const LayerSequence& sequence) const {
  Count rank = 0;
  const State* state = &states_[start_];
  for (const LayerSymbol& symbol : sequence) {
    if (state->ends) ++rank;
    const auto end_of_groups = groups_.begin() + state->end;
    auto group = groups_.begin() + state->begin;
    for (; group != end_of_groups && group->kind < symbol.kind; ++group)
      rank += edges_[group->end - 1].upto;
    if (group == end_of_groups || group->kind != symbol.kind) return std::nullopt;
    const auto begin = edges_.begin() + group->begin;
    const auto end = edges_.begin() + group->end;
    const auto edge =
        std::lower_bound(begin, end, symbol.channels,
                         [](const Edge& one, std::uint32_t c) { return one.channels < c; });
    if (edge == end || edge->channels != symbol.channels) return std::nullopt;
    if (edge != begin) rank += (edge - 1)->upto;
    state = &states_[edge->state];
  }
  if (!state->ends) return std::nullopt;
  return rank;
}

template <class Count>
void RankTable<Count>::for_each(const std::function<void(const LayerSequence&)>& visit) const {
  LayerSequence sequence;
  walk(start_, sequence, visit);
}

/// Recursion as deep as a sequence is long: at most OPLINE_MAX_LAYERS.
template <class Count>
void RankTable<Count>::walk(std::uint32_t number, LayerSequence& sequence,
                            const std::function<void(const LayerSequence&)>& visit) const {
  const State& state = states_[number];
  if (state.ends) visit(sequence);
  for (std::uint32_t i = state.begin; i < state.end; ++i) {
    const Group& group = groups_[i];
    for (std::uint32_t edge = group.begin; edge < group.end; ++edge) {
      sequence.push_back({group.kind, edges_[edge].channels});
      walk(edges_[edge].state, sequence, visit);
      sequence.pop_back();
    }
  }
}

template class RankTable<WideCount>;
template class RankTable<BigCount>;

}  // namespace opline::sampler
