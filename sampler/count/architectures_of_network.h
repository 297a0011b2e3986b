// sampler/count/architectures_of_network.h - the architectures that decode to one network.
//
// Given the sequence of layers, the pattern of kept blocks decides everything else: a kept block
// accounts for a fixed number of layers, whose channels are its widths. So an architecture of the
// network is a pattern of kept blocks; of two patterns the one that keeps the earliest block in
// which they differ comes first. Internal to the module.
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

  /// The first one, canonical; nothing where no architecture that the graph allows decodes to the
  /// sequence.
  [[nodiscard]] std::optional<Architecture> first();
  /// How many canonical architectures decode to the sequence.
  [[nodiscard]] BigCount count();
  /// Probability that decisions, each uniform over all its options, decode to the sequence.
  [[nodiscard]] double probability();

 private:
  /// Before a block: its number, how many layers are accounted for, the widths that bind.
  using Place = std::tuple<std::uint32_t, std::uint32_t, TiedWidths>;
  /// What a branch chose: (decision, option).
  using Choices = std::vector<std::pair<std::size_t, std::uint16_t>>;
  struct Passed {
    Place place;
    Choices choices;  ///< Widths chosen here; not those that a tie had chosen.
  };

  [[nodiscard]] Place start() const { return {0, 0, {}}; }
  [[nodiscard]] std::optional<Passed> keep(const Place& place) const;
  [[nodiscard]] std::optional<Passed> skip(const Place& place) const;
  [[nodiscard]] std::optional<Passed> read(const Place& place, std::uint32_t begin,
                                           std::uint32_t end) const;
  [[nodiscard]] bool choose(const LayerStep& step, std::uint32_t channels, TiedWidths& tied,
                            Choices& choices) const;
  [[nodiscard]] std::uint32_t channels_before(std::uint32_t position) const;
  bool find(const Place& place, Architecture& found);
  template <class Weight, class Factor>
  Weight sum(const Place& place, std::map<Place, Weight>& known, const Factor& factor);

  const LayerGraph& graph_;
  const LayerSequence& sequence_;
  std::set<Place> dead_ends_;
};

}  // namespace opline::sampler
