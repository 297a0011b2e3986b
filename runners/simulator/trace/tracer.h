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
#include "runners/simulator/trace/trace.h"

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
  /// The slice has ended: the last instruction is complete, or will be executed again. Throws what
  /// the sink threw.
  void end_slice();

  // While it runs:
  /// An instruction begins; sets where to go on.
  void enter(const Op* op, Time time);
  Handler handler = nullptr;
  const Op* op = nullptr;
  Time time = 0;
  /// Has code outside the flash traced, which was just decoded into Cpu::scratch.
  void wrap_scratch();

 private:
  void complete(std::uint64_t executed);
  void deliver();
  Handler real_handler(const Op* op);
  void go_back(const Op* op, Time time);
  void note(const Op* op, Handler real, Time time);
  void issue(const Op* op, Handler real, Time time);
  void enter_line_of(std::uint32_t address, unsigned bytes);
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
  std::uint64_t delivered_ = 0;
  TracedInstruction record_;
  // Before the pending instruction.
  std::array<std::uint32_t, 16> r_{};
  std::array<std::uint32_t, 32> s_{};
  std::uint32_t apsr_ = 0, fpscr_ = 0;
  std::exception_ptr failure_;
};

/// Begins every Op of a traced table.
Handler traced_handler();

}  // namespace opline::simulator
