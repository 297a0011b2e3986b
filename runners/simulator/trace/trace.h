// runners/simulator/trace/trace.h - what the core executed, instruction by instruction, in a
// bounded window.
//
//   const TraceWindow window{.from_address = image.symbol("opline_run_plan"), .instructions = 100};
//   machine.trace(window,
//                 [&](const TracedInstruction& one) { write(trace_line(one, machine.image())); });
//   machine.run();                                    // the sink is called while it runs
//   if (machine.tracing()) ...                        // the window is not filled yet
//
// A trace changes nothing: cycles, registers and memory are those of a run without one. Runs
// without a trace do not pay for the feature, because traced code uses a table of instructions of
// its own (tracer.h). Records are data; trace_line() is one view of them:
//
//  number   cycle  address   encoding  instruction      changes            in
//      40      60  08000292  bf1c      itt ne                              skip+0x2
//      41      61  08000294  680a      ldrne r2, [r1]   (condition fails)  skip+0x4
//
//      61     232  08000180  3001      adds r0, #1      r0=00000006        adds
//      62   + 232  08000182  3001      adds r0, #1      r0=00000007        adds+0x2
//
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runners/simulator/machine/elf_image.h"
#include "runners/simulator/timing/cycle_cause.h"

namespace opline::simulator {

/// Where a trace begins and how long it is. Without a beginning it begins with the next
/// instruction; with both, at the first execution of the address that is issued at the cycle or
/// later.
struct TraceWindow {
  std::optional<std::uint32_t> from_address =
      std::nullopt;  ///< Code in flash, SRAM or ITCM; bit 0 is ignored.
  std::optional<std::uint64_t> from_cycle = std::nullopt;  ///< Since reset, as Machine::cycles().
  std::uint64_t instructions = 1000;  ///< 1 or more; those whose condition fails count.
  std::uint64_t skip = 0;  ///< Executions of `from_address` that are passed over first; only where
                           ///< it is in flash. They cost a stop each.
  bool changes = true;     ///< Whether `changes` of the records are filled, which takes longest.
};

/// What an instruction does to memory.
enum class DataUse : std::uint8_t { none, read, write };

/// A register whose value an instruction changed. Writing the same value again is not a change.
struct RegisterChange {
  static constexpr std::uint8_t kApsr = 16, kSingle0 = 17, kFpscr = 49;
  std::uint8_t which = 0;   ///< 0..14: R0..R14; kApsr; kSingle0 + n: Sn; kFpscr.
  std::uint32_t value = 0;  ///< Afterwards. APSR: N, Z, C, V, Q and GE in place.
  bool operator==(const RegisterChange&) const = default;
};

/// An instruction that was completed. One that faults or waits for input has not been (yet).
struct TracedInstruction {
  std::uint64_t number = 0;  ///< How many were executed since reset before this one.
  /// When it was issued, in cycles since reset. Includes its own wait for the flash or the
  /// instruction cache; does not include its own cost, nor on the Cortex-M7 its wait for data.
  std::uint64_t cycle = 0;
  std::uint32_t address = 0;
  std::uint32_t bits = 0;       ///< The encoding, the first halfword high where it is `wide`.
  bool wide = false;            ///< 32 bits.
  bool in_it = false;           ///< In an IT block, under `condition`;
  std::uint8_t condition = 14;  ///< else 14.
  bool executed = true;         ///< False: the condition failed.
  bool paired = false;          ///< Cortex-M7: issued in the same cycle as the one before it.
  std::vector<RegisterChange> changes;
  /// Active exceptions, and the number of the one in whose handler it is (IPSR; 0: none).
  std::uint16_t exceptions = 0, exception = 0;

  /// Where its cycles begin. The next one's begin where these end: `begin` + `cycles.total()`. A
  /// branch's cycles end before its target is fetched, and include what a wrong prediction loses;
  /// unless it ends the window.
  std::uint64_t begin = 0;
  CycleBreakdown cycles;
  DataUse data = DataUse::none;    ///< Its data access; LDM and the like have one for all words.
  std::uint32_t data_address = 0;  ///< Valid where there is one.
  std::uint32_t data_bytes = 0;
  std::uint32_t sp = 0, lr = 0;  ///< Afterwards.

  [[nodiscard]] std::uint32_t next_address() const { return address + (wide ? 4 : 2); }
  /// "smlad r5, sl, r3, r1" (disassembler.h).
  [[nodiscard]] std::string text() const;
};

/// Called after each instruction, in order; the record is valid only during the call. An exception
/// ends the trace and leaves Machine::run().
using TraceSink = std::function<void(const TracedInstruction&)>;

/// "r5", "sp", "lr", "apsr", "s12", "fpscr".
[[nodiscard]] std::string register_name(std::uint8_t which);

/// The heading, and one record as a line, both without a line end. "+": issued in the same cycle as
/// the line above.
[[nodiscard]] std::string trace_heading();
[[nodiscard]] std::string trace_line(const TracedInstruction& instruction, const ElfImage& image);

}  // namespace opline::simulator
