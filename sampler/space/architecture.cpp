#include "sampler/space/architecture.h"

#include <algorithm>

#include "sampler/space/architecture_parts.h"
#include "sampler/space/walk.h"
#include "src/base/append.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

void check(const Space& space, const Architecture& architecture) {
  OPLINE_ASSERT(architecture.options.size() == space.decisions.size(),
                "{} options for the {} decisions of {}", architecture.options.size(),
                space.decisions.size(), space.name);
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    OPLINE_ASSERT(architecture.options[i] < space.decisions[i].options.size(), "option {} of {}",
                  architecture.options[i], space.decisions[i].name);
  }
}

/// Appends "96:24", "k5:x6:24", "skip"; `none` where there are no decisions.
void append_choices(std::string& text, const Space& space, const Architecture& architecture,
                    const std::vector<std::size_t>& decisions, std::string_view none) {
  const std::size_t begin = text.size();
  text += none;
  for (const std::size_t number : decisions) {
    if (text.size() != begin) text += kBetweenChoices;
    const Decision& decision = space.decisions[number];
    const std::size_t option = architecture.options[number];
    if (decision.labels.empty())
      append(text, decision.options[option]);
    else
      append(text, prefix_of(decision.kind), decision.labels[option]);
  }
}

/// Appends the choices of a block, its shortcut aside; `skipped` those that matter without it.
void add_choices(const Block& block, Item& item) {
  for (const BlockChoice& choice : block.choices) {
    item.kept.push_back(choice.decision);
    if (choice.kind == DecisionKind::stride) item.skipped.push_back(choice.decision);
  }
  // A bottleneck may be a share of the width.
  if (block.expansion && block.expansion->is_decided() && block.expansion->percent == 100)
    item.kept.push_back(block.expansion->decision);
  if (block.width.is_decided()) item.kept.push_back(block.width.decision);
  for (const std::vector<Block>& branch : block.branches) {
    for (const Block& inner : branch) add_choices(inner, item);
  }
}

/// The part of a decision's name before the key.
std::string stem(const std::string& name) { return name.substr(0, name.rfind('.')); }

Item item_of(const Decision& decision, std::size_t number) {
  Item item;
  item.name = stem(decision.name);
  item.is_block = false;
  item.kept = {number};
  return item;
}

}  // namespace

std::string_view prefix_of(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::kernel:
      return "k";
    case DecisionKind::stride:
      return "s";
    case DecisionKind::dilation:
      return "d";
    case DecisionKind::groups:
      return "g";
    case DecisionKind::depth_multiplier:
      return "m";
    case DecisionKind::squeeze_excite:
      return "se";
    case DecisionKind::ratio:
      return "x";
    default:
      return "";
  }
}

bool is_there(const Item& item, const Space& space, const Architecture& architecture) {
  return !item.depth ||
         space.decisions[item.depth->decision]
                 .options[architecture.options[item.depth->decision]] >= item.depth->at_least;
}

std::vector<Item> items_of(const Space& space) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    const DecisionKind kind = space.decisions[i].kind;
    if (kind == DecisionKind::input || kind == DecisionKind::multiplier)
      items.push_back(item_of(space.decisions[i], i));
  }
  for (const Block& block : space.blocks) {
    if (block.depth && block.depth->at_least == 1)
      items.push_back(item_of(space.decisions[block.depth->decision], block.depth->decision));
    Item item;
    item.name = block.name;
    item.skip = block.skip;
    item.depth = block.depth;
    add_choices(block, item);
    if (item.skip || !item.kept.empty()) items.push_back(std::move(item));
  }
  return items;
}

bool is_active(const Space& space, const Architecture& architecture, std::size_t decision) {
  check(space, architecture);
  OPLINE_ASSERT(decision < space.decisions.size(), "decision {}", decision);
  bool active = false;
  for_each_branch(space, architecture.options, [&](const Branch& branch) {
    active =
        active || std::binary_search(branch.decisions.begin(), branch.decisions.end(), decision);
  });
  return active;
}

Architecture canonical(const Space& space, Architecture architecture) {
  check(space, architecture);
  Architecture result{std::vector<std::uint16_t>(architecture.options.size(), 0)};
  for_each_branch(space, architecture.options, [&](const Branch& branch) {
    for (const std::size_t decision : branch.decisions)
      result.options[decision] = architecture.options[decision];
  });
  return result;
}

std::string to_text(const Space& space, const Architecture& any) {
  const Architecture architecture = canonical(space, any);
  std::string text;
  for (const Item& item : space.items) {
    if (!is_there(item, space, architecture)) continue;
    if (!text.empty()) text += ' ';
    append(text, item.name, '=');
    if (item.skip && architecture.options[*item.skip] == kSkip)
      append_choices(text, space, architecture, item.skipped, "skip");
    else
      append_choices(text, space, architecture, item.kept, item.kept.empty() ? "keep" : "");
  }
  return text.empty() ? std::string(kFixedText) : text;
}

}  // namespace opline::sampler
