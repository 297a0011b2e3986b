// A study of 200,000 draws of kws: every verb that reads it stays within an amount of memory that
// does not hold all its layers, and what it writes stays small. Some minutes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "benchmarks/made_up_outcomes.h"
#include "src/base/files.h"
#include "src/campaign/campaign.h"
#include "src/cli/exit_code.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kDraws = 200'000;
constexpr const char* kNow = "2026-01-31T12:00:00Z";
/// Of address space, which is more than what is resident: 2.7 million layers alone, as the models
/// of layers take them, are 0.7 GB.
constexpr int kMegabytes = 1000;

class LargeStudy : public ProgramTest {
 protected:
  static void SetUpTestSuite() {
    fs::create_directories(kept());
    store::Study study = store::Study::open(kept() / "large.db", store::Mode::create, kNow);
    const campaign::Query query{sampler::load_space("kws"), sampler::Prior::uniform_decisions, 1,
                                kDraws};
    (void)campaign::enter(study, campaign::identity_of(query), campaign::QuerySource(query, 2),
                          "a test", kNow);
    (void)fill(study, study.campaigns().at(0), made_up_setup(study));
  }
  static void TearDownTestSuite() { fs::remove_all(kept()); }

  static fs::path kept() {
    return fs::path(testing::TempDir()) / ("opline_large_" + std::to_string(::getpid()));
  }

  /// Exit code of `opline VERB --db large.db ARGUMENTS` with a bound on its memory.
  [[nodiscard]] int bounded(const std::string& verb, const std::string& arguments) const {
    const std::string command = "ulimit -v " + std::to_string(1024 * kMegabytes) + "; cd '" +
                                folder_.string() + "' && '" + program().string() + "' " + verb +
                                " --quiet --db '" + (kept() / "large.db").string() + "' " +
                                arguments + " > out.txt 2> err.txt";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] std::string problems() const { return read_file(folder_ / "err.txt"); }
};

/// Verdicts have exit codes of their own.
bool answers(int exit_code) {
  return exit_code == 0 || exit_code == kValidWithMargin || exit_code == kNotValid ||
         exit_code == kUndecided;
}

TEST_F(LargeStudy, FitsAndVerdictsHaveTheirMemoryBounded) {
  EXPECT_EQ(bounded("fit", ""), 0) << problems();
  EXPECT_EQ(bounded("fit", "--model per-layer"), 0) << problems();
  EXPECT_TRUE(answers(bounded("validate", "--details"))) << problems();
  EXPECT_NE(read_file(folder_ / "out.txt").find("layers of the first 20000 networks"),
            std::string::npos);
}

TEST_F(LargeStudy, FiguresAndThePageAreSmall) {
  EXPECT_EQ(bounded("plot", "--figure all --out figures"), 0) << problems();
  for (const fs::directory_entry& file : fs::directory_iterator(folder_ / "figures"))
    EXPECT_LT(file.file_size(), 4'000'000U) << file.path();
  EXPECT_EQ(bounded("report", "--out page.html"), 0) << problems();
  EXPECT_LT(fs::file_size(folder_ / "page.html"), 8'000'000U);
}

TEST_F(LargeStudy, ExportsAreStreamed) {
  for (const std::string format :
       {"csv", "networks-csv", "networks-jsonl", "layers-csv", "notebook"})
    EXPECT_EQ(bounded("export", "--format " + format + " --out file." + format), 0)
        << format << ": " << problems();
  EXPECT_GT(fs::file_size(folder_ / "file.layers-csv"), 300'000'000U) << "not held at once";
  EXPECT_EQ(bounded("export", "--format cost-model --allow-not-valid --out model.json"), 0)
      << problems();
}

}  // namespace
}  // namespace opline::cli
