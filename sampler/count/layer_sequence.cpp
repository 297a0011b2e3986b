#include "sampler/count/layer_sequence.h"

#include <algorithm>
#include <map>

#include "sampler/space/walk.h"

namespace opline::sampler {
namespace {

/// Of layer `number` of a branch.
LayerKind kind_of(const BlockLayer& layer, int number) {
  LayerKind kind;
  kind.type = layer.type;
  if (network::slides(layer.type)) {
    kind.kernel_h = layer.window.kernel_h;
    kind.kernel_w = layer.window.kernel_w;
    kind.stride_h = layer.window.stride_h;
    kind.stride_w = layer.window.stride_w;
    kind.padding = layer.window.padding;
    // As the network builder has it: of one tap a dilation means nothing.
    if (kind.kernel_h > 1) kind.dilation_h = layer.window.dilation_h;
    if (kind.kernel_w > 1) kind.dilation_w = layer.window.dilation_w;
    kind.groups = layer.groups;
  }
  kind.activation = layer.activation;
  if (layer.joins()) kind.addend = number - layer.other;
  kind.h = layer.out.h;
  kind.w = layer.out.w;
  kind.between = number - 1 - layer.from;
  return kind;
}

bool reads(const BlockLayer& layer, int tensor) {
  return layer.from == tensor || (layer.joins() && layer.other == tensor);
}

/// Tensors that wait beside layer `number` of the branch.
std::vector<std::pair<int, Map>> waiting_at(const Branch& branch, int number) {
  std::vector<std::pair<int, Map>> waiting;
  const std::vector<BlockLayer>& layers = branch.layers;
  const BlockLayer& layer = layers[static_cast<std::size_t>(number)];
  for (int tensor = kBlockInput; tensor < number; ++tensor) {
    if (tensor == layer.from) continue;
    const bool later = std::any_of(layers.begin() + number, layers.end(),
                                   [&](const BlockLayer& one) { return reads(one, tensor); });
    if (later)
      waiting.emplace_back(tensor, tensor == kBlockInput
                                       ? layers.front().in
                                       : layers[static_cast<std::size_t>(tensor)].out);
  }
  return waiting;
}

/// Whether a layer of the branch behind `number`, or a later block, depends on the decision too.
bool binds(const Space& space, std::size_t decision, std::size_t block, const Branch& branch,
           std::size_t number) {
  bool found = space.decisions[decision].blocks.back() > block;
  for (std::size_t i = number + 1; i < branch.layers.size(); ++i)
    branch.layers[i].width.for_each_decision([&](std::size_t one) { found |= one == decision; });
  return found;
}

}  // namespace

LayerGraph::LayerGraph(Space space, OptionFilter allows)
    : space_(std::move(space)), allows_(std::move(allows)) {
  std::vector<LayerKind> kinds;  // of each step
  for (std::size_t i = 0; i < space_.places.size(); ++i) {
    branches_.emplace_back();
    for (const Branch& branch : space_.places[i].branches) add_branch(i, branch, kinds);
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

void LayerGraph::add_branch(std::size_t place, const Branch& branch,
                            std::vector<LayerKind>& kinds) {
  StepRange range;
  range.begin = static_cast<std::uint32_t>(steps_.size());
  range.branch = &branch;
  range.allowed = allows_branch(branch);
  const std::size_t block = space_.places[place].block;
  for (std::size_t i = 0; i < branch.layers.size(); ++i) {
    LayerStep& step = steps_.emplace_back();
    step.layer = branch.layers[i];
    step.block = static_cast<std::uint32_t>(block);
    step.next = static_cast<std::uint32_t>(branch.next);
    step.number = static_cast<std::int32_t>(i);
    step.last = i + 1 == branch.layers.size();
    step.waiting = waiting_at(branch, step.number);
    const Width& width = step.layer.width;
    if (width.is_decided()) step.binds = binds(space_, width.decision, block, branch, i);
    if (width.multiplier)
      step.multiplier_binds = binds(space_, *width.multiplier, block, branch, i);
    step.is_option =
        width.kind == Width::Kind::decided && !width.multiplier && width.percent == 100;
    kinds.push_back(kind_of(step.layer, step.number));
  }
  range.end = static_cast<std::uint32_t>(steps_.size());
  branches_.back().push_back(range);
}

bool LayerGraph::allows_branch(const Branch& branch) const {
  return std::all_of(branch.when.begin(), branch.when.end(), [&](const Selection& one) {
    for (std::size_t option = one.first; option < one.last; ++option) {
      if (allows(one.decision, option)) return true;
    }
    return false;
  });
}

bool LayerGraph::is_chain() const {
  for (std::size_t i = 0; i < space_.places.size(); ++i) {
    for (const Branch& branch : space_.places[i].branches) {
      if (branch.next != i + 1) return false;
    }
  }
  return true;
}

/// Everything that decides which sequences are made at the place; nothing where a width is shared.
std::optional<std::vector<std::uint32_t>> LayerGraph::choices_of(std::size_t place) const {
  std::vector<std::uint32_t> choices;
  const auto add_options = [&](std::size_t number) {
    const Decision& decision = space_.decisions[number];
    for (std::size_t i = 0; i < decision.options.size(); ++i) {
      if (allows(number, i)) choices.push_back(static_cast<std::uint32_t>(decision.options[i]));
    }
    choices.push_back(0);  // ends the list: 0 is not a width
  };
  for (const StepRange& range : branches_[place]) {
    if (!range.allowed || range.empty()) continue;
    for (std::uint32_t s = range.begin; s < range.end; ++s) {
      const Width& width = steps_[s].layer.width;
      if (steps_[s].binds || width.multiplier || steps_[s].layer.guard != Guard::none)
        return std::nullopt;
      choices.push_back(steps_[s].kind);
      choices.push_back(static_cast<std::uint32_t>(width.kind));
      choices.push_back(static_cast<std::uint32_t>(width.value));
      choices.push_back(static_cast<std::uint32_t>(width.percent * 65536 + width.multiple_of));
      if (width.is_decided() && space_.decisions[width.decision].blocks.size() > 1)
        return std::nullopt;
      if (width.is_decided()) add_options(width.decision);
    }
    choices.push_back(UINT32_MAX);  // ends the branch
  }
  return choices;
}

void LayerGraph::find_likenesses() {
  likenesses_.resize(space_.places.size());
  if (!is_chain()) return;
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers;
  for (std::size_t i = 0; i < space_.places.size(); ++i) {
    if (const auto choices = choices_of(i))
      likenesses_[i] =
          numbers.emplace(*choices, static_cast<std::uint32_t>(numbers.size())).first->second;
  }
}

bool LayerGraph::may_vanish(std::size_t place) const {
  return std::any_of(branches_[place].begin(), branches_[place].end(),
                     [](const StepRange& range) { return range.allowed && range.empty(); });
}

Bindings LayerGraph::still_binding(const Bindings& bindings, std::size_t place) const {
  Bindings binding;
  if (place == end()) return binding;
  const std::size_t block = space_.places[place].block;
  for (const auto& [key, value] : bindings) {
    if (key < space_.decisions.size() && space_.decisions[key].blocks.back() >= block)
      binding.emplace_back(key, value);
  }
  return binding;
}

LayerSequence LayerGraph::sequence_of(const Architecture& architecture) const {
  const Architecture known = canonical(space_, architecture);
  LayerSequence sequence;
  walk(space_, known.options, [&](const Step& step) {
    std::uint32_t number = branches_[step.place][step.number].begin;
    for (const std::int64_t channels : step.channels)
      sequence.push_back({steps_[number++].kind, static_cast<std::uint32_t>(channels)});
  });
  return sequence;
}

}  // namespace opline::sampler
