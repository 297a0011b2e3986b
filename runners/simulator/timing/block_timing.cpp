#include "runners/simulator/timing/block_timing.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace opline::simulator {
namespace {

/// More are forgotten: some 100 MB.
constexpr std::size_t kMostNodes = 50'000;

constexpr std::uint64_t kNotFound = UINT64_MAX;  ///< No number of changes.

/// What the instructions of a block see of those before it, whose branch was followed.
PipelineState comparable(PipelineState state) {
  state.jump = Jump::none;
  return state.relative().without_places();
}

}  // namespace

BlockTiming::BlockTiming(const DualIssue& pipeline, const Cpu& cpu,
                         std::span<const CodeBlock> blocks)
    : replay_(pipeline), lines_found_(blocks.size(), kNotFound) {
  for (const CodeBlock& code : blocks) {
    Block block;
    std::uint32_t index = (code.address - cpu.flash_base) / 2;
    for (std::uint32_t i = 0; i < code.count; ++i) {
      const IssueInfo& info = cpu.issue[index];
      block.instructions.push_back(&info);
      block.offsets.push_back(index * static_cast<std::uint32_t>(sizeof(Op)));
      index += info.code_bytes() / 2;
    }
    blocks_.push_back(std::move(block));
  }
}

std::size_t BlockTiming::Hash::operator()(const PipelineState::Packed& packed) const {
  static_assert(sizeof packed.values % sizeof(std::uint64_t) == 0);
  std::array<std::uint64_t, sizeof packed.values / sizeof(std::uint64_t)> words;
  std::memcpy(words.data(), packed.values.data(), sizeof packed.values);
  std::uint64_t hash = 0;
  for (const std::uint64_t word : words) hash = std::rotl((hash ^ word) * 0x9E3779B97F4A7C15, 32);
  return hash;
}

const PipelineState* BlockTiming::intern(const PipelineState& state) {
  auto& found = states_[state.packed()];
  if (found == nullptr) found = std::make_unique<PipelineState>(comparable(state));
  return found.get();
}

void BlockTiming::forget_lines() { std::fill(lines_found_.begin(), lines_found_.end(), kNotFound); }

void BlockTiming::forget() {
  for (Block& block : blocks_) block.by_entry.clear();
  nodes_.clear();
  states_.clear();
}

BlockTiming::Node* BlockTiming::begin(std::uint32_t block, const PipelineState& state) {
  if (nodes_.size() >= kMostNodes) forget();
  const PipelineState* const entry = intern(state);
  Node*& node = blocks_[block].by_entry[entry];
  if (node == nullptr) node = add(block, entry, {});
  return node;
}

BlockTiming::Node* BlockTiming::follow(Node& node, std::uint32_t block, bool taken,
                                       std::uint32_t loss) {
  const bool is_full = nodes_.size() >= kMostNodes;
  replay_.set_state(node.exit);
  if (node.exit.jump != Jump::none) replay_.follow(taken, loss);
  Node* const next = begin(block, PipelineState(replay_.state()));
  if (!is_full) node.next[taken ? 0 : 1][kind_of(loss)] = next;  // else it is forgotten
  return next;
}

BlockTiming::Node* BlockTiming::in(Node& node, std::uint32_t instruction,
                                   const Circumstances& circumstances) {
  for (const Node::Child& child : node.children)
    if (child.instruction == instruction && child.circumstances == circumstances) return child.node;
  auto all = node.met;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& one) { return one.first == instruction; });
  if (found != all.end()) {
    found->second = circumstances;
  } else {
    all.emplace_back(instruction, circumstances);
  }
  Node* const child = add(node.block, node.entry, std::move(all));
  node.children.push_back({instruction, circumstances, child});
  return child;
}

BlockTiming::Node* BlockTiming::add(std::uint32_t block, const PipelineState* entry,
                                    std::vector<std::pair<std::uint32_t, Circumstances>> met) {
  auto node = std::make_unique<Node>();
  node->block = block;
  node->entry = entry;
  node->met = std::move(met);
  node->begins_beside_load = entry->loads;
  node->begins_behind_store = entry->stores[0].visible > 0 || entry->stores[1].visible > 0;
  replay_.set_state(*entry);
  const Block& code = blocks_[block];
  for (std::uint32_t i = 0; i < code.instructions.size(); ++i) {
    const Circumstances circumstances = BlockTiming::met(*node, i);
    Node::Times times;
    times.fetched = static_cast<std::int32_t>(replay_.state().cycle) + circumstances.fetch_wait;
    times.wanted = static_cast<std::int32_t>(
        replay_.issue_in(*code.instructions[i], circumstances, code.offsets[i]));
    node->times.push_back(times);
  }
  node->exit = replay_.state();
  node->cycles = node->exit.cycle;
  node->flags_were_early = replay_.flags_were_early();
  nodes_.push_back(std::move(node));
  return nodes_.back().get();
}

PipelineState BlockTiming::before(const Node& node, std::uint32_t instruction) {
  replay_.set_state(*node.entry);
  const Block& code = blocks_[node.block];
  for (std::uint32_t i = 0; i < instruction; ++i)
    replay_.issue_in(*code.instructions[i], met(node, i), code.offsets[i]);
  PipelineState state = replay_.state();
  if (const std::int32_t wait = met(node, instruction).fetch_wait; wait != 0) {
    state.cycle += wait;
    state.units = kEverything;
  }
  return state;
}

}  // namespace opline::simulator
