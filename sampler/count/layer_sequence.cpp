#include "sampler/count/layer_sequence.h"

#include <algorithm>
#include <map>

#include "src/base/error.h"

namespace opline::sampler {
namespace {

/// `before`: number of layers before this one in its branch.
LayerKind kind_of(const BlockLayer& layer, int before) {
  LayerKind kind;
  kind.type = layer.type;
  if (network::slides(layer.type)) {
    kind.kernel_h = layer.window.kernel_h;
    kind.kernel_w = layer.window.kernel_w;
    kind.stride_h = layer.window.stride_h;
    kind.stride_w = layer.window.stride_w;
    kind.padding = layer.window.padding;
  }
  kind.activation = layer.activation;
  if (layer.type == network::LayerType::add) kind.addend = before + 1;
  kind.h = layer.out.h;
  kind.w = layer.out.w;
  return kind;
}

}  // namespace

LayerGraph::LayerGraph(Space space, OptionFilter allows)
    : space_(std::move(space)), allows_(std::move(allows)) {
  std::vector<LayerKind> kinds;  // of each step
  for (std::size_t i = 0; i < space_.blocks.size(); ++i) {
    const Block& block = space_.blocks[i];
    Branches branches;
    const auto here = [this] { return static_cast<std::uint32_t>(steps_.size()); };
    branches.kept_begin = here();
    add_branch(kept_layers(block), i, kinds);
    branches.kept_end = branches.skipped_begin = here();
    if (block.skip) add_branch(skipped_layers(block), i, kinds);
    branches.skipped_end = here();
    branches_.push_back(branches);
  }
  kinds_ = kinds;
  std::sort(kinds_.begin(), kinds_.end());
  kinds_.erase(std::unique(kinds_.begin(), kinds_.end()), kinds_.end());
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const auto place = std::lower_bound(kinds_.begin(), kinds_.end(), kinds[i]);
    steps_[i].kind = static_cast<std::uint32_t>(place - kinds_.begin());
  }
  find_likenesses();
}

/// Everything that decides which sequences the block makes when it is kept; nothing where a width
/// is tied.
std::optional<std::vector<std::uint32_t>> LayerGraph::choices_of(std::size_t block) const {
  std::vector<std::uint32_t> choices;
  for (std::uint32_t s = branches_[block].kept_begin; s < branches_[block].kept_end; ++s) {
    const Width& width = steps_[s].layer.width;
    choices.push_back(steps_[s].kind);
    choices.push_back(static_cast<std::uint32_t>(width.kind));
    choices.push_back(static_cast<std::uint32_t>(width.value));
    if (!width.is_decided()) continue;
    const Decision& decision = space_.decisions[width.decision];
    if (decision.blocks.size() > 1) return std::nullopt;
    for (std::size_t i = 0; i < decision.options.size(); ++i) {
      if (allows(width.decision, i))
        choices.push_back(static_cast<std::uint32_t>(decision.options[i]));
    }
    choices.push_back(0);  // ends the list: 0 is not a width
  }
  return choices;
}

void LayerGraph::find_likenesses() {
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers;
  for (std::size_t i = 0; i < space_.blocks.size(); ++i) {
    const auto choices = choices_of(i);
    likenesses_.emplace_back();
    if (choices)
      likenesses_.back() =
          numbers.emplace(*choices, static_cast<std::uint32_t>(numbers.size())).first->second;
  }
}

void LayerGraph::add_branch(const std::vector<BlockLayer>& layers, std::size_t block,
                            std::vector<LayerKind>& kinds) {
  const bool adds = !layers.empty() && layers.back().type == network::LayerType::add;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    LayerStep step;
    step.layer = layers[i];
    step.block = static_cast<std::uint32_t>(block);
    step.last = i + 1 == layers.size();
    step.waits = adds && i > 0 && !step.last;
    steps_.push_back(step);
    kinds.push_back(kind_of(layers[i], static_cast<int>(i)));
  }
}

bool LayerGraph::may_keep(std::size_t block) const {
  const auto& skip = space_.blocks[block].skip;
  return !skip || allows(*skip, kKeep);
}

bool LayerGraph::may_skip(std::size_t block) const {
  const auto& skip = space_.blocks[block].skip;
  return skip && allows(*skip, kSkip);
}

TiedWidths LayerGraph::still_binding(const TiedWidths& tied, std::size_t block) const {
  TiedWidths binding;
  for (const auto& [decision, channels] : tied) {
    if (space_.decisions[decision].blocks.back() >= block) binding.emplace_back(decision, channels);
  }
  return binding;
}

LayerSequence LayerGraph::sequence_of(const Architecture& architecture) const {
  const Architecture known = canonical(space_, architecture);
  LayerSequence sequence;
  const auto chosen = [&](std::size_t decision) {
    return space_.decisions[decision].options[known.options[decision]];
  };
  int channels = space_.input.c;
  for (std::size_t i = 0; i < space_.blocks.size(); ++i) {
    const auto& skip = space_.blocks[i].skip;
    const bool skipped = skip && known.options[*skip] == kSkip;
    const int block_input = channels;
    const std::uint32_t end = skipped ? branches_[i].skipped_end : branches_[i].kept_end;
    for (std::uint32_t s = skipped ? branches_[i].skipped_begin : branches_[i].kept_begin; s < end;
         ++s) {
      channels = steps_[s].layer.width.channels(channels, block_input, chosen);
      sequence.push_back({steps_[s].kind, static_cast<std::uint32_t>(channels)});
    }
  }
  return sequence;
}

}  // namespace opline::sampler
