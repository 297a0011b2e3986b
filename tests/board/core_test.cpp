#include "src/board/core.h"

#include <gmock/gmock.h>

#include <cctype>
#include <sstream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"

namespace opline::board {
namespace {

using testing::HasSubstr;

TEST(Core, CortexM4HasTheTrmFigures) {
  const Core core = load_core("cortex-m4");
  EXPECT_EQ(core.timing_model, "cortex-m4/3");
  EXPECT_EQ(core.integer.refill, 2U);
  EXPECT_EQ(core.integer.divide_max, 12U);
  EXPECT_EQ(core.memory.load, 2U);
  EXPECT_EQ(core.memory.store, 1U);
  EXPECT_EQ(core.floating.divide, 14U);
  EXPECT_EQ(core.floating.multiply_accumulate, 3U);
}

TEST(Core, CortexM7IsDualIssueAndHasNoSingleIssueFigures) {
  const Core core = load_core("cortex-m7");
  EXPECT_EQ(core.timing_model, "cortex-m7/2");
  ASSERT_TRUE(core.dual_issue.has_value());
  EXPECT_EQ(core.dual_issue->multiply, 2U);
  EXPECT_EQ(core.dual_issue->floating.double_divide, 30U);
  EXPECT_EQ(core.integer.data_processing, 0U);
  EXPECT_EQ(core.memory.load, 0U);
  EXPECT_EQ(core.floating.divide, 0U);
  EXPECT_FALSE(load_core("cortex-m4").dual_issue.has_value());
}

TEST(Core, UnknownNameIsAUsageError) {
  EXPECT_THAT(message_of([] { (void)load_core("cortex-m99"); }, ErrorCode::usage),
              HasSubstr("cortex-m4"));
}

TEST(CoreRules, EachHasASentenceAndASource) {
  for (const std::string& name : core_names()) {
    for (const TimingRule& rule : load_core(name).rules) {
      EXPECT_TRUE(rule.text.ends_with(".")) << name << ": " << rule.name;
      EXPECT_FALSE(rule.source.empty()) << name << ": " << rule.name;
    }
  }
  EXPECT_EQ(load_core("cortex-m4").rules.size(), 9U);
  EXPECT_EQ(load_core("cortex-m7").rules.size(), 13U);
}

TEST(CoreRules, OneThatIsSwitchedOffHasNoFiguresAndAnotherModel) {
  const Core all = load_core("cortex-m4");
  EXPECT_EQ(all.single_issue_rules.same_base, 1U);
  const std::vector<std::string> off = {"write-back", "early-branch", "write-back"};
  const Core without = without_rules(all, off);
  EXPECT_EQ(without.timing_model, all.timing_model + " no-early-branch no-write-back")
      << "the same in any order";
  EXPECT_EQ(without.single_issue_rules.early_branch, 0U);
  EXPECT_EQ(without.single_issue_rules.write_back, 0U);
  EXPECT_EQ(without.single_issue_rules.same_base, 0U);
  EXPECT_EQ(without.single_issue_rules.store_then_load, 1U);
  EXPECT_EQ(without_rules(all, {}).timing_model, all.timing_model);
  const std::vector<std::string> buffer = {"store-buffer"};
  EXPECT_EQ(without_rules(load_core("cortex-m7"), buffer).dual_issue->rules.buffer_entries, 0U);
}

TEST(CoreRules, AnUnknownOneIsRefusedWithTheKnownOnes) {
  const std::vector<std::string> off = {"store-then-lood"};
  const std::string message =
      message_of([&] { (void)without_rules(load_core("cortex-m4"), off); }, ErrorCode::usage);
  EXPECT_THAT(message, HasSubstr("cortex-m4 has no timing rule `store-then-lood`"));
  EXPECT_THAT(message, HasSubstr("did you mean `store-then-load`"));
  EXPECT_THAT(message, HasSubstr("early-branch, branch-alignment"));
}

/// The shipped file, and where it is written once edited.
class EditedCore : public ::testing::Test {
 protected:
  Core load_with(const std::string& from, const std::string& to) {
    std::string edited = text;
    const std::size_t at = edited.find(from);
    EXPECT_NE(at, std::string::npos) << "the shipped file no longer holds: " << from;
    if (at != std::string::npos) edited.replace(at, from.size(), to);
    write_file_atomically(path, edited);
    return load_core_file(path);
  }

  /// Takes each figure away in turn; returns how many there are.
  int count_required_figures() {
    int figures = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t equals = line.find(" = ");
      if (equals == std::string::npos || line[0] == '#' ||
          std::isdigit(static_cast<unsigned char>(line[equals + 3])) == 0)
        continue;
      ++figures;
      EXPECT_THROW((void)load_with("\n" + line, "\n"), Error) << line;
    }
    return figures;
  }

  std::string text = read_file(resource("data/cores/cortex-m4.toml"));
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "core.toml";
};

TEST_F(EditedCore, EveryFigureIsRequired) { EXPECT_EQ(count_required_figures(), 41); }

TEST_F(EditedCore, EveryFigureOfTheDualIssueCoreIsRequired) {
  text = read_file(resource("data/cores/cortex-m7.toml"));
  EXPECT_EQ(count_required_figures(), 47);
  EXPECT_THROW((void)load_with("btac_entries = 64", "btac_entries = 63"), Error);
  EXPECT_THROW((void)load_with("flags_early = 3", "flags_early = 9"), Error);
  EXPECT_THROW((void)load_with("divide_max = 12", "divide_max = 2"), Error);
  EXPECT_THROW((void)load_with("entries = 4", "entries = 9"), Error);
}

TEST_F(EditedCore, ARuleNeedsItsSentenceAndSourceAndNoOtherIsRead) {
  EXPECT_THROW((void)load_with("[rules.early-branch]\ntext = ", "[rules.early-branch]\ntxt = "),
               Error);
  EXPECT_THROW((void)load_with("[rules.early-branch]", "[rules.late-branch]"), Error);
  EXPECT_THROW(
      (void)load_with("[rules.early-branch]", "[rules.other]\ntext = \"a\"\n[rules.early-branch]"),
      Error);
}

TEST_F(EditedCore, AFigureReachesItsField) {
  EXPECT_EQ(load_with("refill = 2", "refill = 3").integer.refill, 3U);
  EXPECT_EQ(load_with("\nload = 2", "\nload = 4").memory.load, 4U);
  EXPECT_EQ(load_with("square_root = 14", "square_root = 15").floating.square_root, 15U);
}

TEST_F(EditedCore, ContradictionsAreRefused) {
  EXPECT_THROW((void)load_with("divide_max = 12", "divide_max = 1"), Error);
  EXPECT_THROW((void)load_with("it_folded = 0", "it_folded = 2"), Error);
  EXPECT_THROW((void)load_with("refill = 2", "refill = -1"), Error);
}

}  // namespace
}  // namespace opline::board
