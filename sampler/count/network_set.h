// sampler/count/network_set.h - a search space as a counted set: its distinct networks, numbered.
//
// Two architectures are the same network when Network::canonical_text() is, byte for byte. Which of
// two like blocks is skipped doesn't show in the layers, so a space has fewer networks than
// architectures. A NetworkSet counts the networks exactly, by a deterministic automaton that reads
// layers (layer_automaton.h), and numbers them:
//
//   NetworkSet set(load_space("kws"));
//   set.size();                     // 1016702236781203392, of 1134907106097364992 architectures
//   set.unrank(0), set.rank(a);     // each other's inverse
//
// **Order of ranks.** Networks are compared layer by layer from the input on. The first difference
// decides, by: the type (by the numbers of network::LayerType), kernel height and width, stride
// height and width, padding (same before valid), activation (none, relu, relu6), of an add the
// distance to its first operand, height, width, channels of the output; the smaller first. A
// network that ends where another goes on comes first. The order is frozen: it depends on nothing
// but the set, and a sample drawn by rank means the same tomorrow (golden ranks:
// tests/sampler/network_set_test.cpp). Adding options to a space moves ranks.
//
// Cost: making the set is linear in the automaton, milliseconds for the spaces that come along;
// unrank() and rank() take microseconds. Where the automaton would not end within the Options'
// bounds the constructor refuses. That takes ties (a width that is shared by blocks with many
// others between them has to be remembered with all its options), or hundreds of blocks with
// thousands of widths each.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "sampler/count/big_count.h"
#include "sampler/count/layer_filter.h"
#include "sampler/space/architecture.h"
#include "sampler/space/space.h"

namespace opline::sampler {

/// Constant once it is made, cheap to copy; any number of threads may use it.
class NetworkSet {
 public:
  struct Options {
    /// The constructor gives up beyond so much memory (about, and less is left when it is done),
    /// ...
    std::size_t max_bytes = std::size_t{256} << 20;
    /// ... or after so many steps (of about 0.1 microseconds): whether a space can be counted does
    /// not depend on the machine.
    std::uint64_t max_steps = 20'000'000;
    /// Only networks that some architecture of these options decodes to: whether `option` of
    /// `decision` may be chosen. A width that a skipped block leaves open chooses none. Empty: all.
    /// A pure function.
    std::function<bool(std::size_t decision, std::size_t option)> allows;
    /// Only networks whose every layer it is true of; empty: all. See layer_filter.h for what can
    /// be asked so.
    LayerFilter keeps;
  };

  explicit NetworkSet(const Space& space) : NetworkSet(space, Options{}) {}
  /// Throws Error{input} naming the space, the bound and a remedy where a bound is reached. A set
  /// that the options leave empty has size 0.
  NetworkSet(const Space& space, Options options);

  /// How many distinct networks there are.
  [[nodiscard]] const BigCount& size() const;

  /// The architecture of network `rank`, 0..size()-1 (else OPLINE_ASSERT): of those that the
  /// options allow and that decode to it, the canonical one which keeps the earliest block in which
  /// they differ.
  [[nodiscard]] Architecture unrank(const BigCount& rank) const;

  /// The rank of the network that `architecture` decodes to, canonical or not. Throws Error{input}
  /// where the options leave that network out; without options it always has one.
  [[nodiscard]] BigCount rank(const Architecture& architecture) const;
  /// Whether it has one.
  [[nodiscard]] bool contains(const Architecture& architecture) const;

  /// How many canonical architectures that the options allow decode to the network of
  /// `architecture`; over all networks they add up to the architectures of the space
  /// (SpaceView::architectures).
  [[nodiscard]] BigCount multiplicity(const Architecture& architecture) const;
  /// Probability that Prior::uniform_decisions draws the network of `architecture`, whichever its
  /// decisions (only those that the options allow). Adds up to 1 over all networks of a space;
  /// times size() it is how much more often that prior draws it than uniform ranks do.
  [[nodiscard]] double probability(const Architecture& architecture) const;

  /// What the automaton took.
  struct Cost {
    std::size_t states = 0;
    std::size_t edges = 0;
    std::size_t bytes = 0;    ///< As max_bytes counts.
    std::uint64_t steps = 0;  ///< As max_steps counts.
  };
  [[nodiscard]] Cost cost() const;

 private:
  friend void enumerate(const NetworkSet&, const BigCount&,
                        const std::function<void(const Architecture&)>&);
  struct Parts;
  std::shared_ptr<const Parts> parts_;
};

/// Calls `visit` with unrank(0), unrank(1), ... unrank(size()-1). Throws Error{input} before the
/// first where there are more than `limit`.
void enumerate(const NetworkSet& set, const BigCount& limit,
               const std::function<void(const Architecture&)>& visit);

}  // namespace opline::sampler
