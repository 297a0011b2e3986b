// The subset construction of layer_automaton.h, lazily from the start and memoised.
#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "sampler/count/binding_sets.h"
#include "sampler/count/layer_automaton.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

/// Position of a path before the layer of a step. Fields on which nothing that follows depends are
/// 0.
struct Front {
  std::uint32_t step = 0;
  std::uint32_t input = 0;                         ///< Channels of the layer made before it.
  std::uint32_t block_input = 0;                   ///< Channels of the block's input.
  std::uint32_t bound = 0;                         ///< Number of the set of bindings.
  auto operator<=>(const Front&) const = default;  // NOLINT(modernize-use-nullptr)
};
using Fronts = std::vector<Front>;  // ascending

struct FrontsHash {
  std::size_t operator()(const Fronts& fronts) const {
    std::size_t hash = fronts.size();
    for (const Front& front : fronts) {
      for (const std::uint32_t field : {front.step, front.input, front.block_input, front.bound})
        boost::hash_combine(hash, field);
    }
    return hash;
  }
};

/// Bytes of the digits of a count.
std::size_t limbs(const BigCount& count) {
  return count.backend().size() * sizeof(boost::multiprecision::limb_type);
}

/// Position of a path behind a layer: before the next step of the branch, or at a place.
struct Cursor {
  bool in_block = false;
  std::uint32_t place = 0;  ///< LayerStep or place.
  std::uint32_t block_input = 0;
  std::uint32_t bound = 0;
  auto operator<=>(const Cursor&) const = default;  // NOLINT(modernize-use-nullptr)
};

class Builder {
 public:
  Builder(const LayerGraph& graph, const LayerFilter& keeps, const LayerAutomaton::Limits& limits)
      : graph_(graph), keeps_(keeps), limits_(limits), bindings_(graph) {
    find_needs();
  }

  AutomatonTables run() && {
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
  template <class Visit>
  void for_each_option(std::optional<std::size_t> decision, bool binds, std::uint32_t bound,
                       const Visit& visit);
  void move(const Front& front, std::uint32_t bound, std::uint32_t channels,
            std::vector<Move>& moves);
  [[nodiscard]] std::uint32_t channels(const Front& front, int tensor) const;
  [[nodiscard]] bool keeps(const LayerStep& step, const Front& front, std::uint32_t channels) const;
  void spend(std::size_t bytes);

  const LayerGraph& graph_;
  const LayerFilter& keeps_;
  const LayerAutomaton::Limits limits_;
  std::vector<bool> needs_input_;  // of each step
  std::vector<bool> needs_block_input_;
  std::vector<bool> is_remembered_;  ///< Channels of the step's output are needed later.
  BindingSets bindings_;
  std::unordered_map<Fronts, std::uint32_t, FrontsHash> groups_;
  std::map<std::pair<bool, std::vector<std::uint32_t>>, std::uint32_t> states_;
  AutomatonTables tables_;
};

/// Which tensors of its branch a step depends on by their channels: `visit(tensor)`. A filter
/// depends on the channels of every live tensor; without one, few matter.
template <class Visit>
void for_each_need(const LayerStep& step, bool filtered, const Visit& visit) {
  const BlockLayer& layer = step.layer;
  const Width& width = layer.width;
  if (filtered || width.kind == Width::Kind::same || width.kind == Width::Kind::sum)
    visit(layer.from);
  if (width.kind == Width::Kind::sum) visit(layer.other);
  if (width.kind == Width::Kind::like) visit(width.value);
  if (!filtered) return;
  for (const auto& [tensor, map] : step.waiting) {
    if (!layer.has_equal_operands() || tensor != layer.other) visit(tensor);
  }
}

/// Whether the step depends on the channels of the block's input as such.
bool needs_the_block_input(const LayerStep& step) {
  return step.layer.width.kind == Width::Kind::block_input || step.layer.width.is_ratio() ||
         step.layer.guard != Guard::none;
}

void Builder::find_needs() {
  const std::vector<LayerStep>& steps = graph_.steps();
  needs_input_.resize(steps.size());
  needs_block_input_.resize(steps.size());
  is_remembered_.resize(steps.size());
  for (std::size_t i = steps.size(); i-- > 0;) {
    bool block_input = needs_the_block_input(steps[i]);
    for_each_need(steps[i], keeps_ != nullptr, [&](int tensor) {
      if (tensor == steps[i].previous()) {
        needs_input_[i] = true;
      } else if (tensor == kBlockInput) {
        block_input = true;
      } else {
        is_remembered_[i - static_cast<std::size_t>(steps[i].number - tensor)] = true;
      }
    });
    needs_block_input_[i] = block_input || (!steps[i].last && needs_block_input_[i + 1]);
  }
}

/// Channels of a tensor of the branch that the front's step depends on.
std::uint32_t Builder::channels(const Front& front, int tensor) const {
  const LayerStep& step = graph_.steps()[front.step];
  if (tensor == kBlockInput)
    return needs_block_input_[front.step] ? front.block_input : front.input;
  if (tensor == step.previous()) return front.input;
  const std::size_t made_by = front.step - static_cast<std::size_t>(step.number - tensor);
  return bindings_.value(front.bound, graph_.space().decisions.size() + made_by);
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
  spend(sizeof(AutomatonTables::State) + 64 + 8 * key.second.size() + limbs(count));
  tables_.states.push_back({reach.ends, key.second, std::move(count)});
  states_.emplace(std::move(key), number);
  return number;
}

/// The group of these fronts, which make one kind of layer, with all that can follow.
std::uint32_t Builder::group_of(Fronts fronts) {
  if (const auto known = groups_.find(fronts); known != groups_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(tables_.groups.size());
  spend(sizeof(AutomatonTables::Group) + 64 + sizeof(Front) * fronts.size());
  tables_.groups.push_back({graph_.steps()[fronts.front().step].kind, {}});
  const auto place = groups_.emplace(std::move(fronts), number).first;
  connect(number, place->first);
  return number;
}

void Builder::connect(std::uint32_t group, const Fronts& fronts) {
  const std::vector<Move> moves = moves_of(fronts);
  std::vector<AutomatonTables::Edge> edges;
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
    spend(sizeof(AutomatonTables::Edge) + limbs(upto));
    edges.push_back({channels, to, upto});
  }
  edges.shrink_to_fit();
  tables_.edges += edges.size();
  tables_.groups[group].edges = std::move(edges);
}

/// All fronts that can be reached from the cursors without making a layer, ascending, each once. At
/// a place that can vanish no layer is made where one could have been made at an exchangeable place
/// before it and everything between them vanishes: the earlier one makes the same sequences, and
/// more.
Builder::Reach Builder::close(const std::vector<Cursor>& cursors, std::uint32_t channels) {
  Reach reach;
  std::set<Cursor> open;  // at places; what is added comes after what is taken
  for (const Cursor& cursor : cursors) {
    if (cursor.in_block) {
      stand(cursor.place, channels, cursor, reach);
    } else {
      open.insert(cursor);
    }
  }
  // By number of bindings: likenesses of the places where layers could be made on the way here.
  std::map<std::uint32_t, std::set<std::uint32_t>> kept;
  while (!open.empty()) {
    Cursor cursor = *open.begin();
    open.erase(open.begin());
    cursor.block_input = channels;
    const std::uint32_t place = cursor.place;
    if (place == graph_.end()) {
      reach.ends = true;
      continue;
    }
    const auto likeness = graph_.likeness(place);
    const bool covered =
        likeness && graph_.may_vanish(place) && kept[cursor.bound].contains(*likeness);
    bool path_goes_on = false;
    for (const StepRange& range : graph_.branches(place)) {
      if (!range.allowed) continue;
      if (!range.empty()) {
        if (!covered) stand(range.begin, channels, cursor, reach);
        continue;
      }
      spend(0);
      const auto next = static_cast<std::uint32_t>(range.branch->next);
      const std::uint32_t bound = bindings_.binding(cursor.bound, next);
      open.insert({false, next, 0, bound});
      path_goes_on = path_goes_on || bound == cursor.bound;
    }
    if (!path_goes_on)
      kept.erase(cursor.bound);
    else if (likeness && !covered)
      kept[cursor.bound].insert(*likeness);
  }
  std::sort(reach.fronts.begin(), reach.fronts.end());
  reach.fronts.erase(std::unique(reach.fronts.begin(), reach.fronts.end()), reach.fronts.end());
  return reach;
}

/// At a place, the cursor's `block_input` is `channels`.
void Builder::stand(std::uint32_t step, std::uint32_t channels, const Cursor& cursor,
                    Reach& reach) {
  spend(0);
  reach.fronts.push_back({step, needs_input_[step] ? channels : 0,
                          needs_block_input_[step] ? cursor.block_input : 0, cursor.bound});
  if (needs_input_[step] || (needs_block_input_[step] && !cursor.in_block))
    reach.channels_matter = true;
}

std::vector<Builder::Move> Builder::moves_of(const Fronts& fronts) {
  std::vector<Move> moves;
  for (const Front& front : fronts) {
    const LayerStep& step = graph_.steps()[front.step];
    const Width& width = step.layer.width;
    const auto decision = width.is_decided() ? std::optional(width.decision) : std::nullopt;
    for_each_option(decision, step.binds, front.bound, [&](std::uint32_t bound, int option) {
      for_each_option(
          width.multiplier, step.multiplier_binds, bound, [&](std::uint32_t both, int percent) {
            const std::int64_t made = channels_of(
                step.layer,
                [&](int tensor) { return static_cast<std::int64_t>(channels(front, tensor)); },
                [&](std::size_t one) { return one == decision ? option : percent; });
            move(front, both, static_cast<std::uint32_t>(made), moves);
          });
    });
  }
  std::sort(moves.begin(), moves.end());
  moves.erase(std::unique(moves.begin(), moves.end()), moves.end());
  return moves;
}

/// Calls `visit(bindings, option)` with every option that the decision can have; once, with 0,
/// without one.
template <class Visit>
void Builder::for_each_option(std::optional<std::size_t> decision, bool binds, std::uint32_t bound,
                              const Visit& visit) {
  if (!decision) return visit(bound, 0);
  if (const std::uint32_t value = bindings_.value(bound, *decision); value != 0)
    return visit(bound, static_cast<int>(value));
  const std::vector<int>& options = graph_.space().decisions[*decision].options;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (!graph_.allows(*decision, i)) continue;
    const auto value = static_cast<std::uint32_t>(options[i]);
    visit(binds ? bindings_.with(bound, static_cast<std::uint32_t>(*decision), value) : bound,
          options[i]);
  }
}

/// Adds the move in which the front's layer has `made` channels, unless a guard or the filter
/// forbids it.
void Builder::move(const Front& front, std::uint32_t bound, std::uint32_t made,
                   std::vector<Move>& moves) {
  const LayerStep& step = graph_.steps()[front.step];
  const Guard guard = step.layer.guard;
  if (guard != Guard::none && (made == front.block_input) != (guard == Guard::same)) return;
  if (!keeps(step, front, made)) return;
  spend(0);
  if (step.last) {
    moves.push_back({made, {false, step.next, 0, bindings_.binding(bound, step.next)}});
    return;
  }
  if (is_remembered_[front.step]) {
    const auto key = static_cast<std::uint32_t>(graph_.space().decisions.size() + front.step);
    bound = bindings_.with(bound, key, made);
  }
  moves.push_back({made, {true, front.step + 1, front.block_input, bound}});
}

bool Builder::keeps(const LayerStep& step, const Front& front, std::uint32_t made) const {
  if (!keeps_ || step.layer.type == kInputLayer) return true;
  const auto shape = [](const Map& map, std::uint32_t c) {
    return network::Shape{map.h, map.w, static_cast<int>(c)};
  };
  const BlockLayer& layer = step.layer;
  const std::uint32_t input = channels(front, layer.from);
  LayerUse use;
  use.layer = {layer.type,
               std::vector<network::TensorId>(layer.joins() ? 2 : 1, 0),
               layer.window,
               layer.activation,
               shape(layer.in, input),
               shape(layer.out, made)};
  use.layer.groups = layer.groups;
  for (const auto& [tensor, map] : step.waiting) {
    const bool first = layer.has_equal_operands() && tensor == layer.other;
    use.waiting += shape(map, first ? input : channels(front, tensor)).elements();
  }
  return keeps_(use);
}

}  // namespace

AutomatonTables build_tables(const LayerGraph& graph, const LayerFilter& keeps,
                             const LayerAutomaton::Limits& limits) {
  return Builder(graph, keeps, limits).run();
}

}  // namespace opline::sampler
