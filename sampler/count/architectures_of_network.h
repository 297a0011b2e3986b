// sampler/count/architectures_of_network.h - the architectures that decode to one network.
//
// Given the sequence of layers, a path through the graph that makes it decides nearly everything
// else: a layer's channels are its width, of which several options can be the same number only
// where it is a share of another one. Of two paths the one that takes the earlier branch (kept
// before skipped, an option before the next) at the earliest place in which they differ comes
// first. Internal to the module.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "sampler/count/layer_sequence.h"

namespace opline::sampler {

/// The architectures of one sequence. `graph` and `sequence` must outlive this.
class ArchitecturesOfNetwork {
 public:
  ArchitecturesOfNetwork(const LayerGraph& graph, const LayerSequence& sequence)
      : graph_(graph), sequence_(sequence) {}

  /// Replaces `architecture` by the first one, canonical. False where no architecture that the
  /// graph allows decodes to the sequence; `architecture` is then undefined.
  [[nodiscard]] bool first(Architecture& architecture);
  /// How many canonical architectures decode to the sequence.
  [[nodiscard]] BigCount count();
  /// Probability that decisions, each uniform over all its options, decode to the sequence.
  [[nodiscard]] double probability();

 private:
  /// Place of the graph, how many layers are accounted for, what binds.
  using At = std::tuple<std::uint32_t, std::uint32_t, Bindings>;
  /// Within a branch.
  struct Reading {
    const StepRange& range;
    std::uint32_t begin = 0;  ///< Symbols accounted for before the branch.
  };

  [[nodiscard]] bool may_read(const StepRange& range, std::uint32_t position) const;
  [[nodiscard]] std::uint32_t channels(const Reading& reading, int tensor) const;
  [[nodiscard]] bool guard_admits(const Reading& reading, const LayerStep& step,
                                  const LayerSymbol& symbol) const;
  template <class Visit>
  bool for_each_option(std::optional<std::size_t> decision, bool binds, const Bindings& bound,
                       const Visit& visit) const;
  template <class Visit>
  bool for_each_choice(const Reading& reading, std::uint32_t number, const Bindings& bound,
                       const Visit& visit) const;

  [[nodiscard]] static bool is_simple(const LayerStep& step);
  [[nodiscard]] Bindings bindings() const;
  bool take_simple(const Reading& reading, std::uint32_t number);
  bool take_any(const Reading& reading, std::uint32_t number);
  bool find(std::uint32_t place, std::uint32_t position);
  bool find_in(const Reading& reading, std::uint32_t number);
  template <class Weight, class Factor>
  Weight sum(const At& at, std::map<At, Weight>& known, const Factor& factor);
  template <class Weight, class Factor>
  Weight sum_in(const Reading& reading, std::uint32_t number, const Bindings& bound,
                std::map<At, Weight>& known, const Factor& factor);

  const LayerGraph& graph_;
  const LayerSequence& sequence_;
  std::set<At> dead_ends_;
  /// What the path to where find() is has bound, in order; also what binds nothing any more.
  using Bound = boost::container::small_vector<Bindings::value_type, 16>;
  Bound bound_;
  /// Options chosen on the way.
  boost::container::small_vector<std::pair<std::size_t, std::uint16_t>, 64> chosen_;
};

}  // namespace opline::sampler
