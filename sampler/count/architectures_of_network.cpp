#include "sampler/count/architectures_of_network.h"

#include <algorithm>

namespace opline::sampler {

std::uint32_t ArchitecturesOfNetwork::channels_before(std::uint32_t position) const {
  return position == 0 ? static_cast<std::uint32_t>(graph_.space().input.c)
                       : sequence_[position - 1].channels;
}

/// Whether the decision of the step allows this number of channels.
bool ArchitecturesOfNetwork::choose(const LayerStep& step, std::uint32_t channels, TiedWidths& tied,
                                    Choices& choices) const {
  const std::size_t decision = step.layer.width.decision;
  for (const auto& [known, width] : tied) {
    if (known == decision) return width == channels;
  }
  const std::vector<int>& options = graph_.space().decisions[decision].options;
  const auto option = std::lower_bound(options.begin(), options.end(), static_cast<int>(channels));
  if (option == options.end() || *option != static_cast<int>(channels)) return false;
  const auto number = static_cast<std::uint16_t>(option - options.begin());
  if (!graph_.allows(decision, number)) return false;
  choices.emplace_back(decision, number);
  if (graph_.binds_after(decision, step.block)) {
    tied.emplace_back(decision, channels);
    std::sort(tied.begin(), tied.end());
  }
  return true;
}

std::optional<ArchitecturesOfNetwork::Passed> ArchitecturesOfNetwork::read(
    const Place& place, std::uint32_t begin, std::uint32_t end) const {
  const auto& [block, position, binding] = place;
  if (sequence_.size() - position < end - begin) return std::nullopt;
  TiedWidths tied = binding;
  Choices choices;
  for (std::uint32_t i = 0; i < end - begin; ++i) {
    const LayerStep& step = graph_.steps()[begin + i];
    const auto [kind, channels] = sequence_[position + i];
    if (kind != step.kind) return std::nullopt;
    const Width& width = step.layer.width;
    const bool possible =
        width.is_decided()
            ? choose(step, channels, tied, choices)
            : channels == width.channels(channels_before(position + i), channels_before(position));
    if (!possible) return std::nullopt;
  }
  return Passed{{block + 1, position + (end - begin), graph_.still_binding(tied, block + 1)},
                std::move(choices)};
}

std::optional<ArchitecturesOfNetwork::Passed> ArchitecturesOfNetwork::keep(
    const Place& place) const {
  const std::uint32_t block = std::get<0>(place);
  if (!graph_.may_keep(block)) return std::nullopt;
  return read(place, graph_.branches(block).kept_begin, graph_.branches(block).kept_end);
}

std::optional<ArchitecturesOfNetwork::Passed> ArchitecturesOfNetwork::skip(
    const Place& place) const {
  const std::uint32_t block = std::get<0>(place);
  if (!graph_.may_skip(block)) return std::nullopt;
  return read(place, graph_.branches(block).skipped_begin, graph_.branches(block).skipped_end);
}

bool ArchitecturesOfNetwork::find(const Place& place, Architecture& found) {
  const std::uint32_t block = std::get<0>(place);
  if (block == graph_.space().blocks.size()) return std::get<1>(place) == sequence_.size();
  if (dead_ends_.contains(place)) return false;
  const auto& decision = graph_.space().blocks[block].skip;
  const auto take = [&](const std::optional<Passed>& passed, int option) {
    if (!passed || !find(passed->place, found)) return false;
    if (decision) found.options[*decision] = static_cast<std::uint16_t>(option);
    for (const auto& [width, chosen] : passed->choices) found.options[width] = chosen;
    return true;
  };
  if (take(keep(place), kKeep) || take(skip(place), kSkip)) return true;
  dead_ends_.insert(place);
  return false;
}

std::optional<Architecture> ArchitecturesOfNetwork::first() {
  Architecture found{std::vector<std::uint16_t>(graph_.space().decisions.size(), 0)};
  if (!find(start(), found)) return std::nullopt;
  return found;
}

/// Sum over all architectures from `place` on, each weighted by the product of `factor` over its
/// branches.
template <class Weight, class Factor>
Weight ArchitecturesOfNetwork::sum(const Place& place, std::map<Place, Weight>& known,
                                   const Factor& factor) {
  const std::uint32_t block = std::get<0>(place);
  if (block == graph_.space().blocks.size())
    return Weight(std::get<1>(place) == sequence_.size() ? 1 : 0);
  if (const auto before = known.find(place); before != known.end()) return before->second;
  Weight total(0);
  for (const std::optional<Passed>& passed : {keep(place), skip(place)}) {
    if (!passed) continue;
    const Weight rest = sum(passed->place, known, factor);
    total += rest * factor(block, passed->choices);
  }
  known.emplace(place, total);
  return total;
}

BigCount ArchitecturesOfNetwork::count() {
  std::map<Place, BigCount> known;
  return sum<BigCount>(start(), known, [](std::uint32_t, const Choices&) { return BigCount(1); });
}

double ArchitecturesOfNetwork::probability() {
  std::map<Place, double> known;
  return sum<double>(start(), known, [&](std::uint32_t block, const Choices& choices) {
    double share = graph_.space().blocks[block].skip ? 0.5 : 1.0;
    for (const auto& [decision, option] : choices) {
      share /= static_cast<double>(graph_.space().decisions[decision].options.size());
    }
    return share;
  });
}

}  // namespace opline::sampler
