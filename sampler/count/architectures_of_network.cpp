#include "sampler/count/architectures_of_network.h"

#include <algorithm>

namespace opline::sampler {

std::uint32_t WordReadings::channels_before(std::uint32_t letter) const {
  return letter == 0 ? static_cast<std::uint32_t>(words_.space().input.c)
                     : word_[letter - 1].channels;
}

/// Whether the step may make so many channels by its decision.
bool WordReadings::choose(const Step& step, std::uint32_t channels, TiedWidths& tied,
                          Choices& choices) const {
  const std::size_t decision = step.layer.channels.decision;
  for (const auto& [known, width] : tied) {
    if (known == decision) return width == channels;
  }
  const std::vector<int>& options = words_.space().decisions[decision].options;
  const auto option = std::lower_bound(options.begin(), options.end(), static_cast<int>(channels));
  if (option == options.end() || *option != static_cast<int>(channels)) return false;
  const auto number = static_cast<std::uint16_t>(option - options.begin());
  if (!words_.allows(decision, number)) return false;
  choices.emplace_back(decision, number);
  if (words_.binds_after(decision, step.block)) {
    tied.emplace_back(decision, channels);
    std::sort(tied.begin(), tied.end());
  }
  return true;
}

std::optional<WordReadings::Passed> WordReadings::read(const Place& place, std::uint32_t begin,
                                                       std::uint32_t end) const {
  const auto& [block, letter, binding] = place;
  if (word_.size() - letter < end - begin) return std::nullopt;
  TiedWidths tied = binding;
  Choices choices;
  for (std::uint32_t i = 0; i < end - begin; ++i) {
    const Step& step = words_.steps()[begin + i];
    const auto [kind, channels] = word_[letter + i];
    if (kind != step.kind) return std::nullopt;
    const Channels& rule = step.layer.channels;
    bool reads = false;
    switch (rule.kind) {
      case Channels::Kind::incoming:
        reads = channels == channels_before(letter + i);
        break;
      case Channels::Kind::entering:
        reads = channels == channels_before(letter);
        break;
      case Channels::Kind::fixed:
        reads = channels == static_cast<std::uint32_t>(rule.value);
        break;
      case Channels::Kind::decided:
        reads = choose(step, channels, tied, choices);
        break;
    }
    if (!reads) return std::nullopt;
  }
  return Passed{{block + 1, letter + (end - begin), words_.still_binding(tied, block + 1)},
                std::move(choices)};
}

std::optional<WordReadings::Passed> WordReadings::keep(const Place& place) const {
  const std::uint32_t block = std::get<0>(place);
  if (!words_.may_keep(block)) return std::nullopt;
  return read(place, words_.branches(block).kept_begin, words_.branches(block).kept_end);
}

std::optional<WordReadings::Passed> WordReadings::skip(const Place& place) const {
  const std::uint32_t block = std::get<0>(place);
  if (!words_.may_skip(block)) return std::nullopt;
  return read(place, words_.branches(block).skipped_begin, words_.branches(block).skipped_end);
}

bool WordReadings::find(const Place& place, Architecture& found) {
  const std::uint32_t block = std::get<0>(place);
  if (block == words_.space().blocks.size()) return std::get<1>(place) == word_.size();
  if (dead_ends_.contains(place)) return false;
  const auto& decision = words_.space().blocks[block].skip;
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

std::optional<Architecture> WordReadings::first() {
  Architecture found{std::vector<std::uint16_t>(words_.space().decisions.size(), 0)};
  if (!find(start(), found)) return std::nullopt;
  return found;
}

/// Over the readings from `place` on, the sum of the products of `factor` of their branches.
template <class Weight, class Factor>
Weight WordReadings::sum(const Place& place, std::map<Place, Weight>& known, const Factor& factor) {
  const std::uint32_t block = std::get<0>(place);
  if (block == words_.space().blocks.size())
    return Weight(std::get<1>(place) == word_.size() ? 1 : 0);
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

BigCount WordReadings::count() {
  std::map<Place, BigCount> known;
  return sum<BigCount>(start(), known, [](std::uint32_t, const Choices&) { return BigCount(1); });
}

double WordReadings::probability() {
  std::map<Place, double> known;
  return sum<double>(start(), known, [&](std::uint32_t block, const Choices& choices) {
    double share = words_.space().blocks[block].skip ? 0.5 : 1.0;
    for (const auto& [decision, option] : choices) {
      share /= static_cast<double>(words_.space().decisions[decision].options.size());
    }
    return share;
  });
}

}  // namespace opline::sampler
