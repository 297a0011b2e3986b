// GDB itself attaches over TCP, stops at breakpoints and watchpoints, and shows calls and
// registers.
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "runners/simulator/debug/gdb_server.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using ::testing::HasSubstr;

std::string output_of(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no pipe");
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.append(buffer.data(), n);
  pclose(pipe);
  return output;
}

/// What GDB prints for its commands, one after the other.
std::string in_gdb(const std::string& program, std::initializer_list<std::string> commands) {
  Machine machine = testing::machine_for(program);
  GdbServer server(0);
  std::atomic<bool> stop = false;
  std::thread serving([&] {
    server.serve(
        machine, [](std::string_view) {}, stop);
  });
  std::string command =
      "timeout 60 gdb-multiarch -nx -batch -ex 'set confirm off' -ex 'target "
      "remote :" +
      std::to_string(server.port()) + "'";
  for (const std::string& one : commands) command += " -ex '" + one + "'";
  const std::string output =
      output_of(command + " '" + testing::program_path(program).string() + "' 2>&1 </dev/null");
  stop = true;
  serving.join();
  return output;
}

#define OPLINE_NEEDS_GDB()                                       \
  do {                                                           \
    OPLINE_NEEDS_PROGRAMS();                                     \
    if (std::system("command -v gdb-multiarch >/dev/null") != 0) \
      GTEST_SKIP() << "apt install gdb-multiarch";               \
  } while (false)

TEST(GdbMultiarch, StopsAtABreakpointAndShowsTheCalls) {
  OPLINE_NEEDS_GDB();
  const std::string output =
      in_gdb("crashes", {"break innermost", "continue", "info registers pc sp xpsr control",
                         "print $d0", "monitor cycles", "stepi", "x/i $pc", "detach"});
  EXPECT_THAT(output, HasSubstr("Breakpoint 1, "));
  EXPECT_THAT(output, HasSubstr("in innermost ()"));
  EXPECT_THAT(output, HasSubstr("cycles since reset"));
  EXPECT_THAT(output, HasSubstr("control "));
  EXPECT_THAT(output, HasSubstr("=> 0x"));
  EXPECT_THAT(output, HasSubstr("<innermost+8>:"));
}

TEST(GdbMultiarch, WatchesAVariableAndSeesTheFault) {
  OPLINE_NEEDS_GDB();
  const std::string output = in_gdb("crashes", {"watch *(unsigned*)&sink", "continue",
                                                "print *(unsigned*)&sink", "delete", "continue"});
  EXPECT_THAT(output, HasSubstr("Old value = 0"));
  EXPECT_THAT(output, HasSubstr("New value = 1"));
  EXPECT_THAT(output, HasSubstr("$1 = 1"));
  EXPECT_THAT(output, HasSubstr("opline: read from unmapped memory of 4 bytes at 0x60000000"));
  EXPECT_THAT(output, HasSubstr("received signal SIGSEGV"));
}

TEST(GdbMultiarch, ContinuesToTheExitOfTheProgram) {
  OPLINE_NEEDS_GDB();
  EXPECT_THAT(
      in_gdb("exceptions", {"break svc_body", "continue", "continue", "delete", "continue"}),
      HasSubstr("exited normally"));
}

}  // namespace
}  // namespace opline::simulator
