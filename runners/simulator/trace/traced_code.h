// runners/simulator/trace/traced_code.h - what is known of an instruction before it is executed.
#pragma once
#include <cstdint>
#include <deque>
#include <vector>

#include "runners/simulator/isa/prepare.h"
#include "runners/simulator/machine/cpu.h"
#include "runners/simulator/timing/cycle_cause.h"
#include "runners/simulator/timing/issue_info.h"

namespace opline::simulator {

struct TracedCode {
  CodeAt code;
  IssueInfo info;        ///< Registers and memory that it uses, on any core.
  CycleBreakdown fixed;  ///< Cortex-M4: Op::cost by cause.
};

/// `op` is the decoded instruction at `address`.
[[nodiscard]] TracedCode traced_code(const Cpu& cpu, std::uint32_t address, const Op& op);

/// The data access of an instruction that is about to be executed; the registers are those before.
struct DataAccess {
  Access kind = Access::none;
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;  ///< All words of a multiple access together.
  bool unaligned = false;
};
[[nodiscard]] DataAccess data_access(const IssueInfo& info, const Cpu& cpu);

/// The same for each address of the flash, worked out once.
class TracedCodes {
 public:
  void clear(std::size_t halfwords) {
    slots_.assign(halfwords, 0);
    codes_.clear();
  }
  /// The reference is valid until clear().
  const TracedCode& at(const Cpu& cpu, std::uint32_t address, const Op& op) {
    std::uint32_t& slot = slots_[(address - cpu.flash_base) / 2];
    if (slot == 0) {
      codes_.push_back(traced_code(cpu, address, op));
      slot = static_cast<std::uint32_t>(codes_.size());
    }
    return codes_[slot - 1];
  }

 private:
  std::vector<std::uint32_t> slots_;  // 1 + index into codes_; 0: not known yet
  std::deque<TracedCode> codes_;
};

}  // namespace opline::simulator
