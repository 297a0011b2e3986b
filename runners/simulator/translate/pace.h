// runners/simulator/translate/pace.h - time in translated code for the Cortex-M7: the counterpart
// of Clock (translated.h), from remembered blocks (timing/block_timing.h).
//
// The functions follow execution: next_line() where an instruction is fetched from another line,
// load() and store() with each access, finish() and follow() where a block ends. What is usual is
// decided here, the rest by functions that save all registers.
#pragma once
#include "runners/simulator/timing/block_timing.h"
#include "runners/simulator/translate/translated.h"

namespace opline::simulator::translated {

class Pace {
 public:
  /// After enter(), which every function begins with.
  Pace(Cpu& cpu, Time time)
      : pipeline_(*cpu.pipeline),
        blocks_(*cpu.blocks),
        now_(cycles_of(time)),
        instructions_(time >> 32) {}

  /// From the interpreter to the begin of a block, whose first instruction is at `address` and has
  /// `code_bytes`. False: the interpreter must go on, since the instruction was already issued.
  bool enter(Cpu* cpu, std::uint32_t block, std::uint32_t address, std::uint32_t code_bytes);

  void count(std::uint32_t instructions) { instructions_ += instructions; }
  [[nodiscard]] bool ends(const Cpu* cpu) const { return now_ >= std::int64_t{cpu->slice}; }
  [[nodiscard]] Time time() const { return static_cast<Time>(now_) | instructions_ << 32; }

  /// Instruction `i` of the block is fetched from `line`, which follows the present one.
  void next_line(std::uint32_t line, std::uint32_t i) {
    if (!pipeline_.instruction_cache_on_ || !pipeline_.instruction_.touch(line)) [[unlikely]] {
      fetch(line, i, true);
      return;
    }
    pipeline_.fetch_line_ = line;
    pipeline_.line_entered_ = origin_ + now_ + node_->times[i].fetched;
  }
  /// The block at a branch's target, or behind it, begins in another line.
  void first_line(std::uint32_t line, bool in_sequence) {
    if (!pipeline_.instruction_cache_on_ || !pipeline_.instruction_.touch(line)) [[unlikely]] {
      fetch(line, 0, in_sequence);
      return;
    }
    pipeline_.fetch_line_ = line;
    pipeline_.line_entered_ = origin_ + now_;
  }

  /// The condition of instruction `i` fails.
  void skip(std::uint32_t i) { node_ = skipped(i); }

  /// How the word of a store just before may matter to a load.
  enum class Behind { no_store, store, maybe_store };

  /// A single load by instruction `i`; kBesideLoad: the instruction before it is one, too; kFirst:
  /// it is the block's first.
  template <typename T, Behind kBehind, bool kBesideLoad, bool kFirst>
  void load(std::uint32_t address, std::uint32_t i) {
    const std::uint32_t word = address / 4;
    if (kBehind == Behind::store ||
        (kBehind == Behind::maybe_store && node_->begins_behind_store)) {
      if (word == words_[0] || word == words_[1]) [[unlikely]]
        node_ = behind_store(i, (word == words_[0] ? 1 : 0) | (word == words_[1] ? 2 : 0));
    }
    if (kBesideLoad || (kFirst && node_->begins_beside_load)) {
      if (((word ^ loaded_word_) & 1) == 0) {
        Node* const known = node_->times[i].same_bank;
        node_ = known != nullptr ? known : same_bank(i);
      }
    }
    loaded_word_ = word;
    if (sizeof(T) > 1 && (address & (sizeof(T) - 1)) != 0) [[unlikely]] {
      node_ = unaligned(i);
      access(address, sizeof(T), i, true);
      return;
    }
    const std::uint32_t line = address >> pipeline_.line_shift_;
    if (line == pipeline_.last_loaded_line_ ||
        address - pipeline_.dtcm_base_ < pipeline_.dtcm_bytes_)
      return;
    if (!pipeline_.data_cache_on_ || !pipeline_.data_.touch(line)) [[unlikely]] {
      access(address, sizeof(T), i, true);
      return;
    }
    pipeline_.last_loaded_line_ = line;
  }

  template <typename T>
  void store(std::uint32_t address, std::uint32_t i) {
    const std::uint32_t word = address / 4;
    words_[1] = words_[0];
    words_[0] = word;
    if (sizeof(T) == 4 && (address & 3) != 0) [[unlikely]] {
      node_ = buffered(i, DualIssue::Circumstances::kBuffered | (word & 1) |
                              DualIssue::Circumstances::kBothBanks);
    } else if (sizeof(T) < 4) {
      const std::uint32_t both = sizeof(T) == 2 && (address & 3) == 3 ? 2 : 0;
      if (((word & 1) | both) != 0) node_ = buffered(i, (word & 1) | both);
    }
    const std::uint32_t line = address >> pipeline_.line_shift_;
    if (address - pipeline_.dtcm_base_ < pipeline_.dtcm_bytes_ &&
        (address + sizeof(T) - 1) - pipeline_.dtcm_base_ < pipeline_.dtcm_bytes_)
      return;
    if ((address & (sizeof(T) - 1)) == 0) {
      if (line == pipeline_.last_loaded_line_ && line == pipeline_.last_stored_line_) return;
      if (pipeline_.data_cache_on_ && pipeline_.data_.touch(line)) {
        pipeline_.data_.make_dirty();
        pipeline_.last_loaded_line_ = pipeline_.last_stored_line_ = line;
        return;
      }
    }
    access(address, sizeof(T), i, false);
  }

  /// LDM, LDRD, STM, STRD.
  void multiple(std::uint32_t address, std::uint32_t words, std::uint32_t i, bool is_load) {
    if (!is_load && words % 2 == 0 && address % 8 != 0) [[unlikely]]
      node_ = unaligned(i);
    if (address - pipeline_.dtcm_base_ < pipeline_.dtcm_bytes_ &&
        address + 4 * words - 1 - pipeline_.dtcm_base_ < pipeline_.dtcm_bytes_)
      return;
    access(address, 4 * words, i, is_load);
  }

  /// The block has been executed; time is that of its end, without what its branch loses.
  void finish() { now_ += node_->cycles; }
  /// It goes on with `block` at `target`: behind the branch at `address`, or there where `taken`.
  void follow(std::uint32_t address, Jump jump, std::uint32_t target, bool taken,
              std::uint32_t block) {
    const DualIssue::Branch& entry =
        pipeline_.btac_[address >> 1 & (pipeline_.timing_.btac_entries - 1)];
    std::uint32_t loss = 0;
    if (entry.address != address) {
      if (taken || jump == Jump::direct || target <= address)
        loss = lose(address, jump, target, taken);
    } else if (taken ? entry.counter != 3 || entry.target != target : entry.counter != 0) {
      loss = lose(address, jump, target, taken);
    }
    now_ += loss;
    BlockTiming::Node* const next =
        node_->next[taken ? 0 : 1][loss == 0 ? 0 : blocks_.kind_of(loss)];
    node_ = next != nullptr ? next : behind(block, taken, loss);
  }
  /// The same where no branch ends the block.
  void fall_into(std::uint32_t block) {
    BlockTiming::Node* const next = node_->next[1][0];
    node_ = next != nullptr ? next : behind(block, false, 0);
  }

  /// To the interpreter: behind the block, after finish(),
  void stop();
  /// or before its instruction `i`.
  void leave(std::uint32_t i);

 private:
  using Node = BlockTiming::Node;
  OPLINE_SAVES_ALL void fetch(std::uint32_t line, std::uint32_t i, bool in_sequence);
  OPLINE_SAVES_ALL void access(std::uint32_t address, std::uint32_t bytes, std::uint32_t i,
                               bool is_load);
  OPLINE_SAVES_ALL Node* skipped(std::uint32_t i);
  OPLINE_SAVES_ALL Node* behind_store(std::uint32_t i, std::uint32_t which);
  OPLINE_SAVES_ALL Node* same_bank(std::uint32_t i);
  OPLINE_SAVES_ALL Node* unaligned(std::uint32_t i);
  OPLINE_SAVES_ALL Node* buffered(std::uint32_t i, std::uint32_t how);
  OPLINE_SAVES_ALL Node* behind(std::uint32_t block, bool taken, std::uint32_t loss);
  OPLINE_SAVES_ALL std::uint32_t lose(std::uint32_t address, Jump jump, std::uint32_t target,
                                      bool taken);
  Node* in(std::uint32_t i, const DualIssue::Circumstances& circumstances);
  void take_state(const PipelineState& state);

  DualIssue& pipeline_;
  BlockTiming& blocks_;
  Node* node_ = nullptr;
  std::int64_t now_;         ///< Of the slice: when the block began.
  std::int64_t origin_ = 0;  ///< The pipeline's cycle at the slice's 0.
  std::uint64_t instructions_;
  std::array<std::uint32_t, 2> words_{};  ///< Of the last two stores, the later first.
  std::uint32_t loaded_word_ = 0;         ///< Of the last load.
};

/// As OPLINE_TRANSLATED and OPLINE_ENDS.
#define OPLINE_TRANSLATED_PACE()                                                 \
  State s(*cpu);                                                                 \
  Pace pace(*cpu, time);                                                         \
  const BoardMemories memory(*cpu);                                              \
  const Op* next = op;                       /* where the interpreter goes on */ \
  [[maybe_unused]] std::uint32_t number = 0; /* of `next` in its block, where that is left */
#define OPLINE_ENDS_PACE()                    \
  end_of_slice:                               \
  cpu->reason = StopReason::budget_exhausted; \
  pace.stop();                                \
  s.store(*cpu);                              \
  cpu->at = next;                             \
  cpu->time = pace.time();                    \
  return nullptr;                             \
  not_entered:                                \
  cpu->at = op;                               \
  cpu->time = time;                           \
  return interpreted(op, cpu);                \
  leave:                                      \
  pace.leave(number);                         \
  goto left;                                  \
  leave_finished:                             \
  pace.stop();                                \
  left:                                       \
  s.store(*cpu);                              \
  cpu->at = next;                             \
  cpu->time = pace.time();                    \
  return interpreted(next, cpu)

/// The handler of a translated function. Its body has a Pace, whose address others know; so it
/// cannot end in a jump itself, but returns where to go on (Cpu::at, time), or nothing to stop.
template <Handler (*kBody)(const Op*, Cpu*, Time)>
void paced(const Op* op, Cpu* cpu, Time time) {
  const Handler next = kBody(op, cpu, time);
  if (next == nullptr) {
    cpu->jump = nullptr;
    return;
  }
  OPLINE_JUMP(next, cpu->at, cpu->time);
}

}  // namespace opline::simulator::translated
