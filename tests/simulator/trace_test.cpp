// Traces: that they show what happens, that they change nothing, and where their windows begin and
// end.
#include "runners/simulator/trace/trace.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/random.h"
#include "tests/simulator/elf_builder.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;
using ::testing::HasSubstr;

struct Program {
  const char* name;
  const char* board;
};

class Traces : public ::testing::TestWithParam<Program> {
 protected:
  static Machine machine() { return testing::machine_for(GetParam().name, GetParam().board); }
};

/// What of a record must be the same however the trace was cut out.
bool same(const TracedInstruction& a, const TracedInstruction& b) {
  return a.number == b.number && a.cycle == b.cycle && a.address == b.address && a.bits == b.bits &&
         a.in_it == b.in_it && a.executed == b.executed && a.paired == b.paired &&
         a.changes == b.changes;
}

std::vector<TracedInstruction> all_of(Machine& machine, TraceWindow window, Budget budget = {}) {
  std::vector<TracedInstruction> records;
  machine.trace(window, [&](const TracedInstruction& one) { records.push_back(one); });
  EXPECT_NE(machine.run(budget).reason, StopReason::fault);
  return records;
}

/// Where the one before waited for memory, the pair issued when it had waited.
bool accesses_memory(const TracedInstruction& one) {
  const std::string text = one.text();
  return text.starts_with("ld") || text.starts_with("st") || text.starts_with("p") ||
         text.starts_with("v");
}

/// Registers as the changes of a trace make them.
void apply(const std::vector<RegisterChange>& changes, Registers& all) {
  for (const RegisterChange& change : changes) {
    if (change.which < 15) {
      all.r[change.which] = change.value;
    } else if (change.which == RegisterChange::kApsr) {
      all.apsr = change.value;
    } else if (change.which == RegisterChange::kFpscr) {
      all.fpscr = change.value;
    } else {
      all.s.at(change.which - RegisterChange::kSingle0) = change.value;
    }
  }
}

TEST_P(Traces, ShowEverythingAndChangeNothing) {
  OPLINE_NEEDS_PROGRAMS();
  Machine plain = machine(), traced = machine();
  const Stop stop = plain.run();
  std::uint64_t count = 0, paired = 0;
  bool in_order = true;
  TracedInstruction last;
  Registers followed = traced.registers();
  traced.trace({.instructions = UINT64_MAX}, [&](const TracedInstruction& one) {
    in_order = in_order && one.number == count && one.cycle >= last.cycle;
    if (one.paired && one.cycle != last.cycle) in_order = in_order && accesses_memory(last);
    ++count;
    if (one.paired) ++paired;
    apply(one.changes, followed);
    last = one;
  });
  EXPECT_EQ(traced.run().text, stop.text);
  EXPECT_TRUE(traced.tracing());
  EXPECT_EQ(traced.cycles(), plain.cycles());
  EXPECT_EQ(traced.instructions(), plain.instructions());
  const Registers end = plain.registers();
  followed.r[15] = end.r[15];
  for (const Registers& all : {traced.registers(), followed}) {
    EXPECT_EQ(all.r, end.r);
    EXPECT_EQ(all.s, end.s);
    EXPECT_EQ(all.apsr, end.apsr);
    EXPECT_EQ(all.fpscr, end.fpscr);
  }
  EXPECT_TRUE(traced.read_memory(0x20000000, 128 * 1024) ==
              plain.read_memory(0x20000000, 128 * 1024));
  EXPECT_EQ(count, plain.instructions());
  EXPECT_TRUE(in_order) << "numbers without gaps, cycles that never go back, pairs in one cycle";
  EXPECT_LE(last.cycle, plain.cycles());
  EXPECT_EQ(paired != 0, plain.core().dual_issue.has_value());
}

TEST_P(Traces, AWindowShowsWhatTheWholeTraceShowsThere) {
  OPLINE_NEEDS_PROGRAMS();
  Machine whole = machine();
  const std::vector<TracedInstruction> all = all_of(whole, {.instructions = 120'000}, {300'000});
  ASSERT_EQ(all.size(), 120'000U);
  for (const std::size_t from :
       {std::size_t{0}, std::size_t{1234}, all.size() / 2, all.size() - 1000}) {
    Machine part = machine();
    const std::vector<TracedInstruction> window =
        all_of(part, {.from_cycle = all[from].cycle, .instructions = 500});
    ASSERT_EQ(window.size(), 500U);
    EXPECT_FALSE(part.tracing());
    std::size_t first = from;  // the first of those that issue in this cycle
    while (first > 0 && all[first - 1].cycle == all[from].cycle) --first;
    for (std::size_t i = 0; i < window.size(); ++i) {
      ASSERT_TRUE(same(window[i], all[first + i])) << trace_line(window[i], part.image()) << '\n'
                                                   << trace_line(all[first + i], part.image());
    }
  }
}

TEST_P(Traces, CyclesAreTheSameHoweverTracesAndRunsAreCutUp) {
  OPLINE_NEEDS_PROGRAMS();
  Machine plain = machine(), pieces = machine();
  plain.run();
  std::uint64_t budget = 1, count = 0;
  do {
    if (!pieces.tracing() && budget % 11 == 0)
      pieces.trace({.instructions = budget % 997 + 1}, [&](const TracedInstruction&) { ++count; });
    budget = budget * 7 % 10007;
  } while (pieces.run({budget}).reason == StopReason::budget_exhausted);
  EXPECT_EQ(pieces.cycles(), plain.cycles());
  EXPECT_EQ(pieces.instructions(), plain.instructions());
  EXPECT_EQ(pieces.registers().r, plain.registers().r);
  EXPECT_GT(count, 1000U);
}

constexpr Program kPrograms[] = {{"mixed-O2", "nucleo-f446re"},
                                 {"mixed-waits", "nucleo-f446re"},
                                 {"mixed-m7-single-Os", "nucleo-f746zg"},
                                 {"mixed-m7-double-O3", "nucleo-f767zi"}};

INSTANTIATE_TEST_SUITE_P(Programs, Traces, ::testing::ValuesIn(kPrograms), [](const auto& test) {
  std::string name = test.param.name + 6;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// ---- the text ----

std::string text_of(const char* program, const char* board,
                    std::initializer_list<const char*> names) {
  Cases cases(program, board);
  std::string text;
  for (const char* name : names) {
    cases.run(name, 5, 0x20001000, 3, 7);  // code is known to the caches afterwards
    cases.machine.trace({.instructions = 100}, [&](const TracedInstruction& one) {
      text += trace_line(one, cases.machine.image()) + "\n";
    });
    cases.run(name, 5, 0x20001000, 3, 7);
    cases.machine.stop_tracing();
  }
  return text;
}

TEST(TraceText, Golden) {
  OPLINE_NEEDS_PROGRAMS();
  const std::string text =
      "# tests/simulator/trace_test.cpp: traces of short pieces of code, M4 and M7\n" +
      trace_heading() + "\n" +
      text_of("cases", "nucleo-f446re",
              {"t_three_loads", "t_it_skipped", "t_it_folded", "t_call", "t_loop", "t_divide_short",
               "t_multiplies"}) +
      text_of("cases-m7", "nucleo-f767zi",
              {"m_nops", "m_adds_chained", "m_eors_chained", "m_load_use_byte", "m_load_multiply",
               "m_accumulate", "m_it", "m_divide"});
  const std::string path = std::string(OPLINE_SOURCE_DIR) + "/tests/simulator/golden/trace.txt";
  if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr) write_file_atomically(path, text);
  EXPECT_EQ(text, read_file(path));
}

TEST(TraceText, NamesRegisters) {
  EXPECT_EQ(register_name(5), "r5");
  EXPECT_EQ(register_name(13), "sp");
  EXPECT_EQ(register_name(RegisterChange::kApsr), "apsr");
  EXPECT_EQ(register_name(RegisterChange::kSingle0 + 31), "s31");
  EXPECT_EQ(register_name(RegisterChange::kFpscr), "fpscr");
}

// SVC, WFI, WFE and semihosting were left out, and their cycles given to the next instruction.
TEST(Trace, HasEveryInstructionThatEndsASlice) {
  OPLINE_NEEDS_PROGRAMS();
  for (const Program& program :
       {Program{"exceptions", "nucleo-f446re"}, Program{"exceptions-m7", "nucleo-f767zi"},
        Program{"newlib", "nucleo-f446re"}}) {
    if (!std::filesystem::exists(testing::program_path(program.name))) continue;
    Machine machine = testing::machine_for(program.name, program.board);
    std::uint64_t records = 0, gaps = 0;
    std::set<std::string> texts;
    machine.trace({.instructions = UINT64_MAX, .changes = false},
                  [&](const TracedInstruction& one) {
                    gaps += one.number == records++ ? 0 : 1;
                    if (one.cycles[CycleCause::issue] != 0) texts.insert(one.text().substr(0, 3));
                  });
    (void)machine.run();
    EXPECT_EQ(gaps, 0U) << program.name;
    EXPECT_EQ(records, machine.instructions()) << program.name;
    const bool calls_host = std::string(program.name) == "newlib";
    EXPECT_TRUE(texts.contains(calls_host ? "bkp" : "svc")) << program.name;
  }
}

// ---- windows, breakpoints, stops ----

TEST(Trace, BeginsAtAnAddressAndItsOwnBreakpointLeavesNoTrace) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const std::uint32_t loop = cases.address("t_loop") + 2;
  std::vector<TracedInstruction> records;
  cases.machine.trace({.from_address = loop | 1, .instructions = 3},
                      [&](const TracedInstruction& one) { records.push_back(one); });
  EXPECT_THAT(cases.run("t_loop").text, HasSubstr("BKPT"));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].address, loop);
  EXPECT_EQ(records[0].text(), "subs r0, #1");
  EXPECT_EQ(records[0].changes,
            (std::vector<RegisterChange>{{0, 9}, {RegisterChange::kApsr, 0x20000000}}));
  EXPECT_EQ(records[2].address, loop);
  EXPECT_FALSE(cases.machine.tracing());
  const std::uint64_t cycles = cases.cycles;
  EXPECT_THAT(cases.run("t_loop").text, HasSubstr("BKPT"))
      << "nothing stops at the address of an old window";
  EXPECT_EQ(cases.cycles, cycles);
}

TEST(Trace, PassesOverExecutionsOfItsAddress) {
  OPLINE_NEEDS_PROGRAMS();
  Machine whole = testing::machine_for("mixed-O2"), part = testing::machine_for("mixed-O2");
  const std::vector<TracedInstruction> all = all_of(whole, {.instructions = 50'000}, {1'000'000});
  ASSERT_EQ(all.size(), 50'000U);
  std::map<std::uint32_t, std::vector<std::size_t>> executions;
  for (std::size_t i = 0; i < all.size(); ++i) executions[all[i].address].push_back(i);
  const auto often = std::find_if(executions.begin(), executions.end(),
                                  [](const auto& one) { return one.second.size() > 20; });
  ASSERT_NE(often, executions.end());
  std::vector<TracedInstruction> window;
  part.trace({.from_address = often->first, .instructions = 10, .skip = 17},
             [&](const TracedInstruction& one) { window.push_back(one); });
  for (std::uint64_t budget = 1; part.tracing(); budget = budget * 7 % 10007) part.run({budget});
  ASSERT_EQ(window.size(), 10U);
  for (std::size_t i = 0; i < window.size(); ++i)
    EXPECT_TRUE(same(window[i], all[often->second[17] + i])) << i;
}

TEST(Trace, ASinkEndsIt) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("mixed-O2"), plain = testing::machine_for("mixed-O2");
  plain.run();
  unsigned count = 0;
  machine.trace({.instructions = UINT64_MAX}, [&](const TracedInstruction&) {
    if (++count == 123) machine.finish_trace();
  });
  machine.run();
  EXPECT_EQ(count, 123U);
  EXPECT_FALSE(machine.tracing());
  EXPECT_EQ(machine.cycles(), plain.cycles());
}

TEST(Trace, BeginsAtAnAddressFromACycleOn) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("mixed-O2");
  const std::vector<TracedInstruction> all = all_of(machine, {.instructions = 50'000}, {400'000});
  const TracedInstruction& last = all.back();
  const auto before = [&](const TracedInstruction& one) {
    return one.address == last.address && one.number < last.number;
  };
  const auto found = std::find_if(all.rbegin(), all.rend(), before);
  ASSERT_NE(found, all.rend());
  Machine again = testing::machine_for("mixed-O2");
  const auto window = all_of(
      again, {.from_address = last.address, .from_cycle = found->cycle + 1, .instructions = 1});
  ASSERT_EQ(window.size(), 1U);
  EXPECT_EQ(window[0].number, last.number);
}

TEST(Trace, WhatStoppedIsNotExecutedAndIsTracedWhenItGoesOn) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  std::vector<std::string> texts;
  const auto note = [&](const TracedInstruction& one) { texts.push_back(one.text()); };
  cases.machine.trace({.instructions = 10}, note);
  EXPECT_EQ(cases.run("s_unmapped", 0, 0x60000000).reason, StopReason::fault);
  EXPECT_TRUE(texts.empty());
  cases.machine.trace({.instructions = 10}, note);
  cases.machine.stop_at(cases.address("t_three_loads") + 2);
  EXPECT_EQ(cases.run("t_three_loads").reason, StopReason::breakpoint);
  EXPECT_EQ(texts, (std::vector<std::string>{"ldr r0, [r1]"}));
  cases.machine.run();
  EXPECT_EQ(texts,
            (std::vector<std::string>{"ldr r0, [r1]", "ldr r2, [r1, #4]", "ldr r3, [r1, #8]"}));
}

TEST(Trace, AStopAtTheAddressOfItsWindowIsTheCallers) {
  OPLINE_NEEDS_PROGRAMS();
  for (const bool stop_first : {false, true}) {
    Cases cases;
    const std::uint32_t second = cases.address("t_three_loads") + 2;
    int count = 0;
    if (stop_first) cases.machine.stop_at(second);
    cases.machine.trace({.from_address = second, .instructions = 10},
                        [&](const TracedInstruction&) { ++count; });
    if (!stop_first) {
      cases.run("t_nops");  // puts the trace's own stop there
      cases.machine.stop_at(second);
    }
    EXPECT_EQ(cases.run("t_three_loads").pc, second);
    EXPECT_EQ(count, 0);
    cases.machine.run();
    EXPECT_EQ(count, 2);
    EXPECT_EQ(cases.run("t_three_loads").pc, second) << "the caller's stop outlives the window";
  }
}

TEST(Trace, CodeInSramIsTracedToo) {
  std::string vectors, code;
  testing::put32(vectors, 0x20020000);
  testing::put32(vectors, 0x08000009);
  for (const std::uint16_t half : {0x4800, 0x4700, 0x0101, 0x2000})
    testing::put16(vectors, half);  // ldr r0, =; bx r0
  // adds r1, #1; cmp r1, #1; it ne; movne r2, #7; b .-8
  for (const std::uint16_t half : {0x3101, 0x2901, 0xBF18, 0x2207, 0xE7FA})
    testing::put16(code, half);
  Machine machine(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"),
                  ElfImage::from_bytes(
                      testing::build_elf({{0x08000000, vectors}, {0x20000100, code}}), "ram.elf"));
  Machine plain(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"),
                ElfImage::from_bytes(
                    testing::build_elf({{0x08000000, vectors}, {0x20000100, code}}), "ram.elf"));
  std::vector<std::string> texts;
  std::vector<bool> executed;
  machine.trace({.from_address = 0x20000104, .instructions = 7}, [&](const TracedInstruction& one) {
    texts.push_back(one.text());
    executed.push_back(one.executed);
  });
  EXPECT_EQ(machine.run({200}).reason, StopReason::budget_exhausted);
  plain.run({200});
  EXPECT_EQ(machine.cycles(), plain.cycles());
  EXPECT_EQ(machine.instructions(), plain.instructions());
  EXPECT_EQ(texts,
            (std::vector<std::string>{"it ne", "movne r2, #7", "b #0x20000100", "adds r1, #1",
                                      "cmp r1, #1", "it ne", "movne r2, #7"}));
  EXPECT_EQ(executed, (std::vector<bool>{true, false, true, true, true, true, true}));
}

TEST(Trace, WhatTheSinkThrowsComesOutOfRunAndTheMachineGoesOn) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("mixed-O2"), plain = testing::machine_for("mixed-O2");
  machine.trace({.instructions = 100},
                [](const TracedInstruction&) { throw std::runtime_error("disk full"); });
  EXPECT_THROW(machine.run(), std::runtime_error);
  EXPECT_FALSE(machine.tracing());
  EXPECT_EQ(machine.run().reason, StopReason::breakpoint);
  plain.run();
  EXPECT_EQ(machine.cycles(), plain.cycles());
}

TEST(Trace, RefusesWindowsThatCannotBe) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("mixed-O2");
  const auto ignore = [](const TracedInstruction&) {};
  EXPECT_THROW(machine.trace({.instructions = 0}, ignore), Error);
  EXPECT_THROW(machine.trace({.from_address = 0x40000000}, ignore), Error);
  EXPECT_FALSE(machine.tracing());
}

// ---- random code ----

/// A flash full of encodings that the decoder knows, behind a vector table.
std::string random_flash(std::uint32_t bytes, const board::Core& core, board::Fpu fpu,
                         RandomStream& random) {
  const DecodeContext context{&core, 0x08000000, bytes, fpu};
  std::string flash;
  testing::put32(flash, 0x20004000);
  testing::put32(flash, 0x08000009);
  while (flash.size() + 4 <= bytes) {
    const std::uint32_t bits = random.next();
    const bool wide = random.below(2) == 0;
    const auto first =
        static_cast<std::uint16_t>(wide ? 0xE800 | (bits >> 16 & 0x17FF) : bits >> 16);
    if (is_wide(first) != wide) continue;
    const auto address = 0x08000000 + static_cast<std::uint32_t>(flash.size());
    if (decode(context, address, first, static_cast<std::uint16_t>(bits), false).op.run ==
        undefined_handler())
      continue;
    testing::put16(flash, first);
    if (wide) testing::put16(flash, static_cast<std::uint16_t>(bits));
  }
  return flash;
}

/// Registers that mostly point into SRAM, so that some accesses succeed.
Registers random_registers(std::uint32_t flash_bytes, RandomStream& random) {
  Registers all;
  for (std::uint32_t& r : all.r) r = 0x20001000 + 4 * random.below(0x1000);
  all.r[0] = random.next();
  all.r[1] = random.below(16);
  all.r[14] = 0x20001001 + 2 * random.below(0x1000);  // what returns executes what was stored there
  all.r[15] = 0x08000000 + 2 * random.below(flash_bytes / 2);
  all.apsr = random.next() & 0xF80F0000;
  return all;
}

class RandomCode : public ::testing::TestWithParam<const char*> {};

TEST_P(RandomCode, EndsTheSameWithAndWithoutATrace) {
  const board::Board board = board::load_board(GetParam());
  const board::Core core = board::load_core(board.core);
  RandomStream random(23, 0);
  constexpr std::uint32_t kBytes = 0x8000;
  const auto image = ElfImage::from_bytes(
      testing::build_elf({{0x08000000, random_flash(kBytes, core, board.fpu, random)}}),
      "random.elf");
  Machine plain(board, core, image), traced(board, core, image);
  std::map<StopReason, int> stops;
  std::uint64_t count = 0;
  for (int i = 0; i < 1500; ++i) {
    const Registers start = random_registers(kBytes, random);
    plain.set_registers(start);
    traced.set_registers(start);
    // Some windows end in the middle of a run, most of those that last are left open over several.
    if (i % 100 == 0)
      traced.trace({.instructions = i % 200 == 0 ? 40U : 100'000U},
                   [&](const TracedInstruction&) { ++count; });
    const Stop stop = plain.run({3000});
    ASSERT_EQ(traced.run({3000}).text, stop.text) << i;
    ASSERT_EQ(traced.cycles(), plain.cycles()) << i << ": " << stop.text;
    ASSERT_EQ(traced.instructions(), plain.instructions()) << i << ": " << stop.text;
    ASSERT_EQ(traced.registers().r, plain.registers().r) << i << ": " << stop.text;
    ASSERT_EQ(traced.registers().apsr, plain.registers().apsr) << i << ": " << stop.text;
    ++stops[stop.reason];
  }
  EXPECT_TRUE(traced.read_memory(board.sram.base, board.sram.bytes) ==
              plain.read_memory(board.sram.base, board.sram.bytes));
  EXPECT_GT(stops[StopReason::fault], 100);
  EXPECT_GT(stops[StopReason::budget_exhausted], 3);
  EXPECT_GT(stops[StopReason::unknown_instruction] + stops[StopReason::breakpoint], 10);
  EXPECT_GT(count, 1000U);
}

INSTANTIATE_TEST_SUITE_P(Boards, RandomCode, ::testing::Values("nucleo-f446re", "nucleo-f746zg"),
                         [](const auto& test) { return std::string(test.param).substr(7); });

// The instruction of a stop was taken for one in an IT block, so that its condition stood there
// twice.
TEST(Stop, NamesAConditionalBranchOutOfTheFlash) {
  std::string vectors, code;
  testing::put32(vectors, 0x20020000);
  testing::put32(vectors, 0x0807FFF9);
  testing::put16(code, 0x2800);  // cmp r0, #0
  testing::put16(code, 0xD07E);  // beq 0x080800f8
  Machine machine(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"),
                  ElfImage::from_bytes(
                      testing::build_elf({{0x08000000, vectors}, {0x0807FFF8, code}}), "far.elf"));
  EXPECT_THAT(machine.run().text, HasSubstr(": beq #0x80800fa"));
}

}  // namespace
}  // namespace opline::simulator
