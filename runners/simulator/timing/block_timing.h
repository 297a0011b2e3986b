// runners/simulator/timing/block_timing.h - remembered time of blocks of code on the Cortex-M7.
//
// The cycles of a block of straight-line code depend on the state of the pipeline at its begin and
// on what happens on the way: misses, alignment, conditions. Both take few values, so translated
// code (translate/) looks the cycles up. What was not met before is worked out by DualIssue, the
// only definition of the rules, and remembered.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {

/// Straight-line code in flash: `count` instructions from `address` on. It ends with a branch, or
/// where other code may begin.
struct CodeBlock {
  std::uint32_t address = 0, count = 0;
};

class BlockTiming {
 public:
  using Circumstances = DualIssue::Circumstances;

  /// A block from one state of the pipeline, in the circumstances met so far.
  struct Node {
    std::int64_t cycles = 0;  ///< From its begin to its end.
    /// By how it ended (0 taken, 1 not) and the kind of loss: what comes next.
    std::array<std::array<Node*, 4>, 2> next{};
    bool begins_beside_load = false;   ///< A load was issued last before it, and may pair.
    bool begins_behind_store = false;  ///< The words of stores before it may still matter.
    bool flags_were_early = false;     ///< When its branch was issued.
    /// By instruction, in cycles from its begin: when it was fetched, and when it wanted its data.
    struct Times {
      std::int32_t fetched = 0, wanted = 0;
      Node* same_bank = nullptr;  ///< The same but for Circumstances::same_bank.
    };
    std::vector<Times> times;

    std::uint32_t block = 0;
    const PipelineState* entry = nullptr;
    PipelineState exit;  ///< Behind its last instruction; cycles from its begin.
    std::vector<std::pair<std::uint32_t, Circumstances>> met;  ///< By instruction, where special.
    struct Child {
      std::uint32_t instruction;
      Circumstances circumstances;
      Node* node;
    };
    std::vector<Child> children;
  };

  /// Of `blocks`, whose instructions must have been decoded into `cpu.issue`.
  BlockTiming(const DualIssue& pipeline, const Cpu& cpu, std::span<const CodeBlock> blocks);

  /// `block` from `state`, whose pending branch was followed.
  Node* begin(std::uint32_t block, const PipelineState& state);
  /// `block` behind `node`, whose branch was `taken` or not, and lost `loss` cycles; also to be
  /// found in node.next from then on.
  Node* follow(Node& node, std::uint32_t block, bool taken, std::uint32_t loss);
  /// Where node.next has what follows a loss.
  [[nodiscard]] unsigned kind_of(std::uint32_t loss) const { return replay_.kind_of_loss(loss); }
  /// The same but for the circumstances of an instruction.
  Node* in(Node& node, std::uint32_t instruction, const Circumstances& circumstances);
  /// What `node` has met at the instruction.
  static Circumstances met(const Node& node, std::uint32_t instruction) {
    for (const auto& [at, circumstances] : node.met)
      if (at == instruction) return circumstances;
    return {};
  }
  /// The state before the instruction is issued, but fetched; cycles from the block's begin.
  PipelineState before(const Node& node, std::uint32_t instruction);

  /// By block: L1Cache::changes() of the instruction cache when all its lines were last found
  /// there, each the most recently used of its set. While that is unchanged, looking again changes
  /// nothing.
  [[nodiscard]] std::uint64_t* lines_found() { return lines_found_.data(); }
  /// To be called when the instruction cache is replaced by a copy or a new one: a number of
  /// changes that was noted may return with other lines.
  void forget_lines();

  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }

 private:
  struct Block {
    std::vector<const IssueInfo*> instructions;
    std::vector<std::uint32_t> offsets;  ///< Of their Ops.
    std::unordered_map<const PipelineState*, Node*> by_entry;
  };
  struct Hash {
    std::size_t operator()(const PipelineState::Packed& packed) const;
  };
  const PipelineState* intern(const PipelineState& state);
  Node* add(std::uint32_t block, const PipelineState* entry,
            std::vector<std::pair<std::uint32_t, Circumstances>> met);
  void forget();

  DualIssue replay_;
  std::vector<Block> blocks_;
  std::vector<std::uint64_t> lines_found_;
  std::unordered_map<PipelineState::Packed, std::unique_ptr<PipelineState>, Hash> states_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace opline::simulator
