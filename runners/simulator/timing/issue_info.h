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
  kAfterFused = 50,  ///< The cycles after VMLA, VFMA in which others do not issue.
  kNowhere = 62,
  kNothing = 63
};

/// What a result is needed for. Its cycle differs.
enum class Use : std::uint8_t {
  alu,
  multiplier,  ///< Also the ALU's operand beside one that is needed early.
  early,       ///< Shifted in line, reversed, extracted from: in EX1.
  address,
};
inline constexpr std::size_t kUses = 4;

/// What kind of result decides how much later than to the ALU it comes to the other uses.
enum class Result : std::uint8_t { plain, loaded_word, product, reversed };

/// Units that one instruction a cycle can have.
enum Unit : std::uint16_t {
  kMultiplier = 1,
  kStoreUnit = 2,
  kBranchUnit = 4,
  kShifter = 8,  ///< Operands shifted in line, and constants that need it.
  kSimd = 16,    ///< Bit fields, extensions, parallel and saturating operations.
  kFloatUnit = 32,
  kYoungerPlace =
      64,  ///< Wanted by what can only be the older: no one else has it, but it is never free.
  kAnyPlace = 128,  ///< Wanted by all; had by what issues alone.
  kEverything = 0xFF,
  kFusedUnit = 256,      ///< VMLA, VFMA; had beside kEverything.
  kFloatMoveUnit = 512,  ///< VLDR, VSTR and VMOV; likewise.
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
  static constexpr std::uint8_t kEntersLine = 1, kEarly = 4, kEarlyYounger = 8,
                                kUnsignedDivide = 16, kSignedDivide = 32, kTestsFlags = 64,
                                kLoadsPlain = 128;
  // mode; its two highest bits are the Result
  static constexpr std::uint8_t kAbsolute = 1, kPost = 2, kBefore = 4, kWide = 8,
                                kOlderAfterFused = 16;
  static constexpr unsigned kResultShift = 6;

  Handler run = nullptr;  ///< What executes it.
  /// Sources: kUses x resource + Use; how much later than that use usually does it is needed.
  std::uint8_t source[4] = {kUses * kNothing, kUses* kNothing, kUses* kNothing, kUses* kNothing};
  std::int8_t advance[4] = {0, 0, 0, 0};
  std::uint8_t target[2] = {kNowhere, kNowhere};
  std::uint8_t latency[2] = {0, 0};
  std::uint16_t uses = kYoungerPlace, conflicts = kAnyPlace;
  std::uint8_t base_target = kNowhere;  ///< Written back by the address stage.
  std::uint8_t flags = 0;
  Access access = Access::none;
  Jump jump = Jump::none;
  std::uint8_t bytes = 0;  ///< Of one element; alignment is looked at where it is 2 or 4.
  std::uint8_t words = 0;  ///< Of a multiple or double access.
  std::uint8_t base = 0, index = 16;  ///< Address registers; index 16: none.
  std::uint8_t shift = 0;
  std::uint8_t cond = 14;
  std::uint8_t issue_cycles = 1;  ///< Cycles that nothing else can be issued in, its own included.
  std::uint8_t mode = 0;
  std::uint32_t imm = 0;  ///< Offset, absolute address, or the target of a jump.

  [[nodiscard]] std::uint32_t code_bytes() const { return (mode & kWide) != 0 ? 4 : 2; }
  [[nodiscard]] unsigned result() const { return mode >> kResultShift; }
  void set_result(Result kind) {
    mode |= static_cast<std::uint8_t>(static_cast<unsigned>(kind) << kResultShift);
  }
};
static_assert(sizeof(IssueInfo) == sizeof(Op),
              "an Op and its IssueInfo lie at the same offset of their arrays");

/// For the instruction `bits` (first halfword high when wide) at `address`; `run` and `cond` are
/// left to the caller.
IssueInfo issue_info(const board::DualIssueTiming& timing, std::uint32_t address,
                     std::uint32_t bits, bool wide, bool in_it);

}  // namespace opline::simulator
