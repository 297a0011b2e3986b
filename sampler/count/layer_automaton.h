// sampler/count/layer_automaton.h - the deterministic automaton of a space's words, and how many
// words pass through it.
//
// A path through the backbone reads letters, and many paths read the same word. A *front* is one of
// the places where paths that have read the same letters can stand: about to make a certain layer,
// knowing what that depends on (channels that come in, widths that bind). The fronts that make the
// same kind of layer form a *group*; a *state* of the automaton is the set of groups in which the
// paths stand, and whether one of them has reached the end. Two words lead to one state when what
// can follow is made of the same groups. States are made from the start on, each once (subset
// construction), and counted on the way back, so a word is counted once however many architectures
// decode to it. Internal to the module; NetworkSet is the interface.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sampler/count/layer_filter.h"
#include "sampler/count/layer_sequence.h"

namespace opline::sampler {

/// Reads and counts the words of one space. Constant once it is made: any number of threads may use
/// it.
class LayerAutomaton {
 public:
  struct Limits {
    std::size_t bytes = 0;    ///< Of the tables and what making them needs, about.
    std::uint64_t steps = 0;  ///< Fronts made while the tables are.
  };
  /// Groups are shared between states.
  struct Edge {
    std::uint32_t channels = 0;
    std::uint32_t state = 0;
    BigCount upto;  ///< Words through this edge and those before it.
  };
  struct Group {
    std::uint32_t kind = 0;
    std::vector<Edge> edges;  ///< Ascending in channels; through each goes a word at least.
    [[nodiscard]] BigCount count() const { return edges.empty() ? BigCount(0) : edges.back().upto; }
  };
  struct State {
    bool ends = false;                  ///< A word may end here.
    std::vector<std::uint32_t> groups;  ///< Ascending in kind.
    BigCount count;                     ///< Of ways on.
  };
  struct Tables {
    std::vector<Group> groups;
    std::vector<State> states;
    std::uint32_t start = 0;
    std::size_t edges = 0;
    std::size_t bytes = 0;  ///< As Limits::bytes counts.
    std::uint64_t steps = 0;
  };

  /// `keeps` may be empty. Throws Error{input} where a limit is reached.
  LayerAutomaton(const LayerWords& words, const LayerFilter& keeps, const Limits& limits);

  [[nodiscard]] const BigCount& size() const { return tables_.states[tables_.start].count; }
  [[nodiscard]] const Tables& tables() const { return tables_; }

  /// Word number `rank` (0..size()-1), ascending letter by letter, a word before those that go on.
  [[nodiscard]] Word word(BigCount rank) const;
  /// The number of the word; nothing where it is not in the set.
  [[nodiscard]] std::optional<BigCount> rank(const Word& word) const;
  /// Every word in the order of ranks.
  void for_each(const std::function<void(const Word&)>& visit) const;

 private:
  void walk(std::uint32_t state, Word& word, const std::function<void(const Word&)>& visit) const;

  Tables tables_;
};

/// The subset construction.
[[nodiscard]] LayerAutomaton::Tables build_tables(const LayerWords& words, const LayerFilter& keeps,
                                                  const LayerAutomaton::Limits& limits);

}  // namespace opline::sampler
