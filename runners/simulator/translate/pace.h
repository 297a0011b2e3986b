// runners/simulator/translate/pace.h - time in translated code for the Cortex-M7: the counterpart
// of Clock (translated.h), from remembered blocks (timing/block_timing.h).
//
// The functions follow execution: next_line() where an instruction is fetched from another line,
// load() and store() with each access, finish() and follow() where a block ends. What is usual is
// decided here. The rest is done by functions that save all registers and know nothing of the
// Pace's address, so that the compiler can keep its members in registers, too.
#pragma once
#include "runners/simulator/timing/block_timing.h"
#include "runners/simulator/translate/translated.h"

namespace opline::simulator::translated {

/// What is rare.
class PaceBase {
 protected:
  using Node = BlockTiming::Node;
  using Branch = DualIssue::Branch;

  /// What the interpreter hands over.
  struct Entered {
    Node* node = nullptr;  ///< Absent: it must go on itself.
    std::int64_t now = 0, origin = 0;
    std::uint32_t last_word = 0, word_before = 0, loaded_word = 0;
  };
  static void enter(Cpu* cpu, Time time, std::uint32_t block, std::uint32_t address,
                    std::uint32_t code_bytes, Entered& entered);
  /// Where a block that began in cycle `begin` is left behind its end, or before instruction `i`.
  static void stop(DualIssue& pipeline, const Node& node, std::int64_t begin, const Entered& words);
  static std::int64_t leave(DualIssue& pipeline, BlockTiming& blocks, const Node& node,
                            std::uint32_t i, std::int64_t begin, const Entered& words);

  OPLINE_SAVES_ALL static Node* fetch(DualIssue& pipeline, BlockTiming& blocks, Node* node,
                                      std::int64_t begin, std::uint32_t line, std::uint32_t i,
                                      bool in_sequence);
  OPLINE_SAVES_ALL static Node* load_lines(DualIssue& pipeline, BlockTiming& blocks, Node* node,
                                           std::int64_t begin, std::uint32_t address,
                                           std::uint32_t bytes, std::uint32_t i);
  OPLINE_SAVES_ALL static Node* store_lines(DualIssue& pipeline, BlockTiming& blocks, Node* node,
                                            std::int64_t begin, std::uint32_t address,
                                            std::uint32_t bytes, std::uint32_t i);
  OPLINE_SAVES_ALL static Node* skipped(BlockTiming& blocks, Node* node, std::uint32_t i);
  OPLINE_SAVES_ALL static Node* behind_store(BlockTiming& blocks, Node* node, std::uint32_t i,
                                             std::uint32_t which);
  OPLINE_SAVES_ALL static Node* same_bank(BlockTiming& blocks, Node* node, std::uint32_t i);
  OPLINE_SAVES_ALL static Node* unaligned(BlockTiming& blocks, Node* node, std::uint32_t i);
  OPLINE_SAVES_ALL static Node* buffered(BlockTiming& blocks, Node* node, std::uint32_t i,
                                         std::uint32_t how);
  OPLINE_SAVES_ALL static Node* behind(BlockTiming& blocks, Node* node, std::uint32_t block,
                                       bool taken, std::uint32_t loss);
  OPLINE_SAVES_ALL static std::uint32_t lose(DualIssue& pipeline, const Node* node,
                                             std::uint32_t address, Jump jump, std::uint32_t target,
                                             bool taken);

  static Branch& branch(DualIssue& pipeline, std::uint32_t address) {
    return pipeline.btac_[address >> 1 & (pipeline.timing_.btac_entries - 1)];
  }
  static L1Cache& instruction_cache(DualIssue& pipeline) { return pipeline.instruction_; }
  static L1Cache& data_cache(DualIssue& pipeline) { return pipeline.data_; }
  static void enter_line(DualIssue& pipeline, std::uint32_t line, std::int64_t cycle) {
    pipeline.fetch_line_ = line;
    pipeline.line_entered_ = cycle;
  }
  static std::uint32_t& last_loaded_line(DualIssue& pipeline) { return pipeline.last_loaded_line_; }
  static std::uint32_t& last_stored_line(DualIssue& pipeline) { return pipeline.last_stored_line_; }

 private:
  static Node* in(BlockTiming& blocks, Node& node, std::uint32_t i,
                  const DualIssue::Circumstances& circumstances);
  static void take_state(DualIssue& pipeline, const PipelineState& state, std::int64_t begin,
                         const Entered& words);
};

/// For a board whose caches have lines of 2^kLineShift bytes.
template <std::uint32_t kLineShift, std::uint32_t kDtcmBase, std::uint32_t kDtcmBytes>
class Pace : PaceBase {
 public:
  /// After enter(), which every function begins with.
  Pace(Cpu& cpu, Time time)
      : pipeline_(*cpu.pipeline),
        blocks_(*cpu.blocks),
        lines_found_(cpu.blocks->lines_found()),
        now_(cycles_of(time)),
        instructions_(time >> 32) {}

  /// From the interpreter to the begin of a block, whose first instruction is at `address` and has
  /// `code_bytes`. False: the interpreter must go on, since the instruction was already issued, or
  /// a cache is off.
  bool enter(Cpu* cpu, Time time, std::uint32_t block, std::uint32_t address,
             std::uint32_t code_bytes) {
    Entered entered;
    PaceBase::enter(cpu, time, block, address, code_bytes, entered);
    node_ = entered.node;
    now_ = entered.now;
    origin_ = entered.origin;
    last_word_ = entered.last_word;
    word_before_ = entered.word_before;
    loaded_word_ = entered.loaded_word;
    return node_ != nullptr;
  }

  void count(std::uint32_t instructions) { instructions_ += instructions; }
  [[nodiscard]] bool ends(const Cpu* cpu) const { return now_ >= std::int64_t{cpu->slice}; }
  [[nodiscard]] Time time() const { return static_cast<Time>(now_) | instructions_ << 32; }

  /// The block at a branch's target, or behind it, begins in another line.
  void first_line(std::uint32_t line, bool in_sequence) {
    if (instruction_cache(pipeline_).is_last_used(line)) [[likely]] {
      enter_line(pipeline_, line, origin_ + now_);
    } else {
      node_ = fetch(pipeline_, blocks_, node_, origin_ + now_, line, 0, in_sequence);
    }
  }
  /// Before the second line of a block: looks whether all were found.
  void look_for_lines(std::uint32_t block) {
    seen_ = instruction_cache(pipeline_).changes();
    found_ = lines_found_[block] == seen_;
  }
  /// Instruction `i` of the block is fetched from `line`, which follows the present one.
  void next_line(std::uint32_t line, std::uint32_t i) {
    if (found_) [[likely]]
      return;
    next_line_unless_found(line, i);
  }
  void next_line_unless_found(std::uint32_t line, std::uint32_t i) {
    if (instruction_cache(pipeline_).is_last_used(line)) {
      enter_line(pipeline_, line, origin_ + now_ + node_->times[i].fetched);
    } else {
      node_ = fetch(pipeline_, blocks_, node_, origin_ + now_, line, i, true);
    }
  }
  /// The block ends or is left in `line`, which its instruction `i` was fetched from.
  void in_line(std::uint32_t line, std::uint32_t i) {
    enter_line(pipeline_, line, origin_ + now_ + node_->times[i].fetched);
  }
  /// All lines of the block were looked for.
  void note_lines(std::uint32_t block) {
    if (!found_ && instruction_cache(pipeline_).changes() == seen_) lines_found_[block] = seen_;
  }

  /// The condition of instruction `i` fails.
  void skip(std::uint32_t i) { node_ = skipped(blocks_, node_, i); }

  /// How the word of a store just before may matter to a load.
  enum class Behind { no_store, store, maybe_store };

  /// A single load by instruction `i`; kBesideLoad: the instruction before it is one, too; kFirst:
  /// it is the block's first.
  template <typename T, Behind kBehind, bool kBesideLoad, bool kFirst>
  void load(std::uint32_t address, std::uint32_t i) {
    const std::uint32_t word = address / 4;
    if (kBehind == Behind::store ||
        (kBehind == Behind::maybe_store && node_->begins_behind_store)) {
      if (word == last_word_ || word == word_before_) [[unlikely]]
        node_ = behind_store(blocks_, node_, i,
                             (word == last_word_ ? 1 : 0) | (word == word_before_ ? 2 : 0));
    }
    if (kBesideLoad || (kFirst && node_->begins_beside_load)) {
      if (((word ^ loaded_word_) & 1) == 0) {
        Node* const known = node_->times[i].same_bank;
        node_ = known != nullptr ? known : same_bank(blocks_, node_, i);
      }
    }
    loaded_word_ = word;
    const std::uint32_t line = address >> kLineShift;
    if (sizeof(T) > 1 && (address & (sizeof(T) - 1)) != 0) [[unlikely]] {
      node_ = unaligned(blocks_, node_, i);
    } else {
      if (line == last_loaded_line(pipeline_) || address - kDtcmBase < kDtcmBytes) return;
      if (data_cache(pipeline_).touch(line)) [[likely]] {
        last_loaded_line(pipeline_) = line;
        return;
      }
    }
    node_ = load_lines(pipeline_, blocks_, node_, origin_ + now_, address, sizeof(T), i);
  }

  template <typename T>
  void store(std::uint32_t address, std::uint32_t i) {
    const std::uint32_t word = address / 4;
    word_before_ = last_word_;
    last_word_ = word;
    if (sizeof(T) == 4 && (address & 3) != 0) [[unlikely]] {
      node_ = buffered(
          blocks_, node_, i,
          DualIssue::Circumstances::kBuffered | (word & 1) | DualIssue::Circumstances::kBothBanks);
    } else if (sizeof(T) < 4) {
      const std::uint32_t both =
          sizeof(T) == 2 && (address & 3) == 3 ? DualIssue::Circumstances::kBothBanks : 0U;
      if (((word & 1) | both) != 0) node_ = buffered(blocks_, node_, i, (word & 1) | both);
    }
    if (within_dtcm(address, sizeof(T))) return;
    const std::uint32_t line = address >> kLineShift;
    if ((address & (sizeof(T) - 1)) == 0) {
      if (line == last_loaded_line(pipeline_) && line == last_stored_line(pipeline_)) return;
      if (data_cache(pipeline_).touch(line)) [[likely]] {
        data_cache(pipeline_).make_dirty();
        last_loaded_line(pipeline_) = last_stored_line(pipeline_) = line;
        return;
      }
    }
    node_ = store_lines(pipeline_, blocks_, node_, origin_ + now_, address, sizeof(T), i);
  }

  /// LDM, LDRD.
  void load_words(std::uint32_t address, std::uint32_t words, std::uint32_t i) {
    if (!within_dtcm(address, 4 * words))
      node_ = load_lines(pipeline_, blocks_, node_, origin_ + now_, address, 4 * words, i);
  }
  /// STM, STRD.
  void store_words(std::uint32_t address, std::uint32_t words, std::uint32_t i) {
    if (words % 2 == 0 && address % 8 != 0) [[unlikely]]
      node_ = unaligned(blocks_, node_, i);
    if (!within_dtcm(address, 4 * words))
      node_ = store_lines(pipeline_, blocks_, node_, origin_ + now_, address, 4 * words, i);
  }

  /// The block has been executed; time is that of its end, without what its branch loses.
  void finish() { now_ += node_->cycles; }
  /// It goes on with `block` at `target`: behind the branch at `address`, or there where `taken`.
  void follow(std::uint32_t address, Jump jump, std::uint32_t target, bool taken,
              std::uint32_t block) {
    const Branch& entry = branch(pipeline_, address);
    const bool expected = entry.address != address
                              ? !taken && jump != Jump::direct && target > address
                          : taken ? entry.counter == 3 && entry.target == target
                                  : entry.counter == 0;
    if (!expected) {
      const std::uint32_t loss = lose(pipeline_, node_, address, jump, target, taken);
      if (loss != 0) {
        now_ += loss;
        go_on(block, taken, loss, blocks_.kind_of(loss));
        return;
      }
    }
    go_on(block, taken, 0, 0);
  }
  /// The same where no branch ends the block.
  void fall_into(std::uint32_t block) { go_on(block, false, 0, 0); }

  /// To the interpreter: behind the block, after finish(),
  void stop() { PaceBase::stop(pipeline_, *node_, origin_ + now_ - node_->cycles, words()); }
  /// or before its instruction `i`.
  void leave(std::uint32_t i) {
    now_ += PaceBase::leave(pipeline_, blocks_, *node_, i, origin_ + now_, words());
  }

 private:
  [[nodiscard]] static bool within_dtcm(std::uint32_t address, std::uint32_t bytes) {
    return address - kDtcmBase < kDtcmBytes && address + bytes - 1 - kDtcmBase < kDtcmBytes;
  }
  void go_on(std::uint32_t block, bool taken, std::uint32_t loss, unsigned kind) {
    Node* const next = node_->next[taken ? 0 : 1][kind];
    node_ = next != nullptr ? next : behind(blocks_, node_, block, taken, loss);
  }
  [[nodiscard]] Entered words() const {
    Entered entered;
    entered.last_word = last_word_;
    entered.word_before = word_before_;
    entered.loaded_word = loaded_word_;
    return entered;
  }

  DualIssue& pipeline_;
  BlockTiming& blocks_;
  std::uint64_t* const lines_found_;
  Node* node_ = nullptr;
  std::int64_t now_;         ///< Of the slice: when the block began.
  std::int64_t origin_ = 0;  ///< The pipeline's cycle at the slice's 0.
  std::uint64_t instructions_;
  std::uint64_t seen_ = 0;  ///< See look_for_lines().
  bool found_ = false;
  std::uint32_t last_word_ = 0, word_before_ = 0;  ///< Of the last two single stores: address / 4.
  std::uint32_t loaded_word_ = 0;                  ///< Of the last single load.
};

/// As OPLINE_TRANSLATED and OPLINE_ENDS.
#define OPLINE_TRANSLATED_PACE()                                                 \
  State s(*cpu);                                                                 \
  BoardPace pace(*cpu, time);                                                    \
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

/// The handler of a translated function, whose body returns where to go on (Cpu::at, time), or
/// nothing to stop: a frame as large as a body's is not left by a jump.
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
