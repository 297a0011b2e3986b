// runners/simulator/trace/trace.h - what the core executed, instruction by instruction, in a
// bounded window.
//
//   const TraceWindow window{.from_address = image.symbol("opline_run_plan"), .instructions = 100};
//   machine.trace(window,
//                 [&](const TracedInstruction& one) { write(trace_line(one, machine.image())); });
//   machine.run();                                    // the sink is called while it runs
//   if (machine.tracing()) ...                        // the window is not filled yet
//
// A trace shows what happens and changes nothing: cycles, registers and memory are those of a run
// without one. Without a trace it costs nothing, because traced code has a table of instructions of
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

namespace opline::simulator {

/// Where a trace begins and how long it is. With neither beginning given it begins with the next
/// instruction, with both at the first execution of the address that issues at the cycle or later.
struct TraceWindow {
  std::optional<std::uint32_t> from_address =
      std::nullopt;  ///< Code in flash, SRAM or ITCM; bit 0 is ignored.
  std::optional<std::uint64_t> from_cycle = std::nullopt;  ///< Since reset, as Machine::cycles().
  std::uint64_t instructions = 1000;  ///< 1 or more; those whose condition fails count.
};

/// A register whose value an instruction changed; writing the value that was there is no change.
struct RegisterChange {
  static constexpr std::uint8_t kApsr = 16, kSingle0 = 17, kFpscr = 49;
  std::uint8_t which = 0;   ///< 0..14: R0..R14; kApsr; kSingle0 + n: Sn; kFpscr.
  std::uint32_t value = 0;  ///< Afterwards. APSR: N, Z, C, V, Q and GE in place.
  bool operator==(const RegisterChange&) const = default;
};

/// An instruction that was executed to its end: one that faults, or waits for input, is none (yet).
struct TracedInstruction {
  std::uint64_t number = 0;  ///< How many were executed since reset before this one.
  /// When it issued: cycles since reset that had passed, its own wait for flash or for an
  /// instruction cache included, what it costs itself (and on the Cortex-M7 the caches it loads
  /// through) not.
  std::uint64_t cycle = 0;
  std::uint32_t address = 0;
  std::uint32_t bits = 0;       ///< The encoding, the first halfword high where it is `wide`.
  bool wide = false;            ///< 32 bits.
  bool in_it = false;           ///< In an IT block, under `condition`;
  std::uint8_t condition = 14;  ///< else 14.
  bool executed = true;         ///< False: the condition failed.
  bool paired = false;  ///< Cortex-M7: issued beside the one before it, once that had its data.
  std::vector<RegisterChange> changes;

  /// "smlad r5, sl, r3, r1" (disassembler.h).
  [[nodiscard]] std::string text() const;
};

/// Called for each, in order, after it was executed; the record is the caller's only during the
/// call. What it throws ends the trace and comes out of Machine::run().
using TraceSink = std::function<void(const TracedInstruction&)>;

/// "r5", "sp", "lr", "apsr", "s12", "fpscr".
[[nodiscard]] std::string register_name(std::uint8_t which);

/// The line of column names, and a record as one line, both without a line end. "+": issued beside
/// the one above.
[[nodiscard]] std::string trace_heading();
[[nodiscard]] std::string trace_line(const TracedInstruction& instruction, const ElfImage& image);

}  // namespace opline::simulator
