#include "sampler/space/backbone.h"

#include <fmt/format.h>

#include <algorithm>

#include "sampler/space/architecture_parts.h"
#include "sampler/space/width_reader.h"

namespace opline::sampler {
namespace {

/// "5", "10x4".
std::string extents_text(int value) {
  const int h = value / kExtentBase;
  const int w = value % kExtentBase;
  return h == w ? std::to_string(h) : fmt::format("{}x{}", h, w);
}

/// How an option of a decision about blocks is written.
std::string label(DecisionKind kind, int value) {
  switch (kind) {
    case DecisionKind::skip:
      return value == kKeep ? "keep" : "skip";
    case DecisionKind::type:
      return std::string(to_string(static_cast<BlockType>(value)));
    case DecisionKind::kernel:
    case DecisionKind::stride:
    case DecisionKind::dilation:
      return extents_text(value);
    case DecisionKind::activation:
      return std::string(to_string(static_cast<BlockActivation>(value)));
    case DecisionKind::ratio:
      return fmt::format("{}", value / 100.0);
    default:
      return std::to_string(value);
  }
}

bool is_scalable(const Width& width) {
  return width.kind == Width::Kind::fixed || width.kind == Width::Kind::decided;
}

/// What decides the output channels of each branch: `same` where it keeps those of the input.
std::vector<Width> ends_of(const Block& block) {
  std::vector<Width> ends;
  for (const std::vector<Block>& branch : block.branches) {
    Width& end = ends.emplace_back();
    for (const Block& inner : branch) {
      if (inner.width.kind != Width::Kind::same) end = inner.width;
    }
  }
  return ends;
}

/// Whether a depthwise convolution can have more channels than its input.
bool may_multiply(const Block& block) {
  return block.depth_multiplier != 1 ||
         std::any_of(block.choices.begin(), block.choices.end(), [](const BlockChoice& choice) {
           return choice.kind == DecisionKind::depth_multiplier;
         });
}

/// A number that no decision changes.
bool is_number(const std::optional<Width>& width) {
  return width && width->kind == Width::Kind::fixed && !width->multiplier;
}

}  // namespace

Backbone::Backbone(Space& space, Attempt attempt) : space_(space), attempt_(std::move(attempt)) {
  const network::Shape& first = space.inputs.front();
  channels_ = Width{Width::Kind::fixed, first.c};
  if (space.inputs.size() == 1) {
    arrivals_ = {{{first.h, first.w}, {first.c, first.c}, {}}};
    return;
  }
  Place start{0, {}, {}};
  std::vector<int> options;
  for (std::size_t i = 0; i < space.inputs.size(); ++i) {
    const network::Shape& input = space.inputs[i];
    const Map map{input.h, input.w};
    const auto option = static_cast<std::uint16_t>(i);
    Branch branch;
    branch.when = {{0, option, static_cast<std::uint16_t>(option + 1)}};
    branch.decisions = {0};
    branch.layers.push_back({.type = kInputLayer,
                             .window = {},
                             .activation = network::Activation::none,
                             .width = {Width::Kind::fixed, input.c},
                             .in = map,
                             .out = map});
    start.branches.push_back(std::move(branch));
    options.push_back(static_cast<int>(i));
    arrive(map, {input.c, input.c}, 0, i, arrivals_);
    if (input.c != first.c) channels_.reset();
  }
  space_.places.push_back(std::move(start));
  Decision& decision = space_.decisions.emplace_back();
  decision.name = "input.size";
  decision.kind = DecisionKind::input;
  decision.options = std::move(options);
  for (const network::Shape& input : space.inputs) {
    decision.labels.push_back(space.one_d ? fmt::format("{}x{}", input.h, input.c)
                                          : fmt::format("{}x{}x{}", input.h, input.w, input.c));
  }
}

void Backbone::run(const std::function<void()>& check) const {
  if (attempt_) {
    attempt_(check);
  } else {
    check();
  }
}

void Backbone::add_multiplier(const MultiplierEntry& entry) {
  const std::string name = entry.name + ".multiplier";
  space_.decisions.push_back(
      {name, DecisionKind::multiplier, entry.percents, {}, {}, entry.multiple_of});
  for (const int percent : entry.percents)
    space_.decisions.back().labels.push_back(std::to_string(percent));
  multipliers_.push_back(
      {entry, space_.decisions.size() - 1, {entry.blocks.begin(), entry.blocks.end()}});
}

void Backbone::append(const BlockEntry& entry) {
  std::size_t depth = 0;
  if (!entry.repeat_options.empty())
    depth = add_decision(entry.block.name + ".repeat", DecisionKind::repeat, entry.repeat_options);
  for (int i = 0; i < entry.repeat; ++i) append_one(entry, i, depth);
  for (const Arrival& exit : exits_) {
    for (const auto& [place, branch] : exit.from)
      arrive(exit.map, exit.channels, place, branch, arrivals_);
  }
  for (const std::optional<Width>& channels : exit_channels_) {
    if (channels != channels_) channels_.reset();
  }
  exits_.clear();
  exit_channels_.clear();
}

/// Repetition `number`, from 0.
void Backbone::append_one(const BlockEntry& entry, int number, std::size_t depth) {
  Block block = entry.block;
  if (entry.numbered) block.name += std::to_string(entry.first + number);
  if (number > 0 && entry.later_stride) {
    std::tie(block.window.stride_h, block.window.stride_w) = *entry.later_stride;
  }
  if (!entry.repeat_options.empty()) block.depth = Depth{depth, number + 1};
  run([&] { check_name(entry, block); });
  add_decisions(entry, block);
  const auto& options = entry.repeat_options;
  const bool may_end = std::find(options.begin(), options.end(), number) != options.end();
  if (may_end) exit_channels_.push_back(channels_);
  std::vector<std::vector<Resolved>> resolved;
  for (const Arrival& arrival : arrivals_) resolved.push_back(resolve(entry, block, arrival.map));
  block.in = arrivals_.front().map;
  block.out = resolved.front().front().out;
  for (std::size_t i = 0; i < block.branches.size(); ++i) {
    for (std::size_t j = 0; j < block.branches[i].size(); ++j) {
      const Block& inner = resolved.front().front().variant.block.branches[i][j];
      block.branches[i][j].in = inner.in;
      block.branches[i][j].out = inner.out;
    }
  }
  if (arrivals_.size() == 1 && entry.global) {
    block.window = resolved.front().front().variant.block.window;
    block.global = false;
  }
  Channels channels = Channels::same;
  run([&] { channels = follow_channels(entry, block); });
  most_layers_ = 0;
  next_.clear();
  for (std::size_t i = 0; i < arrivals_.size(); ++i)
    add_place(entry, block, arrivals_[i], resolved[i], channels);
  count_layers(entry, block);
  arrivals_ = std::move(next_);
  space_.blocks.push_back(std::move(block));
}

void Backbone::finish(const TomlTable& file) {
  space_.items = items_of(space_);
  for (const Arrival& arrival : arrivals_) {
    for (const auto& [place, branch] : arrival.from)
      space_.places[place].branches[branch].next = space_.places.size();
  }
  if (can_vanish())
    file.fail("block", "can all be skipped, which leaves no layer; remove the skip of one");
  run([&] { check_items(file); });
  for (const auto& [name, tie] : ties_) {
    run([&, &name = name, &tie = tie] { check_tie(name, tie); });
  }
  for (const Multiplier& multiplier : multipliers_) {
    if (!multiplier.unused.empty()) {
      multiplier.entry.table.fail(
          "blocks", fmt::format("`{}` is not a block with a width in channels; name blocks as "
                                "their `name` is written",
                                *multiplier.unused.begin()));
    }
  }
}

/// Refuses a name that two items of an architecture's text would have.
void Backbone::check_items(const TomlTable& file) const {
  std::set<std::string> names;
  const auto add = [&](const std::string& name) {
    if (names.insert(name).second) return;
    file.fail("block",
              fmt::format("`{}` names two of a block, a stage, a multiplier and the input, "
                          "so that an architecture's text could not be read; rename one",
                          name));
  };
  for (const Decision& decision : space_.decisions) {
    if (decision.kind == DecisionKind::input || decision.kind == DecisionKind::multiplier ||
        decision.kind == DecisionKind::repeat)
      add(decision.name.substr(0, decision.name.rfind('.')));
  }
  if (names.empty()) return;
  for (const Block& block : space_.blocks) add(block.name);
}

/// Whether a path through the graph makes no layer.
bool Backbone::can_vanish() const {
  std::vector<bool> reached(space_.places.size() + 1, false);
  reached[0] = true;
  for (std::size_t i = 0; i < space_.places.size(); ++i) {
    for (const Branch& branch : space_.places[i].branches) {
      const bool empty = branch.layers.empty() || branch.layers.front().type == kInputLayer;
      if (reached[i] && empty) reached[branch.next] = true;
    }
  }
  return reached.back();
}

void Backbone::check_tie(const std::string& name, const Tie& tie) const {
  for (const Block& block : space_.blocks) {
    if (block.name == name)
      tie.table.fail(
          "tie", fmt::format("`{}` is also the block at {}; give the tie a name of its own", name,
                             block.where));
  }
  if (tie.uses == 1) {
    const std::vector<std::size_t>& blocks = space_.decisions[tie.decision].blocks;
    tie.table.fail(
        "tie", fmt::format("`{}` ties block `{}` to no other; give another block the same tie, or "
                           "remove it",
                           name, space_.blocks[blocks.front()].name));
  }
}

void Backbone::check_name(const BlockEntry& entry, const Block& block) const {
  for (const Block& other : space_.blocks) {
    if (other.name != block.name) continue;
    entry.table.fail("name",
                     fmt::format("`{}` is also the block at {}; give each block a name of its own",
                                 block.name, other.where));
  }
}

// ---- Decisions ----

void Backbone::add_decisions(const BlockEntry& entry, Block& block) {
  if (block.depth && block.depth->at_least > 1)
    space_.decisions[block.depth->decision].blocks.push_back(space_.blocks.size());
  if (entry.skippable)
    block.skip = add_decision(block.name + ".skip", DecisionKind::skip, {kKeep, kSkip});
  add_choices(entry, block);
  add_widths(entry, block);
  block.branches.resize(entry.branches.size());
  double variants = 1;
  for (const BlockChoice& choice : block.choices)
    variants *= static_cast<double>(space_.decisions[choice.decision].options.size());
  for (std::size_t i = 0; i < entry.branches.size(); ++i) {
    for (const BlockEntry& inner_entry : entry.branches[i]) {
      Block& inner = block.branches[i].emplace_back(inner_entry.block);
      inner.name = fmt::format("{}_{}_{}", block.name, i + 1, block.branches[i].size());
      add_choices(inner_entry, inner);
      add_widths(inner_entry, inner);
      for (const BlockChoice& choice : inner.choices)
        variants *= static_cast<double>(space_.decisions[choice.decision].options.size());
    }
  }
  if (variants > static_cast<double>(kMaxBranches)) {
    entry.table.fail("name", fmt::format("block `{}` has {:.0f} combinations of choices; at most "
                                         "{} are supported, leave some out",
                                         block.name, variants, kMaxBranches));
  }
}

void Backbone::add_choices(const BlockEntry& entry, Block& block) {
  for (const ChoiceEntry& choice : entry.choices) {
    const std::string name = fmt::format("{}.{}", block.name, to_string(choice.kind));
    block.choices.push_back({choice.kind, add_decision(name, choice.kind, choice.options)});
  }
}

void Backbone::add_widths(const BlockEntry& entry, Block& block) {
  const bool bottleneck = block.type == BlockType::resnet_bottleneck;
  if (block.expansion && block.expansion->is_decided()) {
    block.expansion->decision =
        add_decision(fmt::format("{}.{}", block.name, bottleneck ? "bottleneck" : "expansion"),
                     block.expansion->is_ratio() ? DecisionKind::ratio : DecisionKind::width,
                     entry.expansion_options);
  }
  if (block.width.is_decided()) {
    const DecisionKind kind = block.width.is_ratio() ? DecisionKind::ratio : DecisionKind::width;
    block.width.decision = block.tie.empty()
                               ? add_decision(block.name + ".width", kind, entry.width_options)
                               : tied_decision(entry, block);
  }
  if (block.expansion) scale(entry, block, *block.expansion);
  scale(entry, block, block.width);
  if (!bottleneck || block.expansion) return;
  block.expansion = block.width;  // a quarter of it, as in He et al. 2015
  if (block.width.kind == Width::Kind::same)
    block.expansion = Width{Width::Kind::ratio, 25};
  else
    block.expansion->percent = 25;
}

/// Applies the multiplier of the block.
void Backbone::scale(const BlockEntry& entry, const Block& block, Width& width) {
  if (!is_scalable(width)) return;
  const std::string& name = entry.written_name;
  for (Multiplier& multiplier : multipliers_) {
    const std::vector<std::string>& blocks = multiplier.entry.blocks;
    const bool named = std::find(blocks.begin(), blocks.end(), name) != blocks.end();
    if (!named && !(blocks.empty() && block.type != BlockType::fully_connected)) continue;
    if (width.multiplier) {
      entry.table.fail("name",
                       fmt::format("block `{}` is scaled by two multipliers; remove it from "
                                   "the blocks of one",
                                   name));
    }
    width.multiplier = multiplier.decision;
    width.multiple_of = multiplier.entry.multiple_of;
    std::vector<std::size_t>& scaled = space_.decisions[multiplier.decision].blocks;
    if (scaled.empty() || scaled.back() != space_.blocks.size())
      scaled.push_back(space_.blocks.size());
    multiplier.unused.erase(name);
  }
}

/// Of the block that is being appended.
std::size_t Backbone::add_decision(std::string name, DecisionKind kind, std::vector<int> options) {
  Decision decision{std::move(name), kind, std::move(options), {}, {space_.blocks.size()}};
  if (kind != DecisionKind::width) {
    for (const int option : decision.options) decision.labels.push_back(label(kind, option));
  }
  space_.decisions.push_back(std::move(decision));
  return space_.decisions.size() - 1;
}

std::size_t Backbone::tied_decision(const BlockEntry& entry, const Block& block) {
  const auto known = ties_.find(block.tie);
  if (known == ties_.end()) {
    const std::size_t decision =
        add_decision(block.tie + ".width", DecisionKind::width, entry.width_options);
    ties_.emplace(block.tie, Tie{entry.table, decision, 1});
    return decision;
  }
  ++known->second.uses;
  Decision& shared = space_.decisions[known->second.decision];
  if (shared.options != entry.width_options) {
    entry.table.fail(
        "width", fmt::format("has other options than that of the block at {}, to which `{}` ties "
                             "it; make them equal",
                             known->second.table.where(), block.tie));
  }
  if (shared.blocks.back() != space_.blocks.size()) shared.blocks.push_back(space_.blocks.size());
  return known->second.decision;
}

// ---- Channels ----

/// What decides the block's output channels: `same` where it keeps those of its input, nothing
/// where that is not one width.
std::optional<Width> Backbone::output_width(const Block& block) const {
  if (block.type == BlockType::depthwise_conv2d && may_multiply(block)) return std::nullopt;
  if (block.type != BlockType::branches) return block.width;
  const std::vector<Width> ends = ends_of(block);
  if (block.join == Join::add) return ends.front();
  Width sum{Width::Kind::fixed};
  for (const Width& end : ends) {
    if (!is_number(end)) return std::nullopt;
    sum.value += end.value;
  }
  return sum;
}

/// Refuses branches that cannot be added. One that keeps its channels has those of the input.
void Backbone::check_sums(const BlockEntry& entry, const Block& block) const {
  if (block.type != BlockType::branches || block.join != Join::add) return;
  std::vector<Width> ends = ends_of(block);
  for (Width& end : ends) {
    if (end.kind == Width::Kind::same && channels_) end = *channels_;
    if (end == ends.front()) continue;
    entry.table.fail(
        "join",
        fmt::format("adds branches of block `{}` whose numbers of channels can differ; give "
                    "them the same number, or tie the widths of their last layers",
                    block.name));
  }
}

Backbone::Channels Backbone::follow_channels(const BlockEntry& entry, const Block& block) {
  check_sums(entry, block);
  const std::optional<Width> out = output_width(block);
  if (out && out->kind == Width::Kind::same) return Channels::same;
  const bool comparable = out && !out->is_ratio();
  if (comparable && channels_ == out) return Channels::same;
  const bool different = is_number(out) && is_number(channels_);
  channels_ = comparable && !block.skip ? out : std::nullopt;
  if (block.residual == Residual::identity) {
    entry.table.fail(
        "residual",
        fmt::format("needs the number of channels that reaches block `{}`, so that input and "
                    "output can be added; write width = \"same\", or tie its width "
                    "to the block before it",
                    block.name));
  }
  return different ? Channels::different : Channels::depends;
}

}  // namespace opline::sampler
