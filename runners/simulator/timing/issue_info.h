// runners/simulator/timing/issue_info.h - what the two-issue pipeline must know of an instruction:
// registers, units, latency.
//
// A pure function of the encoding (ARM DDI 0403, chapter A5), made once when an instruction is
// decoded, beside the Op that executes it. Rules and figures: dual_issue.h.
#pragma once
#include <cstdint>

#include "runners/simulator/machine/cpu.h"

namespace opline::simulator {

/// Names of what instructions wait for. R0 to R15 are 0 to 15.
enum Resource : std::uint8_t {
  kFlags = 16,
  kSingle0 = 17,
  kFloatFlags = 49,
  kNowhere = 62,
  kNothing = 63
};

/// Units that one instruction a cycle can have.
enum Unit : std::uint8_t {
  kMultiplier = 1,
  kStoreUnit = 2,
  kBranchUnit = 4,
  kShifter = 8,  ///< Operands shifted in line, and constants that need it.
  kSimd = 16,    ///< Bit fields, extensions, parallel and saturating operations.
  kFloatUnit = 32,
  kYoungerPlace =
      64,  ///< Wanted by what can only be the older: no one else has it, but it is never free.
  kAnyPlace = 128,  ///< Wanted by all; had by what issues alone.
  kEverything = 0xFF
};

enum class Access : std::uint8_t { none, load, store };
enum class Jump : std::uint8_t {
  none,
  direct,       ///< Always taken, target in `imm`.
  conditional,  ///< Target in `imm`.
  indirect,
  repeat,  ///< Not of an instruction: the one that comes was already issued when the run stopped.
};

struct IssueInfo {
  // flags
  static constexpr std::uint8_t kEntersLine = 1, kEarly = 4, kWordLoad = 8, kUnsignedDivide = 16,
                                kSignedDivide = 32, kTestsFlags = 64, kLoadsPlain = 128;
  // mode
  static constexpr std::uint8_t kAbsolute = 1, kPost = 2, kBefore = 4;

  Handler run = nullptr;  ///< What executes it.
  /// Sources: 2 x resource, plus 1 for an operand of the multiplier; how much later than the ALU
  /// stage it is needed.
  std::uint8_t source[4] = {2 * kNothing, 2 * kNothing, 2 * kNothing, 2 * kNothing};
  std::int8_t advance[4] = {0, 0, 0, 0};
  std::uint8_t target[2] = {kNowhere, kNowhere};
  std::uint8_t latency[2] = {0, 0};
  std::uint8_t base_target = kNowhere;  ///< Written back by the address stage.
  std::uint8_t uses = kYoungerPlace, conflicts = kAnyPlace;
  std::uint8_t flags = 0;
  Access access = Access::none;
  Jump jump = Jump::none;
  std::uint8_t bytes = 0;  ///< Of one element; alignment is looked at where it is 2 or 4.
  std::uint8_t words = 0;  ///< Of a multiple or double access.
  std::uint8_t base = 0, index = 16;  ///< Address registers; index 16: none.
  std::uint8_t shift = 0;
  std::uint8_t cond = 14;
  std::uint32_t imm = 0;          ///< Offset, absolute address, or the target of a jump.
  std::uint8_t issue_cycles = 1;  ///< Cycles that nothing else can be issued in, its own included.
  std::uint8_t mode = 0;
  std::uint8_t halfwords = 1;
};
static_assert(sizeof(IssueInfo) == sizeof(Op),
              "an Op and its IssueInfo lie at the same offset of their arrays");

/// For the instruction `bits` (first halfword high when wide) at `address`; `run` and `cond` are
/// left to the caller.
IssueInfo issue_info(const board::DualIssueTiming& timing, std::uint32_t address,
                     std::uint32_t bits, bool wide, bool in_it);

}  // namespace opline::simulator
