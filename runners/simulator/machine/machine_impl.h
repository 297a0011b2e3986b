// runners/simulator/machine/machine_impl.h - what a Machine consists of; only its own files include
// this.
#pragma once
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runners/simulator/machine/bus.h"
#include "runners/simulator/machine/exception_model.h"
#include "runners/simulator/machine/machine.h"
#include "runners/simulator/timing/dual_issue.h"
#include "runners/simulator/trace/tracer.h"
#include "runners/simulator/translate/translation.h"

namespace opline::simulator {

struct Machine::Snapshot::Data {
  const ElfImage* image = nullptr;
  CpuState state;
  FlashTiming flash;
  Peripherals peripherals;
  SystemControl system;
  Semihosting semihosting;
  std::vector<std::uint8_t> sram, itcm;
  std::optional<DualIssue> pipeline;
};

struct Machine::Impl {
  board::Board board;
  board::Core core;
  std::shared_ptr<const ElfImage> image;
  std::vector<std::uint8_t> flash, sram, itcm;
  std::vector<Op> ops;  // one a halfword, and one behind the last
  std::optional<DualIssue> pipeline;
  std::unique_ptr<IssueInfo[], void (*)(void*)> issue{
      nullptr, std::free};  // as `ops`; pages come as code is decoded
  IssueInfo scratch_issue;
  Cpu cpu;
  Bus bus;
  ExceptionModel exception_model{cpu, bus};
  bool at_breakpoint = false;  ///< The last run stopped at one, which the next run passes.
  std::unique_ptr<Tracer> tracer;
  std::unique_ptr<BlockTiming> blocks;
  std::span<const Translation::Entry> translated;  ///< Empty without a translation.
  std::optional<std::uint32_t>
      trigger;  ///< A breakpoint of the tracer's own, where its window begins.

  Impl(board::Board b, board::Core c, std::shared_ptr<const ElfImage> i);

  void make_pipeline();
  /// Replaces the pipeline and its caches. Translated code forgets what it found in them.
  void set_pipeline(const std::optional<DualIssue>& to);

  static bool inside(const Segment& segment, std::uint32_t base, std::uint32_t bytes) {
    return segment.address >= base && segment.address - base <= bytes &&
           segment.bytes.size() <= bytes - (segment.address - base);
  }

  void load_flash_segments();

  void load_sram_segments();

  void point_cpu();

  std::uint32_t flash_word(std::uint32_t offset) const {
    std::uint32_t word = 0;
    std::memcpy(&word, flash.data() + offset, sizeof word);
    return word;
  }

  void reset();

  /// Where to go on, as an Op. The first instruction after a stop enters its flash line if that was
  /// left.
  const Op* resume_point();

  void run_slice(std::uint64_t most_cycles, bool is_instruction = false);

  /// Executes one instruction. The next one in memory is replaced meanwhile; a taken branch ends
  /// the slice by itself, and so does code outside the flash.
  void run_instruction();

  /// The PC may be in the middle of an IT block that this machine has not decoded yet: after the
  /// return from an exception, or in a snapshot of another machine.
  void resume_it_block();

  /// Decodes an instruction of the flash in the machine's own table, where it is not decoded yet.
  /// `it`: its ITSTATE.
  void decode(std::uint32_t index, std::uint8_t it = 0);

  /// Where the next slice of a run that may last to `end` must end for the tracer's sake.
  std::uint64_t approach_trace(std::uint64_t end);

  /// Execution has reached the address where the window begins, and passed over it often enough.
  bool at_beginning(const TraceWindow& window);

  /// The run stopped where only the tracer wanted it to.
  bool at_trigger() const { return cpu.reason == StopReason::breakpoint && trigger == cpu.pc; }

  /// Translated code looks at no breakpoint, reports nothing to a tracer, and executes many
  /// instructions at once.
  void choose_engine(bool by_instruction);
  bool use(const Translation& translation);

  void set_breakpoint(std::uint32_t address);
  void remove_breakpoint(std::uint32_t address);

  void remove_trigger();

  void end_trace();

  Stop run(Budget budget);

  Stop step();

  /// Goes on to the next event, or to the cycle `end`, or by one instruction; false when the run
  /// has ended.
  bool advance(std::uint64_t end, bool by_instruction = false);

  /// The stop, after the fault that led to it where a handler of the image was entered for one.
  std::string describe_end() const;

  /// Why and where; what went wrong also says which instruction.
  std::string describe_stop() const;
};

}  // namespace opline::simulator
