// Functions that are compiled while opline runs, against the interpreter: the whole state after
// each of many slices. What is kept and when is tested in tests/runners/foreign_code_test.cpp.
#include "runners/simulator/translate/compiled_translation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "runners/simulator/translate/runtime_text.h"
#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

struct Case {
  const char* program;
  const char* board;
  std::set<std::string> functions;
};

class CompiledTranslationTest : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    OPLINE_NEEDS_PROGRAMS();
    if (runtime_text().empty()) GTEST_SKIP() << "built without translation";
  }
  [[nodiscard]] static Machine machine() {
    return testing::machine_for(GetParam().program, GetParam().board);
  }
  [[nodiscard]] static TranslationCache cache() {
    return {std::filesystem::path(::testing::TempDir()) / "translations"};
  }
};

TEST_P(CompiledTranslationTest, EqualsTheInterpreterAfterEverySlice) {
  Machine interpreted = machine(), translated = machine();
  const CompiledTranslation compiled(translated, GetParam().functions, cache());
  const std::shared_ptr<const Translation> translation = compiled.compile();
  EXPECT_FALSE(translation->entries.empty());
  ASSERT_TRUE(translated.use(*translation));
  EXPECT_EQ(compiled.kept(), translation) << "the same library is loaded once";

  std::mt19937 random(7);
  Stop one, other;
  do {
    const std::uint64_t cycles = 1 + random() % 5000;
    one = interpreted.run({cycles}), other = translated.run({cycles});
    ASSERT_EQ(one.text, other.text);
    ASSERT_EQ(interpreted.cycles(), translated.cycles());
    ASSERT_EQ(interpreted.instructions(), translated.instructions());
    ASSERT_TRUE(interpreted.save() == translated.save()) << one.text;
  } while (one.reason == StopReason::budget_exhausted);
  EXPECT_GT(interpreted.instructions(), 10'000U) << "a test of little";
}

TEST_P(CompiledTranslationTest, NamesFunctionsThatAreNotThere) {
  EXPECT_THAT(message_of([] { (void)CompiledTranslation(machine(), {"nothing"}, cache()); },
                         ErrorCode::input),
              ::testing::EndsWith("has no symbols of functions to translate; don't strip it"));
}

const Case kCases[] = {{"mixed-waits", "nucleo-f446re", {"program", "memcpy"}},
                       {"random-m7-1", "nucleo-f767zi", {"random_3", "random_6", "random_8"}},
                       {"mixed-m7-double-O2", "nucleo-f767zi", {"program", "dispatch", "memcpy"}}};
INSTANTIATE_TEST_SUITE_P(Cores, CompiledTranslationTest, ::testing::ValuesIn(kCases),
                         [](const auto& one) {
                           std::string name = one.param.program;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace opline::simulator
