// sampler/count/network_set.h - a search space as a counted set: its distinct networks, numbered.
//
// Two architectures are the same network when their Network::canonical_text() are equal, byte for
// byte. Which of two equal blocks is skipped does not show in the layers, so a space has fewer
// networks than architectures. A NetworkSet counts the networks exactly, by a deterministic
// automaton that reads layers (layer_automaton.h), and numbers them:
//
//   NetworkSet set(load_space("kws"));
//   set.size();                     // 1016702236781203392, of 1134907106097364992 architectures
//   set.unrank(0), set.rank(a);     // each other's inverse
//
// **Order of ranks.** Networks are compared layer by layer from the input on. The first difference
// decides, by (the smaller first): the type (by the numbers of network::LayerType), kernel height
// and width, stride height and width, padding (same before valid), activation (none, relu, relu6),
// of a layer of two tensors the distance to the first, height, width, layers between it and its
// input, groups, dilation height and width, channels of the output. A network that ends where
// another continues comes first. The order is frozen: it depends on nothing but the set, and a
// sample drawn by rank means the same tomorrow (golden ranks: tests/sampler/network_set_test.cpp).
// Adding options to a space moves ranks.
//
// Cost: making the set is linear in the automaton, milliseconds for the spaces in data/spaces;
// unrank() and rank() take microseconds. The constructor refuses a space whose automaton would
// exceed the bounds of Restrictions. That takes ties (a width shared by blocks with many others
// between them has to be remembered with all its options), or hundreds of blocks with thousands of
// widths each.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "sampler/count/big_count.h"
#include "sampler/count/layer_filter.h"
#include "sampler/space/architecture.h"
#include "sampler/space/space.h"
#include "src/base/random.h"

namespace opline::sampler {

/// Immutable, cheap to copy; threads may share it.
class NetworkSet {
 public:
  struct Restrictions {
    /// The constructor gives up when it needs more than about this much memory (less stays in use),
    std::size_t max_bytes = std::size_t{256} << 20;
    /// or after this number of steps (about 0.1 microseconds each). Counted in steps, so that it
    /// does not depend on the machine whether a space can be counted.
    std::uint64_t max_steps = 20'000'000;
    /// Whether `option` of `decision` may be chosen; the set has the networks of the architectures
    /// that remain. A width of a skipped block is not a choice. Empty: all. A pure function.
    std::function<bool(std::size_t decision, std::size_t option)> allows;
    /// Only networks whose layers all satisfy it; empty: all. See layer_filter.h for the conditions
    /// that have this form.
    LayerFilter keeps;
  };

  explicit NetworkSet(const Space& space) : NetworkSet(space, Restrictions{}) {}
  /// Throws Error{input} naming the space, the bound and a remedy where a bound is reached. A set
  /// that the restrictions leave empty has size 0.
  NetworkSet(const Space& space, Restrictions restrictions);

  /// How many distinct networks there are.
  [[nodiscard]] const BigCount& size() const;

  /// The architecture of network `rank`, 0..size()-1 (else OPLINE_ASSERT): of those that the
  /// restrictions allow and that decode to it, the canonical one which keeps the earliest block in
  /// which they differ.
  [[nodiscard]] Architecture unrank(const BigCount& rank) const;
  /// Replaces `architecture` by unrank() of a rank that is exactly uniform: words of the stream,
  /// most significant first, cut to the bits of size()-1; again where the number is too large.
  /// size() >= 1.
  void draw(RandomStream& stream, Architecture& architecture) const;

  /// The rank of the network that `architecture` decodes to, canonical or not. Throws Error{input}
  /// where the restrictions exclude that network; without restrictions it always has one.
  [[nodiscard]] BigCount rank(const Architecture& architecture) const;
  /// Whether the network that `architecture` decodes to is in the set.
  [[nodiscard]] bool contains(const Architecture& architecture) const;

  /// How many canonical architectures that the restrictions allow decode to the network of
  /// `architecture`; over all networks they add up to the architectures of the space
  /// (SpaceView::architectures).
  [[nodiscard]] BigCount multiplicity(const Architecture& architecture) const;
  /// Probability that Prior::uniform_decisions draws the network of `architecture`, whichever its
  /// decisions (only those that the restrictions allow). Adds up to 1 over all networks of a space;
  /// times size() it is how much more often that prior draws it than uniform ranks do.
  [[nodiscard]] double probability(const Architecture& architecture) const;

  /// Size of the automaton.
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
