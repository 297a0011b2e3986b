// Compiled without vector registers, as translated.cpp: see OPLINE_SAVES_ALL.
#include "runners/simulator/translate/pace.h"

#include "runners/simulator/translate/vector_registers.h"

namespace opline::simulator::translated {

using Circumstances = DualIssue::Circumstances;

bool Pace::enter(Cpu* cpu, std::uint32_t block, std::uint32_t address, std::uint32_t code_bytes) {
  PipelineState& state = pipeline_.state_;
  if (state.jump == Jump::repeat) return false;
  origin_ = state.cycle - now_;
  if (state.cycle - state.epoch > PipelineState::kLongestEpoch) state.renew_epoch();
  if (state.jump != Jump::none) pipeline_.follow_branch(address);
  const std::uint32_t last_line = (address + code_bytes - 2) >> pipeline_.line_shift_;
  if (last_line != pipeline_.fetch_line_) pipeline_.fetch(address, last_line);
  now_ = state.cycle - origin_;
  words_ = {state.stores[0].word, state.stores[1].word};
  loaded_word_ = state.bank;
  node_ = cpu->blocks->begin(block, state);
  return true;
}

void Pace::take_state(const PipelineState& state) {
  const std::int64_t begin = origin_ + now_;
  PipelineState& to = pipeline_.state_;
  to = state;
  to.cycle += begin;
  to.epoch += begin;
  for (std::int64_t& at : to.entry_free) at += begin;
  for (std::int64_t& at : to.bank_free) at += begin;
  for (unsigned i = 0; i < 2; ++i) {
    to.stores[i].visible += begin;
    to.stores[i].word = words_[i];
  }
  to.jump_cycle += begin;
  to.bank = loaded_word_ & 1;
}

void Pace::stop() {
  now_ -= node_->cycles;
  take_state(node_->exit);
  now_ += node_->cycles;
}

void Pace::leave(std::uint32_t i) {
  const PipelineState state = blocks_.before(*node_, i);
  take_state(state);
  now_ += state.cycle;
}

Pace::Node* Pace::in(std::uint32_t i, const Circumstances& circumstances) {
  for (const Node::Child& child : node_->children)
    if (child.instruction == i && child.circumstances == circumstances) return child.node;
  const VectorRegisters keep;
  return blocks_.in(*node_, i, circumstances);
}

void Pace::fetch(std::uint32_t line, std::uint32_t i, bool in_sequence) {
  const std::int64_t asked = origin_ + now_ + (i == 0 ? 0 : node_->times[i].fetched);
  pipeline_.state_.cycle = asked;
  pipeline_.enter_line(line, in_sequence);
  const auto wait = static_cast<std::int32_t>(pipeline_.state_.cycle - asked);
  if (wait == 0) return;
  Circumstances circumstances = BlockTiming::met(*node_, i);
  circumstances.fetch_wait += wait;
  node_ = in(i, circumstances);
}

void Pace::access(std::uint32_t address, std::uint32_t bytes, std::uint32_t i, bool is_load) {
  const std::uint32_t first = address >> pipeline_.line_shift_,
                      last = (address + bytes - 1) >> pipeline_.line_shift_;
  const std::int64_t asked = origin_ + now_ + node_->times[i].wanted;
  pipeline_.state_.cycle = asked;
  for (std::uint32_t line = first; line <= last; ++line) {
    if (is_load) {
      pipeline_.load_line(line);
    } else {
      pipeline_.store_line(line);
    }
  }
  const auto wait = static_cast<std::int32_t>(pipeline_.state_.cycle - asked);
  if (wait == 0) return;
  Circumstances circumstances = BlockTiming::met(*node_, i);
  circumstances.access_wait = wait;
  node_ = in(i, circumstances);
}

Pace::Node* Pace::skipped(std::uint32_t i) {
  Circumstances circumstances = BlockTiming::met(*node_, i);
  circumstances.skipped = true;
  return in(i, circumstances);
}

Pace::Node* Pace::behind_store(std::uint32_t i, std::uint32_t which) {
  Circumstances circumstances = BlockTiming::met(*node_, i);
  circumstances.just_stored = static_cast<std::uint8_t>(which);
  return in(i, circumstances);
}

Pace::Node* Pace::same_bank(std::uint32_t i) {
  Circumstances circumstances = BlockTiming::met(*node_, i);
  circumstances.same_bank = true;
  return node_->times[i].same_bank = in(i, circumstances);
}

Pace::Node* Pace::unaligned(std::uint32_t i) {
  Circumstances circumstances = BlockTiming::met(*node_, i);
  circumstances.unaligned = true;
  return in(i, circumstances);
}

Pace::Node* Pace::buffered(std::uint32_t i, std::uint32_t how) {
  Circumstances circumstances = BlockTiming::met(*node_, i);
  circumstances.buffer = static_cast<std::uint8_t>(how);
  return in(i, circumstances);
}

Pace::Node* Pace::behind(std::uint32_t block, bool taken, std::uint32_t loss) {
  const VectorRegisters keep;
  return blocks_.follow(*node_, block, taken, loss);
}

std::uint32_t Pace::lose(std::uint32_t address, Jump jump, std::uint32_t target, bool taken) {
  PipelineState& state = pipeline_.state_;
  state.address = address;
  state.jump = jump;
  state.jump_target = target;
  return static_cast<std::uint32_t>(pipeline_.branch_loss(target, taken, node_->flags_were_early));
}

}  // namespace opline::simulator::translated
