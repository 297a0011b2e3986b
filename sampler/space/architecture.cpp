#include "sampler/space/architecture.h"

#include <algorithm>

#include "sampler/space/architecture_parts.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

bool is_skipped(const Block& block, const Architecture& architecture) {
  return block.skip && architecture.options[*block.skip] == kSkip;
}

void check(const Space& space, const Architecture& architecture) {
  OPLINE_ASSERT(architecture.options.size() == space.decisions.size(),
                "{} options for the {} decisions of {}", architecture.options.size(),
                space.decisions.size(), space.name);
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    OPLINE_ASSERT(architecture.options[i] < space.decisions[i].options.size(), "option {} of {}",
                  architecture.options[i], space.decisions[i].name);
  }
}

bool matters(const Space& space, const Architecture& architecture, const Decision& decision) {
  if (decision.kind == DecisionKind::skip) return true;
  return std::any_of(decision.blocks.begin(), decision.blocks.end(), [&](std::size_t block) {
    return !is_skipped(space.blocks[block], architecture);
  });
}

/// "96:24"; "keep" for a block that decides no width.
std::string widths_text(const Space& space, const Architecture& architecture, const Block& block) {
  std::string text;
  for (const std::size_t decision : width_decisions(block)) {
    if (!text.empty()) text += kBetweenWidths;
    text += std::to_string(space.decisions[decision].options[architecture.options[decision]]);
  }
  return text.empty() ? "keep" : text;
}

}  // namespace

bool is_active(const Space& space, const Architecture& architecture, std::size_t decision) {
  check(space, architecture);
  OPLINE_ASSERT(decision < space.decisions.size(), "decision {}", decision);
  return matters(space, architecture, space.decisions[decision]);
}

Architecture canonical(const Space& space, Architecture architecture) {
  check(space, architecture);
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    if (!matters(space, architecture, space.decisions[i])) architecture.options[i] = 0;
  }
  return architecture;
}

std::string to_text(const Space& space, const Architecture& architecture) {
  check(space, architecture);
  std::string text;
  for (const Block& block : space.blocks) {
    if (!has_decision(block)) continue;
    if (!text.empty()) text += ' ';
    text += block.name + '=';
    text += is_skipped(block, architecture) ? "skip" : widths_text(space, architecture, block);
  }
  return text.empty() ? std::string(kFixedText) : text;
}

}  // namespace opline::sampler
