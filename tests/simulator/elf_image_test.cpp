#include "runners/simulator/machine/elf_image.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstring>

#include "src/base/error.h"
#include "src/base/random.h"
#include "tests/error_message.h"
#include "tests/simulator/elf_builder.h"

namespace opline::simulator {
namespace {

using testing::build_elf;
using ::testing::HasSubstr;

std::string good() {
  return build_elf({{0x08000000, "flash"}, {0x20000000, "ram"}},
                   {{"main", 0x08000001}, {"helper", 0x08000101}}, 0x08000001);
}

std::string problem_of(const std::string& bytes) {
  return message_of([&] { (void)ElfImage::from_bytes(bytes, "bad.elf"); });
}

std::string with_byte(std::size_t at, char value) {
  std::string bytes = good();
  bytes.at(at) = value;
  return bytes;
}

TEST(ElfImage, HasSegmentsEntryAndSymbols) {
  const auto image = ElfImage::from_bytes(good(), "good.elf");
  ASSERT_EQ(image->segments().size(), 2U);
  EXPECT_EQ(image->segments()[0].address, 0x08000000U);
  EXPECT_EQ(image->segments()[0].bytes, "flash");
  EXPECT_EQ(image->segments()[1].bytes, "ram");
  EXPECT_EQ(image->entry(), 0x08000001U);
  EXPECT_EQ(image->symbol("main"), 0x08000000U) << "without the Thumb bit";
  EXPECT_EQ(image->symbol("nothing"), std::nullopt);
}

TEST(ElfImage, DescribesAddressesByTheSymbolBefore) {
  const auto image = ElfImage::from_bytes(good(), "good.elf");
  EXPECT_EQ(image->describe(0x08000000), "main");
  EXPECT_EQ(image->describe(0x08000024), "main+0x24");
  EXPECT_EQ(image->describe(0x08000100), "helper");
  EXPECT_EQ(image->describe(0x07FFFFFF), "?");
}

TEST(ElfImage, RefusesWhatIsNotABareMetalArmExecutable) {
  EXPECT_THAT(problem_of(""), HasSubstr("bad.elf: is not an ELF file"));
  EXPECT_THAT(problem_of(std::string(100, 'x')), HasSubstr("is not an ELF file"));
  EXPECT_THAT(problem_of(with_byte(4, 2)), HasSubstr("32-bit"));
  EXPECT_THAT(problem_of(with_byte(5, 2)), HasSubstr("little-endian"));
  EXPECT_THAT(problem_of(with_byte(18, 62)), HasSubstr("machine 62"));
  EXPECT_THAT(problem_of(with_byte(16, 3)), HasSubstr("not an executable"));
  EXPECT_THAT(problem_of(with_byte(44, 0)), HasSubstr("nothing to load"));
}

TEST(ElfImage, ChecksEveryOffset) {
  EXPECT_THAT(problem_of(with_byte(31, '\x7f')), HasSubstr("outside the file"));  // program headers
  EXPECT_THAT(problem_of(with_byte(52 + 7, '\x7f')),
              HasSubstr("outside the file"));  // segment offset
  EXPECT_THAT(problem_of(with_byte(42, 1)), HasSubstr("too small"));
  EXPECT_THAT(problem_of(with_byte(46, 1)), HasSubstr("too small"));
  EXPECT_THAT(problem_of(with_byte(52 + 16, 100)), HasSubstr("larger in the file"));
  const std::size_t symbol_section = 52 + 2 * 32 + 40;
  EXPECT_THAT(problem_of(with_byte(symbol_section + 24, 9)), HasSubstr("without its names"));
  EXPECT_THAT(problem_of(with_byte(symbol_section + 19, '\x7f')), HasSubstr("outside the file"));
}

TEST(ElfImage, SegmentsDoNotWrapAround) {
  EXPECT_THAT(problem_of(build_elf({{0xFFFFFFFE, "abcd"}})), HasSubstr("wraps around"));
}

void set_word(std::string& bytes, std::size_t at, std::uint32_t value) {
  std::string word;
  testing::put32(word, value);
  bytes.replace(at, 4, word);
}

constexpr std::size_t kHeader = 52, kProgramHeader = 32, kSectionHeader = 40;

// 65535 headers of 2 MB that each load the whole file would take 128 GB.
TEST(ElfImage, SegmentsThatOverlapInTheFileAreRefused) {
  const std::size_t count = 1000;
  std::string bytes = build_elf(std::vector<testing::BuiltSegment>(count, {0x08000000, "x"}));
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t header = kHeader + i * kProgramHeader;
    set_word(bytes, header + 4, 0);
    for (const std::size_t field : {16U, 20U})
      set_word(bytes, header + field, static_cast<std::uint32_t>(bytes.size()));
  }
  EXPECT_THAT(problem_of(bytes), HasSubstr("segments that overlap in the file"));
}

// 60000 symbol tables over one another took minutes.
TEST(ElfImage, HasOneSymbolTable) {
  std::string bytes = good();
  const std::size_t null_section = kHeader + 2 * kProgramHeader;
  bytes.replace(null_section, kSectionHeader, bytes, null_section + kSectionHeader, kSectionHeader);
  EXPECT_THAT(problem_of(bytes), HasSubstr("more than one symbol table"));
}

// 100000 names that end in one string of 2 MB took 100 GB.
TEST(ElfImage, NamesOfSymbolsAreBounded) {
  EXPECT_THAT(problem_of(build_elf({{0x08000000, "x"}}, {{std::string(5000, 'n'), 1}})),
              HasSubstr("name does not end"));
  const std::string longest(4000, 'n');
  std::map<std::string, std::uint32_t> symbols{{longest, 0}};
  for (std::uint32_t i = 0; i < 1000; ++i) symbols.emplace(fmt::format("{:04}", i), i);
  std::string bytes = build_elf({{0x08000000, "x"}}, symbols);
  // The names are in order, so the long one is the last: let all begin in it.
  const std::size_t sections = kHeader + kProgramHeader;
  std::uint32_t table = 0;
  std::memcpy(&table, bytes.data() + sections + kSectionHeader + 16, 4);
  for (std::uint32_t i = 0; i < 1000; ++i) set_word(bytes, table + 16 * (i + 1), 1 + 5 * 1000 + i);
  EXPECT_THAT(problem_of(bytes), HasSubstr("symbols whose names overlap"));
}

TEST(ElfImage, NamesAreShownWithoutTheirControlCharacters) {
  const auto image =
      ElfImage::from_bytes(build_elf({{0x08000000, "x"}}, {{"\x1b[2Jmain", 0x08000001}}), "a.elf");
  EXPECT_EQ(image->describe(0x08000000), "\\x1b[2Jmain");
}

// Every truncation and many corruptions are either read or refused with an Error; under the
// sanitizers this also shows that nothing outside the file is touched.
TEST(ElfImage, SurvivesHostileBytes) {
  const std::string bytes = good();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    refusal_of([&] { (void)ElfImage::from_bytes(bytes.substr(0, length), "cut.elf"); });
  }
  RandomStream random(1, 0);
  for (int i = 0; i < 20'000; ++i) {
    std::string corrupt = bytes;
    for (int changes = 0; changes < 3; ++changes) {
      corrupt[random.below(static_cast<std::uint32_t>(bytes.size()))] =
          static_cast<char>(random.next());
    }
    refusal_of([&] { (void)ElfImage::from_bytes(corrupt, "corrupt.elf"); });
  }
}

}  // namespace
}  // namespace opline::simulator
