// src/board/core.h - the instruction timing of a CPU.
//
// All figures are processor clock cycles with memories that never wait; the memories' own delays
// belong to the board. They come from data/cores/<name>.toml, where each names its source. The
// simulator reads them when it decodes, so a changed figure is another timing model, and the file's
// digest is part of every setup.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/board/timing_rules.h"

namespace opline::board {

/// Cycles of integer instructions (Cortex-M4 TRM, DDI 0439, table 3-1).
struct IntegerTiming {
  std::uint32_t data_processing =
      1;                       ///< Also saturating, parallel, bit field and extension instructions.
  std::uint32_t multiply = 1;  ///< MUL, SMULxy, SMUAD, SMULL and every multiply-accumulate.
  std::uint32_t divide_min = 2;    ///< UDIV, SDIV with an empty quotient.
  std::uint32_t divide_max = 12;   ///< ... with a quotient of 32 bits.
  std::uint32_t skipped = 1;       ///< An instruction in an IT block whose condition fails.
  std::uint32_t it = 1;            ///< IT that could not be folded.
  std::uint32_t it_folded = 0;     ///< IT straight after a 16-bit instruction.
  std::uint32_t system = 1;        ///< NOP, hints, CPS, MRS, MSR.
  std::uint32_t barrier = 1;       ///< DMB, DSB, ISB without the refill ISB causes.
  std::uint32_t branch = 1;        ///< Any branch, taken or not, without the refill.
  std::uint32_t refill = 2;        ///< Added by every taken branch; SingleIssueRules change it.
  std::uint32_t table_branch = 2;  ///< TBB, TBH without the refill.
};

/// Cycles of loads and stores (DDI 0439, table 3-1 and section 3.3.3).
struct MemoryTiming {
  std::uint32_t load = 2;
  std::uint32_t store = 1;                  ///< STR with an immediate offset.
  std::uint32_t store_register_offset = 2;  ///< STR Rt, [Rn, Rm].
  std::uint32_t pipelined_saving = 1;       ///< Saved by a load straight before another.
  std::uint32_t address_dependency =
      1;  ///< Added when the address needs the preceding data-processing result.
  std::uint32_t multiple_base = 1;  ///< LDM, STM, PUSH, POP, LDRD, STRD: this plus one per word.
  std::uint32_t unaligned_halfwords =
      1;  ///< Added by a word at 2 mod 4 or a halfword at an odd address.
  std::uint32_t unaligned_bytes = 2;  ///< Added by a word at an odd address.
};

/// Cycles of the single-precision FPU (DDI 0439, table 7-1).
struct FloatTiming {
  std::uint32_t arithmetic = 1;           ///< VADD, VSUB, VMUL, VNMUL, VABS, VNEG, VCMP, VCVT.
  std::uint32_t multiply_accumulate = 3;  ///< VMLA, VMLS, VNMLA, VNMLS, VFMA and the like.
  std::uint32_t divide = 14;
  std::uint32_t square_root = 14;
  std::uint32_t move = 1;           ///< Between registers or one core register; VMRS, VMSR.
  std::uint32_t move_two = 2;       ///< Between two core registers and two singles or a double.
  std::uint32_t result_stall = 1;   ///< Added when the next instruction uses an arithmetic result.
  std::uint32_t load = 2;           ///< VLDR of a single; a double costs one more.
  std::uint32_t store = 2;          ///< VSTR of a single; a double costs one more.
  std::uint32_t multiple_base = 1;  ///< VLDM, VSTM, VPUSH, VPOP: this plus one per word.
};

/// Issue rules and latencies of a two-issue in-order pipeline (Cortex-M7); what they mean in full:
/// runners/simulator/timing/dual_issue.h. A latency counts to the ALU stage of the instruction that
/// uses the result.
struct DualIssueTiming {
  std::uint32_t alu = 1;
  std::uint32_t early_alu =
      0;  ///< Simple operations in the older slot, to the younger instruction beside them.
  std::uint32_t multiply = 2;
  std::uint32_t accumulate_advance =
      1;  ///< How much later than the ALU stage an accumulator is read.
  std::uint32_t saturate = 2;
  std::uint32_t load_word = 1, load_narrow = 2;
  std::uint32_t store_data_advance = 2;  ///< How much later than the ALU stage stored data is read.
  std::uint32_t multiple_words = 2;      ///< Words per cycle of LDM, STM and the like.
  std::uint32_t unaligned = 3;           ///< Added by an unaligned load.
  std::uint32_t divide_min = 3, divide_max = 12;
  std::uint32_t table_branch = 2;  ///< Cycles to issue.
  std::uint32_t mispredict = 8, mispredict_early_flags = 6;
  std::uint32_t flags_early =
      3;  ///< Cycles between flags and branch from which the second figure holds.
  std::uint32_t redirect = 3;       ///< A taken branch that decoding, not the target cache, finds.
  std::uint32_t btac_entries = 64;  ///< Branch target address cache; a power of two.
  std::uint32_t system = 3;         ///< Cycles to issue.
  struct Float {
    std::uint32_t arithmetic = 3, fused = 5, chained = 6;
    std::uint32_t accumulate_advance = 2, chained_advance = 3;
    std::uint32_t divide = 16, square_root = 14;  ///< Cycles to issue.
    std::uint32_t double_add = 1, double_multiply = 5, double_fused = 7,
                  double_divide = 30;  ///< To issue.
    std::uint32_t from_core = 3, load = 1;
  } floating;
  DualIssueRules rules;
};

/// One CPU. Either the three tables of a single-issue core, or `dual_issue`.
struct Core {
  std::string name;               ///< The file's stem: "cortex-m4".
  std::string title;              ///< "Arm Cortex-M4F".
  std::string timing_model;       ///< Enters the setup of every measurement: "cortex-m4/3", or
                                  ///< "cortex-m4/3 no-write-back" without a rule.
  std::vector<TimingRule> rules;  ///< All that the core has, in the order of timing_rules.h.
  IntegerTiming integer;
  MemoryTiming memory;
  FloatTiming floating;
  SingleIssueRules single_issue_rules;
  std::optional<DualIssueTiming> dual_issue;  ///< Where present, the figures above are all zero.
};

/// Reads data/cores/<name>.toml. Throws Error{usage} that lists the known names, or Error{input}
/// file:line: key.
[[nodiscard]] Core load_core(std::string_view name);

/// Reads a core from any file; its name is the file's stem. Throws Error{input} or Error{io}.
[[nodiscard]] Core load_core_file(const std::filesystem::path& path);

/// The core without the rules `names`, in any order; its timing model says so. Throws Error{usage}
/// that lists the rules for a name that is not one of them.
[[nodiscard]] Core without_rules(Core core, std::span<const std::string> names);

/// Names of all cores in data/cores, sorted.
[[nodiscard]] std::vector<std::string> core_names();

}  // namespace opline::board
