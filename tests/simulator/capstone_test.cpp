// The text of instructions against Capstone: random encodings of every group that the decoder
// knows, also in IT blocks.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/disassembler.h"
#include "src/base/random.h"

#ifdef OPLINE_HAVE_CAPSTONE
#include "tests/simulator/capstone_oracle.h"
#endif

namespace opline::simulator {
namespace {

TEST(Disassembler, KnownAnswers) {
  EXPECT_EQ(disassemble(0x08001000, 0x6805, false), "ldr r5, [r0]");
  EXPECT_EQ(disassemble(0x08001000, 0x1888, false), "adds r0, r1, r2");
  EXPECT_EQ(disassemble(0x08001000, 0x1888, false, true, 1), "addne r0, r1, r2");
  EXPECT_EQ(disassemble(0x08001000, 0xFB2A1503, true), "smlad r5, sl, r3, r1");
  EXPECT_EQ(disassemble(0x08001000, 0xD0FE, false), "beq #0x8001000");
  EXPECT_EQ(disassemble(0x08001000, 0xEE264B0A, true, true, 10), "vmulge.f64 d4, d6, d10");
  EXPECT_EQ(disassemble(0x08001000, 0xDE00, false), "udf #0");
  EXPECT_EQ(disassemble(0x08001000, 0xF7F0A000, true), ".inst.w 0xf7f0a000");
}

#ifndef OPLINE_HAVE_CAPSTONE

TEST(Capstone, AgreesOnTheText) {
  GTEST_SKIP() << "apt install libcapstone-dev, configure and build again";
}

#else

constexpr std::uint32_t kAddress = 0x08001000;

struct Group {
  const char* name;
  std::uint32_t mask, value;
  bool wide;
};
constexpr Group kGroups[] = {
    {"16 bits", 0, 0, false},
    {"multiple, double", 0xFE000000, 0xE8000000, true},
    {"shifted register", 0xFE000000, 0xEA000000, true},
    {"modified immediate", 0xFA008000, 0xF0000000, true},
    {"plain immediate", 0xFA008000, 0xF2000000, true},
    {"branches, system", 0xF8008000, 0xF0008000, true},
    {"single", 0xFE000000, 0xF8000000, true},
    {"register data", 0xFF00F000, 0xFA00F000, true},
    {"multiply", 0xFF000000, 0xFB000000, true},
    {"float data", 0xFF000E00, 0xEE000A00, true},
    {"float conversion", 0xFFB00E50, 0xEEB00A40, true},
    {"float memory", 0xFE000E00, 0xEC000A00, true},
    {"unconditional float", 0xFF000E00, 0xFE000A00, true},
};

/// Encodings that are unpredictable, or that Capstone 4 reads as another architecture's.
bool compared(std::uint32_t bits, bool wide, bool in_it) {
  if (!wide) return !in_it || (bits & 0xFFC0) != 0;  // MOVS of registers is not for IT blocks
  const auto is = [&](std::uint32_t mask, std::uint32_t value) { return (bits & mask) == value; };
  if (is(0xFFF0F0C0, 0xFA90F080) || is(0xFFF0F0C0, 0xFAB0F080))
    return bits_of(bits, 19, 16) == bits_of(bits, 3, 0);
  if (is(0xFFF00000, 0xE8500000))
    return is(0xF00, 0xF00);  // LDREX: bits that should be one; else read as SHA1
  static constexpr std::uint32_t kSpecial = 1U << 0 | 7U << 1 | 7U << 5 | 3U << 8 | 0x1FU << 16;
  if (is(0xFFC0D000, 0xF3808000) ||
      is(0xFFE0D000, 0xF3E08000)) {  // MSR, MRS: the special registers there are
    const unsigned which = bits & 0xFF;
    const bool known = which < 32 && (kSpecial >> which & 1) != 0;
    return known && is(0x300, 0) && (is(0x200000, 0x200000) || is(0xC00, 0x800));
  }
  if (is(0xFFF0D0F0, 0xF3B08060)) return is(0xF, 0xF);  // ISB: other options are reserved
  return !is(0xFB008000, 0xF3000000) ||
         is(0x04000020, 0);  // bit fields, saturation: bits that should be zero
}

class CapstoneGroups : public ::testing::TestWithParam<Group> {};

TEST_P(CapstoneGroups, AgreeOnTheText) {
  const Group& group = GetParam();
  const board::Core core = board::load_core("cortex-m7");
  const DecodeContext context{&core, 0x08000000, 1 << 20, board::Fpu::fpv5_double};
  RandomStream random(7, 0);
  testing::Capstone capstone;
  int agreed = 0, refused = 0;
  std::set<std::string> mnemonics;
  for (int i = 0; i < 60'000; ++i) {
    const std::uint32_t bits =
        group.wide ? (random.next() & ~group.mask) | group.value : random.next() & 0xFFFF;
    const auto first = static_cast<std::uint16_t>(group.wide ? bits >> 16 : bits);
    const bool in_it = random.below(3) == 0;
    const auto cond = static_cast<std::uint8_t>(in_it ? random.below(14) : 14);
    if (is_wide(first) != group.wide || !compared(bits, group.wide, in_it)) continue;
    const Decoded decoded =
        decode(context, kAddress, first, static_cast<std::uint16_t>(bits), in_it);
    if (decoded.op.run == undefined_handler()) continue;
    const std::string mine = disassemble(kAddress, bits, group.wide, in_it, cond);
    const bool unconditional = mine.starts_with("v") && group.value >> 24 == 0xFE;
    if (in_it && (decoded.kind == Kind::branch || unconditional || mine.starts_with("bkpt")))
      continue;
    const std::string theirs = capstone.text(kAddress, bits, group.wide, in_it, cond);
    if (theirs.empty()) {
      ++refused;
      continue;
    }
    EXPECT_EQ(mine, theirs) << fmt::format("{:#x}{}", bits, in_it ? " in an IT block" : "");
    ++agreed;
    mnemonics.insert(mine.substr(0, mine.find_first_of(" .")));
  }
  EXPECT_GT(agreed, 500) << group.name;
  EXPECT_LT(refused, agreed) << group.name << ": Capstone refuses what is unpredictable";
  EXPECT_GT(mnemonics.size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Decoded, CapstoneGroups, ::testing::ValuesIn(kGroups),
                         [](const auto& test) {
                           std::string name;
                           for (const char* c = test.param.name; *c != '\0'; ++c)
                             name += *c == ' ' || *c == ',' ? '_' : *c;
                           return name;
                         });

#endif

}  // namespace
}  // namespace opline::simulator
