#include "src/board/core.h"

#include <gmock/gmock.h>

#include <regex>

#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::board {
namespace {

using testing::HasSubstr;

TEST(Core, CortexM4HasTheTrmFigures) {
  const Core core = load_core("cortex-m4");
  EXPECT_EQ(core.timing_model, "cortex-m4/1");
  EXPECT_EQ(core.integer.refill, 2U);
  EXPECT_EQ(core.integer.divide_max, 12U);
  EXPECT_EQ(core.memory.load, 2U);
  EXPECT_EQ(core.memory.store, 1U);
  EXPECT_EQ(core.floating.divide, 14U);
  EXPECT_EQ(core.floating.multiply_accumulate, 3U);
}

TEST(Core, UnknownNameIsAUsageError) {
  try {
    (void)load_core("cortex-m99");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("cortex-m4"));
  }
}

TEST(Core, EveryFigureIsRequiredAndReachesItsField) {
  const std::string text = read_file(resource("data/cores/cortex-m4.toml"));
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "core.toml";
  const std::regex figure("\n([a-z_]+) = [0-9]+");
  int figures = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), figure); it != std::sregex_iterator();
       ++it, ++figures) {
    std::string without = text;
    without.erase(static_cast<std::size_t>(it->position()) + 1, static_cast<std::size_t>(it->length()) - 1);
    write_file_atomically(path, without);
    EXPECT_THROW((void)load_core_file(path), Error) << it->str(1);
  }
  EXPECT_EQ(figures, 30);
  write_file_atomically(path, std::regex_replace(text, std::regex("refill = 2"), "refill = 3"));
  EXPECT_EQ(load_core_file(path).integer.refill, 3U);
}

TEST(Core, ContradictionsAreRefused) {
  const std::string text = read_file(resource("data/cores/cortex-m4.toml"));
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "core.toml";
  write_file_atomically(path, std::regex_replace(text, std::regex("divide_max = 12"), "divide_max = 1"));
  EXPECT_THROW((void)load_core_file(path), Error);
  write_file_atomically(path, std::regex_replace(text, std::regex("it_folded = 0"), "it_folded = 2"));
  EXPECT_THROW((void)load_core_file(path), Error);
}

}  // namespace
}  // namespace opline::board
