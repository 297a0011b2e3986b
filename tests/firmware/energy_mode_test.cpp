// tests/firmware/energy_mode_test.cpp - the device in MLPerf Tiny's energy mode: the protocol's and
// the runtime's sources, compiled with OPLINE_ENERGY_MODE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

extern "C" {
#include "firmware/protocol/opline_protocol.h"
}
#include "tests/firmware/device_plan.h"
#include "tests/firmware/fake_board.h"

namespace opline::firmware_test {
namespace {

using testing::ElementsAre;

class EnergyMode : public testing::Test {
 protected:
  EnergyMode() : pools_(40000, 4800) {
    fake_board() = FakeBoard{};
    const opline_memory memory{arena_.data(),
                               static_cast<std::uint32_t>(arena_.size()),
                               {pools_.weights.data(), pools_.channels.data(), nullptr},
                               40000,
                               4800,
                               nullptr,
                               0};
    opline_runtime_start(&runtime_, &memory, nullptr);
    opline_protocol_start(&protocol_, &runtime_);
  }

  std::string command(const std::string& text) {
    fake_board().sent.clear();
    for (const char c : text + "%") opline_protocol_receive(&protocol_, c);
    return fake_board().sent;
  }

  alignas(16) std::array<std::uint8_t, 16384> arena_{};
  HostPools pools_;
  opline_runtime runtime_{};
  opline_protocol protocol_{};
};

TEST_F(EnergyMode, IsSaidAtBoot) {
  EXPECT_EQ(fake_board().sent, "m-timestamp-mode-energy\r\nm-init-done\r\nm-ready\r\n");
}

TEST_F(EnergyMode, ATimestampIsAPulseOfAtLeastAMicrosecond) {
  fake_board().step = 1;  // the least that a reading of the counter can take
  EXPECT_EQ(command("timestamp"), "m-ready\r\n");
  EXPECT_THAT(fake_board().trigger, ElementsAre(0, 1));
  EXPECT_GE(fake_board().cycles, 100U);  // at 100 MHz
}

TEST_F(EnergyMode, OfAnUnknownClockThePulseIsLongEnoughForTheFastest) {
  fake_board().step = 1;
  fake_board().clock_hz = 0;
  command("timestamp");
  EXPECT_GE(fake_board().cycles, 480U);
}

TEST_F(EnergyMode, InferencePulsesAtBeginAndEndAndPrintsNoTime) {
  const std::vector<std::uint8_t> plan = random_device_plan(1, 1, pools_);
  for (const std::string& text : load_commands(plan)) command(text);
  command("plan run");
  EXPECT_THAT(fake_board().trigger, ElementsAre(0, 1, 0, 1));
  fake_board().trigger.clear();
  const std::uint32_t bytes = opline_runtime_plan(&runtime_)->input_bytes;
  command("db load " + std::to_string(bytes));
  for (std::uint32_t i = 0; i < bytes; ++i) command("db 01");
  const std::string reply = command("infer 4 2");
  EXPECT_THAT(fake_board().trigger, ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(reply, testing::HasSubstr("m-infer-start-4\r\nm-infer-done\r\nm-results-["));
}

}  // namespace
}  // namespace opline::firmware_test
