// Known answers of instructions, worked out by hand from ARM DDI 0403;
// unicorn_instructions_test.cpp has the breadth.
#include <gmock/gmock.h>

#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;

constexpr std::uint32_t kN = 1U << 31, kZ = 1U << 30, kC = 1U << 29, kV = 1U << 28, kQ = 1U << 27;

struct Meaning {
  const char* name;
  std::uint32_t r0, r1, r2, r3;
  std::uint32_t result;  ///< R0 afterwards
  std::uint32_t flags;   ///< N, Z, C, V, Q afterwards
};

class Instruction : public ::testing::TestWithParam<Meaning> {};

TEST_P(Instruction, GivesTheKnownAnswer) {
  OPLINE_NEEDS_PROGRAMS();
  const Meaning& known = GetParam();
  Cases cases;
  const Stop stop = cases.run(known.name, known.r0, known.r1, known.r2, known.r3);
  ASSERT_EQ(stop.reason, StopReason::breakpoint) << stop.text;
  EXPECT_EQ(cases.machine.registers().r[0], known.result);
  EXPECT_EQ(cases.machine.registers().apsr & 0xF8000000U, known.flags);
}

constexpr Meaning kMeanings[] = {
    {"m_adds", 0x7FFFFFFF, 1, 0, 0, 0x80000000, kN | kV},
    {"m_adds", 0xFFFFFFFF, 1, 0, 0, 0, kZ | kC},
    {"m_subs", 5, 5, 0, 0, 0, kZ | kC},
    {"m_subs", 0x80000000, 1, 0, 0, 0x7FFFFFFF, kC | kV},
    {"m_subs", 1, 2, 0, 0, 0xFFFFFFFF, kN},
    {"m_adcs", 2, 3, 0, 0, 5, 0},
    {"m_lsls32", 0x80000001, 32, 0, 0, 0, kZ | kC},
    {"m_lsls32", 0x80000001, 33, 0, 0, 0, kZ},
    {"m_asr", 0x80000000, 0, 0, 0, 0xFFFFFFFF, kN | kC},
    {"m_rrx", 3, 0, 0, 0, 1, kC},
    {"m_sxtb16_ror", 0, 0x80FF7F01, 0, 0, 0xFF80007F, 0},
    {"m_smlad", 0x00020003, 0x00040005, 100, 0, 2 * 4 + 3 * 5 + 100, 0},
    {"m_smlad", 0x80008000, 0x80008000, 0, 0, 0x80000000, kQ},
    {"m_smlad", 0x80008000, 0x80008000, 0xFFFFFFFF, 0, 0x7FFFFFFF,
     0},  // the products alone overflow, the sum does not
    {"m_smmulr", 0x40000000, 2, 0, 0, 1, 0},
    {"m_ssat", 0x00001000, 0, 0, 0, 127, kQ},
    {"m_ssat", 0xFFFFFFF0, 0, 0, 0, 0xFFFFFFFF, 0},
    {"m_usat16", 0x0100FFFF, 0, 0, 0, 0x007F0000, kQ},
    {"m_uadd8_sel", 0xFF01FF01, 0x01020102, 0, 0, 0xFF02FF02, 0},
    {"m_bfi", 0xFFFFFFFF, 0xABC, 0, 0, 0xFFFABCFF, 0},
    {"m_sbfx", 0x00000F80, 0, 0, 0, 0xFFFFFFF8, 0},
    {"m_pkhtb", 0x11112222, 0x33334444, 0, 0, 0x11113333, 0},
    {"m_umaal", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0},
    {"m_smlald", 10, 0, 0x00020003, 0x00040005, 33, 0},
    {"m_rbit_clz", 0x00000010, 0, 0, 0, 4, 0},
    {"m_revsh", 0x00001280, 0, 0, 0, 0xFFFF8012, 0},
    {"m_usada8", 0x10203040, 0x11223344, 5, 0, 1 + 2 + 3 + 4 + 5, 0},
    {"m_sdiv_overflow", 0x80000000, 0xFFFFFFFF, 0, 0, 0x80000000, 0},
    {"m_udiv_zero", 7, 0, 0, 0, 0, 0},
    {"m_ite", 3, 2, 0, 0, 1, kC},
    {"m_ite", 0xFFFFFFFF, 2, 0, 0, 2, kN | kC},
    {"m_vcvt", 0xC0200000, 0, 0, 0, 0xFFFFFFFE, 0},  // -2.5
    {"m_vcvt", 0x7F800000, 0, 0, 0, 0x7FFFFFFF, 0},  // infinity
    {"m_vcvt", 0x7FC00000, 0, 0, 0, 0, 0},           // NaN
    {"m_vcvt_half", 0x3F800000, 0, 0, 0, 0x3C00, 0},
    {"m_vcmp", 0x3F800000, 0x40000000, 0, 0, 0x3F800000, kN},
    {"m_vcmp", 0x7FC00000, 0x40000000, 0, 0, 0x7FC00000, kC | kV},
    {"m_msp", 0, 0, 0, 0, 0x20020000, 0},
    {"m_bitband", 0, 0x20001000, 0, 0x22000000 + 0x1000 * 32 + 5 * 4, 0x20, 0},
    {"m_exclusive", 9, 0x20001000, 0, 0, 0x10, 0},  // the second STREX fails
    {"m_flash_alias", 0, 0x00000000, 0, 0, 0x20020000, 0},
};

INSTANTIATE_TEST_SUITE_P(Manual, Instruction, ::testing::ValuesIn(kMeanings), [](const auto& test) {
  return std::string(test.param.name + 2) + "_" + std::to_string(test.index);
});

TEST(CodeInSram, IsExecutedAsWrittenLast) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  // CMP R0, #7; ITE EQ; MOVEQ R0, #1; MOVNE R0, #2; ADDS R0, #16; BX LR
  cases.machine.write_memory(0x20002000,
                             std::string("\x07\x28\x0C\xBF\x01\x20\x02\x20\x10\x30\x70\x47", 12));
  EXPECT_EQ(cases.run("m_sram_code", 7, 0x20002001).reason, StopReason::breakpoint);
  EXPECT_EQ(cases.machine.registers().r[0], 17U);
  EXPECT_EQ(cases.cycles, 1U + 3 + 1 + 0 + 1 + 1 + 1 + 3 + 1) << "folding and refills as in flash";
  cases.run("m_sram_code", 8, 0x20002001);
  EXPECT_EQ(cases.machine.registers().r[0], 18U);
  cases.machine.write_memory(0x20002008, std::string("\x20\x30", 2));  // ADDS R0, #32
  cases.run("m_sram_code", 8, 0x20002001);
  EXPECT_EQ(cases.machine.registers().r[0], 34U);
}

}  // namespace
}  // namespace opline::simulator
