// The include check: the repository is clean, and a tree with each kind of violation is not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/files.h"
#include "tests/error_message.h"
#include "tests/repository/include_check.h"
#include "tests/repository/source_tree.h"
#include "tests/repository/temporary_tree.h"

namespace opline::repository {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

ModuleTable documented_table() {
  const std::string name = std::string(OPLINE_SOURCE_DIR) + "/docs/architecture.md";
  return ModuleTable::from_markdown(read_file(name), name);
}

FolderOrder documented_order() {
  const std::string name = std::string(OPLINE_SOURCE_DIR) + "/docs/architecture.md";
  return FolderOrder::from_markdown(read_file(name), name);
}

/// The findings of the documented table on a tree with one file that has one line.
std::vector<std::string> findings(const std::string& file, const std::string& line) {
  TemporaryTree tree;
  tree.add(file, "// first\n" + line + "\n");
  return check_includes(tree.root(), documented_table(), documented_order());
}

TEST(RepositoryIncludes, EveryIncludeOfTheRepositoryKeepsTheLevels) {
  const std::vector<std::string> findings =
      check_includes(OPLINE_SOURCE_DIR, documented_table(), documented_order());
  EXPECT_TRUE(findings.empty()) << fmt::format("{}", fmt::join(findings, "\n"));
}

TEST(RepositoryIncludes, TheRepositoryIsSeen) {
  const std::vector<std::string> files = source_files(OPLINE_SOURCE_DIR);
  EXPECT_THAT(files, testing::Contains("src/base/error.h"));
  EXPECT_THAT(files, testing::Contains("tests/repository/include_levels_test.cpp"));
  for (const std::string& file : files) EXPECT_FALSE(file.starts_with("build/")) << file;
}

TEST(RepositoryIncludes, TheTableHasTheModulesOfTheDesign) {
  const ModuleTable table = documented_table();
  for (const char* module :
       {"src/base", "firmware", "src/network", "src/board", "src/measure", "sampler", "src/tflite",
        "runners", "runners/simulator", "src/store", "analysis", "src/evaluation", "src/campaign",
        "src/costmodel", "src/figures", "src/report", "notebooks_export", "src/cli"}) {
    const Module* found = table.module_of(std::string(module) + "/file.h");
    ASSERT_NE(found, nullptr) << module;
    EXPECT_EQ(found->folder, module);
  }
}

TEST(RepositoryIncludes, DownIsAllowed) {
  EXPECT_THAT(findings("src/cli/a.cpp", "#include \"analysis/fit.h\""), IsEmpty());
  EXPECT_THAT(findings("src/network/a.cpp", "#include \"firmware/kernels/conv.h\""), IsEmpty());
  EXPECT_THAT(findings("runners/a.cpp", "#include \"runners/simulator/machine/machine.h\""),
              IsEmpty());
  EXPECT_THAT(findings("firmware/runtime/a.c", "#include \"firmware/include/opline_plan.h\""),
              IsEmpty());
  EXPECT_THAT(findings("tests/store/a.cpp", "#include \"src/cli/verb.h\""), IsEmpty());
}

TEST(RepositoryIncludes, UpIsReportedWithFileAndLine) {
  EXPECT_THAT(findings("src/base/a.h", "#include \"src/board/board.h\""),
              ElementsAre(StartsWith(
                  "src/base/a.h:2: the include of src/board/board.h goes from src/base")));
  EXPECT_THAT(findings("analysis/verdict/a.cpp", "  #  include \"src/figures/plot.h\""),
              ElementsAre(HasSubstr("up to")));
  EXPECT_THAT(findings("firmware/a.c", "#include \"src/network/network.h\""),
              ElementsAre(HasSubstr("up to")));
  EXPECT_THAT(findings("src/cli/a.cpp", "#include \"tests/repository/module_table.h\""),
              ElementsAre(HasSubstr("up to")));
}

TEST(RepositoryIncludes, SidewaysIsReported) {
  for (const auto& [file, header] : std::vector<std::pair<std::string, std::string>>{
           {"analysis/verdict/a.cpp", "src/store/study.h"},
           {"src/network/a.cpp", "src/board/board.h"},
           {"sampler/draw/a.cpp", "runners/runner.h"},
           {"sampler/draw/a.cpp", "runners/firmware/image_builder.h"},
           {"src/base/a.cpp", "firmware/include/opline_plan.h"}}) {
    EXPECT_THAT(findings(file, "#include \"" + header + "\""), ElementsAre(HasSubstr("sideways")))
        << file;
  }
}

TEST(RepositoryIncludes, ARowThatNamesModulesPermitsOnlyThem) {
  EXPECT_THAT(findings("runners/simulator/a.cpp", "#include \"src/board/core.h\""), IsEmpty());
  EXPECT_THAT(findings("runners/simulator/a.cpp", "#include \"src/network/network.h\""),
              ElementsAre(HasSubstr("does not allow")));
  EXPECT_THAT(findings("runners/simulator/a.cpp", "#include \"runners/transport.h\""),
              ElementsAre(HasSubstr("up to")));
  EXPECT_THAT(findings("src/network/a.cpp", "#include \"firmware/protocol/words.h\""),
              ElementsAre(HasSubstr("does not allow")));
}

TEST(RepositoryIncludes, RelativeUnknownAndAngleBracketedAreReported) {
  EXPECT_THAT(findings("src/board/a.cpp", "#include \"../base/error.h\""),
              ElementsAre(HasSubstr("is relative")));
  EXPECT_THAT(findings("src/board/a.cpp", "#include \"src/board/../base/error.h\""),
              ElementsAre(HasSubstr("is relative")));
  EXPECT_THAT(findings("src/board/a.cpp", "#include \"board.h\""),
              ElementsAre(HasSubstr("in no module")));
  EXPECT_THAT(findings("src/base/a.cpp", "#include <src/cli/verb.h>"),
              ElementsAre(HasSubstr("in quotes")));
  EXPECT_THAT(findings("src/base/a.cpp", "#include <vector>"), IsEmpty());
  EXPECT_THAT(findings("src/cellar/a.cpp", ""),
              ElementsAre(StartsWith("src/cellar/a.cpp:1: is in no module")));
}

TEST(RepositoryIncludes, BuildAndHiddenFoldersAreLeftOut) {
  TemporaryTree tree;
  tree.add("build/a.cpp", "#include \"../b.h\"\n");
  tree.add(".cache/a.cpp", "#include \"../b.h\"\n");
  EXPECT_THAT(check_includes(tree.root(), documented_table(), documented_order()), IsEmpty());
}

void expect_refused(const std::string& rows, const std::string& why) {
  const std::string message = message_of([&] {
    (void)ModuleTable::from_markdown("# x\n\n| level | module | includes |\n|---|---|---|\n" + rows,
                                     "t.md");
  });
  EXPECT_THAT(message, HasSubstr(why)) << rows;
  EXPECT_THAT(message, StartsWith("t.md:")) << rows;
}

TEST(RepositoryIncludes, AMalformedTableIsRefused) {
  expect_refused("", "there is no table");
  expect_refused("| x | `a` | nothing |\n", "is not a level");
  expect_refused("| 0 | a | nothing |\n", "back quotes");
  expect_refused("| 0 | `a` | everything |\n", "back quotes");
  expect_refused("| 0 | `a` | nothing |\n| 1 | `a` | nothing |\n", "two rows");
  expect_refused("| 0 | `a` | `b` |\n| 1 | `b` | nothing |\n", "may not be allowed");
  expect_refused("| 1 | `a` | `b` |\n| 1 | `b` | nothing |\n", "may not be allowed");
  expect_refused("| 1 | `a` | `nowhere` |\n", "may not be allowed");
}

TEST(RepositoryIncludes, ASubFolderIncludesOnlyThoseToItsLeft) {
  EXPECT_THAT(findings("sampler/draw/a.cpp", "#include \"sampler/space/space.h\""), IsEmpty());
  EXPECT_THAT(findings("sampler/draw/a.cpp", "#include \"sampler/draw/prior.h\""), IsEmpty());
  EXPECT_THAT(findings("analysis/verdict/a.cpp", "#include \"analysis/numerics/moments.h\""),
              IsEmpty());
  EXPECT_THAT(findings("sampler/space/a.cpp", "#include \"sampler/draw/prior.h\""),
              ElementsAre("sampler/space/a.cpp:2: the include of sampler/draw/prior.h goes within "
                          "sampler from space up to draw"));
  EXPECT_THAT(findings("analysis/regression/a.h", "#include \"analysis/resampling/folds.h\""),
              ElementsAre(HasSubstr("within analysis from regression up to resampling")));
}

TEST(RepositoryIncludes, AFileBesideTheSubFoldersIsReported) {
  EXPECT_THAT(findings("analysis/a.cpp", ""),
              ElementsAre(StartsWith("analysis/a.cpp:1: is in none of the sub-folders")));
  EXPECT_THAT(findings("analysis/misc/a.cpp", ""), ElementsAre(HasSubstr("is in none")));
}

TEST(RepositoryIncludes, AMalformedOrderIsRefused) {
  const auto message = [](const std::string& rows) {
    return message_of([&] {
      (void)FolderOrder::from_markdown("| module | sub-folders, lowest first |\n|---|---|\n" + rows,
                                       "t.md");
    });
  };
  EXPECT_THAT(message(""), HasSubstr("there is no table"));
  EXPECT_THAT(message("| a | `b` |\n"), HasSubstr("t.md:3: 'a' is not a folder in back quotes"));
  EXPECT_THAT(message("| `a` | `b` < c |\n"), HasSubstr("'c' is not a folder in back quotes"));
  EXPECT_THAT(message("| `a` | `b` < `b` |\n"), HasSubstr("b is listed twice"));
  EXPECT_THAT(message("| `a` | `b` |\n| `a` | `c` |\n"),
              HasSubstr("t.md:4: module a has two rows"));
}

}  // namespace
}  // namespace opline::repository
