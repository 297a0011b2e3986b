// Fifty networks on attached boards: opline's simulator behind a pseudo-terminal, without and with
// faults of the link, and the F446's image in QEMU behind a pseudo-terminal and a TCP port.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "src/base/files.h"
#include "tests/campaign/attached_campaign.h"
#include "tests/firmware/qemu_device.h"

namespace opline::campaign {
namespace {

using measure::OutcomeKind;
using runners::FaultyLink;
using runners::LinkFaults;
using runners::ServedBoard;

constexpr std::uint64_t kDraws = 80;  // of `tiny`, which repeats itself: at least 50 networks

/// The F446's image in QEMU's STM32F405; its second serial port is the board's USART2.
class Qemu {
 public:
  explicit Qemu(const std::string& serial, const fs::path& log) : process_(fork()) {
    if (process_ != 0) return;
    const std::string elf = (fs::path(OPLINE_BINARY_DIR) / "firmware/nucleo-f446re.elf").string();
    dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    execlp("qemu-system-arm", "qemu-system-arm", "-M", "netduinoplus2", "-kernel", elf.c_str(),
           "-display", "none", "-monitor", "none", "-serial", "null", "-serial", serial.c_str(),
           nullptr);
    _exit(127);
  }
  ~Qemu() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  Qemu(const Qemu&) = delete;
  Qemu& operator=(const Qemu&) = delete;

 private:
  pid_t process_;
};

class FiftyNetworks : public AttachedCampaign {
 protected:
  void expect_executed_without_timing(const AttachedBoards& attached) {
    EXPECT_FALSE(attached.setup().clock_hz);
    const Report report = run({target_of(attached)}, kDraws);
    EXPECT_GE(networks_, 50U);
    EXPECT_EQ(report.measured, 0U) << troubles(report, attached);
    EXPECT_EQ(report.unmeasured.at(OutcomeKind::executed_without_timing).count, networks_)
        << troubles(report, attached);
  }
  /// The port once somebody listens there.
  static AttachedBoards connect_when_there(const std::string& port) {
    for (int i = 0;; ++i) {
      try {
        return connect(port);
      } catch (const Error&) {
        if (i == 100) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
  }
};

TEST_F(FiftyNetworks, BehindAPseudoTerminalEqualTheInProcessRunOnBothCores) {
  for (const char* name : {"nucleo-f446re", "nucleo-f746zg"}) {
    const ServedBoard board(name);
    const AttachedBoards attached = connect(board.port(), quick(), name);
    EXPECT_EQ(run({target_of(attached)}, kDraws).measured, networks_) << name;
    EXPECT_GE(networks_, 50U);
    EXPECT_EQ(cycles(attached.setup()), simulated(kDraws, name)) << name;
  }
}

TEST_F(FiftyNetworks, OverALinkWithEveryFaultAtOnce) {
  ServedBoard board(kBoard, ServedBoard::Where::port);
  const LinkFaults faults = {.lose = 1e-4,
                             .twice = 1e-4,
                             .corrupt = 1e-4,
                             .garbage = 1e-4,
                             .delay = std::chrono::milliseconds(2),
                             .cut_after = 70'000,
                             .cuts = 5};
  FaultyLink link(board.port(), faults);
  std::size_t packets = 0;
  link.on_bytes([&](std::size_t) {
    if (++packets % 2500 == 0) board.press_reset();
  });
  const AttachedBoards attached = connect(link.port());
  const Report report = run({target_of(attached)}, kDraws);
  EXPECT_EQ(report.measured, networks_) << troubles(report, attached);
  EXPECT_GT(link.damaged(), 50U);
  EXPECT_GT(link.connections(), 3U);
  EXPECT_EQ(cycles(attached.setup()), simulated(kDraws));
}

TEST_F(FiftyNetworks, InQemuBehindATcpPortExecuteWithoutTiming) {
  if (!firmware_test::qemu_is_installed()) GTEST_SKIP() << firmware_test::kInstallQemu;
  const std::uint16_t port = ports::TcpListener(0).port();  // free again
  const Qemu qemu("tcp:127.0.0.1:" + std::to_string(port) + ",server=on,wait=off,nodelay=on",
                  folder_ / "log.txt");
  expect_executed_without_timing(connect_when_there("tcp:127.0.0.1:" + std::to_string(port)));
}

TEST_F(FiftyNetworks, InQemuBehindAPseudoTerminalExecuteWithoutTiming) {
  if (!firmware_test::qemu_is_installed()) GTEST_SKIP() << firmware_test::kInstallQemu;
  const Qemu qemu("pty", folder_ / "log.txt");
  // "char device redirected to /dev/pts/3 (label serial1)"
  std::string path;
  for (int i = 0; i < 100 && path.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const std::string log = fs::exists(folder_ / "log.txt") ? read_file(folder_ / "log.txt") : "";
    const std::size_t at = log.find("/dev/pts/");
    if (at != std::string::npos && log.find(' ', at) != std::string::npos)
      path = log.substr(at, log.find(' ', at) - at);
  }
  expect_executed_without_timing(connect_when_there(path));
}

}  // namespace
}  // namespace opline::campaign
