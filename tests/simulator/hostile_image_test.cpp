// Images that mean harm: what they do is bounded, deterministic, and reaches nothing of the host.
// All are made here.
#include <gmock/gmock.h>

#include <map>

#include "src/base/random.h"
#include "tests/simulator/elf_builder.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::build_elf;
using ::testing::HasSubstr;
using testing::put16;
using testing::put32;

constexpr std::uint32_t kFlash = 0x08000000, kFlashBytes = 0x8000, kHandlers = 0x2000;

/// A vector table whose handlers are anywhere in the code, or nowhere.
std::string random_vectors(RandomStream& random) {
  std::string table;
  put32(table, 0x20004000);
  for (int number = 1; number < 16 + 112; ++number) {
    const std::uint32_t handler = kFlash + kHandlers + 2 * random.below(kHandlers);
    put32(table, number > 1 && random.below(8) == 0 ? random.next() : handler + 1);
  }
  return table;
}

/// Instructions that touch exceptions, between some of every other kind.
std::uint32_t instruction(RandomStream& random) {
  static constexpr std::uint16_t kChosen[] = {
      0xDF01, 0xBEAB, 0xB662, 0xB672, 0xB661, 0xB671,  // SVC, BKPT 0xAB, CPSIE, CPSID i and f
      0x4770, 0xBF20, 0xBF30, 0xBF40,                  // BX LR, WFE, WFI, SEV
      0x6008, 0x6808, 0x7008, 0x6010, 0x6050, 0x6091,  // STR, LDR, STRB with R1 and R2 as bases
      0xB500, 0xBD00, 0xB5FF, 0xBC01,                  // PUSH, POP
      0xE7FE, 0xDE00, 0x4708};                         // B ., UDF, BX R1
  static constexpr std::uint32_t kChosenWide[] = {
      0xF3808814, 0xF3808811, 0xF3808810, 0xF3808809, 0xF3808808,   // MSR CONTROL ... MSP, R0
      0xF3EF8014, 0xF3EF8005, 0xF3BF8F4F, 0xF3BF8F6F,               // MRS, DSB, ISB
      0xEE300A00, 0xEEB70A00, 0xED2D0B08, 0xECBD0B08, 0xEEF10A10};  // VADD, VMOV, VPUSH, VPOP, VMRS
  const std::uint32_t kind = random.below(4);
  if (kind == 0) return kChosen[random.below(std::size(kChosen))];
  if (kind == 1) return kChosenWide[random.below(std::size(kChosenWide))];
  return random.next() & 0xDFFF;  // 16 bits: anything but the widest
}

std::string random_image(RandomStream& random) {
  std::string flash = random_vectors(random);
  while (flash.size() < kFlashBytes) {
    const std::uint32_t bits = instruction(random);
    if (bits > 0xFFFF) put16(flash, bits >> 16);
    put16(flash, bits);
  }
  flash.resize(kFlashBytes);
  return build_elf({{kFlash, flash}});
}

/// Bases of the blocks where exceptions are decided, and of memories.
Registers random_start(RandomStream& random) {
  static constexpr std::uint32_t kBases[] = {0xE000E010, 0xE000E100, 0xE000E200, 0xE000E400,
                                             0xE000ED04, 0xE000ED20, 0xE000ED24, 0xE000EF34,
                                             0xE000ED88, 0xE000ED08, 0x20001000, 0x40004400,
                                             0xFFFFFFF1, 0xFFFFFFFD, 0xE0000000, 0x60000000};
  Registers all;
  for (std::uint32_t& r : all.r) r = kBases[random.below(std::size(kBases))] + 4 * random.below(4);
  all.r[0] = random.below(2) == 0 ? random.next() : random.below(0x32);
  if (random.below(4) == 0) all.r[0] = 0x18;  // SYS_EXIT
  all.r[13] = random.below(4) == 0 ? random.next() & ~3U : 0x20003000 + 4 * random.below(256);
  all.r[15] = kFlash + kHandlers + 2 * random.below(kHandlers);
  return all;
}

struct End {
  StopReason reason;
  std::string text, output;
  std::uint64_t cycles, instructions;
  std::array<std::uint32_t, 16> r;
  std::uint32_t fpscr;
  bool operator==(const End&) const = default;
};

End end_of(Machine& machine, const Stop& stop) {
  const Registers all = machine.registers();
  std::string output = machine.take_output() + machine.take_itm_output();
  output += machine.take_semihosting_output();
  return {stop.reason, stop.text, output, machine.cycles(), machine.instructions(),
          all.r,       all.fpscr};
}

class HostileImages : public ::testing::TestWithParam<const char*> {};

TEST_P(HostileImages, EndTheSameHoweverTheyAreCutUpAndTraced) {
  const board::Board board = board::load_board(GetParam());
  const board::Core core = board::load_core(board.core);
  RandomStream random(77, 0);
  std::map<StopReason, int> reasons;
  for (int i = 0; i < 60; ++i) {
    const auto image = ElfImage::from_bytes(random_image(random), "hostile.elf");
    Machine whole(board, core, image), pieces(board, core, image), traced(board, core, image);
    traced.trace({.instructions = UINT64_MAX}, [](const TracedInstruction&) {});
    for (int j = 0; j < 10; ++j) {
      const Registers start = random_start(random);
      for (Machine* machine : {&whole, &pieces, &traced}) machine->set_registers(start);
      const std::uint64_t last = whole.cycles() + 5000;
      const Stop stop = whole.run({5000});
      const End expected = end_of(whole, stop);
      ++reasons[stop.reason];
      EXPECT_EQ(end_of(traced, traced.run({5000})), expected) << i << ' ' << j << ' ' << stop.text;
      if (stop.reason == StopReason::budget_exhausted) {
        // A budget may end a few instructions later where it is not the timer that ends it.
        while (pieces.cycles() < last) pieces.run({last - pieces.cycles()});
        (void)end_of(pieces, stop);
        if (pieces.cycles() != expected.cycles) break;
        continue;
      }
      Stop end;
      std::uint64_t budget = 1;
      while ((end = pieces.run({budget})).reason == StopReason::budget_exhausted)
        budget = budget * 7 % 101;
      EXPECT_EQ(end_of(pieces, end), expected) << i << ' ' << j << ' ' << stop.text;
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(reasons[StopReason::fault], 50);
  EXPECT_GT(reasons[StopReason::exited], 0);
  EXPECT_GT(reasons[StopReason::endless_loop], 5);
  EXPECT_GT(reasons[StopReason::budget_exhausted], 0);
}

INSTANTIATE_TEST_SUITE_P(Boards, HostileImages, ::testing::Values("nucleo-f446re", "nucleo-f746zg"),
                         [](const auto& test) { return std::string(test.param).substr(7); });

/// An image whose handlers are all the code at `kFlash + 0x400`, and whose start is `code`.
Machine machine_of(const std::vector<std::uint16_t>& code,
                   const std::vector<std::uint16_t>& handler, std::uint32_t stack = 0x20010000) {
  std::string flash;
  put32(flash, stack);
  put32(flash, kFlash + 0x201);
  for (int number = 2; number < 16; ++number) put32(flash, kFlash + 0x401);
  flash.resize(0x200, '\0');
  for (const std::uint16_t halfword : code) put16(flash, halfword);
  flash.resize(0x400, '\0');
  for (const std::uint16_t halfword : handler) put16(flash, halfword);
  const board::Board board = board::load_board("nucleo-f446re");
  return {board, board::load_core(board.core),
          ElfImage::from_bytes(build_elf({{kFlash, flash}}), "hostile.elf")};
}

TEST(HostileImage, AFaultInTheHandlerOfAFaultIsALockup) {
  Machine machine = machine_of({0xDE00}, {0xDE00});
  const Stop stop = machine.run({1'000'000});
  EXPECT_EQ(stop.reason, StopReason::unknown_instruction);
  EXPECT_THAT(stop.text, HasSubstr("lockup: a fault in the handler of HardFault"));
}

TEST(HostileImage, AStackThatIsNowhereIsALockup) {
  // MOV R0, #0x70000000; MSR MSP, R0; UDF; the handler pushes.
  Machine machine = machine_of({0xF04F, 0x40E0, 0xF380, 0x8808, 0xDE00}, {0xB500});
  const Stop stop = machine.run({1'000'000});
  EXPECT_EQ(stop.reason, StopReason::fault);
  EXPECT_THAT(stop.text, HasSubstr("lockup"));
}

TEST(HostileImage, HandlersThatReturnToTheFaultUseUpTheBudget) {
  Machine machine = machine_of({0xDE00}, {0x4770});
  const Stop stop = machine.run({1'000'000});
  EXPECT_EQ(stop.reason, StopReason::budget_exhausted);
  EXPECT_LT(machine.cycles(), 1'000'100U);
}

TEST(HostileImage, SupervisorCallsWithoutEndUseUpTheBudget) {
  Machine machine = machine_of({0xDF00, 0xE7FD}, {0x4770});
  EXPECT_EQ(machine.run({1'000'000}).reason, StopReason::budget_exhausted);
  EXPECT_LT(machine.cycles(), 1'000'100U);
}

}  // namespace
}  // namespace opline::simulator
