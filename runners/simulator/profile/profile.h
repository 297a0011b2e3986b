// runners/simulator/profile/profile.h - where the cycles of a run went: plain data.
//
// Made by a Profiler (profiler.h) from a trace of every executed instruction. Cycles are the
// simulator's raw cycles; those of a profiled run are those of a run without it. Everything here
// adds up: the self costs of the functions, of the lines, of the instructions and of the call paths
// each sum to `total`, and the causes of a cost to its cycles.
#pragma once
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "runners/simulator/timing/cycle_cause.h"

namespace opline::simulator {

/// What executing something took.
struct Cost {
  std::uint64_t instructions = 0;  ///< Executed, those whose condition failed included.
  std::array<std::uint64_t, kCycleCauses> by_cause{};

  [[nodiscard]] std::uint64_t cycles() const {
    return std::accumulate(by_cause.begin(), by_cause.end(), std::uint64_t{0});
  }
  [[nodiscard]] std::uint64_t cycles(CycleCause cause) const {
    return by_cause[static_cast<std::size_t>(cause)];
  }
  Cost& operator+=(const Cost& other) {
    instructions += other.instructions;
    for (std::size_t i = 0; i < kCycleCauses; ++i) by_cause[i] += other.by_cause[i];
    return *this;
  }
  Cost& operator-=(const Cost& other) {
    instructions -= other.instructions;
    for (std::size_t i = 0; i < kCycleCauses; ++i) by_cause[i] -= other.by_cause[i];
    return *this;
  }
  friend Cost operator-(Cost a, const Cost& b) { return a -= b; }
  bool operator==(const Cost&) const = default;
};

/// Positions in the vectors of a Profile.
using FunctionIndex = std::uint32_t;
using FileIndex = std::uint32_t;

struct ProfiledFunction {
  std::string name;           ///< Demangled; "[no symbol]" for code that belongs to none.
  std::uint32_t address = 0;  ///< Where it begins; 0 for "[no symbol]".
  std::uint64_t calls = 0;    ///< Times it was entered by a call or a jump from another function.
  Cost self;
  Cost inclusive;  ///< With what it called, counted once where it calls itself.
};

/// A place in the source; `line` is 1-based.
struct SourcePosition {
  FileIndex file = 0;
  std::uint32_t line = 0;
  auto operator<=>(const SourcePosition&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct ProfiledLine {
  std::optional<SourcePosition> source;      ///< Absent: code without line information.
  std::optional<SourcePosition> inlined_at;  ///< The call; absent: not inlined.
  FunctionIndex function = 0;                ///< That the code is part of, after inlining.
  Cost self;
};

struct ProfiledInstruction {
  std::uint32_t address = 0;
  std::uint32_t bits = 0;  ///< The encoding, the first halfword high where it is `wide`.
  bool wide = false;
  std::string text;  ///< Disassembled.
  FunctionIndex function = 0;
  std::optional<SourcePosition> source, inlined_at;  ///< As of a line.
  std::uint64_t skipped = 0;                         ///< Executions whose condition failed.
  std::uint64_t paired = 0;  ///< Cortex-M7: issued in the cycle of the instruction before.
  Cost self;
};

/// Calls of one function from one instruction.
struct ProfiledCall {
  std::uint32_t site = 0;  ///< Address of the call, or of the jump into another function.
  FunctionIndex caller = 0, callee = 0;
  std::uint64_t calls = 0;
  Cost inclusive;  ///< Of the callee, with what it called. Recursive calls count each time.
};

/// A path of calls, as a tree: each entry's parent is before it. Entry 0 is the root: the window.
struct CallPath {
  std::size_t parent = 0;                 ///< Of entry 0: itself.
  std::optional<FunctionIndex> function;  ///< Absent: the root, or a layer.
  std::optional<std::size_t> layer;       ///< The path is everything in this layer.
  std::uint64_t calls = 0;
  Cost self;
};

/// One call of the window's first function, where each is a layer of a network.
struct ProfiledLayer {
  std::string name;  ///< Whoever knows the network fills it in.
  std::uint64_t begin = 0;
  Cost inclusive;
};

/// What was fetched, read and written in one memory.
struct MemoryTraffic {
  std::string region;  ///< "flash", a memory of the board's file, "peripherals", ...
  std::uint64_t fetches = 0, fetched_bytes = 0;  ///< Instructions.
  std::uint64_t reads = 0, read_bytes = 0;  ///< Accesses; an LDM of three words is one of 12 B.
  std::uint64_t writes = 0, written_bytes = 0;
};

struct StackUse {
  std::uint32_t top = 0;                   ///< Initial stack pointer of the vector table.
  std::uint32_t lowest = 0;                ///< Lowest stack pointer while the window lasted.
  FunctionIndex function = 0;              ///< Where it was reached first.
  std::optional<std::uint32_t> available;  ///< Bytes, where the image has `opline_stack_limit`.
  [[nodiscard]] std::uint32_t used() const { return top > lowest ? top - lowest : 0; }
};

/// One call as an interval of time, for timelines.
struct CallSpan {
  std::optional<FunctionIndex> function;  ///< Absent: a layer.
  std::optional<std::size_t> layer;
  std::uint64_t begin = 0, end = 0;  ///< Cycles since reset.
};

struct Profile {
  std::uint64_t begin = 0, end = 0;  ///< Cycles since reset; `total` is what lies between them.
  Cost total;
  std::uint64_t skipped = 0, paired = 0;    ///< Instructions.
  std::vector<ProfiledFunction> functions;  ///< By inclusive cycles, most first.
  std::vector<std::string> files;   ///< Of the source, relative where the build made them so.
  std::vector<ProfiledLine> lines;  ///< By cycles, most first.
  std::vector<ProfiledInstruction> instructions;  ///< By address.
  std::vector<ProfiledCall> calls;                ///< By site.
  std::vector<CallPath> paths;
  std::vector<ProfiledLayer> layers;   ///< In order; empty where the window has none.
  std::vector<MemoryTraffic> traffic;  ///< Regions that were used.
  StackUse stack;
  std::vector<CallSpan> spans;      ///< By begin, outer before inner.
  std::uint64_t shortest_span = 0;  ///< Calls of fewer cycles are not among `spans`.
};

/// Inclusive cost of every entry of Profile::paths.
[[nodiscard]] std::vector<Cost> inclusive_costs(const std::vector<CallPath>& paths);

}  // namespace opline::simulator
