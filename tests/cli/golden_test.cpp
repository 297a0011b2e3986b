// What the program prints, as readable files in tests/cli/golden; OPLINE_REWRITE_GOLDENS=1 rewrites
// them.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

struct Golden {
  const char* file;
  std::vector<std::string> arguments;
};

class GoldenText : public testing::TestWithParam<Golden> {};

TEST_P(GoldenText, IsWhatTheProgramPrints) {
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_golden_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const Result result = run(folder, GetParam().arguments);
  fs::remove_all(folder);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const fs::path path = fs::path(OPLINE_SOURCE_DIR) / "tests" / "cli" / "golden" / GetParam().file;
  if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr) write_file_atomically(path, result.out);
  EXPECT_EQ(result.out, read_file(path));
}

INSTANTIATE_TEST_SUITE_P(
    Verbs, GoldenText,
    testing::Values(
        Golden{"help.txt", {"--help"}}, Golden{"study_help.txt", {"study", "--help"}},
        Golden{"run_help.txt", {"run", "--help"}}, Golden{"merge_help.txt", {"merge", "--help"}},
        Golden{"submit_help.txt", {"submit", "--help"}},
        Golden{"status_help.txt", {"status", "--help"}},
        Golden{"sample_help.txt", {"sample", "--help"}},
        Golden{"plot_help.txt", {"plot", "--help"}},
        Golden{"report_help.txt", {"report", "--help"}},
        Golden{"layers_help.txt", {"layers", "--help"}},
        Golden{"measure_help.txt", {"measure", "--help"}},
        Golden{"firmware_help.txt", {"firmware", "--help"}},
        Golden{"predict_help.txt", {"predict", "--help"}},
        Golden{"spaces_help.txt", {"spaces", "--help"}},
        Golden{"boards_help.txt", {"boards", "--help"}},
        Golden{"inspect_help.txt", {"inspect", "--help"}},
        Golden{"profile_help.txt", {"profile", "--help"}},
        Golden{"simulate_help.txt", {"simulate", "--help"}},
        Golden{"energy_help.txt", {"energy", "--help"}},
        Golden{"mlperf_help.txt", {"mlperf", "--help"}},
        Golden{"doctor_help.txt", {"doctor", "--help"}},
        Golden{"self_test_help.txt", {"self-test", "--help"}},
        Golden{"calibrate_help.txt", {"calibrate", "--help"}},
        Golden{"import_help.txt", {"import", "--help"}}, Golden{"spaces.txt", {"spaces"}},
        Golden{"spaces_kws.txt", {"spaces", "--show", "kws"}}, Golden{"boards.txt", {"boards"}},
        Golden{"boards_f446re.txt", {"boards", "--show", "nucleo-f446re"}},
        Golden{"boards_timing_f446re.txt", {"boards", "--timing", "nucleo-f446re"}},
        Golden{"boards_timing_f746zg.txt", {"boards", "--timing", "nucleo-f746zg"}},
        Golden{"sample_tiny.txt", {"sample", "--space", "tiny", "--count", "4"}},
        Golden{"sample_tiny.json", {"sample", "--space", "tiny", "--count", "1", "--json"}},
        Golden{"inspect_tiny.txt", {"inspect", "--space", "tiny", "--index", "0"}}),
    [](const auto& golden) {
      std::string name = golden.param.file;
      for (char& letter : name) letter = letter == '.' ? '_' : letter;
      return name;
    });

}  // namespace
}  // namespace opline::cli
