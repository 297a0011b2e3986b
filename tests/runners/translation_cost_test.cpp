// What the simulator costs the host, in instructions per simulated instruction: counted by
// Valgrind, so the same on every machine and at any load. A floor under the speed of translated
// code; the figures are those of GCC 12 with some room.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "runners/firmware_translations.h"

namespace opline::runners {
namespace {

struct Cost {
  const char* board;
  double most;  ///< Host instructions per simulated one.
};

/// Output of a shell command, standard error included.
std::string output_of(const std::string& command) {
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (pipe != nullptr && fgets(buffer.data(), buffer.size(), pipe) != nullptr)
    text += buffer.data();
  if (pipe != nullptr) pclose(pipe);
  return text;
}

/// The number behind `label`, commas left out; -1 where it is not.
double number_behind(const std::string& text, const std::string& label) {
  const std::size_t at = text.find(label);
  if (at == std::string::npos) return -1;
  std::string digits;
  for (const char c : text.substr(at + label.size(), 30)) {
    if (c >= '0' && c <= '9') digits += c;
    if (c == '\n') break;
  }
  return digits.empty() ? -1 : std::strtod(digits.c_str(), nullptr);
}

struct Counted {
  double host = 0, simulated = 0;
};
Counted count(const std::string& board, int runs) {
  const std::string text =
      output_of("OPLINE_HOME=" OPLINE_BINARY_DIR
                " valgrind --tool=callgrind "
                "--callgrind-out-file=/dev/null " OPLINE_BINARY_DIR "/tests/host_cost " +
                board + " " + std::to_string(runs));
  std::string simulated;  // the line that is not Valgrind's
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    if (text[at] != '=') simulated = text.substr(at, end - at);
  const Counted counted{number_behind(text, "refs:"), number_behind("n:" + simulated + "\n", "n:")};
  EXPECT_GT(counted.host, 0) << text;
  EXPECT_GE(counted.simulated, 0) << text;
  return counted;
}

class TranslationCost : public testing::TestWithParam<Cost> {};

TEST_P(TranslationCost, StaysBelowItsFigure) {
  if (firmware_translations().empty())
    GTEST_SKIP() << "built without: OPLINE_TRANSLATE=ON adds them";
  if (std::system("command -v valgrind > /dev/null") != 0)
    GTEST_SKIP() << "valgrind is missing; install it with: apt-get install valgrind";
  const Counted loaded = count(GetParam().board, 0), run = count(GetParam().board, 1);
  const double each = (run.host - loaded.host) / (run.simulated - loaded.simulated);
  RecordProperty("host_instructions_each", std::to_string(each));
  std::printf("%s: %.2f host instructions for each simulated one\n", GetParam().board, each);
  EXPECT_LT(each, GetParam().most);
  EXPECT_GT(each, 1) << "nothing was executed";
}

INSTANTIATE_TEST_SUITE_P(Boards, TranslationCost,
                         testing::Values(Cost{"nucleo-f446re", 17}, Cost{"nucleo-f746zg", 30}),
                         [](const auto& test) { return std::string(test.param.board).substr(7); });

}  // namespace
}  // namespace opline::runners
