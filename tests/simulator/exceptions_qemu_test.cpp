// QEMU's Cortex-M4 as an independent model of exceptions: it prints the log that
// exceptions_test.cpp expects.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "src/base/files.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

/// What a program sends over USART2 of the netduinoplus2 (STM32F405) until its semihosting exit.
/// With time by instructions: by the host's clock SysTick may ask once more while its handler stops
/// it.
std::string output_in_qemu(const std::string& program) {
  const std::string command =
      "timeout 60 qemu-system-arm -M netduinoplus2 -display none -monitor none -serial null "
      "-serial stdio -semihosting -icount shift=4,sleep=off -kernel '" +
      testing::program_path(program).string() + "' 2>/dev/null </dev/null";
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no pipe");
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.append(buffer.data(), n);
  EXPECT_EQ(pclose(pipe), 0);
  return output;
}

TEST(ExceptionsInQemu, PrintTheGoldenLog) {
  OPLINE_NEEDS_PROGRAMS();
  if (std::system("command -v qemu-system-arm >/dev/null") != 0)
    GTEST_SKIP() << "apt install qemu-system-arm";
  const std::string golden =
      read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / "tests/simulator/golden/exceptions.txt");
  EXPECT_EQ(output_in_qemu("exceptions"), golden.substr(golden.find('\n') + 1));
}

}  // namespace
}  // namespace opline::simulator
