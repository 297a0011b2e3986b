#include "sampler/count/layer_automaton.h"

#include <bit>

#include "src/base/error.h"

namespace opline::sampler {
namespace {

using Table = std::variant<RankTable<WideCount>, RankTable<BigCount>>;

unsigned bits_of(const BigCount& count) {
  return count == 0 ? 0 : static_cast<unsigned>(msb(count)) + 1;
}

unsigned bits_of(const WideCount& count) {
  const auto high = static_cast<std::uint64_t>(count >> 64);
  const auto low = static_cast<std::uint64_t>(count);
  return static_cast<unsigned>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(low));
}

template <class Count>
Count below(RandomStream& stream, const Count& size) {
  Count last = size;
  --last;
  const unsigned bits = bits_of(last);
  Count number = 0;
  if (bits == 0) return number;
  do {
    number = 0;
    for (unsigned have = 0; have < bits; have += 32) number = (number << 32) | stream.next();
    number >>= (32 - bits % 32) % 32;
  } while (number > last);
  return number;
}

Table table_of(const AutomatonTables& tables) {
  if (bits_of(tables.states[tables.start].count) <= kWideCountBits)
    return RankTable<WideCount>(tables);
  return RankTable<BigCount>(tables);
}

}  // namespace

LayerAutomaton::LayerAutomaton(const LayerGraph& graph, const LayerFilter& keeps,
                               const Limits& limits)
    : LayerAutomaton(build_tables(graph, keeps, limits)) {}

LayerAutomaton::LayerAutomaton(const AutomatonTables& tables)
    : size_(tables.states[tables.start].count),
      cost_{tables.states.size(), tables.edges, tables.bytes, tables.steps},
      table_(table_of(tables)) {}

LayerSequence LayerAutomaton::sequence(const BigCount& rank) const {
  OPLINE_ASSERT(rank >= 0 && rank < size(), "rank {} of {}", rank.str(), size().str());
  LayerSequence sequence;
  std::visit([&]<class Count>(
                 const RankTable<Count>& table) { table.find(static_cast<Count>(rank), sequence); },
             table_);
  return sequence;
}

LayerSequence LayerAutomaton::draw(RandomStream& stream) const {
  LayerSequence sequence;
  std::visit([&](const auto& table) { table.find(below(stream, table.size()), sequence); }, table_);
  return sequence;
}

std::optional<BigCount> LayerAutomaton::rank(const LayerSequence& sequence) const {
  return std::visit(
      [&](const auto& table) -> std::optional<BigCount> {
        const auto rank = table.rank(sequence);
        if (!rank) return std::nullopt;
        return BigCount(*rank);
      },
      table_);
}

void LayerAutomaton::for_each(const std::function<void(const LayerSequence&)>& visit) const {
  std::visit([&](const auto& table) { table.for_each(visit); }, table_);
}

}  // namespace opline::sampler
