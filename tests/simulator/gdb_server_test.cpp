// The debugger's connection: TCP on this host only.
#include "runners/simulator/debug/gdb_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

/// A connection to a port of `host`; -1 where nobody listens.
int connect_to(std::uint32_t host, std::uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(host);
  const timeval patience{20, 0};
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return client;
  close(client);
  return -1;
}

/// Reads until `end` has come.
std::string read_until(int client, const std::string& end) {
  std::string text;
  std::array<char, 512> buffer;
  while (!text.ends_with(end)) {
    const ssize_t count = recv(client, buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

class GdbServerTest : public ::testing::Test {
 protected:
  void SetUp() override { OPLINE_NEEDS_PROGRAMS(); }

  /// Serves the program while `client` talks to it over a connection.
  void serve(const std::string& program, const std::function<void(int)>& client,
             const std::string& start = "reset") {
    Machine machine = testing::machine_for(program);
    Registers all = machine.registers();
    all.r[15] = *machine.image().symbol(start);
    machine.set_registers(all);
    GdbServer server(0);
    std::thread serving([&] {
      server.serve(
          machine, [&](std::string_view text) { uart_ += text; }, stop_);
    });
    const int connection = connect_to(INADDR_LOOPBACK, server.port());
    EXPECT_GE(connection, 0);
    client(connection);
    close(connection);
    serving.join();
  }
  static void say(int client, const std::string& bytes) {
    EXPECT_EQ(send(client, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  std::atomic<bool> stop_ = false;
  std::string uart_;
};

TEST_F(GdbServerTest, ServesADebuggerUntilItDetaches) {
  serve("exceptions", [](int client) {
    say(client, "+$?#3f");
    EXPECT_EQ(read_until(client, "#b8"), "+$S05#b8");
    say(client, "+$c#63");
    EXPECT_THAT(read_until(client, "$W00#b7"), EndsWith("$W00#b7"));
    say(client, "+$D#44");
    EXPECT_EQ(read_until(client, "#9a"), "+$OK#9a");
  });
  EXPECT_THAT(uart_, EndsWith("done\n"));
}

// It waited for an answer that never came.
TEST_F(GdbServerTest, ASecondDebuggerIsRefused) {
  Machine machine = testing::machine_for("exceptions");
  GdbServer server(0);
  const std::uint16_t port = server.port();
  std::thread serving([&] {
    server.serve(
        machine, [](std::string_view) {}, stop_);
  });
  const int first = connect_to(INADDR_LOOPBACK, port);
  say(first, "+$?#3f");
  EXPECT_EQ(read_until(first, "#b8"), "+$S05#b8");
  EXPECT_EQ(connect_to(INADDR_LOOPBACK, port), -1);
  close(first);
  serving.join();
}

TEST_F(GdbServerTest, AClosedConnectionEndsIt) {
  serve("exceptions", [](int client) { say(client, "$"); });
  EXPECT_EQ(uart_, "");
}

TEST_F(GdbServerTest, AProgramThatRunsForEverIsStopped) {
  serve(
      "cases",
      [this](int client) {
        say(client, "+$c#63");
        EXPECT_EQ(read_until(client, "+"), "+");
        stop_ = true;
        EXPECT_EQ(read_until(client, "$"), "") << "the server closes the connection";
      },
      "s_spin");
}

TEST_F(GdbServerTest, APortThatIsTakenIsAnError) {
  const GdbServer first(0);
  EXPECT_THAT(message_of([&] { const GdbServer second(first.port()); }, ErrorCode::io),
              HasSubstr("cannot listen there"));
}

}  // namespace
}  // namespace opline::simulator
