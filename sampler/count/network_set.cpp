#include "sampler/count/network_set.h"

#include "sampler/count/architectures_of_network.h"
#include "sampler/count/layer_automaton.h"
#include "src/base/error.h"

namespace opline::sampler {

struct NetworkSet::Parts {
  Parts(const Space& space, Options options)
      : words(space, std::move(options.allows)),
        automaton(words, options.keeps, {options.max_bytes, options.max_steps}) {}

  /// Of a word of the set.
  [[nodiscard]] Architecture architecture(const Word& word) const {
    const std::optional<Architecture> first = WordReadings(words, word).first();
    OPLINE_ASSERT(first, "a network of {} that no architecture decodes to", words.space().name);
    return *first;
  }

  LayerWords words;
  LayerAutomaton automaton;
};

NetworkSet::NetworkSet(const Space& space, Options options)
    : parts_(std::make_shared<const Parts>(space, std::move(options))) {}

const BigCount& NetworkSet::size() const { return parts_->automaton.size(); }

Architecture NetworkSet::unrank(const BigCount& rank) const {
  return parts_->architecture(parts_->automaton.word(rank));
}

BigCount NetworkSet::rank(const Architecture& architecture) const {
  const std::optional<BigCount> rank = parts_->automaton.rank(parts_->words.word_of(architecture));
  if (rank) return *rank;
  const Space& space = parts_->words.space();
  throw Error(
      ErrorCode::input,
      "architecture of {}: the network of `{}` is not in the set of networks asked for; loosen the "
      "constraints",
      space.name, to_text(space, architecture));
}

bool NetworkSet::contains(const Architecture& architecture) const {
  return parts_->automaton.rank(parts_->words.word_of(architecture)).has_value();
}

BigCount NetworkSet::multiplicity(const Architecture& architecture) const {
  const Word word = parts_->words.word_of(architecture);
  return WordReadings(parts_->words, word).count();
}

double NetworkSet::probability(const Architecture& architecture) const {
  const Word word = parts_->words.word_of(architecture);
  return WordReadings(parts_->words, word).probability();
}

NetworkSet::Cost NetworkSet::cost() const {
  const LayerAutomaton::Tables& tables = parts_->automaton.tables();
  return {tables.states.size(), tables.edges, tables.bytes, tables.steps};
}

void enumerate(const NetworkSet& set, const BigCount& limit,
               const std::function<void(const Architecture&)>& visit) {
  if (set.size() > limit) {
    throw Error(ErrorCode::input,
                "space {}: there are {} networks, more than the {} asked for; draw a sample",
                set.parts_->words.space().name, set.size().str(), limit.str());
  }
  set.parts_->automaton.for_each([&](const Word& word) { visit(set.parts_->architecture(word)); });
}

}  // namespace opline::sampler
