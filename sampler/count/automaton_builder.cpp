// The subset construction of layer_automaton.h, lazily from the start and memoised.
#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "sampler/count/layer_automaton.h"
#include "sampler/count/tied_width_sets.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

using Tables = LayerAutomaton::Tables;

/// Position of a path before the layer of a step. Fields on which nothing that follows depends are
/// 0.
struct Front {
  std::uint32_t step = 0;
  std::uint32_t input = 0;                         ///< Channels of the layer's input.
  std::uint32_t block_input = 0;                   ///< Channels of the block's input.
  std::uint32_t tied = 0;                          ///< Number of the set of widths that bind.
  auto operator<=>(const Front&) const = default;  // NOLINT(modernize-use-nullptr)
};
using Fronts = std::vector<Front>;  // ascending

struct FrontsHash {
  std::size_t operator()(const Fronts& fronts) const {
    std::size_t hash = fronts.size();
    for (const Front& front : fronts) {
      for (const std::uint32_t field : {front.step, front.input, front.block_input, front.tied})
        boost::hash_combine(hash, field);
    }
    return hash;
  }
};

/// Bytes of the digits of a count.
std::size_t limbs(const BigCount& count) {
  return count.backend().size() * sizeof(boost::multiprecision::limb_type);
}

/// Position of a path behind a layer: before the next step of the block, or before a block.
struct Cursor {
  bool in_block = false;
  std::uint32_t place = 0;  ///< LayerStep or block.
  std::uint32_t block_input = 0;
  std::uint32_t tied = 0;
  auto operator<=>(const Cursor&) const = default;  // NOLINT(modernize-use-nullptr)
};

class Builder {
 public:
  Builder(const LayerGraph& graph, const LayerFilter& keeps, const LayerAutomaton::Limits& limits)
      : graph_(graph), keeps_(keeps), limits_(limits), tied_(graph) {
    find_needs();
  }

  Tables run() && {
    tables_.start = state_of(close({Cursor{}}, static_cast<std::uint32_t>(graph_.space().input.c)));
    return std::move(tables_);
  }

 private:
  /// Where paths can be without making another layer.
  struct Reach {
    Fronts fronts;
    bool ends = false;
    bool channels_matter = false;  ///< Those of the layer that the paths made last.
  };
  /// One continuation of a front, with the channels of the layer that it makes.
  struct Move {
    std::uint32_t channels = 0;
    Cursor to;
    auto operator<=>(const Move&) const = default;  // NOLINT(modernize-use-nullptr)
  };

  void find_needs();
  std::uint32_t state_of(const Reach& reach);
  std::uint32_t group_of(Fronts fronts);
  void connect(std::uint32_t group, const Fronts& fronts);
  Reach close(const std::vector<Cursor>& cursors, std::uint32_t channels);
  void stand(std::uint32_t step, std::uint32_t channels, const Cursor& cursor, Reach& reach);
  std::vector<Move> moves_of(const Fronts& fronts);
  void decide(const Front& front, std::vector<Move>& moves);
  void move(const Front& front, std::uint32_t channels, std::vector<Move>& moves);
  [[nodiscard]] bool keeps(const LayerStep& step, const Front& front, std::uint32_t channels) const;
  void spend(std::size_t bytes);

  const LayerGraph& graph_;
  const LayerFilter& keeps_;
  const LayerAutomaton::Limits limits_;
  std::vector<bool> needs_input_;  // of each step
  std::vector<bool> needs_block_input_;
  TiedWidthSets tied_;
  std::unordered_map<Fronts, std::uint32_t, FrontsHash> groups_;
  std::map<std::pair<bool, std::vector<std::uint32_t>>, std::uint32_t> states_;
  Tables tables_;
};

/// A filter depends on the channels of every live tensor; without one, few matter.
void Builder::find_needs() {
  const std::vector<LayerStep>& steps = graph_.steps();
  needs_input_.resize(steps.size());
  needs_block_input_.resize(steps.size());
  for (std::size_t i = steps.size(); i-- > 0;) {
    const Width::Kind kind = steps[i].layer.width.kind;
    needs_input_[i] = kind == Width::Kind::same || keeps_;
    const bool later = !steps[i].last && needs_block_input_[i + 1];
    const bool waits = steps[i].waits && keeps_;
    needs_block_input_[i] = kind == Width::Kind::block_input || later || waits;
  }
}

void Builder::spend(std::size_t bytes) {
  tables_.bytes += bytes;
  ++tables_.steps;
  if (tables_.bytes <= limits_.bytes && tables_.steps <= limits_.steps) return;
  const bool memory = tables_.bytes > limits_.bytes;
  throw Error(
      ErrorCode::input,
      "space {}: its distinct networks can't be counted within {} {}; tie fewer blocks that "
      "can be skipped, or give the decisions fewer options",
      graph_.space().name, memory ? limits_.bytes : limits_.steps,
      memory ? "bytes of memory" : "steps");
}

/// The state of these paths. Recursive through group_of() and connect(), as deep as a network has
/// layers.
std::uint32_t Builder::state_of(const Reach& reach) {
  std::map<std::uint32_t, Fronts> by_kind;
  for (const Front& front : reach.fronts) by_kind[graph_.steps()[front.step].kind].push_back(front);
  std::pair<bool, std::vector<std::uint32_t>> key{reach.ends, {}};
  for (auto& [kind, same] : by_kind) {
    const std::uint32_t group = group_of(std::move(same));
    if (!tables_.groups[group].edges.empty()) key.second.push_back(group);
  }
  const auto known = states_.find(key);
  if (known != states_.end()) return known->second;
  BigCount count = reach.ends ? 1 : 0;
  for (const std::uint32_t group : key.second) count += tables_.groups[group].count();
  const auto number = static_cast<std::uint32_t>(tables_.states.size());
  spend(sizeof(LayerAutomaton::State) + 64 + 8 * key.second.size() + limbs(count));
  tables_.states.push_back({reach.ends, key.second, std::move(count)});
  states_.emplace(std::move(key), number);
  return number;
}

/// The group of these fronts, which make one kind of layer, with all that can follow.
std::uint32_t Builder::group_of(Fronts fronts) {
  if (const auto known = groups_.find(fronts); known != groups_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(tables_.groups.size());
  spend(sizeof(LayerAutomaton::Group) + 64 + sizeof(Front) * fronts.size());
  tables_.groups.push_back({graph_.steps()[fronts.front().step].kind, {}});
  const auto place = groups_.emplace(std::move(fronts), number).first;
  connect(number, place->first);
  return number;
}

void Builder::connect(std::uint32_t group, const Fronts& fronts) {
  const std::vector<Move> moves = moves_of(fronts);
  std::vector<LayerAutomaton::Edge> edges;
  BigCount upto = 0;
  std::vector<Cursor> before;
  std::optional<std::uint32_t> state;  // to which `before` leads whatever the channels
  for (auto move = moves.begin(); move != moves.end();) {
    const std::uint32_t channels = move->channels;
    std::vector<Cursor> cursors;
    for (; move != moves.end() && move->channels == channels; ++move) cursors.push_back(move->to);
    std::uint32_t to = state.value_or(0);
    if (!state || cursors != before) {
      const Reach reach = close(cursors, channels);
      to = state_of(reach);
      state = reach.channels_matter ? std::nullopt : std::optional(to);
    }
    before = std::move(cursors);
    if (tables_.states[to].count == 0) continue;
    upto += tables_.states[to].count;
    spend(sizeof(LayerAutomaton::Edge) + limbs(upto));
    edges.push_back({channels, to, upto});
  }
  edges.shrink_to_fit();
  tables_.edges += edges.size();
  tables_.groups[group].edges = std::move(edges);
}

/// All fronts that can be reached from the cursors without making a layer, ascending, each once. A
/// block that can vanish is not kept where an exchangeable block before it could have been kept and
/// everything between them vanishes: the earlier one makes the same sequences, and more.
Builder::Reach Builder::close(const std::vector<Cursor>& cursors, std::uint32_t channels) {
  Reach reach;
  std::set<Cursor> open;  // before blocks; what is added comes after what is taken
  for (const Cursor& cursor : cursors) {
    if (cursor.in_block) {
      stand(cursor.place, channels, cursor, reach);
    } else {
      open.insert(cursor);
    }
  }
  // By number of ties: likenesses of the blocks that could be kept on the way here.
  std::map<std::uint32_t, std::set<std::uint32_t>> kept;
  while (!open.empty()) {
    Cursor cursor = *open.begin();
    open.erase(open.begin());
    cursor.block_input = channels;
    const std::uint32_t block = cursor.place;
    if (block == graph_.space().blocks.size()) {
      reach.ends = true;
      continue;
    }
    const bool vanishes = graph_.may_vanish(block);
    const auto likeness = graph_.likeness(block);
    const bool covered = vanishes && likeness && kept[cursor.tied].contains(*likeness);
    if (graph_.may_keep(block) && !covered) {
      stand(graph_.branches(block).kept_begin, channels, cursor, reach);
      if (likeness) kept[cursor.tied].insert(*likeness);
    }
    if (vanishes) {
      spend(0);
      const std::uint32_t tied = tied_.binding(cursor.tied, block + 1);
      open.insert({false, block + 1, 0, tied});
      if (tied == cursor.tied) continue;
    } else if (graph_.may_skip(block)) {
      stand(graph_.branches(block).skipped_begin, channels, cursor, reach);
    }
    kept.erase(cursor.tied);  // this path ends here
  }
  std::sort(reach.fronts.begin(), reach.fronts.end());
  reach.fronts.erase(std::unique(reach.fronts.begin(), reach.fronts.end()), reach.fronts.end());
  return reach;
}

/// Before a block, the cursor's `block_input` is `channels`.
void Builder::stand(std::uint32_t step, std::uint32_t channels, const Cursor& cursor,
                    Reach& reach) {
  spend(0);
  reach.fronts.push_back({step, needs_input_[step] ? channels : 0,
                          needs_block_input_[step] ? cursor.block_input : 0, cursor.tied});
  if (needs_input_[step] || (needs_block_input_[step] && !cursor.in_block))
    reach.channels_matter = true;
}

std::vector<Builder::Move> Builder::moves_of(const Fronts& fronts) {
  std::vector<Move> moves;
  for (const Front& front : fronts) {
    const Width& width = graph_.steps()[front.step].layer.width;
    if (width.is_decided()) {
      decide(front, moves);
    } else {
      move(front, width.channels(front.input, front.block_input), moves);
    }
  }
  std::sort(moves.begin(), moves.end());
  moves.erase(std::unique(moves.begin(), moves.end()), moves.end());
  return moves;
}

void Builder::decide(const Front& front, std::vector<Move>& moves) {
  const std::size_t decision = graph_.steps()[front.step].layer.width.decision;
  if (const std::uint32_t bound = tied_.width(front.tied, decision); bound != 0) {
    return move(front, bound, moves);
  }
  const std::vector<int>& options = graph_.space().decisions[decision].options;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (graph_.allows(decision, i)) move(front, static_cast<std::uint32_t>(options[i]), moves);
  }
}

/// Adds the move in which the front's layer has `channels` channels, unless the filter forbids it.
void Builder::move(const Front& front, std::uint32_t channels, std::vector<Move>& moves) {
  const LayerStep& step = graph_.steps()[front.step];
  if (!keeps(step, front, channels)) return;
  std::uint32_t tied = front.tied;
  const Width& width = step.layer.width;
  if (width.is_decided() && graph_.binds_after(width.decision, step.block) &&
      tied_.width(tied, width.decision) == 0) {
    TiedWidths more = tied_.set(tied);
    more.emplace_back(static_cast<std::uint32_t>(width.decision), channels);
    std::sort(more.begin(), more.end());
    tied = tied_.number(more);
  }
  spend(0);
  if (!step.last) {
    moves.push_back({channels, {true, front.step + 1, front.block_input, tied}});
  } else {
    moves.push_back({channels, {false, step.block + 1, 0, tied_.binding(tied, step.block + 1)}});
  }
}

bool Builder::keeps(const LayerStep& step, const Front& front, std::uint32_t channels) const {
  if (!keeps_) return true;
  const auto shape = [](const Map& map, std::uint32_t c) {
    return network::Shape{map.h, map.w, static_cast<int>(c)};
  };
  const BlockLayer& layer = step.layer;
  const bool add = layer.type == network::LayerType::add;
  LayerUse use;
  use.layer = {layer.type,
               std::vector<network::TensorId>(add ? 2 : 1, 0),
               layer.window,
               layer.activation,
               shape(layer.in, front.input),
               shape(layer.out, channels)};
  if (step.waits)
    use.waiting = shape(graph_.space().blocks[step.block].in, front.block_input).elements();
  if (add) use.waiting = use.layer.input.elements();
  return keeps_(use);
}

}  // namespace

LayerAutomaton::Tables build_tables(const LayerGraph& graph, const LayerFilter& keeps,
                                    const LayerAutomaton::Limits& limits) {
  return Builder(graph, keeps, limits).run();
}

}  // namespace opline::sampler
