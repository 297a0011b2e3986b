// Compiled without vector registers, as translated.cpp: see OPLINE_SAVES_ALL.
#include "runners/simulator/translate/pace.h"

#include "runners/simulator/translate/vector_registers.h"

namespace opline::simulator::translated {

using Circumstances = DualIssue::Circumstances;

void PaceBase::enter(Cpu* cpu, Time time, std::uint32_t block, std::uint32_t address,
                     std::uint32_t code_bytes, Entered& entered) {
  DualIssue& pipeline = *cpu->pipeline;
  PipelineState& state = pipeline.state_;
  if (state.jump == Jump::repeat || !pipeline.instruction_cache_on_ || !pipeline.data_cache_on_)
    return;
  entered.origin = state.cycle - cycles_of(time);
  if (state.cycle - state.epoch > PipelineState::kLongestEpoch) state.renew_epoch();
  if (state.jump != Jump::none) pipeline.follow_branch(address);
  const std::uint32_t last_line = (address + code_bytes - 2) >> pipeline.line_shift_;
  if (last_line != pipeline.fetch_line_) pipeline.fetch(address, last_line);
  entered.now = state.cycle - entered.origin;
  entered.last_word = state.stores[0].word;
  entered.word_before = state.stores[1].word;
  entered.loaded_word = state.bank;
  entered.node = cpu->blocks->begin(block, state);
}

void PaceBase::take_state(DualIssue& pipeline, const PipelineState& state, std::int64_t begin,
                          const Entered& words) {
  PipelineState& to = pipeline.state_;
  to = state;
  to.cycle += begin;
  to.epoch += begin;
  for (std::int64_t& at : to.entry_free) at += begin;
  for (std::int64_t& at : to.bank_free) at += begin;
  for (PipelineState::Store& store : to.stores) store.visible += begin;
  to.stores[0].word = words.last_word;
  to.stores[1].word = words.word_before;
  to.jump_cycle += begin;
  to.bank = words.loaded_word & 1;
}

void PaceBase::stop(DualIssue& pipeline, const Node& node, std::int64_t begin,
                    const Entered& words) {
  take_state(pipeline, node.exit, begin, words);
}

std::int64_t PaceBase::leave(DualIssue& pipeline, BlockTiming& blocks, const Node& node,
                             std::uint32_t i, std::int64_t begin, const Entered& words) {
  const PipelineState state = blocks.before(node, i);
  take_state(pipeline, state, begin, words);
  return state.cycle;
}

PaceBase::Node* PaceBase::in(BlockTiming& blocks, Node& node, std::uint32_t i,
                             const Circumstances& circumstances) {
  for (const Node::Child& child : node.children)
    if (child.instruction == i && child.circumstances == circumstances) return child.node;
  const VectorRegisters keep;
  return blocks.in(node, i, circumstances);
}

PaceBase::Node* PaceBase::fetch(DualIssue& pipeline, BlockTiming& blocks, Node* node,
                                std::int64_t begin, std::uint32_t line, std::uint32_t i,
                                bool in_sequence) {
  const std::int64_t asked = begin + node->times[i].fetched;
  pipeline.state_.cycle = asked;
  pipeline.enter_line(line, in_sequence);
  const auto wait = static_cast<std::int32_t>(pipeline.state_.cycle - asked);
  if (wait == 0) return node;
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.fetch_wait += wait;
  return in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::load_lines(DualIssue& pipeline, BlockTiming& blocks, Node* node,
                                     std::int64_t begin, std::uint32_t address, std::uint32_t bytes,
                                     std::uint32_t i) {
  const std::int64_t asked = begin + node->times[i].wanted;
  pipeline.state_.cycle = asked;
  const std::uint32_t last = (address + bytes - 1) >> pipeline.line_shift_;
  for (std::uint32_t line = address >> pipeline.line_shift_; line <= last; ++line)
    pipeline.load_line(line);
  const auto wait = static_cast<std::int32_t>(pipeline.state_.cycle - asked);
  if (wait == 0) return node;
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.access_wait = wait;
  return in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::store_lines(DualIssue& pipeline, BlockTiming& blocks, Node* node,
                                      std::int64_t begin, std::uint32_t address,
                                      std::uint32_t bytes, std::uint32_t i) {
  const std::int64_t asked = begin + node->times[i].wanted;
  pipeline.state_.cycle = asked;
  const std::uint32_t last = (address + bytes - 1) >> pipeline.line_shift_;
  for (std::uint32_t line = address >> pipeline.line_shift_; line <= last; ++line)
    pipeline.store_line(line);
  const auto wait = static_cast<std::int32_t>(pipeline.state_.cycle - asked);
  if (wait == 0) return node;
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.access_wait = wait;
  return in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::skipped(BlockTiming& blocks, Node* node, std::uint32_t i) {
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.skipped = true;
  return in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::behind_store(BlockTiming& blocks, Node* node, std::uint32_t i,
                                       std::uint32_t which) {
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.just_stored = static_cast<std::uint8_t>(which);
  return in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::same_bank(BlockTiming& blocks, Node* node, std::uint32_t i) {
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.same_bank = true;
  return node->times[i].same_bank = in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::unaligned(BlockTiming& blocks, Node* node, std::uint32_t i) {
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.unaligned = true;
  return in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::buffered(BlockTiming& blocks, Node* node, std::uint32_t i,
                                   std::uint32_t how) {
  Circumstances circumstances = BlockTiming::met(*node, i);
  circumstances.buffer = static_cast<std::uint8_t>(how);
  return in(blocks, *node, i, circumstances);
}

PaceBase::Node* PaceBase::behind(BlockTiming& blocks, Node* node, std::uint32_t block, bool taken,
                                 std::uint32_t loss) {
  const VectorRegisters keep;
  return blocks.follow(*node, block, taken, loss);
}

std::uint32_t PaceBase::lose(DualIssue& pipeline, const Node* node, std::uint32_t address,
                             Jump jump, std::uint32_t target, bool taken) {
  PipelineState& state = pipeline.state_;
  state.address = address;
  state.jump = jump;
  state.jump_target = target;
  return static_cast<std::uint32_t>(pipeline.branch_loss(target, taken, node->flags_were_early));
}

}  // namespace opline::simulator::translated
