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

/// Where a path stands: about to make the layer of a step. Fields that nothing to come depends on
/// are 0.
struct Front {
  std::uint32_t step = 0;
  std::uint32_t incoming = 0;                      ///< Channels of the tensor before.
  std::uint32_t entering = 0;                      ///< Channels that came into the block.
  std::uint32_t tied = 0;                          ///< Number of the widths that bind.
  auto operator<=>(const Front&) const = default;  // NOLINT(modernize-use-nullptr)
};
using Fronts = std::vector<Front>;  // ascending

struct FrontsHash {
  std::size_t operator()(const Fronts& fronts) const {
    std::size_t hash = fronts.size();
    for (const Front& front : fronts) {
      for (const std::uint32_t field : {front.step, front.incoming, front.entering, front.tied})
        boost::hash_combine(hash, field);
    }
    return hash;
  }
};

/// Bytes of a count's digits.
std::size_t limbs(const BigCount& count) {
  return count.backend().size() * sizeof(boost::multiprecision::limb_type);
}

/// Where a path stands behind a layer: before the next step of the block, or before a block.
struct Cursor {
  bool in_block = false;
  std::uint32_t place = 0;  ///< Step or block.
  std::uint32_t entering = 0;
  std::uint32_t tied = 0;
  auto operator<=>(const Cursor&) const = default;  // NOLINT(modernize-use-nullptr)
};

class Builder {
 public:
  Builder(const LayerWords& words, const LayerFilter& keeps, const LayerAutomaton::Limits& limits)
      : words_(words), keeps_(keeps), limits_(limits), tied_(words) {
    find_needs();
  }

  Tables run() && {
    tables_.start = state_of(close({Cursor{}}, static_cast<std::uint32_t>(words_.space().input.c)));
    return std::move(tables_);
  }

 private:
  /// Where paths can stand when no layer is made any more.
  struct Reach {
    Fronts fronts;
    bool ends = false;
    bool channels_matter = false;  ///< Those of the layer behind which the paths stand.
  };
  /// A way on for one front, and the channels of the layer that it makes.
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
  [[nodiscard]] bool keeps(const Step& step, const Front& front, std::uint32_t channels) const;
  void spend(std::size_t bytes);

  const LayerWords& words_;
  const LayerFilter& keeps_;
  const LayerAutomaton::Limits limits_;
  std::vector<bool> needs_incoming_;  // of each step
  std::vector<bool> needs_entering_;
  TiedNumbers tied_;
  std::unordered_map<Fronts, std::uint32_t, FrontsHash> groups_;
  std::map<std::pair<bool, std::vector<std::uint32_t>>, std::uint32_t> states_;
  Tables tables_;
};

/// A filter sees the channels of every tensor that lives; without one, few matter.
void Builder::find_needs() {
  const std::vector<Step>& steps = words_.steps();
  needs_incoming_.resize(steps.size());
  needs_entering_.resize(steps.size());
  for (std::size_t i = steps.size(); i-- > 0;) {
    const Channels::Kind kind = steps[i].layer.channels.kind;
    needs_incoming_[i] = kind == Channels::Kind::incoming || keeps_;
    const bool later = !steps[i].last && needs_entering_[i + 1];
    const bool waits = steps[i].waits && keeps_;
    needs_entering_[i] = kind == Channels::Kind::entering || later || waits;
  }
}

void Builder::spend(std::size_t bytes) {
  tables_.bytes += bytes;
  ++tables_.steps;
  if (tables_.bytes <= limits_.bytes && tables_.steps <= limits_.steps) return;
  const bool memory = tables_.bytes > limits_.bytes;
  throw Error(ErrorCode::input,
              "space {}: its different networks can't be counted within {} {}; tie fewer blocks "
              "that can be "
              "skipped, or give the decisions fewer options",
              words_.space().name, memory ? limits_.bytes : limits_.steps,
              memory ? "bytes of memory" : "steps");
}

/// The state of paths that stand there. It and what follows it call each other, as deep as a
/// network has layers.
std::uint32_t Builder::state_of(const Reach& reach) {
  std::map<std::uint32_t, Fronts> by_kind;
  for (const Front& front : reach.fronts) by_kind[words_.steps()[front.step].kind].push_back(front);
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
  tables_.groups.push_back({words_.steps()[fronts.front().step].kind, {}});
  const auto place = groups_.emplace(std::move(fronts), number).first;
  connect(number, place->first);
  return number;
}

void Builder::connect(std::uint32_t group, const Fronts& fronts) {
  const std::vector<Move> moves = moves_of(fronts);
  std::vector<LayerAutomaton::Edge> edges;
  BigCount upto = 0;
  std::vector<Cursor> before;
  std::optional<std::uint32_t>
      state;  // where `before` leads, if that is the same whatever the channels
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
/// block that can vanish is not kept where a like block before it could have been, and all between
/// vanish: that one makes the same words, and more.
Builder::Reach Builder::close(const std::vector<Cursor>& cursors, std::uint32_t channels) {
  Reach reach;
  std::set<Cursor> open;  // before blocks; what is added stands behind what is taken
  for (const Cursor& cursor : cursors) {
    if (cursor.in_block) {
      stand(cursor.place, channels, cursor, reach);
    } else {
      open.insert(cursor);
    }
  }
  std::map<std::uint32_t, std::set<std::uint32_t>>
      kept;  // by number of ties: likenesses on the way here
  while (!open.empty()) {
    Cursor cursor = *open.begin();
    open.erase(open.begin());
    cursor.entering = channels;
    const std::uint32_t block = cursor.place;
    if (block == words_.space().blocks.size()) {
      reach.ends = true;
      continue;
    }
    const bool vanishes = words_.may_vanish(block);
    const auto likeness = words_.likeness(block);
    const bool covered = vanishes && likeness && kept[cursor.tied].contains(*likeness);
    if (words_.may_keep(block) && !covered) {
      stand(words_.branches(block).kept_begin, channels, cursor, reach);
      if (likeness) kept[cursor.tied].insert(*likeness);
    }
    if (vanishes) {
      spend(0);
      const std::uint32_t tied = tied_.binding(cursor.tied, block + 1);
      open.insert({false, block + 1, 0, tied});
      if (tied == cursor.tied) continue;
    } else if (words_.may_skip(block)) {
      stand(words_.branches(block).skipped_begin, channels, cursor, reach);
    }
    kept.erase(cursor.tied);  // the way ends
  }
  std::sort(reach.fronts.begin(), reach.fronts.end());
  reach.fronts.erase(std::unique(reach.fronts.begin(), reach.fronts.end()), reach.fronts.end());
  return reach;
}

/// The cursor of a path that stands before a block has the channels as `entering`, too.
void Builder::stand(std::uint32_t step, std::uint32_t channels, const Cursor& cursor,
                    Reach& reach) {
  spend(0);
  reach.fronts.push_back({step, needs_incoming_[step] ? channels : 0,
                          needs_entering_[step] ? cursor.entering : 0, cursor.tied});
  if (needs_incoming_[step] || (needs_entering_[step] && !cursor.in_block))
    reach.channels_matter = true;
}

std::vector<Builder::Move> Builder::moves_of(const Fronts& fronts) {
  std::vector<Move> moves;
  for (const Front& front : fronts) {
    const Channels& rule = words_.steps()[front.step].layer.channels;
    switch (rule.kind) {
      case Channels::Kind::incoming:
        move(front, front.incoming, moves);
        break;
      case Channels::Kind::entering:
        move(front, front.entering, moves);
        break;
      case Channels::Kind::fixed:
        move(front, static_cast<std::uint32_t>(rule.value), moves);
        break;
      case Channels::Kind::decided:
        decide(front, moves);
        break;
    }
  }
  std::sort(moves.begin(), moves.end());
  moves.erase(std::unique(moves.begin(), moves.end()), moves.end());
  return moves;
}

void Builder::decide(const Front& front, std::vector<Move>& moves) {
  const std::size_t decision = words_.steps()[front.step].layer.channels.decision;
  if (const std::uint32_t bound = tied_.width(front.tied, decision); bound != 0) {
    return move(front, bound, moves);
  }
  const std::vector<int>& options = words_.space().decisions[decision].options;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (words_.allows(decision, i)) move(front, static_cast<std::uint32_t>(options[i]), moves);
  }
}

/// The front's layer with so many channels.
void Builder::move(const Front& front, std::uint32_t channels, std::vector<Move>& moves) {
  const Step& step = words_.steps()[front.step];
  if (!keeps(step, front, channels)) return;
  std::uint32_t tied = front.tied;
  const Channels& rule = step.layer.channels;
  if (rule.kind == Channels::Kind::decided && words_.binds_after(rule.decision, step.block) &&
      tied_.width(tied, rule.decision) == 0) {
    TiedWidths more = tied_.set(tied);
    more.emplace_back(static_cast<std::uint32_t>(rule.decision), channels);
    std::sort(more.begin(), more.end());
    tied = tied_.number(more);
  }
  spend(0);
  if (!step.last) {
    moves.push_back({channels, {true, front.step + 1, front.entering, tied}});
  } else {
    moves.push_back({channels, {false, step.block + 1, 0, tied_.binding(tied, step.block + 1)}});
  }
}

bool Builder::keeps(const Step& step, const Front& front, std::uint32_t channels) const {
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
               shape(layer.in, front.incoming),
               shape(layer.out, channels)};
  if (step.waits)
    use.waiting = shape(words_.space().blocks[step.block].in, front.entering).elements();
  if (add) use.waiting = use.layer.input.elements();
  return keeps_(use);
}

}  // namespace

LayerAutomaton::Tables build_tables(const LayerWords& words, const LayerFilter& keeps,
                                    const LayerAutomaton::Limits& limits) {
  return Builder(words, keeps, limits).run();
}

}  // namespace opline::sampler
