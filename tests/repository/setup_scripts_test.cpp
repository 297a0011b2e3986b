// ./study and ./check: what they install, print and run, seen on a copy of the scripts with a
// machine's tools (dpkg-query, apt-get, sudo, cmake ...) replaced by short programs that record how
// they are called.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/error.h"
#include "tests/repository/temporary_tree.h"

namespace opline::repository {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

struct Result {
  int exit_code = -1;
  std::string output;  ///< Of stdout and stderr.
};

Result run(const std::string& command) {
  std::FILE* pipe = ::popen(("( " + command + " ) 2>&1 </dev/null").c_str(), "r");
  OPLINE_ASSERT(pipe != nullptr, "popen of {}", command);
  Result result;
  std::array<char, 4096> buffer;
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    result.output.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

/// A copy of the scripts on a machine that the test describes.
class SetupScripts : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* file : {"study", "check", "cmake/setup.sh", "cmake/packages.txt"}) {
      tree_.add(file, read_file(fs::path(OPLINE_SOURCE_DIR) / file));
      make_executable(tree_.root() / file);
    }
    fs::create_directories(tree_.root() / "elsewhere");
    tool("id", "echo 1000");
    tool("sudo", "exit 1");
    tool("apt-get", "echo apt-get \"$@\" >> " + calls().string());
    tool("apt-cache", "exit 0");
    tool("cmake",
         "echo '[1/10] one'; echo '[10/10] all'; echo cmake \"$@\" >> " + calls().string());
    tool("ctest", "echo ctest \"$@\"");
    missing_are("");
    add_program();
  }

  static void make_executable(const fs::path& file) {
    fs::permissions(file, fs::perms::owner_exec, fs::perm_options::add);
  }
  void tool(const std::string& name, const std::string& body) {
    tree_.add("bin/" + name, "#!/bin/bash\n" + body + "\n");
    make_executable(tree_.root() / "bin" / name);
  }
  /// These packages are not installed, all others are; dpkg-query's last argument is the package.
  void missing_are(const std::string& packages) {
    tool("dpkg-query", "case ' " + packages +
                           " ' in *\" ${!#} \"*) echo config-files ;; *) echo installed ;; esac");
  }
  /// A configured build folder with a program that shows how it was called.
  void add_program() {
    const std::string build = "build/release/";
    tree_.add(build + "build.ninja", "");
    tree_.add(build + "CMakeCache.txt", "CMAKE_HOME_DIRECTORY:INTERNAL=" + root() + "\n");
    tree_.add(build + "opline", "#!/bin/bash\nprintf '<%s>' \"$@\"\n");
    make_executable(tree_.root() / "build/release/opline");
  }
  [[nodiscard]] std::string root() const { return fs::canonical(tree_.root()).string(); }
  [[nodiscard]] fs::path calls() const { return tree_.root() / "calls.txt"; }
  [[nodiscard]] std::string recorded() const {
    return fs::exists(calls()) ? read_file(calls()) : "";
  }
  Result start(const std::string& command, const std::string& folder = "") {
    return run(
        fmt::format("cd '{0}/{1}' && PATH='{0}/bin':\"$PATH\" {2}", root(), folder, command));
  }

  TemporaryTree tree_;
};

TEST_F(SetupScripts, WithoutRootTheExactCommandIsPrintedAndTheExitCodeIs3) {
  missing_are("cmake");
  const Result study = start("./study");
  EXPECT_EQ(study.exit_code, 3) << study.output;
  EXPECT_THAT(study.output, ContainsRegex("\n  cmake +configures the build\n"));
  EXPECT_THAT(
      study.output,
      HasSubstr("\n  apt-get update && apt-get install -y --no-install-recommends cmake\n"));
  EXPECT_EQ(recorded(), "");
}

TEST_F(SetupScripts, CheckAlsoNeedsTheTestPackages) {
  missing_are("libgtest-dev libgmock-dev");
  EXPECT_EQ(start("./study").exit_code, 0);
  const Result check = start("./check");
  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.output, HasSubstr("--no-install-recommends libgtest-dev libgmock-dev\n"));
}

TEST_F(SetupScripts, AnAlternativePackageCounts) {
  missing_are("gnuplot-nox gnuplot-x11");
  EXPECT_EQ(start("./study").exit_code, 0);
  missing_are("gnuplot-nox gnuplot-qt gnuplot-x11");
  EXPECT_THAT(start("./study").output, HasSubstr("--no-install-recommends gnuplot-nox\n"));
}

TEST_F(SetupScripts, RootInstallsOnlyWhatIsMissing) {
  tool("id", "echo 0");
  missing_are("cmake ninja-build");
  const Result study = start("./study");
  EXPECT_EQ(study.exit_code, 0) << study.output;
  EXPECT_THAT(study.output, HasSubstr("study: installing 2 packages"));
  EXPECT_THAT(recorded(),
              ContainsRegex("apt-get install -y --no-install-recommends .* cmake ninja-build\n"));
  EXPECT_THAT(recorded(), Not(HasSubstr("apt-get update")));
}

TEST_F(SetupScripts, AFreshMachineUpdatesTheListsFirst) {
  tool("id", "echo 0");
  tool("apt-cache", "exit 100");
  missing_are("ninja-build");
  EXPECT_EQ(start("./study").exit_code, 0);
  EXPECT_THAT(recorded(), ContainsRegex("apt-get update\napt-get install .* ninja-build\n"));
}

TEST_F(SetupScripts, StaleListsAreUpdatedOnce) {
  tool("id", "echo 0");
  tool("apt-get", "echo apt-get \"$@\" >> " + calls().string() +
                      "\n[ \"$1\" = update ] || [ $(wc -l < " + calls().string() + ") -gt 1 ]");
  missing_are("ninja-build");
  EXPECT_EQ(start("./study").exit_code, 0);
  EXPECT_THAT(recorded(), ContainsRegex("install .*\napt-get update\napt-get install .*\n"));
}

TEST_F(SetupScripts, WhenAptFailsItsOutputIsShown) {
  tool("id", "echo 0");
  tool("apt-get", "echo 'E: no space left'; exit 100");
  missing_are("ninja-build");
  const Result study = start("./study");
  EXPECT_EQ(study.exit_code, 3);
  EXPECT_THAT(study.output, HasSubstr("E: no space left"));
  EXPECT_THAT(study.output, HasSubstr("--no-install-recommends ninja-build\n"));
}

TEST_F(SetupScripts, StudyRunsTheDefaultStudy) {
  const Result study = start("./study");
  EXPECT_EQ(study.exit_code, 0) << study.output;
  EXPECT_THAT(
      study.output,
      HasSubstr("<study><--space><kws><--boards><nucleo-f446re><--count><200><--seed><1><--db>"
                "<opline-study/study.db><--out><opline-study>"));
  EXPECT_THAT(study.output, HasSubstr("study: build: 10 of 10 steps"));
}

TEST_F(SetupScripts, AnOptionReplacesTheDefault) {
  const Result study = start("../study --count=7 --out 'my folder' --json", "elsewhere");
  EXPECT_THAT(study.output,
              HasSubstr("<study><--space><kws><--boards><nucleo-f446re><--seed><1><--db>"
                        "<my folder/study.db><--count=7><--out><my folder><--json>"));
}

TEST_F(SetupScripts, FromAnotherFolderTheDefaultsAreInTheRepository) {
  const Result study = start("../study", "elsewhere");
  EXPECT_THAT(
      study.output,
      HasSubstr(fmt::format("<--db><{0}/opline-study/study.db><--out><{0}/opline-study>", root())));
}

TEST_F(SetupScripts, AMovedTreeIsConfiguredAgain) {
  tree_.add("build/release/CMakeCache.txt", "CMAKE_HOME_DIRECTORY:INTERNAL=/gone\n");
  EXPECT_EQ(start("./study").exit_code, 0);
  EXPECT_THAT(recorded(), HasSubstr("--preset release --fresh"));
}

TEST_F(SetupScripts, AFailedBuildShowsTheEndOfTheLog) {
  tool("cmake", "for i in {1..100}; do echo line $i; done; exit 1");
  const Result study = start("./study");
  EXPECT_EQ(study.exit_code, 1);
  EXPECT_THAT(study.output, HasSubstr("line 100\n"));
  EXPECT_THAT(study.output, Not(HasSubstr("line 10\n")));
  EXPECT_THAT(study.output,
              HasSubstr("the step 'build' failed; its log is " + root() + "/build/build.log"));
  EXPECT_THAT(read_file(tree_.root() / "build/build.log"), HasSubstr("line 10\n"));
}

TEST_F(SetupScripts, CheckRunsTheQuickTestsAndPassesOptionsOn) {
  EXPECT_THAT(start("./check").output,
              HasSubstr("ctest --preset release -LE extended --parallel 2 --output-on-failure\n"));
  EXPECT_THAT(start("../check -L extended", "elsewhere").output,
              HasSubstr("ctest --preset release --parallel 2 --output-on-failure -L extended\n"));
  EXPECT_THAT(recorded(), HasSubstr("-DOPLINE_BUILD_TESTS=ON"));
}

TEST_F(SetupScripts, HelpNeedsNothing) {
  missing_are("cmake");
  for (const char* script : {"../study --help", "../check --help"}) {
    const Result help = start(script, "elsewhere");
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.output, HasSubstr("Exit codes:"));
  }
}

TEST(SetupPackages, EveryLineHasAPackageAUseAndAReason) {
  std::istringstream lines(read_file(fs::path(OPLINE_SOURCE_DIR) / "cmake/packages.txt"));
  const std::regex shape(R"(^[a-z0-9.+|-]+ +(study|check|extended) +\S.*$)");
  std::string line;
  int packages = 0;
  while (std::getline(lines, line)) {
    if (line.empty() || line[0] == '#') continue;
    EXPECT_TRUE(std::regex_match(line, shape)) << line;
    ++packages;
  }
  EXPECT_GT(packages, 20);
}

}  // namespace
}  // namespace opline::repository
