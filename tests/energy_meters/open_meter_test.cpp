// Meters by name.
#include "runners/energy/open_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/error_message.h"

namespace opline::energy {
namespace {

using testing::HasSubstr;

TEST(MeterAddress, SerialAndTcp) {
  EXPECT_EQ(parse_meter_address("lpm01a@/dev/ttyACM1"),
            (MeterAddress{MeterKind::lpm01a, "/dev/ttyACM1", "", 0}));
  EXPECT_EQ(parse_meter_address("ppk2@tcp:bench.example:4000"),
            (MeterAddress{MeterKind::ppk2, "", "bench.example", 4000}));
  EXPECT_EQ(parse_meter_address("otii"), (MeterAddress{MeterKind::otii, "", "127.0.0.1", 1905}));
  EXPECT_EQ(parse_meter_address("bridge@/dev/a@b").port, "/dev/a@b");
}

TEST(MeterAddress, Mistakes) {
  const auto message = [](const char* text) {
    return message_of([&] { (void)parse_meter_address(text); }, ErrorCode::usage);
  };
  EXPECT_THAT(message("ppk@/dev/x"), HasSubstr("known: lpm01a, ppk2, otii, bridge"));
  EXPECT_THAT(message("ppk@/dev/x"), HasSubstr("did you mean `ppk2`?"));
  EXPECT_THAT(message("ppk2"), HasSubstr("as in ppk2@/dev/ttyACM1"));
  EXPECT_THAT(message("otii@/dev/x"), HasSubstr("write otii@tcp:HOST:PORT"));
  for (const char* text : {"otii@tcp:host", "otii@tcp:host:0", "otii@tcp::1", "otii@tcp:h:65536"})
    EXPECT_THAT(message(text), HasSubstr("is not an address")) << text;
}

TEST(OpenMeter, OpensThePort) {
  EXPECT_THAT(
      message_of(
          [] { (void)open_meter(parse_meter_address("ppk2@/dev/no-such-port"), {.volts = 3}); },
          ErrorCode::device),
      HasSubstr("/dev/no-such-port: the port cannot be opened"));
}

}  // namespace
}  // namespace opline::energy
