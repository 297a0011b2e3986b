// Both ends of a link: a real pseudo-terminal and a real TCP port.
#include "src/ports/link.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include "src/ports/endpoint.h"
#include "tests/error_message.h"

namespace opline::ports {
namespace {

using testing::HasSubstr;

void send(int descriptor, const std::string& bytes) {
  ASSERT_EQ(::write(descriptor, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

/// What arrives, up to `count` bytes.
std::string receive(int descriptor, std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    pollfd ready{descriptor, POLLIN, 0};
    if (::poll(&ready, 1, 5000) <= 0) break;
    char byte = 0;
    if (::read(descriptor, &byte, 1) != 1) break;
    bytes += byte;
  }
  return bytes;
}

void expect_both_ways(int one, int other) {
  send(one, "to the other%\r\n");
  EXPECT_EQ(receive(other, 15), "to the other%\r\n");
  send(other, std::string("\x03\x11\x13\n", 4));  // nothing is a control character
  EXPECT_EQ(receive(one, 4), std::string("\x03\x11\x13\n", 4));
}

TEST(Link, OverAPseudoTerminal) {
  const PseudoTerminal board;
  const Link host = Link::open(board.path(), 115'200);
  expect_both_ways(host.descriptor(), board.descriptor());
}

TEST(Link, OverTcp) {
  const TcpListener listener(0);
  const Link host = Link::open("tcp:127.0.0.1:" + std::to_string(listener.port()), 115'200);
  const Descriptor board = listener.accept(5000);
  ASSERT_TRUE(board.is_open());
  expect_both_ways(host.descriptor(), board.number());
}

TEST(Link, ClosesWithItsLastCopy) {
  const TcpListener listener(0);
  Descriptor board;
  {
    const Link host = Link::connect("localhost", std::to_string(listener.port()), 5);
    const Link copy = host;  // NOLINT(performance-unnecessary-copy-initialization)
    board = listener.accept(5000);
    EXPECT_EQ(copy.descriptor(), host.descriptor());
  }
  EXPECT_EQ(receive(board.number(), 1), "") << "the other side has closed it";
}

TEST(Link, WhatCannotBeOpenedIsSaidWithARemedy) {
  const auto refusal = [](const std::string& port, ErrorCode code = ErrorCode::device) {
    return message_of([&] { (void)Link::open(port, 115'200); }, code);
  };
  EXPECT_THAT(refusal("/dev/no-such"), HasSubstr("opline boards --attached"));
  EXPECT_THAT(refusal("/dev/null"), HasSubstr("it is not a serial port"));
  EXPECT_THAT(refusal("tcp:127.0.0.1:1"), HasSubstr("no connection (Connection refused)"));
  EXPECT_THAT(refusal("tcp:no.such.host.invalid:1"), HasSubstr("the host or port is not known"));
  for (const char* text : {"tcp:", "tcp:host", "tcp::1", "tcp:host:"})
    EXPECT_THAT(refusal(text, ErrorCode::usage), HasSubstr("expected tcp:HOST:PORT")) << text;
}

TEST(TcpListener, APortThatIsTakenIsAnError) {
  const TcpListener first(0);
  EXPECT_THAT(message_of([&] { (void)TcpListener(first.port()); }, ErrorCode::io),
              HasSubstr("cannot listen there"));
  EXPECT_FALSE(first.accept(1).is_open()) << "nobody came";
}

}  // namespace
}  // namespace opline::ports
