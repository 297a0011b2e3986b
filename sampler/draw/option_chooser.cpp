#include "sampler/draw/option_chooser.h"

#include <algorithm>
#include <numeric>

#include "src/base/error.h"

namespace opline::sampler {
namespace {

constexpr double kWords = 4294967296.0;  // 2^32

/// Cumulative weights as cuts of the range of 32-bit random numbers. IEEE additions and one
/// division, so the same on every machine; a share below 2^-32 may vanish.
std::vector<std::uint64_t> cuts_of(const std::vector<double>& weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<std::uint64_t> cuts;
  double sum = 0;
  for (const double weight : weights) {
    sum += weight;
    cuts.push_back(static_cast<std::uint64_t>(sum / total * kWords));
  }
  const auto last =
      std::find_if(weights.rbegin(), weights.rend(), [](double weight) { return weight > 0; });
  const auto behind = static_cast<std::size_t>(weights.rend() - last) - 1;
  for (std::size_t i = behind; i < cuts.size(); ++i) cuts[i] = static_cast<std::uint64_t>(kWords);
  return cuts;
}

}  // namespace

OptionChooser::OptionChooser(const Space& space, const Distribution& distribution) {
  const std::vector<std::vector<double>> none(space.decisions.size());
  const auto& weights = distribution.weights ? distribution.weights->weights : none;
  if (weights.size() != space.decisions.size()) {
    throw Error(ErrorCode::usage,
                "the weights are of {} decisions, but {} has {}; read them for this space",
                weights.size(), space.name, space.decisions.size());
  }
  for (const Decision& decision : space.decisions) {
    choices_.push_back({{}, {}, static_cast<std::uint32_t>(decision.options.size())});
  }
  for (const AllowedOptions& allowed : distribution.constraint.where) {
    choices_[allowed.decision].allowed = allowed.options;
    choices_[allowed.decision].count = static_cast<std::uint32_t>(allowed.options.size());
  }
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    if (weights[i].empty()) continue;
    std::vector<double> shares = weights[i];
    if (!choices_[i].allowed.empty()) {
      shares.clear();
      for (const std::uint16_t option : choices_[i].allowed) shares.push_back(weights[i][option]);
    }
    if (std::all_of(shares.begin(), shares.end(), [](double share) { return share == 0; })) {
      throw Error(ErrorCode::usage,
                  "every option of {} that is allowed has weight 0; allow another one",
                  space.decisions[i].name);
    }
    choices_[i].cuts = cuts_of(shares);
  }
}

void OptionChooser::choose(RandomStream& stream, std::vector<std::uint16_t>& options) const {
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const Choice& choice = choices_[i];
    std::size_t chosen = 0;
    if (choice.cuts.empty()) {
      chosen = stream.below(choice.count);
    } else {
      const std::uint32_t random = stream.next();
      chosen = static_cast<std::size_t>(
          std::upper_bound(choice.cuts.begin(), choice.cuts.end(), random) - choice.cuts.begin());
    }
    options[i] =
        choice.allowed.empty() ? static_cast<std::uint16_t>(chosen) : choice.allowed[chosen];
  }
}

}  // namespace opline::sampler
