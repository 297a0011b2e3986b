// Opening ports and connections, and lines out of pieces.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "runners/energy/descriptor_stream.h"
#include "runners/energy/line_reader.h"
#include "src/base/output.h"
#include "tests/energy_meters/simulated_device.h"
#include "tests/error_message.h"

namespace opline::energy {
namespace {

using testing::HasSubstr;

std::string refused_port(const std::string& path) {
  return message_of([&] { (void)open_serial_port(path, 115200); }, ErrorCode::device);
}

TEST(SerialPort, ThatIsNotThere) {
  EXPECT_THAT(refused_port("/dev/ttyACM99"),
              HasSubstr("/dev/ttyACM99: the port cannot be opened (No such file or directory); is "
                        "it plugged in?"));
}

TEST(SerialPort, ThatIsAFile) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "not_a_port";
  write_file_atomically(file, "x");
  EXPECT_THAT(refused_port(file), HasSubstr("is not a serial port"));
}

TEST(SerialPort, WithoutPermission) {
  if (geteuid() == 0) {
    // Root may open everything; the same test as another user, in a process of its own.
    EXPECT_EXIT(
        {
          SimulatedDevice device([](DeviceLink&) {});
          if (setuid(65534) != 0) _exit(9);
          const std::string message = refused_port(device.address());
          _exit(message.find("usermod -aG dialout") != std::string::npos ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
    return;
  }
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "locked";
  write_file_atomically(file, "x");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  EXPECT_THAT(refused_port(file), HasSubstr("usermod -aG dialout"));
}

TEST(Tcp, NobodyListens) {
  EXPECT_THAT(message_of([] { (void)connect_tcp("127.0.0.1", 1, 1); }, ErrorCode::device),
              HasSubstr("tcp:127.0.0.1:1: no connection (Connection refused)"));
}

TEST(Tcp, UnknownHost) {
  EXPECT_THAT(
      message_of([] { (void)connect_tcp("no.such.host.invalid", 1905, 1); }, ErrorCode::device),
      HasSubstr("the host or port is not known"));
}

TEST(Lines, OfATcpConnection) {
  SimulatedDevice device(
      [](DeviceLink& link) { link.write_in_pieces("one\r\ntwo\n\r\nthree\r\n", 1); },
      SimulatedDevice::Link::tcp);
  const auto stream = connect_tcp("127.0.0.1", device.port(), 5);
  LineReader lines(*stream, 100);
  for (const char* expected : {"one", "two", "", "three"}) EXPECT_EQ(lines.line(5), expected);
  EXPECT_EQ(lines.line(0), std::nullopt);
}

TEST(Lines, ThatNeverEnd) {
  SimulatedDevice device([](DeviceLink& link) { link.write(std::string(5000, 'x')); });
  const auto stream = open_serial_port(device.address(), 9600);
  LineReader lines(*stream, 1000);
  EXPECT_THAT(message_of(
                  [&] {
                    while (true) (void)lines.line(5);
                  },
                  ErrorCode::device),
              HasSubstr("bytes without a line end, `xxx"));
}

TEST(Link, ThatIsClosed) {
  SimulatedDevice device([](DeviceLink& link) { link.pull(); }, SimulatedDevice::Link::tcp);
  const auto stream = connect_tcp("127.0.0.1", device.port(), 5);
  EXPECT_THAT(message_of([&] { (void)stream->read(5); }, ErrorCode::device),
              HasSubstr("the link to the meter is gone (the other side has closed it)"));
}

TEST(Link, ThatTakesNoBytesIsReportedWhenItCloses) {
  SimulatedDevice device([](DeviceLink& link) {
    (void)link.read(1);  // once it is open
    link.pull();
  });
  const auto stream = open_serial_port(device.address(), 9600);
  EXPECT_THAT(message_of(
                  [&] {
                    while (true) {
                      stream->write("x");
                      (void)stream->read(0.01);
                    }
                  },
                  ErrorCode::device),
              HasSubstr("the link to the meter is gone"));
}

}  // namespace
}  // namespace opline::energy
