// runners/simulator/trace/tracer.h - records a trace, by means of a second table of instructions.
//
// While it records, Cpu::ops is a table in which every Op's handler is the tracer's. That handler
// notes the instruction, copies the Op from the machine's own table (where it is decoded first) and
// calls the real handler. The real handler finds the next Op in the tracer's table, because
// handlers address each other by distance. When the window is full, Cpu::ops is the machine's table
// again, so code that is not traced runs as always.
#pragma once
#include <array>
#include <cstdint>
#include <exception>
#include <vector>

#include "runners/simulator/machine/cpu.h"
#include "runners/simulator/timing/dual_issue.h"
#include "runners/simulator/trace/trace.h"
#include "runners/simulator/trace/traced_code.h"

namespace opline::simulator {

class Tracer {
 public:
  /// How many cycles before TraceWindow::from_cycle recording must be prepared: runs are cut where
  /// branches are taken.
  static constexpr std::uint64_t kLead = 100'000;

  /// `ops`: the machine's own table.
  Tracer(Cpu& cpu, Op* ops, TraceWindow window, TraceSink sink);

  [[nodiscard]] const TraceWindow& window() const { return window_; }
  [[nodiscard]] bool attached() const { return attached_; }
  [[nodiscard]] bool done() const { return delivered_ == window_.instructions; }

  // Between two slices of a run:
  void attach();
  void detach();
  /// Whether the next execution of the window's first address is one to pass over.
  [[nodiscard]] bool passes_over() const { return skipped_ < window_.skip; }
  void pass_over() { ++skipped_; }
  void begin_slice();
  /// Reset, or another state was restored: no cycles have passed.
  void start_again();
  /// The slice has ended: the last instruction is complete, or will be executed again. Throws what
  /// the sink threw.
  void end_slice();
  /// The instruction that ended the slice was completed after it: SVC, WFI, WFE, semihosting.
  void completed();

  /// From a sink: the window ends with the record that it has.
  void finish() { window_.instructions = delivered_; }

  // While it runs:
  /// An instruction begins; sets where to go on.
  void enter(const Op* op, Time time);
  Handler handler = nullptr;
  const Op* op = nullptr;
  Time time = 0;
  /// Has code outside the flash traced, which was just decoded into Cpu::scratch.
  void wrap_scratch();

 private:
  bool complete(std::uint64_t executed);
  void deliver();
  Handler real_handler(const Op* op);
  void go_back(const Op* op, Time time);
  void issue(const Op* op, Handler real, Time time);
  void step_pipeline(const Op* op, Time time, bool branch_is_here);
  void enter_line_of(std::uint32_t address, unsigned bytes);
  void begin_record(const Op* op, const TracedCode& traced, std::uint64_t number);
  void charge_execution(std::uint64_t now);
  void charge_without_refill(std::uint32_t rest);
  void add_changes();

  Cpu& cpu_;
  Op* ops_;
  TraceWindow window_;
  TraceSink sink_;
  std::vector<Op> traced_;  ///< Allocated while attached.
  Handler scratch_handler_ = nullptr;
  bool attached_ = false;
  bool begun_ = false;
  bool pending_ = false;  ///< `record_` has begun and is not known to be complete.
  bool stopped_ = false;  ///< It has stopped the core; its cycles are in `carry_`.
  std::uint64_t delivered_ = 0, skipped_ = 0;
  TracedInstruction record_;
  TracedCodes codes_;
  TracedCode scratch_code_;
  const TracedCode* code_ = nullptr;  ///< Of the pending instruction.
  DualIssue::Issued issued_;
  // Cycles.
  std::uint64_t charged_ = 0;  ///< Up to here they have been given to a record, or are in `carry_`:
  CycleBreakdown carry_;       ///< for the next record.
  std::uint64_t fetch_waits_ = 0, data_waits_ = 0;  ///< The core's, at `charged_`.
  // Before the pending instruction.
  std::array<std::uint32_t, 16> r_{};
  std::array<std::uint32_t, 32> s_{};
  std::uint32_t apsr_ = 0, fpscr_ = 0;
  std::exception_ptr failure_;
};

/// Begins every Op of a traced table.
Handler traced_handler();

}  // namespace opline::simulator
