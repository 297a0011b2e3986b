// sampler/count/architectures_of_network.h - the architectures that decode to one network.
//
// Given the word, which blocks are kept decides everything else: a kept block reads a fixed number
// of letters, and their channels are its widths. So a reading is a pattern of kept blocks, and the
// first of several is the one that keeps the earliest block in which they differ. Internal to the
// module.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "sampler/count/layer_sequence.h"

namespace opline::sampler {

/// Readings of one word. Both referred to must live as long.
class WordReadings {
 public:
  WordReadings(const LayerWords& words, const Word& word) : words_(words), word_(word) {}

  /// The first reading, canonical; nothing where no architecture (that the options' filter allows)
  /// decodes to the word.
  [[nodiscard]] std::optional<Architecture> first();
  /// How many canonical architectures decode to the word.
  [[nodiscard]] BigCount count();
  /// Probability that decisions, each uniform over all its options, decode to the word.
  [[nodiscard]] double probability();

 private:
  /// Before a block: its number, the letters that are read, the widths that bind.
  using Place = std::tuple<std::uint32_t, std::uint32_t, TiedWidths>;
  /// What a branch that reads on chose: (decision, option).
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
  [[nodiscard]] bool choose(const Step& step, std::uint32_t channels, TiedWidths& tied,
                            Choices& choices) const;
  [[nodiscard]] std::uint32_t channels_before(std::uint32_t letter) const;
  bool find(const Place& place, Architecture& found);
  template <class Weight, class Factor>
  Weight sum(const Place& place, std::map<Place, Weight>& known, const Factor& factor);

  const LayerWords& words_;
  const Word& word_;
  std::set<Place> dead_ends_;
};

}  // namespace opline::sampler
