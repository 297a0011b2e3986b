#include "src/report/serial_port_report.h"

#include <gtest/gtest.h>

namespace opline::report {
namespace {

std::vector<PortView> some_ports() {
  return {{{"/dev/ttyACM0", "STM32 STLink", 0x0483, 0x374b, "066CFF", "ST-LINK/V2-1"},
           runners::PortAnswer{"nucleo-f446re", "opline 0.1.0", {}}},
          {{"/dev/ttyACM10", "STLINK", 0x0483, 0x374e, "", "STLINK-V3"},
           runners::PortAnswer{{}, {}, "the board does not answer"}},
          {{"/dev/ttyUSB0", "FT232R\x1b[2J", 0x0403, 0x6001, "", ""}, std::nullopt},
          {{"/dev/ttyS0", "ttyS0", std::nullopt, std::nullopt, "", ""}, std::nullopt}};
}

TEST(SerialPortReport, OneLineForEachPort) {
  EXPECT_EQ(
      in_words(some_ports()),
      "/dev/ttyACM0   ST-LINK/V2-1 (0483:374b, 066CFF)  nucleo-f446re, opline 0.1.0\n"
      "/dev/ttyACM10  STLINK-V3 (0483:374e)             the board does not answer\n"
      "/dev/ttyUSB0   FT232R\\x1b[2J (0403:6001)         not a debug probe that opline knows\n"
      "/dev/ttyS0     ttyS0                             not a debug probe that opline knows\n");
  EXPECT_NE(in_words({}).find("no serial port"), std::string::npos);
}

TEST(SerialPortReport, AsJson) {
  const Json json = to_json(some_ports());
  ASSERT_EQ(json.size(), 4U);
  EXPECT_EQ(json[0]["usb"]["product"], "374b");
  EXPECT_EQ(json[0]["board"], "nucleo-f446re");
  EXPECT_TRUE(json[1]["board"].is_null());
  EXPECT_EQ(json[1]["trouble"], "the board does not answer");
  EXPECT_TRUE(json[3]["usb"].is_null());
}

TEST(SerialPorts, KnownDebugProbes) {
  EXPECT_EQ(runners::probe_of(0x0483, 0x374b), "ST-LINK/V2-1");
  EXPECT_EQ(runners::probe_of(0x0483, 0x374e), "STLINK-V3");
  EXPECT_EQ(runners::probe_of(0x1366, 0x0105), "J-Link");
  EXPECT_EQ(runners::probe_of(0x0403, 0x6001), "");
}

}  // namespace
}  // namespace opline::report
