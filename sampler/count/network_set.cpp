#include "sampler/count/network_set.h"

#include "sampler/count/architectures_of_network.h"
#include "sampler/count/layer_automaton.h"
#include "src/base/error.h"

namespace opline::sampler {

struct NetworkSet::Parts {
  Parts(const Space& space, Restrictions restrictions)
      : graph(space, std::move(restrictions.allows)),
        automaton(graph, restrictions.keeps, {restrictions.max_bytes, restrictions.max_steps}) {}

  /// The first architecture of a sequence of the set.
  void find(const LayerSequence& sequence, Architecture& architecture) const {
    const bool found = ArchitecturesOfNetwork(graph, sequence).first(architecture);
    OPLINE_ASSERT(found, "a network of {} that no architecture decodes to", graph.space().name);
  }
  [[nodiscard]] Architecture architecture(const LayerSequence& sequence) const {
    Architecture first;
    find(sequence, first);
    return first;
  }

  LayerGraph graph;
  LayerAutomaton automaton;
};

NetworkSet::NetworkSet(const Space& space, Restrictions restrictions)
    : parts_(std::make_shared<const Parts>(space, std::move(restrictions))) {}

const BigCount& NetworkSet::size() const { return parts_->automaton.size(); }

Architecture NetworkSet::unrank(const BigCount& rank) const {
  return parts_->architecture(parts_->automaton.sequence(rank));
}

void NetworkSet::draw(RandomStream& stream, Architecture& architecture) const {
  parts_->find(parts_->automaton.draw(stream), architecture);
}

BigCount NetworkSet::rank(const Architecture& architecture) const {
  const std::optional<BigCount> rank =
      parts_->automaton.rank(parts_->graph.sequence_of(architecture));
  if (rank) return *rank;
  const Space& space = parts_->graph.space();
  throw Error(
      ErrorCode::input,
      "architecture of {}: the network of `{}` is not in the set of networks asked for; loosen the "
      "constraints",
      space.name, to_text(space, architecture));
}

bool NetworkSet::contains(const Architecture& architecture) const {
  return parts_->automaton.rank(parts_->graph.sequence_of(architecture)).has_value();
}

BigCount NetworkSet::multiplicity(const Architecture& architecture) const {
  const LayerSequence sequence = parts_->graph.sequence_of(architecture);
  return ArchitecturesOfNetwork(parts_->graph, sequence).count();
}

double NetworkSet::probability(const Architecture& architecture) const {
  const LayerSequence sequence = parts_->graph.sequence_of(architecture);
  return ArchitecturesOfNetwork(parts_->graph, sequence).probability();
}

NetworkSet::Cost NetworkSet::cost() const {
  const LayerAutomaton::Cost& cost = parts_->automaton.cost();
  return {cost.states, cost.edges, cost.bytes, cost.steps};
}

void enumerate(const NetworkSet& set, const BigCount& limit,
               const std::function<void(const Architecture&)>& visit) {
  if (set.size() > limit) {
    throw Error(ErrorCode::input,
                "space {}: there are {} networks, more than the {} asked for; draw a sample",
                set.parts_->graph.space().name, set.size().str(), limit.str());
  }
  set.parts_->automaton.for_each(
      [&](const LayerSequence& sequence) { visit(set.parts_->architecture(sequence)); });
}

}  // namespace opline::sampler
