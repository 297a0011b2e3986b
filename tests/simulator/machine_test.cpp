// The machine as its users see it: booting, the UART, budgets, stops with reasons, snapshots,
// threads.
#include "runners/simulator/machine/machine.h"

#include <gmock/gmock.h>

#include <thread>

#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/simulator/elf_builder.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;
using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Stopped {
  const char* name;
  std::uint32_t r0, r1;
  StopReason reason;
  const char* text;
};

class Stops : public ::testing::TestWithParam<Stopped> {};

TEST_P(Stops, SayWhatWhereAndInWhichFunction) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const Stop stop = cases.run(GetParam().name, GetParam().r0, GetParam().r1);
  EXPECT_EQ(stop.reason, GetParam().reason) << stop.text;
  EXPECT_THAT(stop.text, HasSubstr(GetParam().text));
  EXPECT_THAT(stop.text, HasSubstr(std::string("in ") + GetParam().name));
  EXPECT_EQ(stop.pc, cases.address(GetParam().name))
      << "the instruction that could not be completed";
  EXPECT_EQ(cases.instructions, 0U);
  // It is not skipped: going on stops there again.
  EXPECT_EQ(cases.machine.run({1000}).pc, stop.pc);
}

constexpr Stopped kStops[] = {
    {"s_self", 0, 0, StopReason::endless_loop, "branch to itself"},
    {"s_wfi", 0, 0, StopReason::endless_loop, "WFI"},
    {"s_svc", 0, 0, StopReason::fault, "SVC 0x07"},
    {"s_unmapped", 0, 0x60000000, StopReason::fault, "unmapped memory of 4 bytes at 0x60000000"},
    {"s_unmapped", 0, 0x20020000, StopReason::fault, "0x20020000"},
    {"s_unmapped", 0, 0x2001FFFE, StopReason::fault, "0x2001fffe"},
    {"s_unmapped", 0, 0x40010000, StopReason::fault,
     "unmodelled register of 4 bytes at 0x40010000"},
    {"s_unmapped", 0, 0x40023801, StopReason::fault, "unaligned device read"},
    {"s_unmapped", 0, 0xE0043000, StopReason::fault, "0xe0043000"},
    {"s_store", 0, 0x08001000, StopReason::fault, "write to flash of 4 bytes at 0x08001000"},
    {"s_store", 0, 0x40023C04, StopReason::fault, "write to an unmodelled register"},
    {"s_ldrd", 0, 0x20001002, StopReason::fault, "unaligned"},
    {"s_bx", 0x08000100, 0, StopReason::fault, "bit 0 is clear"},
    {"s_bx", 0xFFFFFFF9, 0, StopReason::fault, "exception return outside of a handler"},
    {"s_bx", 0x30000001, 0, StopReason::fault, "holds no code"},
    {"s_undefined", 0, 0, StopReason::unknown_instruction, "undefined instruction 0xf7f0a000"},
    {"s_sub_sp", 0x1F000000, 0, StopReason::stack_overflow, "stack is full"},
};

INSTANTIATE_TEST_SUITE_P(Machine, Stops, ::testing::ValuesIn(kStops), [](const auto& test) {
  return std::string(test.param.name + 2) + "_" + std::to_string(test.index);
});

TEST(StopText, NamesTheInstructionThatCouldNotBeCompleted) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  EXPECT_THAT(cases.run("s_unmapped", 0, 0x70000000).text,
              EndsWith("(in s_unmapped): ldr r0, [r1]"));
  EXPECT_THAT(cases.run("s_it_unmapped", 1, 0x70000000).text,
              EndsWith("(in s_it_unmapped+0x4): ldrne r2, [r1]"));
  Cases m7("cases-m7", "nucleo-f767zi");
  EXPECT_THAT(m7.run("s_load", 0, 0x70000000).text, EndsWith("(in s_load): ldr r0, [r1]"));
}

TEST(Machine, RecursionWithoutEndOverflowsTheStackBeforeItReachesTheData) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const std::uint32_t limit = *cases.machine.image().symbol("opline_stack_limit");
  const Stop stop = cases.run("s_deep");
  EXPECT_EQ(stop.reason, StopReason::stack_overflow) << stop.text;
  EXPECT_THAT(stop.text, HasSubstr("in s_deep"));
  EXPECT_EQ(cases.machine.registers().r[13], limit);
}

TEST(Machine, DivisionByZeroTrapsOnlyWhenAskedTo) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  EXPECT_EQ(cases.run("s_divide", 1, 0).reason, StopReason::breakpoint);
  cases.run("s_store", 0x10, 0xE000ED14);  // CCR.DIV_0_TRP
  EXPECT_THAT(cases.run("s_divide", 1, 0).text, HasSubstr("division by zero"));
}

TEST(Machine, UnalignedWordsTrapOnlyWhenAskedTo) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  EXPECT_EQ(cases.run("s_unmapped", 0, 0x20001001).reason, StopReason::breakpoint);
  cases.run("s_store", 0x08, 0xE000ED14);  // CCR.UNALIGN_TRP
  EXPECT_THAT(cases.run("s_unmapped", 0, 0x20001001).text,
              HasSubstr("unaligned access of 4 bytes at 0x20001001"));
}

TEST(Machine, FloatingPointNeedsAccess) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  cases.run("s_store", 0, 0xE000ED88);
  const Stop stop = cases.run("t_float_mla");
  EXPECT_EQ(stop.reason, StopReason::fault);
  EXPECT_THAT(stop.text, HasSubstr("CPACR"));
}

TEST(Machine, ABudgetEndsALoopAndRunGoesOnWhereItWas) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const Stop stop = cases.run("s_spin", 0, 0, 0, 0, {1000});
  EXPECT_EQ(stop.reason, StopReason::budget_exhausted);
  EXPECT_GE(cases.cycles, 1000U);
  EXPECT_LT(cases.cycles, 1010U);
  EXPECT_THAT(stop.text, HasSubstr("in s_spin"));
  EXPECT_EQ(cases.machine.run({0}).reason, StopReason::budget_exhausted);
}

TEST(Machine, CyclesDoNotDependOnHowARunIsCutUp) {
  OPLINE_NEEDS_PROGRAMS();
  Machine whole = testing::machine_for("mixed-O2"), pieces = testing::machine_for("mixed-O2");
  EXPECT_EQ(whole.run().reason, StopReason::breakpoint);
  std::uint64_t budget = 1;
  while (pieces.run({budget}).reason == StopReason::budget_exhausted) budget = budget * 7 % 10007;
  EXPECT_EQ(pieces.cycles(), whole.cycles());
  EXPECT_EQ(pieces.instructions(), whole.instructions());
  EXPECT_EQ(pieces.registers().r, whole.registers().r);
}

// 16 MHz, UART on: RCC_APB1ENR bit 17, BRR, CR1 = UE, TE, RE.
void switch_uart_on(Cases& cases) {
  for (const auto& [address, value] :
       {std::pair(0x40023840U, 1U << 17), {0x40004408U, 139U}, {0x4000440CU, 0x200CU}}) {
    EXPECT_EQ(cases.run("s_store", value, address).reason, StopReason::breakpoint);
  }
}

TEST(Uart, WaitingSuspendsTheCoreAtNoCost) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  switch_uart_on(cases);
  EXPECT_EQ(cases.machine.uart_baud(), 16'000'000U / 139);
  Stop stop = cases.run("u_echo", 0, 0x40004400);
  EXPECT_EQ(stop.reason, StopReason::waiting_for_input) << stop.text;
  const std::uint64_t waited = cases.machine.cycles();
  EXPECT_EQ(cases.machine.run().reason, StopReason::waiting_for_input);
  EXPECT_EQ(cases.machine.cycles(), waited);
  cases.machine.send("hello");
  EXPECT_EQ(cases.machine.run().reason, StopReason::waiting_for_input);
  EXPECT_EQ(cases.machine.take_output(), "hello");
  EXPECT_EQ(cases.machine.take_output(), "");
  EXPECT_GT(cases.machine.cycles(), waited);
}

TEST(Uart, BytesGetLostWhileTheReceiverIsOff) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const Stop stop = cases.run("u_echo", 0, 0x40004400, 0, 0, {1000});
  EXPECT_EQ(stop.reason, StopReason::budget_exhausted)
      << "nothing can arrive at a UART that is off, so it polls";
}

TEST(Snapshot, RestoringRepeatsTheSameCycles) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  switch_uart_on(cases);
  cases.run("s_store", 0x705, 0x40023C00);
  cases.run("u_echo", 0, 0x40004400);
  const Machine::Snapshot snapshot = cases.machine.save();
  const auto echo = [&](const std::string& text) {
    const std::uint64_t before = cases.machine.cycles();
    cases.machine.send(text);
    cases.machine.run();
    EXPECT_EQ(cases.machine.take_output(), text);
    return cases.machine.cycles() - before;
  };
  const std::uint64_t first = echo("abc");
  echo("something else in between");
  cases.machine.restore(snapshot);
  EXPECT_EQ(echo("abc"), first);
  Machine::Snapshot copy = cases.machine.save();
  copy = snapshot;
  cases.machine.restore(copy);
  EXPECT_EQ(echo("abc"), first);
}

TEST(Snapshot, OfHalfAProgramEndsAsTheWholeDoes) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("mixed-Os");
  EXPECT_EQ(machine.run({200'000}).reason, StopReason::budget_exhausted);
  const Machine::Snapshot half = machine.save();
  EXPECT_EQ(machine.run().reason, StopReason::breakpoint);
  const std::uint64_t cycles = machine.cycles();
  const std::string memory = machine.read_memory(0x20000000, 128 * 1024);
  machine.restore(half);
  EXPECT_EQ(machine.cycles() < cycles, true);
  EXPECT_EQ(machine.run().reason, StopReason::breakpoint);
  EXPECT_EQ(machine.cycles(), cycles);
  EXPECT_TRUE(machine.read_memory(0x20000000, 128 * 1024) == memory);
  machine.reset();
  EXPECT_EQ(machine.cycles(), 0U);
  EXPECT_EQ(machine.run().reason, StopReason::breakpoint);
  EXPECT_EQ(machine.cycles(), cycles) << "reset() is as good as new";
}

TEST(Snapshot, OfAnotherImageIsABug) {
  OPLINE_NEEDS_PROGRAMS();
  Machine one = testing::machine_for("mixed-Os"), other = testing::machine_for("mixed-O2");
  EXPECT_THROW(one.restore(other.save()), Error);
}

TEST(Machine, TwoThreadsAreIndependent) {
  OPLINE_NEEDS_PROGRAMS();
  const auto image = testing::load_program("mixed-O3");
  std::array<std::uint64_t, 2> cycles{};
  std::array<std::string, 2> memory;
  std::array<std::thread, 2> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads[i] = std::thread([&, i] {
      Machine machine(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"), image);
      machine.run();
      cycles[i] = machine.cycles();
      memory[i] = machine.read_memory(0x20000000, 128 * 1024);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(cycles[0], 100'000U);
  EXPECT_EQ(cycles[0], cycles[1]);
  EXPECT_TRUE(memory[0] == memory[1]);
}

TEST(Machine, StopsAtABreakpointEachTime) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const std::uint32_t spin = cases.address("s_spin");
  cases.machine.stop_at(spin + 2);
  Stop stop = cases.run("s_spin");
  EXPECT_EQ(stop.reason, StopReason::breakpoint);
  EXPECT_EQ(stop.pc, spin + 2);
  const std::uint64_t before = cases.machine.cycles();
  stop = cases.machine.run({1000});
  EXPECT_EQ(stop.pc, spin + 2);
  EXPECT_EQ(cases.machine.cycles() - before, 3U) << "once round: 2 + 1";
}

TEST(Machine, MemoryIsReadAndWrittenInsideTheBoardOnly) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  cases.machine.write_memory(0x2001FFFC, "abcd");
  EXPECT_EQ(cases.machine.read_memory(0x2001FFFC, 4), "abcd");
  EXPECT_THROW((void)cases.machine.read_memory(0x2001FFFC, 5), Error);
  EXPECT_THROW(cases.machine.write_memory(0x2001FFFD, "abcd"), Error);
  EXPECT_THROW(cases.machine.write_memory(0x08000000, "abcd"), Error);
  EXPECT_THROW(cases.machine.stop_at(0x20000000), Error);
}

TEST(Machine, FlashTakesDataWhereNoCodeWasExecuted) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases, other;
  const std::uint32_t end = 0x08080000;
  cases.machine.write_flash(end - 4, "abcd");
  EXPECT_EQ(cases.machine.read_memory(end - 4, 4), "abcd");
  EXPECT_EQ(other.machine.read_memory(end - 4, 4), "\xFF\xFF\xFF\xFF")
      << "another machine's flash is its own";
  cases.machine.reset();
  EXPECT_EQ(cases.machine.read_memory(end - 4, 4), "abcd");
  EXPECT_THROW(cases.machine.write_flash(end - 3, "abcd"), Error);
  EXPECT_THROW(cases.machine.write_flash(0x20000000, "abcd"), Error);
  const std::uint32_t executed = other.machine.registers().r[15] & ~1U;
  EXPECT_THROW(other.machine.write_flash(executed, "ab"), Error);
  EXPECT_THROW(other.machine.write_flash(executed + 1, "a"), Error);
}

TEST(Machine, RefusesAnImageForAnotherBoard) {
  const auto image =
      ElfImage::from_bytes(testing::build_elf({{0x10000000, "abcd"}}), "elsewhere.elf");
  EXPECT_THAT(message_of([&] {
                Machine(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"), image);
              }),
              HasSubstr("elsewhere.elf: a segment of 4 bytes at 0x10000000"));
}

TEST(Machine, ErasedFlashIsAnUnknownInstructionOrAFaultAndNeverAHang) {
  std::string flash;
  testing::put32(flash, 0x20020000);
  testing::put32(flash, 0x08001001);
  Machine machine(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"),
                  ElfImage::from_bytes(testing::build_elf({{0x08000000, flash}}), "empty.elf"));
  const Stop stop = machine.run();
  EXPECT_EQ(stop.reason, StopReason::unknown_instruction);
  EXPECT_THAT(stop.text, HasSubstr("undefined instruction 0xffffffff at 0x08001000"));
}

// On the STM32F7, VTOR was 0 after reset, which is not the flash there: programs that rely on its
// reset value, as ST's start-up code does, had no handlers.
TEST(Machine, HandlersAreThereBeforeTheProgramSetsVtor) {
  std::string flash;
  testing::put32(flash, 0x20020000);
  testing::put32(flash, 0x08000041);
  flash.resize(11 * 4, '\0');
  testing::put32(flash, 0x08000045);  // SVCall
  flash.resize(0x40, '\0');
  for (const std::uint32_t halfword : {0xDF00U, 0xBE01U, 0xBE02U}) testing::put16(flash, halfword);
  for (const char* name : {"nucleo-f446re", "nucleo-f746zg", "nucleo-f767zi"}) {
    board::Board board = board::load_board(name);
    board::Core core = board::load_core(board.core);
    Machine machine(std::move(board), std::move(core),
                    ElfImage::from_bytes(testing::build_elf({{0x08000000, flash}}), "svc.elf"));
    EXPECT_THAT(machine.run().text, HasSubstr("BKPT 0x02")) << name;
    machine.reset();
    EXPECT_THAT(machine.run().text, HasSubstr("BKPT 0x02")) << name << ", after another reset";
  }
}

// "stacking failed", which named neither the fault nor the place.
TEST(Machine, AFaultWhoseFrameDoesNotFitTheStackNamesBoth) {
  std::string flash;
  for (const std::uint32_t word : {0x20000010U, 0x08000011U, 0U, 0x08000013U})
    testing::put32(flash, word);
  for (const std::uint32_t halfword : {0xDE01U, 0xE7FEU}) testing::put16(flash, halfword);
  Machine machine(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"),
                  ElfImage::from_bytes(testing::build_elf({{0x08000000, flash}}), "full.elf"));
  const Stop stop = machine.run();
  EXPECT_THAT(stop.text, ::testing::StartsWith("undefined instruction 0xde01 at 0x08000010"));
  EXPECT_THAT(stop.text, HasSubstr("; then, stacking for HardFault at 0x1ffffff0 failed; then, in "
                                   "the handler of HardFault: endless loop"));
}

TEST(Machine, RunningOffTheEndOfTheFlashIsAFault) {
  std::string code;
  for (int i = 0; i < 8; ++i) testing::put16(code, 0xBF00);
  std::string vectors;
  testing::put32(vectors, 0x20020000);
  testing::put32(vectors, 0x0807FFF1);
  Machine machine(board::load_board("nucleo-f446re"), board::load_core("cortex-m4"),
                  ElfImage::from_bytes(
                      testing::build_elf({{0x08000000, vectors}, {0x0807FFF0, code}}), "end.elf"));
  const Stop stop = machine.run();
  EXPECT_EQ(stop.reason, StopReason::fault);
  EXPECT_THAT(stop.text, HasSubstr("ran off the end of the flash at 0x08080000"));
  EXPECT_EQ(machine.instructions(), 8U);
}

}  // namespace
}  // namespace opline::simulator
